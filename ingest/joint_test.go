package ingest

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
)

// memory is a notice table without a server: the same promises, in a map.
type memory struct {
	mu      sync.Mutex
	seq     uint64
	entries map[string]bus.Entry[trade.Notice]
	writes  int
	fail    func(write int) error // consulted before each batch
}

func newMemory() *memory { return &memory{entries: map[string]bus.Entry[trade.Notice]{}} }

func (m *memory) GetMany(_ context.Context, keys []string) (map[string]bus.Entry[trade.Notice], error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := map[string]bus.Entry[trade.Notice]{}
	for _, k := range keys {
		if e, ok := m.entries[k]; ok {
			out[k] = e
		}
	}
	return out, nil
}

func (m *memory) PutBatch(_ context.Context, writes []bus.Write[trade.Notice]) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(writes) > publishBatch {
		return fmt.Errorf("batch of %d", len(writes))
	}
	m.writes++
	if m.fail != nil {
		if err := m.fail(m.writes); err != nil {
			return err
		}
	}
	for _, w := range writes {
		if m.entries[w.Key].Seq != w.Last {
			return trade.ErrConflict
		}
	}
	for _, w := range writes {
		m.seq++
		m.entries[w.Key] = bus.Entry[trade.Notice]{Key: w.Key, Seq: m.seq, At: time.Unix(int64(m.seq), 0), Value: w.Value}
	}
	return nil
}

// contents are the hashes by key: the final state without its history.
func (m *memory) contents() map[string]string {
	out := map[string]string{}
	for k, e := range m.entries {
		out[k] = e.Value.Hash()
	}
	return out
}

var eac = []string{"G/TBT/N/KEN/1", "G/TBT/N/TZA/2", "G/TBT/N/UGA/3"}

func jointRow(member string, symbols []string, more map[string]string) trade.Notice {
	n := trade.Notice{
		Source: "eping-bulk", ID: symbols[0], Symbols: symbols, Area: "TBT", Kind: trade.KindNew,
		Members: []string{member}, Markets: []string{member}, Title: "Draft standard for motorcycle helmets",
		HS: []string{"650610"}, Fields: map[string]string{"Member": member, "Title": "Draft standard for motorcycle helmets"},
		Links: []trade.Link{{Rel: "notice", URL: "https://eping.example/" + member}},
		Dates: []trade.Date{{What: trade.DatePublished, From: "2025-06-02", To: "2025-06-02"}},
	}
	for k, v := range more {
		n.Fields[k] = v
	}
	return n
}

func TestJointPaper(t *testing.T) {
	ke := jointRow("KE", eac, nil)
	tz := jointRow("TZ", eac, map[string]string{"Remarks": "second copy"})
	ug := jointRow("UG", eac, nil)
	delete(ug.Fields, "Title")
	ug.HS = []string{"871410", "650610"}
	ug.Dates = append(ug.Dates, trade.Date{What: trade.DateCommentDeadline, From: "2025-08-01", To: "2025-08-01"})
	got, err := join([]trade.Notice{ug, tz, ke})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"KE", "TZ", "UG"}, got.Members); diff != "" {
		t.Errorf("members: %s", diff)
	}
	if !slices.Equal(got.HS, []string{"650610", "871410"}) || len(got.Links) != 3 || got.Date(trade.DateCommentDeadline).From != "2025-08-01" {
		t.Errorf("lists are not the union: HS %v, links %v, dates %v", got.HS, got.Links, got.Dates)
	}
	if len(got.Joint) != 2 || got.Joint[0].Member != "TZ" || got.Joint[0].Fields["Remarks"] != "second copy" || got.Joint[0].Fields["Member"] != "TZ" {
		t.Errorf("joint rows: %+v", got.Joint)
	}
	rows, err := rowsOf(got)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []trade.Notice{ke, tz, ug} {
		if rows[i].Hash() != want.Hash() {
			t.Errorf("row %d came back otherwise: %s", i, cmp.Diff(want, rows[i]))
		}
	}
}

func TestJointAffectedEverywhere(t *testing.T) {
	a, b := jointRow("KE", eac, nil), jointRow("TZ", eac, nil)
	a.Affected = []string{"CN"}
	got, err := join([]trade.Notice{a, b})
	if err != nil || got.Affected != nil {
		t.Errorf("one row affects all origins, the paper only %v (%v)", got.Affected, err)
	}
}

// anyRows draws rows of a few papers, with contradictions and repetitions.
func anyRows(t *rapid.T) []trade.Notice {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) trade.Notice {
		symbols := rapid.SampledFrom([][]string{eac, {"G/TBT/N/USA/9"}, {"G/TBT/N/EU/1", "G/TBT/N/EU/2"}}).Draw(t, "symbols")
		n := jointRow(rapid.SampledFrom([]string{"KE", "TZ", "UG"}).Draw(t, "member"), symbols, nil)
		n.Title = rapid.SampledFrom([]string{"helmets", "tyres"}).Draw(t, "title")
		n.HS = rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"8711", "8714", "40"}), 0, 3, rapid.ID[string]).Draw(t, "hs")
		n.Affected = rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"CN", "VN"}), 0, 2, rapid.ID[string]).Draw(t, "affected")
		if rapid.Bool().Draw(t, "more") {
			n.Fields["Remarks"] = rapid.SampledFrom([]string{"", "a", "b"}).Draw(t, "remarks")
		}
		return n
	}), 1, 30).Draw(t, "rows")
}

func TestPublishDoesNotDependOnOrderOrBatches(t *testing.T) {
	ctx := context.Background()
	rapid.Check(t, func(t *rapid.T) {
		rows := anyRows(t)
		one := newMemory()
		outcomes, err := (&Publisher{one}).Publish(ctx, rows)
		if err != nil {
			t.Fatal(err)
		}
		var tally trade.Tally
		for _, o := range outcomes {
			tally.Add(o)
		}
		if err := tally.Check(); err != nil || tally.Rows != len(rows) || tally.Notices != len(one.entries) {
			t.Fatalf("%d rows, %d papers: %+v %v", len(rows), len(one.entries), tally, err)
		}

		two := newMemory()
		in := (&Publisher{two}).Input()
		for left := rapid.Permutation(rows).Draw(t, "order"); len(left) > 0; {
			n := rapid.IntRange(1, len(left)).Draw(t, "batch")
			if _, err := in.Publish(ctx, left[:n]); err != nil {
				t.Fatal(err)
			}
			left = left[n:]
		}
		if diff := cmp.Diff(one.contents(), two.contents()); diff != "" {
			t.Fatalf("order or batches decide what is stored: %s", diff)
		}

		seq := two.seq
		again, err := (&Publisher{two}).Publish(ctx, rows)
		if err != nil || two.seq != seq {
			t.Fatalf("the same input again wrote %d records (%v)", two.seq-seq, err)
		}
		for i, o := range again {
			if o != trade.Unchanged && o != trade.Duplicate {
				t.Fatalf("row %d of a repeated input is %s", i, o)
			}
		}
	})
}

func TestKilledImportEndsTheSame(t *testing.T) {
	ctx := context.Background()
	rapid.Check(t, func(t *rapid.T) {
		rows := anyRows(t)
		whole, killed := newMemory(), newMemory()
		if _, err := (&Publisher{whole}).Publish(ctx, rows); err != nil {
			t.Fatal(err)
		}
		in := (&Publisher{killed}).Input()
		for _, n := range rows[:rapid.IntRange(0, len(rows)).Draw(t, "killed after")] {
			if _, err := in.Publish(ctx, []trade.Notice{n}); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := (&Publisher{killed}).Publish(ctx, rows); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(whole.contents(), killed.contents()); diff != "" {
			t.Fatalf("a killed and repeated import ends otherwise: %s", diff)
		}
	})
}

func TestPublishRevision(t *testing.T) {
	ctx, m := context.Background(), newMemory()
	p := &Publisher{m}
	n := jointRow("KE", eac[:1], nil)
	steps := []struct {
		name string
		edit func()
		want trade.Outcome
		seq  uint64
	}{
		{"first seen", func() {}, trade.Published, 1},
		{"again", func() { n.SeenAt = time.Unix(99, 0); n.Raw = "other"; n.Backfill = true }, trade.Unchanged, 1},
		{"edited upstream", func() { n.Title = "Final standard" }, trade.Published, 2},
		{"other member's name", func() { n.Members = []string{"TZ"} }, trade.Published, 3},
	}
	for _, s := range steps {
		s.edit()
		got, err := p.Publish(ctx, []trade.Notice{n})
		if err != nil || got[0] != s.want || m.seq != s.seq {
			t.Errorf("%s: %v, %d records, %v; want %s, %d", s.name, got, m.seq, err, s.want, s.seq)
		}
	}
	if e := m.entries[n.Key()]; len(e.Value.Joint) != 0 || e.Value.Title != "Final standard" {
		t.Errorf("a revision became a joint row: %+v", e.Value)
	}
}

func TestPublishLosesRaceAndRetries(t *testing.T) {
	ctx, m := context.Background(), newMemory()
	lost := 0
	m.fail = func(int) error {
		if lost < 3 {
			lost++
			return fmt.Errorf("batch: %w", trade.ErrConflict)
		}
		return nil
	}
	n := jointRow("KE", eac, nil)
	got, err := (&Publisher{m}).Publish(ctx, []trade.Notice{n, n})
	if err != nil || !slices.Equal(got, []trade.Outcome{trade.Published, trade.Duplicate}) {
		t.Errorf("%v, %v", got, err)
	}
	m.fail = func(int) error { return trade.ErrConflict }
	n.Title = "other"
	if _, err := (&Publisher{m}).Publish(ctx, []trade.Notice{n}); err == nil {
		t.Error("a conflict without end is no error")
	}
}

func TestPublishBoundsJointRows(t *testing.T) {
	m := newMemory()
	var rows []trade.Notice
	for i := range maxJoint + 10 {
		rows = append(rows, jointRow("KE", eac[:1], map[string]string{"Remarks": fmt.Sprint(i)}))
	}
	got, err := (&Publisher{m}).Publish(context.Background(), rows)
	if err != nil {
		t.Fatal(err)
	}
	count := map[trade.Outcome]int{}
	for _, o := range got {
		count[o]++
	}
	if want := map[trade.Outcome]int{trade.Published: 1, trade.Duplicate: maxJoint - 1, trade.Quarantined: 10}; !cmp.Equal(want, count) {
		t.Errorf("%v, want %v", count, want)
	}
}
