package view

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
)

// However cases come, change and go, the queue stands as one that is sorted
// and counted anew.
func TestTheQueueIsKeptInOrder(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // made-up cases
	levels, days := append(triage.DefaultConfig().LevelIDs(), "unknown"), []string{"", "2026-02-20", "2026-03-05", "2026-03-12", "2026-06-01"}
	kept, last := newCases(nil, triage.DefaultConfig()), map[string]bus.Entry[trade.Case]{}
	for seq := uint64(1); seq < 4000; seq++ {
		key := fmt.Sprint("k", rnd.IntN(300))
		e := bus.Entry[trade.Case]{Key: key, Seq: seq, Deleted: rnd.IntN(8) == 0, Value: trade.Case{
			Family: "F" + key, State: trade.CaseStates[rnd.IntN(len(trade.CaseStates))], Level: levels[rnd.IntN(len(levels))], Kind: trade.KindNew,
			Sectors: []string{"motorcycles", "electronics"}[:rnd.IntN(3)], Markets: []string{"BR", "VN"}[:rnd.IntN(3)], Assignee: []string{"", "li"}[rnd.IntN(2)],
			Exposure: float64(rnd.IntN(3)), Exporters: rnd.IntN(3),
		}}
		if d := days[rnd.IntN(len(days))]; d != "" {
			e.Value.Dates = []trade.Date{{What: trade.DateCommentDeadline, From: d, To: d}}
		}
		if last[key] = e; rnd.IntN(20) == 0 { // what comes late is old
			e.Seq, e.Value.Level = 0, levels[0]
			_ = kept.take(e)
			e = last[key]
		}
		_ = kept.take(e)
		if seq%500 > 0 {
			continue
		}
		today := fmt.Sprintf("2026-03-%02d", 2+seq/1500)
		anew := newCases(nil, triage.DefaultConfig())
		for _, e := range last {
			_ = anew.take(e)
		}
		kept.read(today)()
		anew.read(today)()
		names := func(c *cases) (out []string) {
			for _, r := range c.queue {
				out = append(out, fmt.Sprint(r.Key, r.Seq, r.Bucket, r.Level, r.Due))
			}
			return out
		}
		if got, want := names(kept), names(anew); !slices.Equal(got, want) || len(kept.rows) != len(got) {
			t.Fatalf("after %d writes the queue is\n%v\nwant\n%v", seq, got, want)
		}
		for _, s := range []*caseSums{&kept.sums, &anew.sums} {
			for _, m := range []map[string]int{s.sectors, s.markets, s.kinds, s.assignees} {
				for k, n := range m {
					if n == 0 {
						delete(m, k)
					}
				}
			}
		}
		if !reflect.DeepEqual(kept.sums, anew.sums) {
			t.Fatalf("after %d writes it counts %+v, want %+v", seq, kept.sums, anew.sums)
		}
	}
	if len(kept.queue) < 100 {
		t.Fatalf("%d cases: the test makes too few", len(kept.queue))
	}
}
