package ingest

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
)

const pageHead = "url: https://www.example.org/list\nmarket: VN\n"

func TestPageRefusesDeclarations(t *testing.T) {
	fields := pageHead + "list: li\nfields:\n  title: a\n"
	cases := []struct{ name, options, want string }{
		{"no url", "market: VN\nfields: {title: a}", "needs its url"},
		{"no text field", pageHead + "fields: {id: a}", "needs a title, a description or products"},
		{"no market", "url: https://www.example.org/\nfields: {title: a}", "market: say whose rules"},
		{"an unknown market", "url: https://www.example.org/\nmarket: Narnia\nfields: {title: a}", "Narnia"},
		{"a list selector that is none", pageHead + "list: 'li['\nfields: {title: a}", `list: selector "li["`},
		{"a field selector that is none", fields + "  hs: 'td:nth-child(x'", `fields.hs: selector "td:nth-child(x"`},
		{"a pseudo-element", fields + "  hs: 'td::before'", "fields.hs"},
		{"an unknown field", fields + "  titel: h1", `unknown field "titel"; did you mean "title"?`},
		{"an unknown key of a field", fields + "  hs: {select: td}", `did you mean "selector"?`},
		{"an unknown key of the page", pageHead + "lst: li\nfields: {title: a}", `did you mean "list"?`},
		{"an empty field", fields + "  hs: {}", "fields.hs: neither selector nor const"},
		{"a null field", fields + "  hs:", "fields.hs is empty"},
		{"a kept field without a name", fields + "  field.: td", "unknown field"},
		{"a regexp that is none", fields + "  hs: {selector: td, regexp: '('}", "fields.hs: regexp"},
		{"a layout that is none", fields + "  published: {selector: td, format: YYYY-MM-DD}", "no layout of a day"},
		{"a layout without a year", fields + "  published: {selector: td, format: 2 January}", "no layout of a day"},
		{"an unknown charset", fields + "charset: utf-99", "charset"},
		{"detail without link", fields + "detail: {fields: {hs: td}}", "detail needs link and fields"},
		{"detail with a bad field", fields + "detail: {link: a, fields: {h: td}}", "detail.fields: unknown field"},
		{"detail with a bad link", fields + "detail: {link: 'a[', fields: {hs: td}}", "detail.link"},
		{"next that is none", fields + "next: 'a['", "next: selector"},
		{"pages without a number", fields + "pages: {template: 'https://www.example.org/list', from: 1, to: 2}", "{page}"},
		{"pages backwards", fields + "pages: {template: 'https://www.example.org/{page}', from: 3, to: 2}", "not backwards"},
		{"pages without end", fields + "pages: {template: 'https://www.example.org/{page}', from: 1, to: 100000}", "at most 500"},
		{"pages and next", fields + "next: a\npages: {template: 'https://www.example.org/{page}', from: 1, to: 2}", "exclude each other"},
		{"max_pages", fields + "max_pages: 0", "1 to 500"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var cfg = Config{Name: "x", Kind: "page"}
			if err := yamlInto(c.options, &cfg.Options); err != nil {
				t.Fatal(err)
			}
			if _, _, err := cfg.Open(); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

// readPage reads body with one declaration and no list.
func readPage(t *testing.T, options, body string) ([]Item, error) {
	t.Helper()
	return parse(fromYAML(t, "page", options), Document{URL: "https://www.example.org/dir/list", Request: Request{URL: "https://www.example.org/dir/list", Role: "list 1"},
		Body: strings.NewReader("<html><body>" + body + "</body></html>")})
}

func TestPageFields(t *testing.T) {
	const body = `<h1> Mũ&nbsp;bảo hiểm </h1><dl><dt>Số</dt><dd class=s>G/TBT/N/VNM/9/Rev.1</dd><dd class=m>Viet Nam</dd><dd class=k>Addendum</dd>
<dd class=hs>6506.10; 8711 - xe</dd><dd class=ics>13.340</dd><dd class=d>Ngày 5 tháng 1</dd><dd class=z>发布：2026年 1月 5日</dd><dd class=f>France; Japan</dd>
<dd class=w>one; two; one</dd><dd class=e>60 days from notification</dd></dl><p>First.</p><p>Second.</p><a href="a b.pdf#x">A</a><a href="//cdn.example.org/c.pdf">B</a><a href="javascript:x()">C</a><i class=empty></i>`
	cases := []struct {
		name, fields string
		check        func(n *trade.Notice) (got, want string)
	}{
		{"text", "title: h1", func(n *trade.Notice) (string, string) { return n.Title, "Mũ bảo hiểm" }},
		{"symbol", "symbol: .s", func(n *trade.Notice) (string, string) {
			return n.Symbols[0] + " " + string(n.Kind) + " " + n.Area, "G/TBT/N/VNM/9/Rev.1 revision TBT"
		}},
		{"member", "member: .m", func(n *trade.Notice) (string, string) { return n.Members[0], "VN" }},
		{"kind", "kind: .k", func(n *trade.Notice) (string, string) { return string(n.Kind), "addendum" }},
		{"constant", "kind: {const: recall}", func(n *trade.Notice) (string, string) { return string(n.Kind), "recall" }},
		{"codes", "hs: .hs\n  ics: .ics", func(n *trade.Notice) (string, string) {
			return strings.Join(append(n.HS, n.ICS...), " "), "650610 8711 13.340"
		}},
		{"regexp with a group and a date with blanks", "published: {selector: .z, regexp: '：(.*)', format: 2006年 1月 2日}", func(n *trade.Notice) (string, string) { return n.PublishedDay(), "2026-01-05" }},
		{"date by guessing", "published: {selector: .z, regexp: '：(.*)'}", func(n *trade.Notice) (string, string) { return n.PublishedDay(), "2026-01-05" }},
		{"a date from the day of publication, whatever comes first", "comment_deadline: .e\n  published: {const: 2026-01-05}", func(n *trade.Notice) (string, string) {
			return n.Date(trade.DateCommentDeadline).From + " " + n.Dates[0].What, "2026-03-06 published"
		}},
		{"affected", "affected: .f", func(n *trade.Notice) (string, string) { return strings.Join(n.Affected, " "), "FR JP" }},
		{"words", "keywords: .w\n  objectives: .w", func(n *trade.Notice) (string, string) {
			return strings.Join(append(n.Keywords, n.Objectives...), " "), "one two one two"
		}},
		{"first of several", "description: p", func(n *trade.Notice) (string, string) { return n.Description, "First." }},
		{"all of several", "description: {selector: p, all: true}", func(n *trade.Notice) (string, string) { return n.Description, "First.\nSecond." }},
		{"the whole row", "description: {selector: .}", func(n *trade.Notice) (string, string) { return n.Description[:12], "Mũ bảo hi"[:12] }},
		{"links made whole", "text: {selector: a, attr: href, all: true}", func(n *trade.Notice) (string, string) {
			var got []string
			for _, l := range n.Links {
				got = append(got, l.URL)
			}
			return strings.Join(got, " "), "https://www.example.org/dir/a%20b.pdf https://cdn.example.org/c.pdf"
		}},
		{"market overrides", "market: .f", func(n *trade.Notice) (string, string) { return strings.Join(n.Markets, " "), "FR JP" }},
		{"language", "lang: {const: vi}", func(n *trade.Notice) (string, string) { return n.Lang, "vi" }},
		{"kept as given", "field.ngày: .d", func(n *trade.Notice) (string, string) { return n.Fields["ngày"], "Ngày 5 tháng 1" }},
		{"area", "area: {const: SPS}", func(n *trade.Notice) (string, string) { return n.Area, "SPS" }},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			title := "  title: h1\n"
			if strings.HasPrefix(c.fields, "title") {
				title = ""
			}
			items, err := readPage(t, pageHead+"fields:\n"+title+"  "+c.fields+"\n", body)
			if err != nil || len(items) != 1 || items[0].Notice == nil {
				t.Fatalf("%+v, %v", items, err)
			}
			if got, want := c.check(items[0].Notice); got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

func TestPageProblemsAreNamed(t *testing.T) {
	const body = `<h1>T</h1><b class=empty></b><b class=day>sometime</b><b class=m>Narnia</b><b class=s>No. 7</b><b class=hs>none</b>`
	s := fromYAML(t, "page", pageHead+`
fields:
  title: h1
  description: .nowhere
  products: .empty
  published: .day
  member: .m
  symbol: .s
  hs: .hs
  keywords: {selector: h1, regexp: '\d+'}
  link: {selector: h1, attr: href}
`)
	readings, _, err := Check(s, Document{URL: "https://www.example.org/list", Body: strings.NewReader("<html>" + body + "</html>")})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"title": "", "description": "matches nothing", "products": "matches, but is empty", "published": `date not understood: "sometime"`,
		"member": `"Narnia" is no member`, "symbol": `no WTO symbol in "No. 7"`, "hs": `no HS code in "none"`,
		"keywords": `the regexp does not match "T"`, "link": `matches, but has no attribute "href"`, "row": "",
	}
	seen := map[string]bool{}
	for _, r := range readings {
		seen[r.Field] = true
		if w, ok := want[r.Field]; !ok || !strings.HasPrefix(r.Problem, w) || (w == "") != (r.Problem == "") {
			t.Errorf("%s: problem %q, want %q", r.Field, r.Problem, w)
		}
		if r.Field == "hs" && (r.Selector != ".hs" || r.Value != "none" || r.Row != 1) {
			t.Errorf("the reading does not show where and what: %+v", r)
		}
	}
	if len(seen) != len(want) {
		t.Errorf("%d fields told, want %d", len(seen), len(want))
	}
}

func TestPageRowsAndPaging(t *testing.T) {
	options := pageHead + "list: li\nfields: {title: b, link: {selector: a, attr: href}}\nnext: {selector: a.next}\nmax_pages: 2\n"
	row := `<li><b>T</b><a href="/n/1">x</a></li>`
	cases := []struct {
		name, body, role, next, bad string
	}{
		{"a next page", row + `<a class=next href="?p=2">`, "list 1", "https://www.example.org/dir/list?p=2", ""},
		{"the limit of pages", row + `<a class=next href="?p=3">`, "list 2", "", ""},
		{"no next page", row, "list 1", "", ""},
		{"a next page that is this one", row + `<a class=next href="/dir/list">`, "list 1", "", ""},
		{"a next page elsewhere", row + `<a class=next href="https://evil.example/">`, "list 1", "", "leads to evil.example, which is not declared"},
		{"a next page that is a script", row + `<a class=next href="javascript:go(2)">`, "list 1", "", "no address to follow"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			items, err := parse(fromYAML(t, "page", options), Document{URL: "https://www.example.org/dir/list", Request: Request{URL: "https://www.example.org/dir/list", Role: c.role},
				Body: strings.NewReader("<html><ul>" + c.body + "</ul></html>")})
			if err != nil {
				t.Fatal(err)
			}
			next, bad := "", ""
			for _, i := range items {
				if i.Next != nil {
					next = i.Next.URL
				}
				if i.Bad != nil {
					bad = i.Bad.Reason
				}
			}
			if next != c.next || (bad == "") != (c.bad == "") || !strings.Contains(bad, c.bad) {
				t.Errorf("next %q, bad %q; want %q, %q", next, bad, c.next, c.bad)
			}
		})
	}
	if _, err := readPage(t, options, "<p>no rows</p>"); !errors.Is(err, ErrEmpty) || !strings.Contains(err.Error(), `selector "li" matches nothing`) {
		t.Errorf("no rows: %v", err)
	}
	plan := fromYAML(t, "page", pageHead+"list: li\nfields: {title: b}\npages: {template: 'https://www.example.org/list?p={page}', from: 2, to: 4}").Plan(bus.SourceState{}, fixtureDay)
	var got []string
	for _, r := range plan {
		got = append(got, r.Role+" "+r.URL)
	}
	if want := []string{"list 1 https://www.example.org/list", "list 2 https://www.example.org/list?p=2", "list 3 https://www.example.org/list?p=3", "list 4 https://www.example.org/list?p=4"}; !slices.Equal(got, want) {
		t.Errorf("plans %q, want %q", got, want)
	}
}

func TestPageDetailKeepsWhatTheListSaid(t *testing.T) {
	s := fromYAML(t, "page", pageHead+`
list: li
hosts: [docs.example.net]
charset: gb18030
fields: {title: b, published: {selector: i, format: dots}}
detail:
  link: a
  fields: {title: h1, description: .body, hs: .hs}
`)
	items, err := parse(s, Document{URL: "https://www.example.org/list", Body: strings.NewReader(`<html><li><b>Short…</b><i>2026.1.5</i><a href="https://sub.docs.example.net/1">x</a></li><li><b>No link</b></li></html>`)})
	if err != nil || len(items) != 2 || items[0].Next == nil || items[1].Bad == nil || !strings.Contains(items[1].Bad.Reason, "detail.link") {
		t.Fatalf("%+v, %v", items, err)
	}
	next := *items[0].Next
	detail := func(body string) ([]Item, error) {
		return parse(s, Document{URL: next.URL, Request: next, Body: strings.NewReader(body)})
	}
	before := next.Carry.Hash()
	for range 2 { // a request may be repeated: what it carries must not change
		items, err = detail(`<html><h1>Short title made long</h1><div class=body>Body.</div></html>`)
		if err != nil || len(items) != 1 || items[0].Notice == nil {
			t.Fatalf("%+v, %v", items, err)
		}
		n := items[0].Notice
		if n.Title != "Short title made long" || n.Description != "Body." || n.PublishedDay() != "2026-01-05" || n.ID != "https://sub.docs.example.net/1" || n.Fields["published"] != "2026.1.5" {
			t.Errorf("read as %+v", n)
		}
	}
	if next.Carry.Hash() != before {
		t.Error("reading the detail page changed what the request carries")
	}
	if _, err = detail(`<html><h1>Sign in</h1></html>`); err == nil || !strings.Contains(err.Error(), "2 match nothing (description, hs)") {
		t.Errorf("a sign-in page for a detail page: %v", err)
	}
	if plan := s.Plan(bus.SourceState{}, time.Time{}); plan[0].Charset != "gb18030" || !slices.Equal(plan[0].Hosts, []string{"docs.example.net"}) {
		t.Errorf("the declaration's charset and hosts are lost: %+v", plan[0])
	}
}

func TestPageReadsAsAPersonDoes(t *testing.T) {
	cases := []struct{ name, body, want string }{
		{"blocks", `<div>a<div>b</div>c</div>`, "a\nb\nc"},
		{"cells", `<table><tr><td>a<td>b<tr><td>c</table>`, "a b\nc"},
		{"line ends of the source are blanks", "<p>a\n   b</p>", "a b"},
		{"those of pre are not", "<pre>a\n b</pre>", "a\nb"},
		{"scripts, styles, templates", `a<script>b</script><style>c</style><template>d</template><!-- e -->`, "a"},
		{"hidden parts", `a<b hidden>x</b><b style="color:red; display : none">y</b><b style="visibility:hidden">z</b>`, "a"},
		{"noscript is text", `<noscript>a <a href="/x">b</a></noscript>`, "a b"},
		{"inline", `<b>a</b><i>b</i> c`, "ab c"},
		{"entities", `&lt;p&gt; &amp;nbsp;`, "<p> &nbsp;"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			page, err := parseHTML(Document{Body: strings.NewReader("<html><body>" + c.body + "</body></html>")}, "</html>")
			if err != nil {
				t.Fatal(err)
			}
			if got := nodeText(page.Find("body").Nodes[0]); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestPageThatIsNotWhole(t *testing.T) {
	options := pageHead + "list: li\nfields: {title: b, link: {selector: a, attr: href}}\n"
	const body = `<ul><li><b>T</b><a href="/1">x</a></li></ul><!-- end of page -->`
	doc := func() Document { return Document{URL: "https://www.example.org/", Body: strings.NewReader(body)} }
	if _, err := parse(fromYAML(t, "page", options), doc()); err == nil || !strings.Contains(err.Error(), `does not end with "</html>"`) {
		t.Errorf("a page without its end: %v", err)
	}
	for _, end := range []string{"none", "END OF PAGE"} {
		if items, err := parse(fromYAML(t, "page", options+"end: "+end), doc()); err != nil || len(items) != 1 {
			t.Errorf("end %s: %d items, %v", end, len(items), err)
		}
	}
	deep := strings.Repeat("<div>", 600) + "</html>"
	if _, err := parse(fromYAML(t, "page", options), Document{Body: strings.NewReader(deep)}); err == nil || !strings.Contains(err.Error(), "nested deeper than 512") {
		t.Errorf("600 nested elements: %v", err)
	}
}

func TestPageBaseElement(t *testing.T) {
	items, err := readPage(t, pageHead+"fields: {title: h1, link: {selector: a, attr: href}}", `<base href="/other/"><h1>T</h1><a href="x.html">x</a>`)
	if err != nil || len(items) != 1 || items[0].Notice.Links[0].URL != "https://www.example.org/other/x.html" {
		t.Errorf("%+v, %v", items, err)
	}
}
