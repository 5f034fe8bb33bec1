package nomenclature

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestFind(t *testing.T) {
	for _, c := range []struct {
		name, text string
		terms      []string
		want       []string // the words found
	}{
		{"whole words only", "steak for the team: black TEA", []string{"tea"}, []string{"TEA"}},
		{"plural in the text", "Motorcycles and batteries", []string{"motorcycle", "battery"}, []string{"Motorcycles", "batteries"}},
		{"plural in the term", "a motorcycle, a battery", []string{"motorcycles", "batteries"}, []string{"motorcycle", "battery"}},
		{"English -es", "boxes, brushes, torches, tomatoes, buses, gases", []string{"box", "brush", "torch", "tomato", "bus", "gas"},
			[]string{"boxes", "brushes", "torches", "tomatoes", "buses", "gases"}},
		{"English -ves and -ies", "knives and cookies", []string{"knife", "cookie"}, []string{"knives", "cookies"}},
		{"Spanish", "motores, neumáticos, lápices y camiones", []string{"motor", "neumático", "lápiz", "camión"},
			[]string{"motores", "neumáticos", "lápices", "camiones"}},
		{"Portuguese", "limões, pneus, automóveis, animais", []string{"limão", "pneu", "automóvel", "animal"},
			[]string{"limões", "pneus", "automóveis", "animais"}},
		{"French", "véhicules à moteur, bateaux, animaux", []string{"véhicule à moteur", "bateau", "animal"},
			[]string{"véhicules à moteur", "bateaux", "animaux"}},
		{"every word of a phrase may be plural", "aceites vegetales", []string{"aceite vegetal"}, []string{"aceites vegetales"}},
		{"no plural by accident", "skin care and lenses", []string{"car", "len"}, nil},
		{"diacritics do not matter", "NEUMATICO", []string{"neumático"}, []string{"NEUMATICO"}},
		{"but for nouns that would become function words", "the tea, le thé", []string{"thé"}, []string{"thé"}},
		{"longest wins", "motorcycle tyres", []string{"motorcycle", "tyre", "motorcycle tyre"}, []string{"motorcycle tyres"}},
		{"overlapping terms are both found", "电动摩托车轮胎", []string{"电动摩托车", "摩托车轮胎", "轮胎"}, []string{"电动摩托车", "摩托车轮胎"}},
		{"Chinese inside Chinese", "关于重型摩托车的规定", []string{"摩托车"}, []string{"摩托车"}},
		{"traditional text", "機動車輪胎", []string{"轮胎"}, []string{"輪胎"}},
		{"Chinese broken by a line", "摩托\n车", []string{"摩托车"}, []string{"摩托\n车"}},
		{"hyphen and space are one", "e-bike, two wheeler", []string{"e bike", "two-wheeler"}, []string{"e-bike", "two wheeler"}},
		{"a comma ends a phrase", "fruit, juice", []string{"fruit juice"}, nil},
		{"a bracket does not", "pepper (Capsicum annuum) seeds", []string{"capsicum annuum seed"}, []string{"Capsicum annuum) seeds"}},
		{"Latin beside Chinese", "使用LED灯具", []string{"led灯"}, []string{"LED灯"}},
		{"Thai has no spaces", "หมวกกันน็อครถจักรยานยนต์", []string{"รถจักรยานยนต์"}, []string{"รถจักรยานยนต์"}},
		{"hyphenated by the page", "motor\u00adcycles", []string{"motorcycle"}, []string{"motor\u00adcycles"}},
		{"term of punctuation", "a - b", []string{"-", ""}, nil},
		{"possessive", "the motorcycle's brake", []string{"motorcycle brake"}, []string{"motorcycle's brake"}},
	} {
		f := NewFinder()
		for i, term := range c.terms {
			f.Add(term, i)
		}
		var got []string
		for _, h := range f.Find(c.text) {
			got = append(got, h.Words)
			if c.text[h.Start:h.End] != h.Words {
				t.Errorf("%s: offsets %d-%d are not %q", c.name, h.Start, h.End, h.Words)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: found %q, want %q", c.name, got, c.want)
		}
	}
}

func TestFinderChanges(t *testing.T) {
	f := NewFinder()
	f.Add("motorcycle tyre", 1)
	f.Add("motorcycle tyre", 1)
	f.Add("Motorcycle tyres", 2)
	f.Add("motorcycle", 3)
	ids := func() (out []int) {
		for _, h := range f.Find("new motorcycle tyres") {
			out = append(out, h.ID)
		}
		return out
	}
	if got := ids(); !slices.Equal(got, []int{1, 2}) {
		t.Errorf("two owners of a term: %v", got)
	}
	f.Remove("motorcycle tyre", 1)
	f.Remove("motorcycle tyre", 7)
	f.Remove("never added", 1)
	if got := ids(); !slices.Equal(got, []int{2}) {
		t.Errorf("after one left: %v", got)
	}
	f.Remove("Motorcycle tyres", 2)
	if got := ids(); !slices.Equal(got, []int{3}) {
		t.Errorf("after both left: %v", got)
	}
	f.Remove("motorcycle", 3)
	if len(f.ids) != 0 || len(f.heads) != 0 {
		t.Errorf("an empty finder still holds %d terms and %d heads", len(f.ids), len(f.heads))
	}
	f.Add(strings.Repeat("word ", 64), 9)
	if len(f.ids) != 0 {
		t.Error("a term of 64 words is kept")
	}
	long := strings.Repeat("摩", 63)
	f.Add(long, 9)
	if got := f.Find(long); len(got) != 1 {
		t.Errorf("a term of 63 characters is found %d times", len(got))
	}
}

func FuzzFind(f *testing.F) {
	f.Add("new motorcycle tyres", "motorcycle tyre", "tyre")
	f.Add("电动摩托车轮胎", "摩托車", "电动摩托车")
	f.Add("thé\u0301s's ", "the", "té")
	f.Fuzz(func(t *testing.T, text, a, b string) {
		fd := NewFinder()
		fd.Add(a, 1)
		fd.Add(b, 2)
		at := -1
		for _, h := range fd.Find(text) {
			if h.Start < at || h.Start >= h.End || h.End > len(text) || text[h.Start:h.End] != h.Words {
				t.Fatalf("hit %+v in %q", h, text)
			}
			at = h.Start
		}
		if forms := formsOf(a); len(forms) > 0 && utf8.ValidString(a) && len(fd.Find(a)) == 0 {
			t.Fatalf("%q is not found in itself", a)
		}
		fd.Remove(a, 1)
		fd.Remove(b, 2)
		if len(fd.ids) != 0 || len(fd.heads) != 0 {
			t.Fatalf("%q and %q leave %d terms behind", a, b, len(fd.ids))
		}
	})
}

func benchFinder(terms int) (*Finder, *rand.Rand) {
	r := rand.New(rand.NewPCG(1, 2))
	f := NewFinder()
	han := []rune("摩托车轮胎电动自行机械设备食品安全灯具玩具钢铁塑料")
	for i := range terms {
		if i%3 == 0 {
			var b strings.Builder
			for range 2 + r.IntN(5) {
				b.WriteRune(han[r.IntN(len(han))])
			}
			f.Add(b.String(), i)
			continue
		}
		f.Add(fmt.Sprintf("word%d item%d", r.IntN(5000), r.IntN(5000)), i)
	}
	return f, r
}

func benchText(r *rand.Rand) string {
	var b strings.Builder
	for b.Len() < 1400 {
		fmt.Fprintf(&b, "word%d of the item%d, ", r.IntN(5000), r.IntN(5000))
	}
	for b.Len() < 2048 {
		b.WriteString("关于电动摩托车轮胎的安全规定；")
	}
	return b.String()
}

func BenchmarkFind30kTerms(b *testing.B) {
	f, r := benchFinder(30_000)
	text := benchText(r)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		f.Find(text)
	}
}

func BenchmarkAdd(b *testing.B) {
	f := NewFinder()
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		f.Add(fmt.Sprintf("motorcycle part %d", i), i)
		i++
	}
}

func BenchmarkFindConcepts(b *testing.B) {
	text := strings.Repeat("Draft regulation on tyres for motorcycles and mopeds, except those for cycles; green tea. 摩托车轮胎。", 20)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		FindConcepts(text)
	}
}
