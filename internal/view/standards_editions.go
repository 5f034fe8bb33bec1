package view

import (
	"cmp"
	"fmt"
	"iter"
	"slices"

	"tbtwatch/internal/trade"
)

// written is how a record writes the standard: IEC 62133-2:2017, UN R22.06.
func (st *standard) written(m mention) string {
	switch edition := editionText(m.issue); {
	case edition == "":
		return st.forms[m.form]
	case isYear(m.issue):
		return st.forms[m.form] + ":" + edition
	default:
		return st.forms[m.form] + "." + edition
	}
}

// editionText is the edition in words: 2017, 06.
func editionText(issue uint16) string {
	if issue == 0 {
		return ""
	}
	return fmt.Sprintf("%02d", issue)
}

func isYear(issue uint16) bool { return issue >= 1000 }

// later reports whether a is a later edition than b. Years and numbers of
// series do not compare.
func later(a, b uint16) bool { return b > 0 && a > b && isYear(a) == isYear(b) }

// usage is how one standard is named.
type usage struct {
	mentions map[uint32][]mention // of the standard, by list
	claimed  map[mention]int      // products
	cited    map[mention]int      // measures
}

// use collects how the standard is named on both sides.
func (s *standards) use(at uint32) *usage {
	u := &usage{mentions: map[uint32][]mention{}, claimed: map[mention]int{}, cited: map[mention]int{}}
	for i, list := range s.lists {
		for _, m := range list {
			if m.standard == at {
				u.mentions[uint32(i)] = append(u.mentions[uint32(i)], m)
				if n := len(s.claimants[i]); n > 0 {
					u.claimed[m] += n
				}
			}
		}
	}
	for _, m := range s.all[at].measures {
		seen := map[mention]bool{}
		for _, h := range m.papers {
			for _, n := range u.mentions[s.papers[h].list] {
				if !seen[n] {
					seen[n] = true
					u.cited[n]++
				}
			}
		}
	}
	return u
}

// table lists the forms with their editions, newest first.
func (u *usage) table(st *standard) []StandardForm {
	var all []mention
	for m := range u.claimed {
		all = append(all, m)
	}
	for m := range u.cited {
		if u.claimed[m] == 0 {
			all = append(all, m)
		}
	}
	slices.SortFunc(all, func(a, b mention) int {
		return cmp.Or(cmp.Compare(st.forms[a.form], st.forms[b.form]), cmp.Compare(b.issue, a.issue))
	})
	out := []StandardForm{}
	for _, m := range all {
		out = append(out, StandardForm{Name: st.forms[m.form], Edition: editionText(m.issue), Measures: u.cited[m], Products: u.claimed[m]})
	}
	return out
}

// newerThanClaimed says which of the editions that a measure names is newer
// than one that a product claims. Only the same name compares: an adoption has
// years of its own.
func (u *usage) newerThanClaimed(st *standard, named []mention) *NewerEdition {
	return widest(st, named, u.claimed, func(measure, product uint16) (uint16, uint16) { return measure, product })
}

// olderThanCited says which of the editions that products claim is older than
// one that a measure names.
func (u *usage) olderThanCited(st *standard, named []mention) *NewerEdition {
	return widest(st, named, u.cited, func(product, measure uint16) (uint16, uint16) { return measure, product })
}

// widest is the pair of editions that lie farthest apart.
func widest(st *standard, mine []mention, others map[mention]int, sides func(mine, other uint16) (measure, product uint16)) *NewerEdition {
	var found *NewerEdition
	var gap uint16
	for _, m := range mine {
		for o := range others {
			measure, product := sides(m.issue, o.issue)
			if o.form == m.form && later(measure, product) && (measure-product > gap || measure-product == gap && found.Measure < editionText(measure)) {
				gap = measure - product
				found = &NewerEdition{Name: st.forms[m.form], Measure: editionText(measure), Product: editionText(product)}
			}
		}
	}
	return found
}

// CaseStandard is a standard that the papers of a case name.
type CaseStandard struct {
	StandardRow
	Forms   []string      `json:"forms" doc:"as the papers name it"`
	Matched int           `json:"matched" doc:"products that the measure touches and that claim it, a part of it or the whole that it is part of"`
	Newer   *NewerEdition `json:"newer,omitempty" doc:"set where one of those claims an older edition"`
}

// caseStandards lists the standards that the papers of a family name, with how
// many of the products that it touches claim them.
func (v *View) caseStandards(key string, matches iter.Seq[trade.Match]) []CaseStandard {
	s := v.standards
	var touched []uint64
	if s.names(key) {
		for m := range matches {
			if m.Grade.Rank() > 0 {
				touched = append(touched, hashKey(productOf(m).Key()))
			}
		}
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	m := s.measures[key]
	if m == nil {
		return nil
	}
	claimed := map[uint32]int{} // touched products by list
	for _, h := range touched {
		if c, ok := s.claims[h]; ok {
			claimed[c.list]++
		}
	}
	var out []CaseStandard
	for _, at := range m.named {
		st := s.all[at]
		c := CaseStandard{StandardRow: st.row()}
		var named []mention
		for _, h := range m.papers {
			for _, n := range s.lists[s.papers[h].list] {
				if n.standard == at && !slices.Contains(named, n) {
					named = append(named, n)
					c.Forms = append(c.Forms, st.written(n))
				}
			}
		}
		mine := map[mention]int{}
		for list, n := range claimed {
			meets := false
			for _, p := range s.lists[list] {
				if p.standard == at {
					mine[p] += n
				}
				meets = meets || meet(st, s.all[p.standard])
			}
			if meets {
				c.Matched += n
			}
		}
		c.Newer = (&usage{claimed: mine}).newerThanClaimed(st, named)
		out = append(out, c)
	}
	slices.SortStableFunc(out, func(a, b CaseStandard) int {
		return cmp.Or(cmp.Compare(b.Matched, a.Matched), cmp.Compare(b.Products, a.Products), cmp.Compare(a.Name, b.Name))
	})
	return out
}

// names reports whether the measure names any standard.
func (s *standards) names(key string) bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	m := s.measures[key]
	return m != nil && len(m.named) > 0
}

// meet reports whether a cited standard and a claimed one are the same or one
// is a part of the other, as matching has it.
func meet(cited, claimed *standard) bool {
	return cited == claimed || claimed.whole == cited.name || cited.whole == claimed.name
}

// StandardOf finds the library's entry of a standard as a person writes it.
func (v *View) StandardOf(text string) (StandardRow, bool) {
	s := v.standards
	if s == nil {
		return StandardRow{}, false
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, base := range wantedStandards(text).bases {
		if at, ok := s.byName[base]; ok && s.all[at].live() {
			return s.all[at].row(), true
		}
	}
	return StandardRow{}, false
}
