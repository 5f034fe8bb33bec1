package ingest

import (
	"bytes"
	"testing"
	"unicode/utf8"
)

// fuzzKind feeds any bytes to every fixture's source of that kind. Nothing may
// panic, and what is emitted has to be sound whatever it was made from.
func fuzzKind(f *testing.F, kind string) {
	cases := fixtures(f, kind)
	for _, c := range cases {
		f.Add(c.bytes(f))
	}
	f.Add([]byte(errorPage))
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, c := range cases {
			s := c.source(t)
			items, err := parse(s, Document{Request: Request{URL: c.URL, Role: c.Role}, URL: c.URL, Body: bytes.NewReader(body)})
			again, err2 := parse(s, Document{Request: Request{URL: c.URL, Role: c.Role}, URL: c.URL, Body: bytes.NewReader(body)})
			if len(items) != len(again) || (err == nil) != (err2 == nil) {
				t.Fatalf("two readings differ: %d items, %v; %d items, %v", len(items), err, len(again), err2)
			}
			for i, it := range items {
				checkFuzzed(t, it, again[i])
			}
		}
	})
}

func checkFuzzed(t *testing.T, it, again Item) {
	if countSet(it) != 1 {
		t.Fatalf("an item with %d fields set", countSet(it))
	}
	if it.Next != nil && checkURL(it.Next.URL) != nil {
		t.Errorf("asks for %q", it.Next.URL)
	}
	if it.Notice == nil {
		return
	}
	n := it.Notice
	if n.Hash() != again.Notice.Hash() || n.Key() != again.Notice.Key() {
		t.Errorf("key or hash of %s changes", n.ID)
	}
	for _, text := range []string{n.ID, n.Title, n.Description, n.Products} {
		if !utf8.ValidString(text) {
			t.Errorf("%s: invalid UTF-8 %q", n.ID, text)
		}
	}
	for _, c := range n.HS {
		if !onlyDigits.MatchString(c) {
			t.Errorf("%s: HS %q", n.ID, c)
		}
	}
	for _, d := range n.Dates {
		if d.From > d.To || d.From != "" && !dayForm.MatchString(d.From) {
			t.Errorf("%s: date %+v", n.ID, d)
		}
	}
}

func FuzzEping(f *testing.F)           { fuzzKind(f, "eping") }
func FuzzEpingBulk(f *testing.F)       { fuzzKind(f, "eping-bulk") }
func FuzzFederalRegister(f *testing.F) { fuzzKind(f, "federal-register") }
func FuzzSafetyGate(f *testing.F)      { fuzzKind(f, "safety-gate") }
func FuzzFeed(f *testing.F)            { fuzzKind(f, "feed") }
func FuzzPage(f *testing.F)            { fuzzKind(f, "page") }

// FuzzSheetXML goes past the ZIP layer, which random bytes hardly ever do.
func FuzzSheetXML(f *testing.F) {
	f.Add(`<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1"><f>HYPERLINK("https://x/","y")</f></c></row>`, `<si><t>a</t></si>`)
	f.Add(`<row><c t="inlineStr"><is><t>x</t></is></c></row>`, `<si><r><t>a</t></r><rPh><t>b</t></rPh></si>`)
	f.Add(`<row r="-1"><c r="ZZ1"/>`, `</si>`)
	f.Fuzz(func(t *testing.T, rows, shared string) {
		got, err := cellsOf(bytes.NewReader(withSheet(t, rows, shared)))
		again, err2 := cellsOf(bytes.NewReader(withSheet(t, rows, shared)))
		if len(got) != len(again) || (err == nil) != (err2 == nil) {
			t.Errorf("two readings differ: %d, %v; %d, %v", len(got), err, len(again), err2)
		}
	})
}
