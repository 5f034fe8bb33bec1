package trade

import (
	"slices"
	"strings"
)

// SplitTail parts the warning into what is told in JSON and its audience in the
// form in which families keep their matches. An audience that this form does
// not give back as it was stays in the JSON.
func (w Warning) SplitTail() (head any, tail []byte) {
	p := packRuns(w.Family, w.Audience)
	if p == nil {
		return w, nil
	}
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

// packRuns packs matches in their order: a verdict for each run of matches that
// share it. It returns nil where there are none, or not all are the family's.
func packRuns(family string, matches []Match) *Packed {
	if len(matches) == 0 || slices.ContainsFunc(matches, func(m Match) bool { return m.Family != family }) {
		return nil
	}
	lists, places := [][]string{}, make([]int, len(matches))
	numbers := map[string]int{}
	for i, m := range matches {
		name := strings.Join(m.Markets, "\x00")
		n, known := numbers[name]
		if !known {
			n = len(lists)
			numbers[name], lists = n, append(lists, m.Markets)
		}
		places[i] = n
	}
	p := NewPacker(lists, len(matches))
	for i := range matches {
		m := &matches[i]
		if i == 0 || !sameVerdict(m, &matches[i-1]) {
			p.Verdict(Verdict{Notice: m.Notice, Grade: m.Grade, Score: m.Score, Inferred: m.Inferred, Evidence: m.Evidence})
		}
		p.Add(AppendName(nil, m.Exporter), AppendName(nil, m.Product), places[i])
	}
	return p.Packed()
}

func sameVerdict(a, b *Match) bool {
	return a.Notice == b.Notice && a.Grade == b.Grade && a.Score == b.Score && a.Inferred == b.Inferred && slices.Equal(a.Evidence, b.Evidence)
}

// Measure is a family as those read it who need its papers and not what they
// touch: the matches stay packed in the record.
type Measure struct{ Family }

// JoinTail leaves the matches where they are.
func (m *Measure) JoinTail([]byte) error { return nil }
