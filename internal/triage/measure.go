package triage

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"tbtwatch/internal/nomenclature"
	"tbtwatch/internal/trade"
)

// AlikeDays is how far apart the members of a bloc notify the same standard at
// most; what comes later is another edition or another matter.
const AlikeDays = 60

// MostAlike is how many papers may bear one mark. More of them say that the
// mark is a phrase and no name.
const MostAlike = 1000

// NoticeRoots are the measures that a notice is about: the roots of its
// symbols and of earlier notifications of which it says that they are the same
// measure, or its own identity where it has no symbol.
func NoticeRoots(n *trade.Notice) []string {
	if len(n.Symbols) == 0 {
		return []string{n.Source + ":" + n.ID}
	}
	roots := trade.Roots(n.Symbols)
	for _, m := range trade.Mentions(n) {
		if m.How == trade.MentionSame {
			roots = append(roots, m.Root)
		}
	}
	return trade.SortedUnique(roots)
}

// Marks gives the sighting of a notice and the marks that it stands under. They
// name the notice by what it shares with those of its neighbours: bloc,
// committee, kind of paper, and the designation of the standard that its title
// begins with, else the whole title. A notice of no bloc, and one whose title
// says too little, has none. Where the day of publication is not known only a
// designation with its year is sure enough.
func Marks(n *trade.Notice) (marks []string, s trade.Sighting) {
	symbols := trade.ParseSymbols(strings.Join(n.Symbols, "\n"))
	if len(symbols) == 0 {
		return nil, s
	}
	s.Root = symbols[0].Root()
	var unions []string
	for _, symbol := range symbols {
		s.Root = min(s.Root, symbol.Root())
		if m, ok := nomenclature.Market(symbol.Member); ok {
			s.Members, unions = append(s.Members, m), append(unions, nomenclature.Unions(m)...)
		}
	}
	if len(unions) == 0 {
		return nil, s
	}
	s.Members = trade.SortedUnique(s.Members)
	if d := n.Date(trade.DatePublished); d.From == d.To {
		s.Day = d.From
	}
	name, dated := standardOf(n.Title)
	if name == "" {
		name = phraseOf(n.Title)
	}
	if name == "" || s.Day == "" && !dated {
		return nil, s
	}
	for _, u := range trade.SortedUnique(unions) {
		marks = append(marks, strings.Join([]string{u, n.Area, string(n.Kind), name}, "|"))
	}
	return marks, s
}

var (
	titleLead = regexp.MustCompile(`(?i)^(?:[\s"'“”‘’.,:;()\[\]-]|the |final |draft |proposed |new |east african standards? |technical regulation |standard )*`)
	yearOf    = regexp.MustCompile(`\d[A-Z]?\s?[:：\-–/]\s?((?:19|20)\d\d)\b`)
)

// standardOf is the designation that the title begins with, normalised, with
// its year if there is one.
func standardOf(title string) (name string, dated bool) {
	title = titleLead.ReplaceAllString(title, "")
	head := title
	if len(head) > 64 {
		head = strings.ToValidUTF8(head[:64], "")
	}
	found := nomenclature.Standards(head)
	if len(found) == 0 {
		return "", false
	}
	body, _, _ := strings.Cut(found[0], " ")
	if !strings.HasPrefix(nomenclature.Normalize(head), nomenclature.Normalize(body)) {
		return "", false
	}
	if m := yearOf.FindStringSubmatch(head); m != nil {
		return found[0] + ":" + m[1], true
	}
	return found[0], false
}

// phraseOf is the title in the form in which titles are compared, if it is long
// enough to be the name of one measure.
func phraseOf(title string) string {
	name := nomenclature.Normalize(title)
	han := strings.ContainsFunc(name, func(r rune) bool { return unicode.Is(unicode.Han, r) })
	switch {
	case han && utf8.RuneCountInString(name) >= 12, !han && len(strings.Fields(name)) >= 6 && len(name) >= 36:
		return name
	}
	return ""
}

// Alike reports whether two papers with one mark are of one measure: notified
// by different members, at most AlikeDays apart.
func Alike(a, b trade.Sighting) bool {
	if a.Root == b.Root || slices.ContainsFunc(a.Members, func(m string) bool { return slices.Contains(b.Members, m) }) {
		return false
	}
	x, errX := time.Parse(trade.Day, a.Day)
	y, errY := time.Parse(trade.Day, b.Day)
	if errX != nil || errY != nil {
		return a.Day == "" || b.Day == "" // its mark was sure without
	}
	return x.Sub(y).Abs() <= AlikeDays*24*time.Hour
}

// Kin gives for each mark that several of the notices bear the pairs of roots
// that it makes one measure. It depends on the set of notices only.
func Kin(notices []trade.Notice) [][2]string {
	seen := map[string][]trade.Sighting{}
	for i := range notices {
		marks, s := Marks(&notices[i])
		for _, mark := range marks {
			seen[mark] = addSighting(seen[mark], s)
		}
	}
	var out [][2]string
	for _, list := range seen {
		if len(list) > MostAlike {
			continue
		}
		for i, a := range list {
			for _, b := range list[:i] {
				if Alike(a, b) {
					out = append(out, [2]string{a.Root, b.Root})
				}
			}
		}
	}
	return out
}

// addSighting adds s in order, once.
func addSighting(list []trade.Sighting, s trade.Sighting) []trade.Sighting {
	i, found := slices.BinarySearchFunc(list, s, func(a, b trade.Sighting) int {
		return cmp.Or(strings.Compare(a.Root, b.Root), strings.Compare(a.Day, b.Day), slices.Compare(a.Members, b.Members))
	})
	if found || len(list) > MostAlike {
		return list
	}
	return slices.Insert(list, i, s)
}
