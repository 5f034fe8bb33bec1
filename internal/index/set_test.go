package index

import (
	"fmt"
	"slices"
	"testing"

	"tbtwatch/internal/trade"
)

func TestSetTakesTheNewestNews(t *testing.T) {
	p := product(1)
	newer := p
	newer.NameEN = "Newer"
	key := p.Key()
	for _, c := range []struct {
		name string
		do   func(s *Set)
		want string // name of the product, "" for none
	}{
		{"in order", func(s *Set) { s.Put(p, 5); s.Put(newer, 6) }, "Newer"},
		{"older after newer", func(s *Set) { s.Put(newer, 6); s.Put(p, 5) }, "Newer"},
		{"the same again", func(s *Set) { s.Put(newer, 6); s.Put(newer, 6) }, "Newer"},
		{"deleted", func(s *Set) { s.Put(p, 5); s.Delete(key, 6) }, ""},
		{"older after its deletion", func(s *Set) { s.Delete(key, 6); s.Put(p, 5) }, ""},
		{"old deletion after newer", func(s *Set) { s.Put(newer, 6); s.Delete(key, 5) }, "Newer"},
		{"registered again", func(s *Set) { s.Put(p, 5); s.Delete(key, 6); s.Put(newer, 7) }, "Newer"},
	} {
		s := NewSet()
		c.do(s)
		_, ok := s.Has(key)
		named := len(found(s, Query{Markets: []string{"*"}, Fields: []Field{{"title", c.want}}})) == 1
		if ok != (c.want != "") || named != ok {
			t.Errorf("%s: known %v, found by its name %v, want %q", c.name, ok, named, c.want)
		}
		if want := map[bool]int{true: 1, false: 0}[c.want != ""]; s.Len() != want || s.Seq() < 6 {
			t.Errorf("%s: %d products at sequence %d", c.name, s.Len(), s.Seq())
		}
	}
}

func TestDigestDoesNotDependOnTheWay(t *testing.T) {
	all := changes(1, 40)
	forward, backward, detour := setOf(all), NewSet(), NewSet()
	for _, c := range slices.Backward(all) {
		backward.Put(*c.Product, c.Seq)
	}
	other := product(99)
	detour.Put(other, 1)
	for _, c := range all {
		detour.Put(*c.Product, c.Seq)
	}
	if detour.Digest() == forward.Digest() {
		t.Error("a product more has the same digest")
	}
	detour.Delete(other.Key(), 50)
	if forward.Digest() != backward.Digest() || forward.Digest() != detour.Digest() {
		t.Errorf("digests differ by the way: %s, %s, %s", forward.Digest(), backward.Digest(), detour.Digest())
	}
	stale := setOf(all)
	stale.Put(*all[3].Product, 60)
	if stale.Digest() == forward.Digest() {
		t.Error("another sequence has the same digest")
	}
}

// found lists the IDs of the candidates.
func found(s *Set, q Query) []string {
	out := []string{}
	f := s.Search(&q)
	for _, g := range f.Groups {
		for _, slot := range g.Slots {
			_, id := f.Product(slot)
			out = append(out, id)
		}
	}
	slices.Sort(out)
	return out
}

func TestCandidates(t *testing.T) {
	s := NewSet()
	for i, p := range []trade.Product{
		{ID: "sub", HS: []string{"87112010"}, Markets: []string{"DE"}},
		{ID: "heading", HS: []string{"8711"}, Markets: []string{"EU"}},
		{ID: "chapter", HS: []string{"87"}, Markets: []string{"*"}},
		{ID: "car", HS: []string{"870323"}, Markets: []string{"US"}},
		{ID: "term", NameZH: "蓝色阀芯", Terms: []string{"blue valve core", "core"}, Markets: []string{"DE"}},
		{ID: "group", ICS: []string{"43.140"}, Markets: []string{"DE"}},
		{ID: "field", ICS: []string{"43"}, Markets: []string{"DE"}},
		{ID: "plain", Markets: []string{"*"}},
	} {
		s.Put(p, uint64(i+1))
	}
	for _, c := range []struct {
		name string
		q    Query
		want string
	}{
		{"heading", Query{Markets: []string{"DE"}, HS: []string{"8711"}}, "[chapter heading sub]"},
		{"ten digits", Query{Markets: []string{"DE"}, HS: []string{"8711201099"}}, "[chapter heading sub]"},
		{"chapter", Query{Markets: []string{"DE"}, HS: []string{"87"}}, "[chapter heading sub]"},
		{"chapter, everywhere", Query{Markets: []string{"*"}, HS: []string{"87"}}, "[car chapter heading sub]"},
		{"market not known", Query{HS: []string{"8703"}}, "[chapter]"},
		{"no market in common", Query{Markets: []string{"BR"}, HS: []string{"8711"}}, "[chapter]"},
		{"term", Query{Markets: []string{"DE"}, Fields: []Field{{"title", "Blue valve cores, of steel"}}}, "[term]"},
		{"inner term", Query{Markets: []string{"DE"}, Fields: []Field{{"title", "Requirements for cores"}}}, "[term]"},
		{"term in Chinese", Query{Markets: []string{"DE"}, Fields: []Field{{"title", "关于藍色閥芯的规定"}}}, "[term]"},
		{"ICS group", Query{Markets: []string{"DE"}, ICS: []string{"43.140.10"}}, "[field group]"},
		{"ICS field", Query{Markets: []string{"DE"}, ICS: []string{"43"}}, "[field group]"},
		{"nothing", Query{Markets: []string{"DE"}}, "[]"},
	} {
		if got := fmt.Sprint(found(s, c.q)); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestTermsInsideOneAnotherAreAllFound(t *testing.T) {
	s := NewSet()
	for i, term := range []string{"ceramic filter cartridge", "filter", "filter cartridge", "cartridge", "陶瓷滤芯", "滤芯", "瓷滤"} {
		s.Put(trade.Product{ID: term, Terms: []string{term}, Markets: []string{"*"}}, uint64(i+1))
	}
	hits := s.Search(&Query{Fields: []Field{{"title", "Ceramic filter cartridges"}, {"products", "陶瓷滤芯"}}}).Hits
	var terms []string
	for term := range hits {
		terms = append(terms, term)
	}
	slices.Sort(terms)
	if want := "[cartridge ceramic filter cartridge filter filter cartridge 滤芯 瓷滤 陶瓷滤芯]"; fmt.Sprint(terms) != want {
		t.Errorf("found %v, want %s", terms, want)
	}
	h := hits["filter"][0]
	if h.Words != "filter" || h.Start != 8 || h.End != 14 || h.Field != 0 {
		t.Errorf("filter is found as %+v", h)
	}
}

func TestSetStaysSmallUnderChanges(t *testing.T) {
	s := NewSet()
	for n := range 20_000 {
		p := product(n % 50)
		p.NameEN = fmt.Sprintf("Revision %d", n)
		s.Put(p, uint64(n+1))
	}
	if s.Len() != 50 || s.rows.len() > 3000 || s.keys.len() > 8000 {
		t.Errorf("20,000 changes of 50 products leave %d slots and %d terms", s.rows.len(), s.keys.len())
	}
	if got := found(s, Query{Markets: []string{"*"}, Fields: []Field{{"title", "revision 19999"}}}); len(got) != 1 {
		t.Errorf("the last revision is found as %v", got)
	}
	if got := found(s, Query{Markets: []string{"*"}, Fields: []Field{{"title", "revision 7"}}}); len(got) != 0 {
		t.Errorf("a name of long ago is still found: %v", got)
	}
}

func TestCodesAgree(t *testing.T) {
	for _, c := range []struct {
		a, b     string
		digits   int
		siblings bool
	}{
		{"8711", "871120", 4, false}, {"871120", "87112010", 6, false}, {"8711209000", "8711201000", 6, false}, {"87112", "871120", 5, false},
		{"871120", "871130", 0, true}, {"87", "8711", 2, false}, {"87", "85", 0, false}, {"8711", "8703", 0, false}, {"8", "87", 0, false}, {"", "", 0, false},
	} {
		for _, p := range [][2]string{{c.a, c.b}, {c.b, c.a}} {
			if d, s := HSAgree(p[0], p[1]); d != c.digits || s != c.siblings {
				t.Errorf("%s and %s agree in %d digits (siblings %v), want %d (%v)", p[0], p[1], d, s, c.digits, c.siblings)
			}
		}
	}
	for _, c := range []struct {
		a, b string
		want int
	}{{"43.140", "43.140", 2}, {"43.140", "43", 1}, {"65.100.10", "65.100", 2}, {"65.100.10", "65.100.20", 0}, {"65.100.10", "65.100.10", 3}, {"43", "33", 0}} {
		if got := ICSAgree(c.a, c.b); got != c.want {
			t.Errorf("%s and %s agree in %d levels, want %d", c.a, c.b, got, c.want)
		}
	}
}
