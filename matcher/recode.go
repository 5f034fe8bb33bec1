package matcher

import (
	"context"
	"fmt"

	"tbtwatch/internal/trade"
)

// recoded is the notice as the family's matching reads it: with the codes that
// a person has set, but for follow-ups without codes, which inherit, unless the
// family consists of those.
func recoded(f *trade.Family, n *trade.Notice) *trade.Notice {
	if n == nil || uncodedFollowUp(n) && len(f.Papers) > 1 {
		return n
	}
	return f.Codes.On(n)
}

// Guesses are the codes that the notice gives and, the surest first, those that
// its words imply.
func Guesses(n *trade.Notice) (hs, ics []trade.CodeGuess) {
	c := Classify(n, "")
	return guesses(c.HS), guesses(c.ICS)
}

func guesses(codes []Code) []trade.CodeGuess {
	var out []trade.CodeGuess
	for _, c := range codes {
		g := trade.CodeGuess{Code: c.Code, Confidence: c.Confidence, Inferred: c.Inferred}
		if c.Inferred && len(c.Basis) > 0 {
			g.Words = c.Basis[0].Words
		}
		out = append(out, g)
	}
	return out
}

// Recode says how whom the family touches changes when those codes stand in the
// place of its papers' own. With save it is so from then on:
// trade.ErrConflict means that the family has changed since its record of
// sequence seq. That record is the one write; triage reads there who set the
// codes. A process that dies behind it has not looked again at products that
// changed meanwhile: the next paper does.
func (s *Stage) Recode(ctx context.Context, key string, codes trade.Codes, seq uint64, save bool) (trade.AudienceChange, error) {
	if err := refuseCodes(codes); err != nil {
		return trade.AudienceChange{}, err
	}
	e, err := s.Bus.Families.Get(ctx, key)
	if err != nil {
		return trade.AudienceChange{}, err
	}
	if seq != 0 && e.Seq != seq {
		return trade.AudienceChange{}, fmt.Errorf("family %s: %w since you opened it", e.Value.ID, trade.ErrConflict)
	}
	f := e.Value
	papers, err := s.papers(ctx, nil, []*trade.Family{&f})
	if err != nil {
		return trade.AudienceChange{}, err
	}
	set, err := s.Copy.Current(ctx)
	if err != nil {
		return trade.AudienceChange{}, err
	}
	f.Codes = &codes
	Assemble(&f, papers, set)
	change := audienceChange(&e.Value, &f)
	change.Seq = e.Seq
	if !save {
		return change, nil
	}
	if _, err := s.Bus.Families.Put(ctx, key, f, e.Seq); err != nil {
		return trade.AudienceChange{}, err
	}
	return change, s.rematch(ctx, []string{key}, nil) // products may have changed meanwhile, see match
}

// refuseCodes names the first code that is none.
func refuseCodes(codes trade.Codes) error {
	for _, c := range codes.HS {
		if len(cleanHS([]string{c})) == 0 {
			return trade.Refusef("%q is no HS code: 2 to 10 digits; 不是有效的 HS 编码", c)
		}
	}
	for _, c := range codes.ICS {
		if len(cleanICS([]string{c})) == 0 {
			return trade.Refusef("%q is no ICS code, such as 43, 43.140 or 43.140.10; 不是有效的 ICS 编码", c)
		}
	}
	return nil
}

// audienceChange compares the products of two states of a family.
func audienceChange(before, after *trade.Family) trade.AudienceChange {
	out := trade.AudienceChange{In: []trade.Match{}, Out: []trade.Match{}, Regrade: []trade.Match{}}
	had := map[[2]string]trade.Match{}
	for m := range before.All() {
		had[[2]string{m.Exporter, m.Product}] = m
	}
	for m := range after.All() {
		was, known := had[[2]string{m.Exporter, m.Product}]
		delete(had, [2]string{m.Exporter, m.Product})
		switch {
		case !known:
			out.In = append(out.In, m)
		case was.Grade != m.Grade:
			out.Regrade = append(out.Regrade, m)
		default:
			out.Same++
		}
	}
	for m := range before.All() { // in their order
		if _, gone := had[[2]string{m.Exporter, m.Product}]; gone {
			out.Out = append(out.Out, m)
		}
	}
	Sort(out.In)
	Sort(out.Regrade)
	return out
}
