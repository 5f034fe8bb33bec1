package matcher

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tbtwatch/internal/index"
	"tbtwatch/internal/trade"
)

// written is Match with the words of each product.
func written(r *Reading, set *index.Set, products map[string]*index.Profile) []trade.Match {
	out := Match(r, set)
	for i := range out {
		fill(&out[i], r, products[out[i].Exporter+" "+out[i].Product])
	}
	return out
}

// TestVerdictsOfGroupsAreThoseOfProducts: whatever is registered, the verdict
// of a group, filled with a product's own words, is the verdict on the product,
// evidence included.
func TestVerdictsOfGroupsAreThoseOfProducts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 7))
		set, profiles, byName := index.NewSet(), []*index.Profile(nil), map[string]*index.Profile{}
		for n := range rapid.IntRange(1, 60).Draw(t, "products") {
			p := madeProduct(r, n)
			set.Put(p, uint64(n+1))
			f := index.NewProfile(p, 1)
			profiles = append(profiles, f)
			byName[p.Exporter+" "+p.ID] = f
		}
		for n := range 5 {
			notice := madeNotice(r, n)
			reading := Read(&notice)
			if diff := cmp.Diff(bruteForce(&reading, profiles), written(&reading, set, byName)); diff != "" {
				t.Fatalf("%+v\neach product and groups differ (-each +groups):\n%s", notice, diff)
			}
		}
	})
}

// TestManyTermsInOneNotice: with more evidence than a machine word has bits the
// products still come in the right groups.
func TestManyTermsInOneNotice(t *testing.T) {
	set, profiles, byName := index.NewSet(), []*index.Profile(nil), map[string]*index.Profile{}
	r := rand.New(rand.NewPCG(8, 9))
	text := ""
	word := func(n int) string { return fmt.Sprintf("brand%cx%c", 'a'+n%20, 'a'+n/20) }
	for n := range 200 {
		text += word(n) + ", "
	}
	for n := range 500 {
		p := trade.Product{ID: fmt.Sprint("P", n), Exporter: "E", NameEN: word(r.IntN(200)), Terms: []string{word(r.IntN(200)), word(r.IntN(200))}, Markets: []string{"DE"}}
		set.Put(p, uint64(n+1))
		f := index.NewProfile(p, 1)
		profiles, byName["E "+p.ID] = append(profiles, f), f
	}
	for range 2 { // the memory of a search is clean for the next
		reading := Read(&trade.Notice{ID: "X", Markets: []string{"EU"}, Title: text})
		want := bruteForce(&reading, profiles)
		if diff := cmp.Diff(want, written(&reading, set, byName)); diff != "" || len(want) != 500 {
			t.Fatalf("of %d products (-each +groups):\n%s", len(want), diff)
		}
	}
}
