package ingest

import (
	"bytes"
	"errors"
	"fmt"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
)

// Every kind of source keeps these promises; a new kind inherits the tests by
// registering itself and laying fixtures under testdata/<kind>.
func eachFixture(t *testing.T, fn func(t *testing.T, f fixture)) {
	for _, k := range Kinds() {
		for _, f := range fixtures(t, k.Name) {
			t.Run(k.Name+"/"+f.File, func(t *testing.T) { fn(t, f) })
		}
	}
}

func TestKindsReadTheirFixtures(t *testing.T) {
	eachFixture(t, func(t *testing.T, f fixture) {
		compareGolden(t, f.Kind+"/"+f.File+".golden.json", goldenOf(parseFixture(t, f)))
	})
}

func TestKindsParseTheSameTwice(t *testing.T) {
	eachFixture(t, func(t *testing.T, f fixture) {
		if a, b := goldenOf(parseFixture(t, f)), goldenOf(parseFixture(t, f)); !reflect.DeepEqual(a, b) {
			t.Errorf("two readings of the same bytes differ")
		}
	})
}

func TestKindsEmitSoundNotices(t *testing.T) {
	eachFixture(t, func(t *testing.T, f fixture) {
		for _, i := range parseFixture(t, f) {
			if set := countSet(i); set != 1 {
				t.Errorf("an item has %d fields set, want exactly one", set)
			}
			if i.Notice != nil {
				checkNotice(t, i.Notice)
			}
			if i.Bad != nil && (i.Bad.Where == "" || i.Bad.Reason == "" || len(i.Bad.Bytes) == 0 || len(i.Bad.Bytes) > maxBad) {
				t.Errorf("a bad row must say where and why and show its bytes: %+v", i.Bad)
			}
			if i.Next != nil {
				checkRequest(t, *i.Next)
			}
		}
	})
}

func countSet(i Item) int {
	n := 0
	for _, set := range []bool{i.Notice != nil, i.Next != nil, i.Bad != nil} {
		if set {
			n++
		}
	}
	return n
}

var (
	markupLeft = regexp.MustCompile(`(?i)</?(?:p|div|span|br|b|i|ul|li|table|td|tr|script|a)\b[^>]*>|&(?:nbsp|amp|lt|gt|quot);|_x000D_`)
	onlyDigits = regexp.MustCompile(`^\d{2,10}$`)
	icsForm    = regexp.MustCompile(`^\d{2}(\.\d{3}(\.\d{2})?)?$`)
	dayForm    = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$`)
	marketForm = regexp.MustCompile(`^[A-Z]{2,10}$|^\*$`)
)

// checkNotice holds what every notice of every kind has to be.
func checkNotice(t *testing.T, n *trade.Notice) {
	t.Helper()
	if err := n.Validate(); err != nil {
		t.Errorf("%v", err)
	}
	if n.Kind == "" || len(n.Markets) == 0 {
		t.Errorf("%s: kind %q, markets %v: both are needed to match it", n.ID, n.Kind, n.Markets)
	}
	for name, text := range map[string]string{"id": n.ID, "title": n.Title, "description": n.Description, "products": n.Products, "keywords": strings.Join(n.Keywords, " ")} {
		if !utf8.ValidString(text) || strings.ContainsAny(text, "\x00\u200B\uFEFF\u00A0\u00AD") {
			t.Errorf("%s: %s holds invisible or broken characters: %q", n.ID, name, text)
		}
		if m := markupLeft.FindString(text); m != "" {
			t.Errorf("%s: %s still holds markup %q", n.ID, name, m)
		}
		if text != strings.TrimSpace(text) || strings.Contains(text, "  ") {
			t.Errorf("%s: %s is not trimmed: %q", n.ID, name, text)
		}
	}
	for _, check := range []struct {
		what  string
		list  []string
		form  *regexp.Regexp
		field string
	}{{"HS code", n.HS, onlyDigits, ""}, {"ICS code", n.ICS, icsForm, ""}, {"market", append(append(n.Markets[:len(n.Markets):len(n.Markets)], n.Members...), n.Affected...), marketForm, ""}} {
		for _, v := range check.list {
			if !check.form.MatchString(v) {
				t.Errorf("%s: %q is no %s", n.ID, v, check.what)
			}
		}
	}
	if dup := len(n.HS) - len(slices.Compact(slices.Sorted(slices.Values(n.HS)))); dup > 0 {
		t.Errorf("%s: an HS code stands twice: %v", n.ID, n.HS)
	}
	checkDates(t, n)
	for _, l := range n.Links {
		if u, err := url.Parse(l.URL); err != nil || u.Host == "" || !slices.Contains([]string{"notice", "text", "source", "page"}, l.Rel) {
			t.Errorf("%s: link %+v leads nowhere", n.ID, l)
		}
	}
}

func checkDates(t *testing.T, n *trade.Notice) {
	t.Helper()
	last := -1
	for _, d := range n.Dates {
		at := slices.Index(dateOrder, d.What)
		if at <= last {
			t.Errorf("%s: dates are not in order: %v", n.ID, n.Dates)
		}
		last = at
		if d.Basis == "" || d.Text == "" {
			t.Errorf("%s: %s does not say what it rests on: %+v", n.ID, d.What, d)
		}
		if (d.From == "") != (d.To == "") || d.From > d.To || d.From != "" && !(dayForm.MatchString(d.From) && dayForm.MatchString(d.To)) {
			t.Errorf("%s: %s is no day or interval: %+v", n.ID, d.What, d)
		}
	}
}

func checkRequest(t *testing.T, r Request) {
	t.Helper()
	if err := checkURL(r.URL); err != nil || r.Role == "" {
		t.Errorf("a request without address or role: %+v (%v)", r, err)
	}
}

// Cut off anywhere, a document is refused or read to the same end; it never
// quietly becomes a shorter one.
func TestKindsNoticeACutOffDocument(t *testing.T) {
	eachFixture(t, func(t *testing.T, f fixture) {
		body := f.bytes(t)
		whole := goldenOf(parseFixture(t, f))
		step := max(1, len(body)/150)
		for at := 0; at < len(body); at += step {
			items, err := parse(f.source(t), f.document(body[:at]))
			for _, i := range items {
				if i.Notice != nil {
					i.Notice.Source = f.Kind
				}
			}
			if err == nil && !reflect.DeepEqual(goldenOf(items), whole) {
				t.Fatalf("cut after %d of %d bytes it was read as %d items instead of %d, without an error", at, len(body), len(items), len(whole))
			}
		}
	})
}

const errorPage = `<!DOCTYPE html><html><head><title>503 Service Unavailable</title></head><body><h1>Please try again later</h1></body></html>`

func TestKindsRefuseWhatIsNoDocument(t *testing.T) {
	nested := func(open string, n int) []byte { return []byte(strings.Repeat(open, n)) }
	bad := []struct {
		name string
		body []byte
	}{
		{"an HTML error page", []byte(errorPage)},
		{"nothing", nil},
		{"blanks", []byte(" \r\n\t ")},
		{"a byte order mark", []byte("\uFEFF")},
		{"zeros", make([]byte, 4096)},
		{"noise", noise(4096)},
		{"a JSON list", []byte(`[]`)},
		{"a JSON text", []byte(`"items"`)},
		{"JSON of the wrong shape", []byte(`{"items":{"a":1},"results":"x","content":7,"id":{}}`)},
		{"JSON null", []byte(`null`)},
		{"two JSON values", []byte(`{"items":[]}{"items":[]}`)},
		{"JSON nested 200,000 deep", nested(`{"items":[`, 200_000)},
		{"lists nested 200,000 deep", nested(`[`, 200_000)},
		{"HTML nested 20,000 deep", append(nested(`<div class="row">`, 20_000), "</html>"...)},
		{"XML nested 20,000 deep", append([]byte(`<rss version="2.0"><channel>`), append(nested(`<a>`, 20_000), "</rss>"...)...)},
		{"a ZIP that is no workbook", zipOf(t, map[string]string{"readme.txt": "hello"})},
	}
	eachFixture(t, func(t *testing.T, f fixture) {
		for _, b := range bad {
			mustFail(t, f, b.body, b.name)
		}
	})
}

// noise is bytes without a pattern, the same every time.
func noise(n int) []byte {
	out, state := make([]byte, n), uint32(1)
	for i := range out {
		state = state*1664525 + 1013904223
		out[i] = byte(state >> 24)
	}
	return out
}

func TestKindsTakeAnEmptyListForAFault(t *testing.T) {
	for _, k := range Kinds() {
		checked := 0
		for _, f := range fixtures(t, k.Name) {
			if body := f.empty(t); body != nil {
				checked++
				if err := mustFail(t, f, body, "an empty list"); !errors.Is(err, ErrEmpty) {
					t.Errorf("%s/%s: an empty list is %v, want ErrEmpty", k.Name, f.File, err)
				}
			}
		}
		if checked == 0 {
			t.Errorf("kind %s has no fixture of an empty list", k.Name)
		}
	}
}

func TestKindsStopWhenTheReceiverDoes(t *testing.T) {
	stop := errors.New("disk full")
	eachFixture(t, func(t *testing.T, f fixture) {
		seen := 0
		err := f.source(t).Parse(f.document(f.bytes(t)), func(Item) error { seen++; return stop })
		if !errors.Is(err, stop) || seen != 1 {
			t.Errorf("after the receiver's error %d items came and Parse returned %v", seen, err)
		}
	})
}

func TestKindsPlanFromStateAndTimeAlone(t *testing.T) {
	eachFixture(t, func(t *testing.T, f fixture) {
		s := f.source(t)
		for _, state := range []bus.SourceState{{}, {Watermark: "2026-08-14"}, {Watermark: "nonsense"}, {Watermark: "2099-01-01"}} {
			plan := s.Plan(state, fixtureDay)
			if len(plan) == 0 {
				t.Fatal("a run begins with no request")
			}
			for _, r := range plan {
				checkRequest(t, r)
			}
			if again := f.source(t).Plan(state, fixtureDay); !reflect.DeepEqual(plan, again) {
				t.Errorf("two plans for the same state and time differ")
			}
		}
	})
}

func TestKindsRefuseUnknownOptions(t *testing.T) {
	for _, k := range Kinds() {
		var node yaml.Node
		if err := yaml.Unmarshal([]byte("urll: https://www.example.org/\n"), &node); err != nil {
			t.Fatal(err)
		}
		_, err := k.New(node.Content[0])
		if err == nil || !strings.Contains(err.Error(), "urll") || !strings.Contains(err.Error(), `"url"`) {
			t.Errorf("%s: an option nobody knows gives %v, want it named with the nearest one", k.Name, err)
		}
		if k.About == "" || k.Every < time.Minute || k.Name != strings.ToLower(k.Name) {
			t.Errorf("kind %+v is not described", k.Name)
		}
	}
}

func TestKindsRefuseAnAddressThatIsNone(t *testing.T) {
	for _, k := range Kinds() {
		for _, bad := range []string{"ftp://example.org/", "example.org", "file:///etc/passwd", "https://"} {
			var node yaml.Node
			if err := yaml.Unmarshal([]byte(fmt.Sprintf("url: %q\n", bad)), &node); err != nil {
				t.Fatal(err)
			}
			if _, err := k.New(node.Content[0]); err == nil || !strings.Contains(err.Error(), "url") {
				t.Errorf("%s: url %q gives %v", k.Name, bad, err)
			}
		}
	}
}

func TestCheckTellsWhatEachFixtureHolds(t *testing.T) {
	eachFixture(t, func(t *testing.T, f fixture) {
		s := f.source(t)
		readings, next, err := Check(s, f.document(f.bytes(t)))
		if err != nil || len(readings)+len(next) == 0 {
			t.Fatalf("%d readings, %d requests, %v", len(readings), len(next), err)
		}
		for _, r := range readings {
			if r.Document == "" || r.Field == "" || r.Value == "" && r.Problem == "" {
				t.Errorf("a reading that tells nothing: %+v", r)
			}
		}
		broken, _, err := Check(s, f.document([]byte(errorPage)))
		if err != nil || len(broken) == 0 || !slices.ContainsFunc(broken, func(r Reading) bool { return r.Problem != "" }) {
			t.Errorf("of an error page Check says %+v, %v", broken, err)
		}
	})
	if _, _, err := Check(&feed{}); err == nil {
		t.Error("Check of no document gives no error")
	}
}

// A document must not be held in memory many times over, whatever its kind.
func TestKindsRefuseWhatIsTooLarge(t *testing.T) {
	eachFixture(t, func(t *testing.T, f fixture) {
		s := f.source(t)
		doc := f.document(nil)
		doc.Body = &endless{unit: []byte("<p>a line that never ends ")}
		if _, err := parse(s, doc); err == nil {
			t.Error("an endless document was read to its end")
		}
	})
}

// endless gives the unit again and again, up to 1 GiB.
type endless struct {
	unit []byte
	sent int
}

func (e *endless) Read(b []byte) (int, error) {
	if e.sent > 1<<30 {
		return 0, errors.New("the whole GiB was read")
	}
	n := copy(b, bytes.Repeat(e.unit, len(b)/len(e.unit)+1))
	e.sent += n
	return n, nil
}
