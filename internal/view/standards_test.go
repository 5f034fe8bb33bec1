package view

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
)

// library is the library alone, fed by hand; every write has a sequence of its own.
type library struct {
	*standards
	seq uint64
}

func newLibrary() *library { return &library{standards: newStandards(nil)} }

func (l *library) notice(key, title string) {
	l.seq++
	l.takeNotice(bus.Entry[trade.Notice]{Key: key, Seq: l.seq, Value: trade.Notice{Title: title}})
}

func (l *library) family(key string, papers ...string) {
	l.seq++
	f := trade.Family{ID: key}
	for _, p := range papers {
		f.Papers = append(f.Papers, trade.Paper{Notice: p, Published: "2026-01-0" + p[1:]})
	}
	_ = l.takeFamily(bus.Entry[trade.Measure]{Key: key, Seq: l.seq, Value: trade.Measure{Family: f}}, 0)
}

func (l *library) product(key string, claims ...string) {
	l.seq++
	l.takeProduct(bus.Entry[trade.Product]{Key: key, Seq: l.seq, Value: trade.Product{ID: key, Exporter: "E" + key, Standards: claims}})
}

func (l *library) drop(key string) {
	l.seq++
	l.takeProduct(bus.Entry[trade.Product]{Key: key, Seq: l.seq, Deleted: true})
}

// shows is the library as "name measures/products", in its order.
func (l *library) shows(q StandardQuery) string {
	found, _ := l.find(q)
	var out []string
	for _, st := range found {
		out = append(out, fmt.Sprintf("%s %d/%d", st.title(), len(st.measures), st.products))
	}
	return strings.Join(out, ", ")
}

func TestStandardsFollowWhatIsNamed(t *testing.T) {
	l := newLibrary()
	for _, step := range []struct {
		what string
		do   func()
		want string
	}{
		{"a notice that nobody has read is no measure", func() { l.notice("n1", "Helmets, UN Regulation No. 22") }, ""},
		{"its family makes it one", func() { l.family("f1", "n1") }, "UN R22 1/0"},
		{"a product claims it in another form, and one more", func() { l.product("p1", "ECE R22.05", "GB/T 811-2010") }, "UN R22 1/1, GB 811 0/1"},
		{"two editions of one standard are one claim", func() { l.product("p2", "GB 811-2010", "GB 811-2022", "GB 811") }, "UN R22 1/1, GB 811 0/2"},
		{"a product that drops a standard leaves the count", func() { l.product("p1", "GB 811-2010") }, "UN R22 1/0, GB 811 0/2"},
		{"a product that is deleted", func() { l.drop("p2") }, "UN R22 1/0, GB 811 0/1"},
		{"and one that claims nothing any more", func() { l.product("p1") }, "UN R22 1/0"},
		{"one that never claimed any", func() { l.product("p3"); l.drop("p4") }, "UN R22 1/0"},
		{"a revision of the text", func() { l.notice("n1", "Helmets, EN 1078 and EN 1078:2012") }, "EN 1078 1/0"},
		{"a second paper of the measure", func() { l.notice("n2", "EN 1078, ISO 4210-2"); l.family("f1", "n1", "n2") }, "EN 1078 1/0, ISO 4210-2 1/0"},
		{"a family before its notice", func() { l.family("f2", "n3") }, "EN 1078 1/0, ISO 4210-2 1/0"},
		{"the notice comes", func() { l.notice("n3", "BS EN 1078") }, "EN 1078 2/0, ISO 4210-2 1/0"},
		{"two families turn out to be one: the alias first", func() { l.family("f2") }, "EN 1078 1/0, ISO 4210-2 1/0"},
		{"then the lead", func() { l.family("f1", "n1", "n2", "n3") }, "EN 1078 1/0, ISO 4210-2 1/0"},
		{"the lead first", func() { l.family("f3", "n1", "n2", "n3") }, "EN 1078 1/0, ISO 4210-2 1/0"},
		{"then the alias", func() { l.family("f1") }, "EN 1078 1/0, ISO 4210-2 1/0"},
		{"what is read again is old", func() {
			l.takeNotice(bus.Entry[trade.Notice]{Key: "n2", Seq: 1, Value: trade.Notice{Title: "GB 1"}})
			_ = l.takeFamily(bus.Entry[trade.Measure]{Key: "f3", Seq: 1}, 0)
		}, "EN 1078 1/0, ISO 4210-2 1/0"},
		{"a notice that is deleted", func() { l.seq++; l.takeNotice(bus.Entry[trade.Notice]{Key: "n2", Seq: l.seq, Deleted: true}) }, "EN 1078 1/0"},
		{"what is no standard stands as it was registered", func() { l.product("p1", " RoHS 2.0 ", "rohs 2.0", "—", "") }, "EN 1078 1/0, RoHS 2.0 0/1"},
	} {
		step.do()
		if got := l.shows(StandardQuery{}); got != step.want {
			t.Fatalf("%s: %s, want %s", step.what, got, step.want)
		}
	}
	if l.measures["f1"].papers != nil || len(l.measures["f1"].named) > 0 {
		t.Error("an alias still has papers")
	}
}

func TestStandardsAreFoundInAnyForm(t *testing.T) {
	l := newLibrary()
	l.product("p1", "IEC 62133-2:2017", "IEC 62133-1", "GB/T 19001-2016", "GB 4706.1", "UN R22", "IEC 621330")
	l.product("p2", "EN IEC 62133-2", "RoHS")
	l.notice("n1", "Cells: IEC 62133-2:2017; quality: ISO 9001")
	l.family("f1", "n1")
	all := "IEC 62133-2 1/2, ISO 9001 1/0, GB 19001 0/1, GB 4706.1 0/1, IEC 62133-1 0/1, IEC 621330 0/1, UN R22 0/1, RoHS 0/1"
	for _, c := range []struct {
		q    StandardQuery
		want string
	}{
		{StandardQuery{}, all},
		{StandardQuery{Text: "iec62133"}, "IEC 62133-2 1/2, IEC 62133-1 0/1"},
		{StandardQuery{Text: "IEC 62133-2:2017"}, "IEC 62133-2 1/2"},
		{StandardQuery{Text: "en 62133-2"}, "IEC 62133-2 1/2"},
		{StandardQuery{Text: " DIN EN IEC 62133-2 "}, "IEC 62133-2 1/2"},
		{StandardQuery{Text: "62133-2"}, "IEC 62133-2 1/2"},
		{StandardQuery{Text: "gbt19001"}, "GB 19001 0/1"},
		{StandardQuery{Text: "GB 4706"}, "GB 4706.1 0/1"},
		{StandardQuery{Text: "GB 470"}, "GB 4706.1 0/1"},
		{StandardQuery{Text: "ece r22.06"}, "UN R22 0/1"},
		{StandardQuery{Text: "国际电工委员会"}, "IEC 62133-2 1/2, IEC 62133-1 0/1, IEC 621330 0/1"},
		{StandardQuery{Text: "electrotechnical"}, "IEC 62133-2 1/2, IEC 62133-1 0/1, IEC 621330 0/1"},
		{StandardQuery{Text: "rohs"}, "RoHS 0/1"},
		{StandardQuery{Text: "ISO 14001"}, ""},
		{StandardQuery{Text: "<script>"}, ""},
		{StandardQuery{Body: "GB"}, "GB 19001 0/1, GB 4706.1 0/1"},
		{StandardQuery{Body: OtherBody}, "RoHS 0/1"},
		{StandardQuery{Named: NamedByBoth}, "IEC 62133-2 1/2"},
		{StandardQuery{Named: NamedByMeasures}, "ISO 9001 1/0"},
		{StandardQuery{Named: NamedByProducts, Body: "UN R"}, "UN R22 0/1"},
	} {
		if got := l.shows(c.q); got != c.want {
			t.Errorf("%+v: %s, want %s", c.q, got, c.want)
		}
	}
}

func TestEditionsAreCompared(t *testing.T) {
	for _, c := range []struct{ cited, claimed, want string }{
		{"IEC 62368-1:2023", "IEC 62368-1:2018", "IEC 62368-1: 2023, 2018"},
		{"IEC 62368-1:2018", "IEC 62368-1:2023", ""},
		{"IEC 62368-1:2018", "IEC 62368-1:2018", ""},
		{"IEC 62368-1", "IEC 62368-1:2018", ""},
		{"IEC 62368-1:2018", "IEC 62368-1", ""},
		{"EN IEC 62368-1:2020", "IEC 62368-1:2018", ""}, // one text: an adoption has years of its own
		{"ECE R22.06", "UN R22.05", "UN R22: 06, 05"},
		{"GB 811-2022, GB 811-2010", "GB 811-2010", "GB 811: 2022, 2010"},
		{"GB 811-2022", "GB 811-1998; GB 811-2010", "GB 811: 2022, 1998"},
		{"ISO 9001:2015", "ISO 14001:2004", ""},
	} {
		l := newLibrary()
		l.notice("n1", c.cited)
		l.family("f1", "n1")
		l.product("p1", strings.Split(c.claimed, ";")...)
		say := func(n *NewerEdition) string {
			if n == nil {
				return ""
			}
			return n.Name + ": " + n.Measure + ", " + n.Product
		}
		at := l.measures["f1"].named[0]
		st, use := l.all[at], l.use(at)
		if got := say(use.newerThanClaimed(st, l.refs(st, 0, 1)[0].named)); got != c.want {
			t.Errorf("%s against %s, the measure: %q, want %q", c.cited, c.claimed, got, c.want)
		}
		got := ""
		if firms, _ := l.claiming(use, st, 0, 9); len(firms) > 0 {
			got = say(firms[0].Newer)
		}
		if got != c.want {
			t.Errorf("%s against %s, the firm: %q, want %q", c.cited, c.claimed, got, c.want)
		}
	}
}

// seedStandards stores a measure, its case and two products, and starts the view.
func seedStandards(t *testing.T) (*bus.Bus, *View, string) {
	t.Helper()
	b, v, run := open(t)
	n := notice("eping", "G/TBT/N/BRA/1", "Lithium cells to IEC 62133-2:2017 and IEC 60335")
	seq := put(t, b.Notices, n.Key(), n, 0)
	products := []trade.Product{
		{ID: "P1", Exporter: "E1", NameZH: "电池", Standards: []string{"IEC 62133-2:2012"}}, {ID: "P2", Exporter: "E1", Standards: []string{"EN 60335-2-9", "IEC 62133-2:2017"}},
		{ID: "P3", Exporter: "E2", Standards: []string{"IEC 62133-2:2017"}}, {ID: "P4", Exporter: "E2"},
	}
	f := trade.Family{ID: n.ID, Matched: true, Papers: []trade.Paper{{Notice: n.Key(), ID: n.ID, Seq: seq, Published: "2026-01-08"}}}
	for _, p := range products {
		put(t, b.Products, p.Key(), p, 0)
		f.Matches = append(f.Matches, trade.Match{Exporter: p.Exporter, Product: p.ID, Grade: trade.Likely, Score: 0.6})
	}
	f.Matches[2].Grade = trade.NoGrade
	put(t, b.Families, f.Key(), f, 0)
	put(t, b.Cases, f.Key(), trade.Case{Family: f.ID, State: trade.CaseInReview, HeadlineZH: "巴西：电池", HeadlineEN: "Brazil: cells", Markets: []string{"BR"}}, 0)
	run()
	return b, v, f.Key()
}

func TestAStandardWithAllThatNamesIt(t *testing.T) {
	b, v, key := seedStandards(t)
	p, err := v.Standards(t.Context(), StandardQuery{Text: "iec62133", Limit: 10})
	if err != nil || len(p.Rows) != 1 || p.Rows[0].Latest == nil || p.Rows[0].Latest.Headline.EN != "Brazil: cells" || p.Rows[0].BodyName.ZH != "国际电工委员会" {
		t.Fatalf("%+v, %v", p, err)
	}
	d, err := v.Standard(t.Context(), p.Rows[0].Key, StandardParts{})
	if err != nil {
		t.Fatal(err)
	}
	if d.Measures != 1 || d.Products != 3 || d.Exporters != 2 || len(d.Forms) != 2 || d.Forms[0] != (StandardForm{"IEC 62133-2", "2017", 1, 2}) || d.Forms[1] != (StandardForm{"IEC 62133-2", "2012", 0, 1}) {
		t.Errorf("%+v", d)
	}
	m := d.Naming[0]
	if m.FamilyKey != key || m.Notice != "G/TBT/N/BRA/1" || m.State != trade.CaseInReview || !slices.Equal(m.Markets, []string{"BR"}) || m.Newer == nil || *m.Newer != (NewerEdition{"IEC 62133-2", "2017", "2012"}) {
		t.Errorf("the measure: %+v", m)
	}
	e := d.Claiming[0]
	if e.Exporter.ID != "E1" || e.Products != 2 || e.Newer == nil || len(e.Some) != 2 || e.Some[0].NameZH != "电池" || !slices.Equal(e.Forms, []string{"IEC 62133-2:2012", "IEC 62133-2:2017"}) || d.Claiming[1].Newer != nil {
		t.Errorf("the firms: %+v", d.Claiming)
	}
	if d, err = v.Standard(t.Context(), p.Rows[0].Key, StandardParts{Naming: 9, Claiming: 1}); err != nil || len(d.Naming) != 0 || len(d.Claiming) != 1 || d.Claiming[0].Exporter.ID != "E2" {
		t.Errorf("further parts: %+v, %v", d, err)
	}
	whole, err := v.Standard(t.Context(), StandardKey("IEC 60335"), StandardParts{})
	if err != nil || len(whole.Related) != 1 || whole.Related[0].Name != "IEC 60335-2-9" {
		t.Errorf("the parts of IEC 60335: %+v, %v", whole.Related, err)
	}
	for _, name := range []string{"GB 1", "IEC 1"} {
		if _, err := v.Standard(t.Context(), StandardKey(name), StandardParts{}); !errors.Is(err, trade.ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if row, ok := v.StandardOf("bs en iec 62133-2:2021"); !ok || row.Name != "IEC 62133-2" {
		t.Errorf("as a person writes it: %+v", row)
	}
	c, err := v.Case(t.Context(), key)
	if err != nil || len(c.Standards) != 2 {
		t.Fatalf("the case: %+v, %v", c.Standards, err)
	}
	if s := c.Standards[0]; s.Name != "IEC 62133-2" || s.Matched != 2 || s.Products != 3 || s.Newer == nil || !slices.Equal(s.Forms, []string{"IEC 62133-2:2017"}) {
		t.Errorf("a standard of the case: %+v", s)
	}
	if s := c.Standards[1]; s.Name != "IEC 60335" || s.Matched != 1 || s.Products != 0 {
		t.Errorf("a whole of which a product claims a part: %+v", s)
	}
	gone := trade.Product{ID: "P1", Exporter: "E1"}
	entry, err := b.Products.Get(t.Context(), gone.Key())
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Products.Delete(t.Context(), gone.Key(), entry.Seq); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "the deleted product to leave", func() bool { row, _ := v.StandardOf("IEC 62133-2"); return row.Products == 2 })
}

// Of a firm the products registered first are named, whatever editions they
// claim, and firms come by how many of theirs do; a part is the same at each look.
func TestTheClaimsThatAreNamed(t *testing.T) {
	b, v, run := open(t)
	for i := range 3 * mostProducts {
		p := trade.Product{ID: fmt.Sprint("P", i), Exporter: fmt.Sprint("E", i%2), Standards: []string{fmt.Sprint("ISO 4210:", 2010+i%4)}}
		put(t, b.Products, p.Key(), p, 0)
	}
	run()
	for range 5 {
		d, err := v.Standard(t.Context(), StandardKey("ISO 4210"), StandardParts{})
		if err != nil || d.Exporters != 2 || len(d.Claiming) != 2 {
			t.Fatalf("%+v, %v", d, err)
		}
		for i, want := range []string{"P0 P2 P4 P6 P8", "P1 P3 P5 P7 P9"} {
			var ids []string
			for _, p := range d.Claiming[i].Some {
				ids = append(ids, p.ID)
			}
			if got := strings.Join(ids, " "); got != want {
				t.Errorf("of %s the products %s are named, want %s", d.Claiming[i].Exporter.ID, got, want)
			}
		}
		if d, err = v.Standard(t.Context(), StandardKey("ISO 4210"), StandardParts{Claiming: 1}); err != nil || len(d.Claiming) != 1 || d.Claiming[0].Exporter.ID != "E1" || d.Exporters != 2 {
			t.Fatalf("the second part: %+v, %v", d.Claiming, err)
		}
	}
}

// What strangers write is bounded, and comes back as text.
func TestHostileNamesOfStandards(t *testing.T) {
	l := newLibrary()
	script := "<script>alert(1)</script>"
	var many []string
	for i := range 3 * mostNamed {
		many = append(many, fmt.Sprint("GB ", 10000+i))
	}
	l.product("p1", script, strings.Repeat("很长的标准名称", 5000), "\xff\xfe\x00", "GB 1\u202e")
	l.product("p2", many...)
	l.notice("n1", strings.Join(many, " and "))
	l.family("f1", "n1")
	if n := len(l.measures["f1"].named); n != mostNamed {
		t.Errorf("a notice names %d standards", n)
	}
	if n := len(l.lists[l.claims[hashKey("p2")].list]); n != mostNamed {
		t.Errorf("a product claims %d standards", n)
	}
	found, _ := l.find(StandardQuery{Body: OtherBody})
	var titles []string
	for _, st := range found {
		titles = append(titles, st.title())
		if n := len([]rune(st.title())); n > longestClaim {
			t.Errorf("a name of %d characters", n)
		}
	}
	if !slices.Contains(titles, script) {
		t.Errorf("the name became another: %q", titles)
	}
	for i := range 2 * mostForms {
		l.product("p3", fmt.Sprint(script, strings.Repeat("!", i)))
	}
	if st := l.all[l.byName["script alert 1 script"]]; len(st.forms) > mostForms {
		t.Errorf("%d ways to write one name", len(st.forms))
	}
}

// The library stays small: measured here, said at its type.
func TestStandardsAreSmall(t *testing.T) {
	size := func(fill func(l *library)) float64 {
		l := newLibrary()
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		fill(l)
		runtime.GC()
		runtime.ReadMemStats(&after)
		runtime.KeepAlive(l)
		return float64(after.HeapAlloc) - float64(before.HeapAlloc)
	}
	const many = 20000
	products := size(func(l *library) {
		for i := range many {
			l.seq++
			p := trade.Product{Exporter: fmt.Sprint("E", i/20), Standards: []string{fmt.Sprint("GB ", 1000+i%300), fmt.Sprint("ISO ", 3000+i%7)}}
			l.takeProduct(bus.Entry[trade.Product]{Key: fmt.Sprint("p", i), Seq: l.seq, Value: p})
		}
	}) / many
	notices := size(func(l *library) {
		for i := range many {
			key := trade.Key("notice", fmt.Sprint(i))
			l.notice(key, fmt.Sprint("Requirements for goods, GB ", 1000+i%300, " and ISO ", 3000+i%7))
			l.seq++
			_ = l.takeFamily(bus.Entry[trade.Measure]{Key: trade.FamilyKey(fmt.Sprint(i)), Seq: l.seq, Value: trade.Measure{Family: trade.Family{Papers: []trade.Paper{{Notice: key, Published: "2026-01-0" + fmt.Sprint(i%9)}}}}}, 0)
		}
	}) / many
	names := size(func(l *library) {
		for i := range many {
			l.product("p", fmt.Sprint("GB ", 1000+i))
		}
	}) / many
	t.Logf("%.0f bytes a product, %.0f a notice with its family, %.0f a standard", products, notices, names)
	for what, got := range map[string][2]float64{"product": {products, 140}, "notice": {notices, 500}, "standard": {names, 700}} {
		if got[0] > got[1] {
			t.Errorf("a %s takes %.0f bytes, more than %.0f", what, got[0], got[1])
		}
	}
}
