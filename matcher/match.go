package matcher

import (
	"cmp"
	"encoding/binary"
	"math"
	"slices"
	"strconv"
	"strings"

	"tbtwatch/internal/index"
	"tbtwatch/internal/trade"
)

// Matched is what a notice touches: verdicts, best first, each with the groups
// of products for which it holds.
type Matched struct {
	found    *index.Found
	verdicts []judged
}

type judged struct {
	trade.Verdict
	key    string
	groups []*index.Group
}

// Search judges all candidates of the set. What is contradicted (none) is left
// out; Explain tells it.
func Search(r *Reading, set *index.Set) *Matched {
	q := r.Query()
	m := &Matched{found: set.Search(&q)}
	same := map[string]int{} // verdict → place; kinds that differ are often judged alike
	look, key := pair{r: r, hits: m.found.Hits}, make([]byte, 0, 1024)
	for i := range m.found.Groups {
		g := &m.found.Groups[i]
		look.p = g.Profile
		v, ok := look.judge()
		if !ok || v.Grade == trade.NoGrade {
			continue
		}
		key = appendVerdict(key[:0], &v)
		at, known := same[string(key)]
		if !known {
			at = len(m.verdicts)
			v.Evidence = slices.Clone(v.Evidence)
			m.verdicts = append(m.verdicts, judged{Verdict: v, key: string(key)})
			same[m.verdicts[at].key] = at
		}
		m.verdicts[at].groups = append(m.verdicts[at].groups, g)
	}
	slices.SortStableFunc(m.verdicts, func(a, b judged) int {
		return cmp.Or(cmp.Compare(b.Grade.Rank(), a.Grade.Rank()), cmp.Compare(b.Score, a.Score), strings.Compare(a.key, b.key))
	})
	return m
}

// appendVerdict writes what tells verdicts on a notice apart.
func appendVerdict(b []byte, v *trade.Verdict) []byte {
	b = append(b, v.Grade...)
	b = binary.BigEndian.AppendUint64(b, math.Float64bits(v.Score))
	b = strconv.AppendBool(b, v.Inferred)
	for _, e := range v.Evidence {
		for _, s := range [...]string{e.Kind, e.Notice, e.Product, e.Where} {
			b = append(append(b, 0), s...)
		}
	}
	return b
}

// Release says that nobody asks m for anything any more: its memory goes to the
// next search. Whoever does not call it keeps it.
func (m *Matched) Release() {
	m.found.Release()
	m.verdicts = nil
}

// Len is the number of products.
func (m *Matched) Len() int {
	n := 0
	for _, v := range m.verdicts {
		for _, g := range v.groups {
			n += len(g.Slots)
		}
	}
	return n
}

// Exposure sums the export values of the products matched directly or likely.
func (m *Matched) Exposure() float64 {
	sum := 0.0
	for _, v := range m.verdicts {
		if v.Grade != trade.Direct && v.Grade != trade.Likely {
			continue
		}
		for _, g := range v.groups {
			for _, slot := range g.Slots {
				sum += m.found.Value(slot)
			}
		}
	}
	return sum
}

// Pack makes the form that streams keep, nil when nothing is touched.
func (m *Matched) Pack() *trade.Packed {
	n := m.Len()
	slots, lists, ends := make([]uint32, 0, n), make([]uint32, 0, n), make([]int, 0, len(m.verdicts))
	for i := range m.verdicts {
		for _, g := range m.verdicts[i].groups {
			slots = append(slots, g.Slots...)
			if g.Markets == nil {
				lists = lists[:len(slots)] // the first one
			} else {
				lists = append(lists, g.Markets...)
			}
		}
		ends = append(ends, len(slots))
	}
	p, begun := trade.NewPacker(m.found.Markets, n), 0
	m.found.Names(slots, func(i int, exporter, id []byte) {
		if begun == 0 || i == ends[begun-1] { // no verdict is without products
			p.Verdict(m.verdicts[begun].Verdict)
			begun++
		}
		p.Add(exporter, id, int(lists[i]))
	})
	return p.Packed()
}

// Match is Search with every match written out, best grade first, then by
// score, exporter and product. The family is left empty: the caller knows it.
func Match(r *Reading, set *index.Set) []trade.Match {
	var out []trade.Match
	found := Search(r, set)
	defer found.Release()
	for m := range found.Pack().All("") {
		out = append(out, m)
	}
	Sort(out)
	return out
}

// Sort orders matches: grade, score, exporter, product.
func Sort(matches []trade.Match) {
	slices.SortFunc(matches, func(a, b trade.Match) int {
		return cmp.Or(cmp.Compare(b.Grade.Rank(), a.Grade.Rank()), cmp.Compare(b.Score, a.Score),
			cmp.Compare(a.Exporter, b.Exporter), cmp.Compare(a.Product, b.Product))
	})
}
