package triage

import (
	"fmt"
	"log/slog"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
)

func openBus(t *testing.T) *bus.Bus {
	t.Helper()
	b, err := bus.Open(t.Context(), bus.Config{Dir: t.TempDir()}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	return b
}

// paper makes a notice of those symbols, published on that day.
func paper(day string, symbols ...string) trade.Notice {
	parsed := trade.ParseSymbols(symbols[0])
	return trade.Notice{
		Source: "eping", ID: symbols[0], Symbols: symbols, Kind: parsed[0].Kind(), Title: "paper " + symbols[0], Markets: []string{"VN"},
		Dates: []trade.Date{{What: trade.DatePublished, From: day, To: day}},
	}
}

// place stores the notices one after the other, as batches of size.
func place(t *testing.T, b *bus.Bus, size int, notices []trade.Notice) {
	t.Helper()
	for len(notices) > 0 {
		n := min(size, len(notices))
		book, err := OpenBook(t.Context(), b, notices[:n])
		if err != nil {
			t.Fatal(err)
		}
		for i := range notices[:n] {
			key := notices[i].Key()
			e, _ := b.Notices.Get(t.Context(), key)
			book.Place(&notices[i], PaperOf(bus.Entry[trade.Notice]{Key: key, Seq: e.Seq + 1, Value: notices[i]}))
		}
		if err := book.Save(t.Context()); err != nil {
			t.Fatal(err)
		}
		notices = notices[n:]
	}
}

// families reads all families that lead, as ID → papers.
func families(t *testing.T, b *bus.Bus) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	if _, err := b.Families.Scan(t.Context(), func(e bus.Entry[trade.Family]) error {
		if e.Value.Alias == "" {
			for _, p := range e.Value.Papers {
				out[e.Value.ID] = append(out[e.Value.ID], p.ID)
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestPapersOfOneMeasureAreOneFamily(t *testing.T) {
	joint := []string{"G/TBT/N/ARE/371", "G/TBT/N/BHR/485", "G/TBT/N/KWT/367"}
	cases := []struct {
		name string
		in   []trade.Notice
		want map[string][]string
	}{
		{"two measures", []trade.Notice{paper("2026-01-01", "G/TBT/N/VNM/1"), paper("2026-01-02", "G/TBT/N/VNM/2")},
			map[string][]string{"G/TBT/N/VNM/1": {"G/TBT/N/VNM/1"}, "G/TBT/N/VNM/2": {"G/TBT/N/VNM/2"}}},
		{"follow-ups join their parent", []trade.Notice{paper("2026-01-01", "G/TBT/N/VNM/1"), paper("2026-02-01", "G/TBT/N/VNM/1/Add.1"), paper("2026-03-01", "G/TBT/N/VNM/1/Add.1/Corr.1")},
			map[string][]string{"G/TBT/N/VNM/1": {"G/TBT/N/VNM/1", "G/TBT/N/VNM/1/Add.1", "G/TBT/N/VNM/1/Add.1/Corr.1"}}},
		{"a follow-up before its parent", []trade.Notice{paper("2026-02-01", "G/TBT/N/VNM/1/Add.1"), paper("2026-01-01", "G/TBT/N/VNM/1")},
			map[string][]string{"G/TBT/N/VNM/1": {"G/TBT/N/VNM/1", "G/TBT/N/VNM/1/Add.1"}}},
		{"a joint paper and a follow-up by one of its members", []trade.Notice{paper("2026-01-01", joint...), paper("2026-02-01", "G/TBT/N/BHR/485/Add.1")},
			map[string][]string{"G/TBT/N/ARE/371": {"G/TBT/N/ARE/371", "G/TBT/N/BHR/485/Add.1"}}},
		{"the follow-up of a member first", []trade.Notice{paper("2026-02-01", "G/TBT/N/BHR/485/Add.1"), paper("2026-01-01", joint...)},
			map[string][]string{"G/TBT/N/BHR/485": {"G/TBT/N/ARE/371", "G/TBT/N/BHR/485/Add.1"}}},
		{"two families that a later joint paper joins", []trade.Notice{paper("2026-02-01", "G/TBT/N/BHR/485/Add.1"), paper("2026-02-02", "G/TBT/N/KWT/367/Add.1"), paper("2026-01-01", joint...)},
			map[string][]string{"G/TBT/N/BHR/485": {"G/TBT/N/ARE/371", "G/TBT/N/BHR/485/Add.1", "G/TBT/N/KWT/367/Add.1"}}},
		{"no WTO symbol", []trade.Notice{{Source: "federal-register", ID: "2026-11634", Kind: trade.KindRule, Title: "x"}},
			map[string][]string{"federal-register:2026-11634": {"2026-11634"}}},
	}
	for _, tc := range cases {
		for _, size := range []int{1, len(tc.in)} {
			t.Run(fmt.Sprintf("%s, %d at a time", tc.name, size), func(t *testing.T) {
				b := openBus(t)
				place(t, b, size, tc.in)
				if diff := cmp.Diff(tc.want, families(t, b)); diff != "" && (size == 1 || len(families(t, b)) != len(tc.want)) {
					t.Error(diff)
				}
				place(t, b, 1, tc.in) // the same again changes nothing
				if diff := cmp.Diff(len(tc.want), len(families(t, b))); diff != "" {
					t.Error("again:", diff)
				}
			})
		}
	}
}

// Whatever the order in which papers come, they end in one family in the order
// of publication.
func TestOrderOfArrivalDoesNotMatter(t *testing.T) {
	all := []trade.Notice{
		paper("2026-01-01", "G/TBT/N/ARE/371", "G/TBT/N/BHR/485", "G/TBT/N/KWT/367"),
		paper("2026-02-01", "G/TBT/N/BHR/485/Add.1"), paper("2026-03-01", "G/TBT/N/KWT/367/Corr.1"),
		paper("2026-04-01", "G/TBT/N/ARE/371/Rev.1"), paper("2026-05-01", "G/TBT/N/ARE/371/Rev.1/Add.1"),
	}
	want := []string{"G/TBT/N/ARE/371", "G/TBT/N/BHR/485/Add.1", "G/TBT/N/KWT/367/Corr.1", "G/TBT/N/ARE/371/Rev.1", "G/TBT/N/ARE/371/Rev.1/Add.1"}
	rnd := rand.New(rand.NewPCG(7, 7))
	for range 12 {
		rnd.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		b := openBus(t)
		place(t, b, 1+rnd.IntN(3), all)
		got := families(t, b)
		if len(got) != 1 {
			t.Fatalf("order %v: %d families: %v", ids(all), len(got), got)
		}
		for _, papers := range got {
			if diff := cmp.Diff(want, papers); diff != "" {
				t.Fatalf("order %v: %s", ids(all), diff)
			}
		}
		b.Close()
	}
}

func ids(notices []trade.Notice) []string {
	var out []string
	for _, n := range notices {
		out = append(out, n.ID)
	}
	return out
}
