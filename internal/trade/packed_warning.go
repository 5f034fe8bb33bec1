package trade

import "slices"

// SplitTail parts the warning into what is told in JSON and its audience in the
// form in which families keep their matches. An audience that this form does
// not give back as it was stays in the JSON.
func (w Warning) SplitTail() (head any, tail []byte) {
	if len(w.Audience) == 0 || slices.ContainsFunc(w.Audience, func(m Match) bool { return m.Family != w.Family }) {
		return w, nil
	}
	p := PackRuns(w.Audience)
	tail = p.appendBinary(make([]byte, 0, 1024+len(p.Names)))
	w.Audience = nil
	return w, tail
}

// JoinTail puts back what SplitTail took.
func (w *Warning) JoinTail(tail []byte) error {
	p, err := readPacked(tail)
	if err != nil {
		return err
	}
	w.Audience = make([]Match, 0, min(p.Len(), len(p.Names)))
	for m := range p.All(w.Family) {
		w.Audience = append(w.Audience, m)
	}
	if len(w.Audience) != p.Len() {
		return errTail
	}
	return nil
}

// Release is a warning as those read it who need not know whom it touches: the
// audience stays packed in the record.
type Release struct{ Warning }

// JoinTail leaves the audience where it is.
func (r *Release) JoinTail([]byte) error { return nil }

// Measure is a family as those read it who need its papers and not what they
// touch: the matches stay packed in the record.
type Measure struct{ Family }

// JoinTail leaves the matches where they are.
func (m *Measure) JoinTail([]byte) error { return nil }
