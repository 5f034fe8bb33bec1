package matcher

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tbtwatch/internal/index"
	"tbtwatch/internal/trade"
)

// bruteForce judges every product by itself, without any index.
func bruteForce(r *Reading, profiles []*index.Profile) []trade.Match {
	var out []trade.Match
	for _, p := range profiles {
		if m, ok := Judge(r, p, p.FindTerms(r.Fields)); ok && m.Grade != trade.NoGrade {
			out = append(out, m)
		}
	}
	Sort(out)
	return out
}

// TestMatchIsBruteForce: what the index finds is what looking at every product
// finds, after changes and deletions too, and every verdict is well formed.
func TestMatchIsBruteForce(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	set, byName := index.NewSet(), map[string]*index.Profile{}
	put := func(p trade.Product, seq uint64) {
		set.Put(p, seq)
		byName[p.Exporter+" "+p.ID] = index.NewProfile(p, seq)
	}
	for n := range 400 {
		put(madeProduct(r, n), uint64(n+1))
	}
	for n := range 200 { // half are changed, a tenth deleted
		p := madeProduct(r, n*2)
		put(p, uint64(1000+n))
		if n%5 == 0 {
			set.Delete(p.Key(), uint64(2000+n))
			delete(byName, p.Exporter+" "+p.ID)
		}
	}
	profiles := slices.Collect(maps.Values(byName))
	if len(profiles) != set.Len() || set.Len() != 360 {
		t.Fatalf("%d profiles of %d products, want 360", len(profiles), set.Len())
	}
	grades := map[trade.Grade]int{}
	for n := range 300 {
		notice := madeNotice(r, n)
		reading := Read(&notice)
		got := written(&reading, set, byName)
		if diff := cmp.Diff(bruteForce(&reading, profiles), got); diff != "" {
			t.Fatalf("%+v\nbrute force and index differ (-brute +index):\n%s", notice, diff)
		}
		for _, m := range got {
			grades[m.Grade]++
			checkMatch(t, m, true)
		}
	}
	for _, g := range []trade.Grade{trade.Direct, trade.Likely, trade.Reference} {
		if grades[g] < 50 {
			t.Errorf("only %d matches are %s: the world is too small to prove anything", grades[g], g)
		}
	}
}

// TestOtherProductsDoNotMatter: registering products of other firms changes
// nothing for this one.
func TestOtherProductsDoNotMatter(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for n := range 60 {
		mine := madeProduct(r, 1_000_000)
		notice := madeNotice(r, n)
		reading := Read(&notice)
		small, large := index.NewSet(), index.NewSet()
		small.Put(mine, 1)
		large.Put(mine, 1)
		for i := range 50 {
			large.Put(madeProduct(r, i), uint64(i+2))
		}
		only := func(set *index.Set) (out []trade.Match) {
			for _, m := range Match(&reading, set) {
				if m.Exporter == mine.Exporter {
					out = append(out, m)
				}
			}
			return out
		}
		if diff := cmp.Diff(only(small), only(large)); diff != "" {
			t.Fatalf("%+v\nwith other products the match changes (-alone +beside):\n%s", notice, diff)
		}
	}
}

// TestWideningACodeKeepsTheMatch: a product coded by the heading is found
// wherever it was found by the subheading.
func TestWideningACodeKeepsTheMatch(t *testing.T) {
	for _, given := range []string{"8711", "871120", "87112000", "87"} {
		n := trade.Notice{ID: "X", Markets: []string{"DE"}, HS: []string{given}}
		r := Read(&n)
		rank := 4
		for _, own := range []string{"87112010", "871120", "8711", "87"} {
			p := index.NewProfile(trade.Product{ID: "P", HS: []string{own}, Markets: []string{"EU"}}, 1)
			m, ok := Judge(&r, p, nil)
			if !ok || m.Grade.Rank() > rank {
				t.Errorf("notice %s, product %s: %s (found %v)", given, own, m.Grade, ok)
			}
			rank = m.Grade.Rank()
		}
	}
}

// BenchmarkMatch is an ordinary notice against 100,000 products whose codes lie
// in 5,000 subheadings.
func BenchmarkMatch(b *testing.B) {
	r := rand.New(rand.NewPCG(5, 6))
	code := func() string { return fmt.Sprintf("%02d%02d%02d", 1+r.IntN(96), 1+r.IntN(12), 10*r.IntN(5)) }
	products := make([]trade.Product, 100_000)
	for n := range products {
		products[n] = madeProduct(r, n)
		products[n].HS, products[n].ICS, products[n].Standards, products[n].Substances = []string{code()}, nil, nil, nil
		products[n].NameEN, products[n].NameZH = fmt.Sprintf("Model %d", n), fmt.Sprintf("型号%d", n)
		products[n].Terms = []string{fmt.Sprintf("brand%d", n%30_000)}
	}
	set := index.NewSet()
	each(len(products), func(i int) { set.Put(products[i], uint64(i+1)) })
	notice := trade.Notice{ID: "X", Markets: []string{"KE"}, HS: []string{"8509"}, Title: "Radio equipment: essential requirements",
		Description: strings.Repeat("Something about other things that nobody sells, brand77 perhaps. ", 20)}
	b.ResetTimer()
	found := 0
	for range b.N {
		reading := Read(&notice)
		found += len(Match(&reading, set))
	}
	b.ReportMetric(float64(found)/float64(b.N), "matches/op")
}

// BenchmarkPut is what a product costs when it enters a set.
func BenchmarkPut(b *testing.B) {
	r := rand.New(rand.NewPCG(5, 6))
	set := index.NewSet()
	for n := range b.N {
		set.Put(madeProduct(r, n), uint64(n+1))
	}
}
