package matcher

import (
	"slices"

	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
)

// Families names the measure family of each notice: all that are linked by
// symbol roots, directly, through joint papers, by saying that they are the
// same measure, or as one standard that neighbours notify one by one (see
// triage.Kin), share one. The name is the smallest root of the family, so it is
// the same for all its papers and does not depend on their order. A notice
// without WTO symbols is its own family.
func Families(notices []trade.Notice) []string {
	u, first := union{}, make([]string, len(notices))
	for i := range notices {
		roots := rootsOf(&notices[i])
		first[i] = roots[0]
		for _, r := range roots {
			u.join(roots[0], r)
		}
	}
	for _, pair := range triage.Kin(notices) {
		u.join(pair[0], pair[1])
	}
	out := make([]string, len(notices))
	for i := range notices {
		out[i] = u.find(first[i])
	}
	return out
}

// rootsOf lists the measures of a notice, or its own identity as given.
func rootsOf(n *trade.Notice) []string {
	if len(n.Symbols) == 0 {
		return []string{n.ID}
	}
	return triage.NoticeRoots(n)
}

// union is a disjoint-set forest over names; the smallest name leads its set.
type union map[string]string

func (u union) find(s string) string {
	at := s
	for {
		up, ok := u[at]
		if !ok || up == at {
			break
		}
		at = up
	}
	for s != at { // shorten the way for the next one
		next, ok := u[s]
		if !ok {
			break
		}
		u[s] = at
		s = next
	}
	return at
}

func (u union) join(a, b string) {
	a, b = u.find(a), u.find(b)
	u[a], u[b] = min(a, b), min(a, b)
}

// uncodedFollowUp reports whether the notice is a follow-up without codes of
// its own, which inherits.
func uncodedFollowUp(n *trade.Notice) bool {
	if !n.Kind.FollowUp() {
		return false
	}
	hs, ics := codesOf(n)
	return len(hs)+len(ics) == 0
}

// parentsAmong lists which members of a family a follow-up inherits from: the
// papers that it follows by its suffix chain, nearest first in kind, else the
// family's originals, else its coded follow-ups. members are indices into
// notices; child is one of them.
func parentsAmong(notices []trade.Notice, members []int, child int) []int {
	pick := func(keep func(n *trade.Notice) bool) []int {
		var out []int
		for _, m := range members {
			if m != child && keep(&notices[m]) {
				out = append(out, m)
			}
		}
		return out
	}
	for chain := ancestors(&notices[child]); len(chain) > 0; chain = chain[1:] {
		found := pick(func(n *trade.Notice) bool { return !uncodedFollowUp(n) && slices.ContainsFunc(n.Symbols, in(chain[0])) })
		if len(found) > 0 {
			return found
		}
	}
	if found := pick(func(n *trade.Notice) bool { return !n.Kind.FollowUp() }); len(found) > 0 {
		return found
	}
	return pick(func(n *trade.Notice) bool { return !uncodedFollowUp(n) })
}

func in(list []string) func(string) bool {
	return func(s string) bool { return slices.Contains(list, s) }
}

// ancestors lists, nearest first, the symbols that a notice's symbols are built
// upon: Add.1 of a Rev.1 follows the Rev.1, then the root.
func ancestors(n *trade.Notice) [][]string {
	var out [][]string
	symbols := trade.ParseSymbols(joinLines(n.Symbols))
	for depth := 1; ; depth++ {
		var level []string
		for _, s := range symbols {
			if depth > len(s.Suffix) {
				continue
			}
			s.Suffix = s.Suffix[:len(s.Suffix)-depth]
			level = append(level, s.String())
		}
		if len(level) == 0 {
			return out
		}
		out = append(out, level)
	}
}
