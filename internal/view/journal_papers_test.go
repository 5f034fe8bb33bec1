package view

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tbtwatch/internal/trade"
)

// shownOfPapers is what lists, statistics and standards say of notices, and of
// the measures and cases that they make.
func shownOfPapers(t *testing.T, v *View) string {
	t.Helper()
	var out []any
	for _, q := range []NoticeQuery{{Limit: 200}, {Source: "b", Limit: 200}, {Text: "helmets 3", Limit: 200}} {
		p, err := v.Notices(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, p)
	}
	for _, q := range []StatisticsQuery{{}, {Market: "US"}, {Sector: "motorcycles"}} {
		s, err := v.Statistics(q)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, s)
	}
	for _, key := range []string{"c1", "c2", "c3"} {
		row, ok := v.CaseRow(key)
		out = append(out, row, row.waits, row.words, ok)
	}
	found, bodies := v.standards.find(StandardQuery{Limit: 200})
	for _, s := range found {
		out = append(out, s.name, len(s.measures))
	}
	text, err := json.Marshal(append(out, bodies, v.Counts().BySource))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestPapersComeFromJournals(t *testing.T) {
	b, _, _ := open(t)
	last := map[string]uint64{}
	write := func(i int, change func(*trade.Notice)) {
		n := notice(string("ab"[i%2]), fmt.Sprintf("G/TBT/N/USA/%d", i), fmt.Sprint("Helmets ", i))
		n.Markets, n.HS, n.ICS, n.Area = []string{"US", "CA"}[:1+i%2], []string{"871120"}, []string{"43.140"}, "TBT"
		n.Products, n.Description, n.Keywords = "Motorcycles by ISO 4210", "as in EN 1078", []string{"UL 2849"}
		n.Dates = []trade.Date{{What: trade.DateAdoption, From: "2026-09-01"}, {What: trade.DatePublished, From: "2026-03-04"}, {What: trade.DateCommentDeadline, From: "2026-05-01", To: "2026-05-03"}}
		if change != nil {
			change(&n)
		}
		last[n.Key()] = put(t, b.Notices, n.Key(), n, last[n.Key()])
		f := trade.Family{ID: n.ID, Papers: []trade.Paper{{Notice: n.Key(), Published: "2026-03-04"}}}
		key := "family-" + n.Key()
		last[key] = put(t, b.Families, key, f, last[key])
	}
	decide := func(key, root string, state trade.CaseState) {
		c := trade.Case{
			Family: root, Number: "W-7", State: state, Symbols: trade.SymbolStrings(root), Kind: trade.KindNew, Markets: []string{"US"}, Title: "Helmets", HeadlineZH: "头盔", HeadlineEN: "Helmets",
			Sectors: []string{"motorcycles"}, Assignee: "Li", Level: "orange", Dates: []trade.Date{{What: trade.DatePublished, From: "2026-03-04"}, {What: trade.DateCommentDeadline, From: "2026-05-01", To: "2026-05-03"}},
			Direct: 3, Likely: 2, Reference: 1, Exporters: 4, Exposure: 12.5, Release: 1, Pending: trade.Text{ZH: "待定", EN: "to be decided"}, Opened: "2026-03-04T08:00:00Z",
			History: []trade.Change{{At: "2026-03-05T08:00:00Z", By: "Li", From: trade.CaseOpen, To: trade.CaseReleased}, {At: "2026-03-06T08:00:00Z", By: "Wu", To: trade.CaseOpen, What: trade.WhatUndo}},
		}
		c.Backfill = state == trade.CaseIrrelevant
		last[key] = put(t, b.Cases, key, c, last[key])
	}
	const many = 40
	for i := range many {
		write(i, nil)
	}
	decide("c1", "G/TBT/N/USA/1", trade.CaseOpen)
	decide("c2", "G/TBT/N/USA/2", trade.CaseOpen)
	decide("c3", "G/TBT/N/USA/3", trade.CaseIrrelevant)
	decide("c2", "G/TBT/N/USA/2", trade.CaseReleased)
	write(3, func(n *trade.Notice) { n.Title, n.SeenAt, n.Backfill = "Helmets 3, revised", now.Add(time.Hour), true })
	write(5, func(n *trade.Notice) { n.SeenAt, n.Keywords, n.Dates = time.Time{}, nil, nil })
	dir := t.TempDir()
	path := filepath.Join(dir, noticeForm.file())
	_, read, end := kept(t, b, dir)
	if got := read()["notices"]; got != many+2 {
		t.Fatalf("the first start read %d notices of the bus, want %d", got, many+2)
	}
	write(4, func(n *trade.Notice) { n.Title = "Helmets 4, revised" })
	end()
	decide("c1", "G/TBT/N/USA/1", trade.CaseInReview)
	write(6, func(n *trade.Notice) { n.Markets = []string{"MX"} }) // while nobody runs
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	fresh, _, _ := kept(t, b, "")
	want := shownOfPapers(t, fresh)
	for _, c := range []struct {
		name    string
		journal []byte
		most    int // notices that may be read of the bus
	}{
		{"as it was left", whole, 3},
		{"the last row cut off", whole[:len(whole)-3], 4},
		{"nothing in it", nil, many + 5},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := os.WriteFile(path, c.journal, 0o600); err != nil {
				t.Fatal(err)
			}
			v, read, end := kept(t, b, dir)
			defer end()
			if n := read()["notices"]; n > c.most {
				t.Errorf("%d notices were read of the bus, want %d at most", n, c.most)
			}
			if got := shownOfPapers(t, v); got != want {
				t.Errorf("it shows\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// A record that a page asks for whole is the one that the bus has, and comes from
// the journal.
func TestWholeRecordsComeFromJournals(t *testing.T) {
	b, _, _ := open(t)
	n := notice("a", "G/TBT/N/USA/1", "Helmets")
	n.Fields, n.Joint = map[string]string{"Title": "Helmets"}, []trade.JointRow{{Member: "US", Fields: map[string]string{"a": "b"}}}
	first := put(t, b.Notices, n.Key(), n, 0)
	matches := []trade.Match{{Notice: n.ID, Family: n.ID, Exporter: "E1", Product: "P1", Markets: []string{"US"}, Grade: trade.Direct, Score: 0.5, Evidence: []trade.Evidence{{Kind: trade.EvidenceHS, Notice: "8711", Product: "871120"}}}}
	f := trade.Family{ID: n.ID, Papers: []trade.Paper{{Notice: n.Key(), Seq: first}}, Matches: matches, Codes: &trade.Codes{HS: []string{"8711"}, By: "Li"}}
	key := trade.FamilyKey(n.ID)
	family := put(t, b.Families, key, f, 0)
	sent := trade.Delivery{
		Key: "d", Subscriber: "S", Exporter: "E1", Channel: "email", Family: n.ID, Release: 2, WarningSeq: 7, State: trade.Sending, Attempt: 3, Owner: "o", LeaseUntil: "2026-03-02T08:00:00Z",
		NotBefore: "2026-03-02T07:00:00Z", Provider: "250 ok", Reason: "later", Silenced: true, At: "2026-03-02T06:00:00Z",
		Moved: "slack", Digest: "g", Occasion: "remind-10", Confirmed: "2026-03-03T06:00:00Z", Parts: []string{"a", "b"},
	}
	put(t, b.Deliveries, "d", sent, 0)
	dir := t.TempDir()
	check := func(what string, seq uint64) {
		t.Helper()
		v, _, end := kept(t, b, dir)
		defer end()
		for _, r := range v.notices.refs.refs {
			if _, ok := record(v.notices.journal, v.notices.table, r.place, r.seq); !ok {
				t.Errorf("%s: the notice at %d is not in the journal", what, r.seq)
			}
		}
		at, known := v.standards.placeOf(key)
		if _, ok := record(v.standards.journal, b.Families, at, family); !ok || known != family {
			t.Errorf("%s: the family at %d, known at %d, is not in the journal", what, family, known)
		}
		for _, r := range v.deliveries.refs.refs {
			if e, ok := v.deliveries.journal.at(r.place, r.seq); !ok || !reflect.DeepEqual(e.Value, sent) {
				t.Errorf("%s: the delivery is %+v, %v", what, e.Value, ok)
			}
		}
		got, err := v.Notice(t.Context(), n.Key())
		want, errWant := b.Notices.Get(t.Context(), n.Key())
		if diff := cmp.Diff(want, got); diff != "" || err != nil || errWant != nil || got.Seq != seq {
			t.Errorf("%s: notice at %d, %v, %v: %s", what, got.Seq, err, errWant, diff)
		}
		read, err := v.Family(t.Context(), key)
		stored, errWant := b.Families.Get(t.Context(), key)
		if diff := cmp.Diff(stored, read); diff != "" || err != nil || errWant != nil || read.Seq != family || read.Value.Touched() != 1 {
			t.Errorf("%s: family at %d touches %d, %v, %v: %s", what, read.Seq, read.Value.Touched(), err, errWant, diff)
		}
		if _, err := v.Family(t.Context(), "none"); !errors.Is(err, trade.ErrNotFound) {
			t.Errorf("%s: a family that there is not: %v", what, err)
		}
	}
	for _, name := range []string{"notices-v1.journal", "notices-v1.journal.lock", "other.journal"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	check("written", first)
	if left, _ := filepath.Glob(filepath.Join(dir, "*.journal*")); slices.ContainsFunc(left, func(p string) bool { return strings.Contains(p, "notices-v1") }) || !slices.Contains(left, filepath.Join(dir, "other.journal")) {
		t.Errorf("of files that were there: %v", left)
	}
	check("read again", first)
	n.Title = "Helmets, revised"
	second := put(t, b.Notices, n.Key(), n, first)
	f.Codes = nil
	family = put(t, b.Families, key, f, family)
	check("revised while nobody ran", second)
}

// A journal of which most rows are old is written again with the others.
func TestAJournalDoesNotGrowForEver(t *testing.T) {
	b, _, _ := open(t)
	dir := t.TempDir()
	path := filepath.Join(dir, productForm.file())
	v, _, end := kept(t, b, dir)
	const many = 3000
	put(t, b.Products, "k2", trade.Product{ID: "P2", Exporter: "E2"}, 0)
	last := uint64(0)
	for i := range many {
		last = put(t, b.Products, "k1", trade.Product{ID: "P1", Exporter: "E1", Standards: []string{fmt.Sprint("ISO ", 9000+i)}}, last)
	}
	waitFor(t, "the last write", func() bool { return v.ShowsProducts(last) })
	end()
	for _, most := range []int64{1 << 20, 200, 200} { // as it grew, rewritten, and as it was
		if info, err := os.Stat(path); err != nil || info.Size() > most || most == 1<<20 && info.Size() < 1100*25 {
			t.Fatalf("the journal: %v, %v; want %d bytes at most", info.Size(), err, most)
		}
		v, read, end := kept(t, b, dir)
		if n := read()["products"]; n > 0 {
			t.Errorf("%d products were read of the bus", n)
		}
		fresh, _, _ := kept(t, b, "")
		if got, want := shown(t, v), shown(t, fresh); got != want {
			t.Errorf("it shows\n%s\nwant\n%s", got, want)
		}
		end()
	}
}
