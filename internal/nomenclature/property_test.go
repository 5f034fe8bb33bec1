package nomenclature

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"
)

// naiveFind is the definition of Find for terms and texts of plain words: the
// longest term at each place, unless it lies inside an earlier one.
func naiveFind(terms []string, text string) []string {
	words := strings.Fields(text)
	var out []string
	covered := 0
	for i := range words {
		best := 0
		for _, term := range terms {
			w := strings.Fields(term)
			if len(w) > best && i+len(w) <= len(words) && slices.Equal(words[i:i+len(w)], w) {
				best = len(w)
			}
		}
		if best > 0 && i+best > covered {
			covered = i + best
			out = append(out, strings.Join(words[i:i+best], " "))
		}
	}
	return out
}

func TestFindAgreesWithItsDefinition(t *testing.T) {
	word := rapid.SampledFrom([]string{"red", "toy", "map", "oak", "fig"})
	phrase := rapid.Map(rapid.SliceOfN(word, 1, 4), func(w []string) string { return strings.Join(w, " ") })
	rapid.Check(t, func(t *rapid.T) {
		terms := rapid.SliceOfNDistinct(phrase, 1, 6, rapid.ID[string]).Draw(t, "terms")
		text := strings.Join(rapid.SliceOfN(word, 0, 20).Draw(t, "text"), " ")
		f := NewFinder()
		for i, term := range terms {
			f.Add(term, i)
			f.Add(term+" gone", i)
		}
		for i, term := range terms {
			f.Remove(term+" gone", i)
		}
		var got []string
		for _, h := range f.Find(text) {
			got = append(got, h.Words)
			if terms[h.ID] != h.Words {
				t.Fatalf("id %d is %q, found as %q", h.ID, terms[h.ID], h.Words)
			}
		}
		if want := naiveFind(terms, text); !slices.Equal(got, want) {
			t.Fatalf("%q in %q: found %q, want %q", terms, text, got, want)
		}
	})
}

// countries expands a list of codes.
func countries(codes []string) map[string]bool {
	out := map[string]bool{}
	for _, c := range codes {
		for _, m := range Expand(c) {
			out[m] = true
		}
	}
	return out
}

func TestCommonIsTheIntersection(t *testing.T) {
	code := rapid.SampledFrom(append([]string{"DE", "FR", "NO", "CH", "KE", "BO", "US", "CN", "SA"}, Blocs()...))
	codes := rapid.SliceOfNDistinct(code, 0, 5, rapid.ID[string])
	rapid.Check(t, func(t *rapid.T) {
		notice, product := codes.Draw(t, "notice"), codes.Draw(t, "product")
		got := countries(Common(notice, product))
		n, p := countries(notice), countries(product)
		for c := range n {
			if p[c] != got[c] {
				t.Fatalf("%v and %v: %s is in both: %v, in the result: %v", notice, product, c, p[c], got[c])
			}
		}
		for c := range got {
			if !n[c] || !p[c] {
				t.Fatalf("%v and %v share %s, says Common", notice, product, c)
			}
		}
		if back := countries(Common(product, notice)); len(back) != len(got) {
			t.Fatalf("%v and %v: %d countries, the other way round %d", notice, product, len(got), len(back))
		}
	})
}

func TestExceptionsNeverPanicAndNeedACue(t *testing.T) {
	piece := rapid.SampledFrom([]string{"motorcycles", "摩托车", " except ", "除", "外", "（", ")", ". ", "，", " including ", "不包括", "é", "-free", " are excluded"})
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(piece, 1, 12).Draw(t, "text"), "")
		for _, h := range FindConcepts(text) {
			if text[h.Start:h.End] != h.Words {
				t.Fatalf("%q: offsets of %+v", text, h)
			}
			if h.Negated && !strings.ContainsAny(text, "除不") && !strings.Contains(text, "except") && !strings.Contains(text, "excluded") && !strings.Contains(text, "-free") {
				t.Fatalf("%q: %s is negated without a cue", text, h.Concept.ID)
			}
		}
	})
}

func TestManyReadersAtOnce(t *testing.T) {
	var readers sync.WaitGroup
	for range 8 {
		readers.Go(func() {
			for range 50 {
				got := found("Tyres for motorcycles, except cycles; 摩托車")
				if !slices.Equal(got, []string{"motorcycle-tyre", "-cycle", "motorcycle"}) {
					t.Errorf("found %v", got)
				}
				if s := Substances("Bifenthrin"); len(s) != 1 {
					t.Errorf("substances %v", s)
				}
				if n := Normalize("Türkiye"); n != "turkiye" {
					t.Errorf("normalized to %q", n)
				}
			}
		})
	}
	readers.Wait()
}
