package view

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
)

func seqs(refs []ref) []uint64 {
	out := []uint64{}
	for _, r := range refs {
		out = append(out, r.seq)
	}
	return out
}

// The listing agrees with a plain map, whatever is written, deleted and read
// again, with and without history.
func TestListingAgreesWithAMap(t *testing.T) {
	type value struct {
		seq  uint64
		tag  uint8
		live bool
	}
	rapid.Check(t, func(t *rapid.T) {
		history := rapid.Bool().Draw(t, "history")
		l, want, wrote := newListing(history), map[string]value{}, map[string][]uint64{}
		for seq := range uint64(rapid.IntRange(0, 60).Draw(t, "writes")) {
			key := rapid.SampledFrom([]string{"a", "b", "c", "d", "e"}).Draw(t, "key")
			v := value{seq + 1, uint8(rapid.IntRange(0, 2).Draw(t, "tag")), rapid.IntRange(0, 3).Draw(t, "deleted") > 0}
			if !l.put(key, ref{seq: v.seq, tag: v.tag, live: v.live}) {
				t.Fatalf("a later write of %s was no news", key)
			}
			if l.put(key, ref{seq: v.seq, tag: v.tag, live: v.live}) {
				t.Fatalf("the same write of %s was news", key)
			}
			want[key] = v
			wrote[key] = append(wrote[key], v.seq)
			if rapid.IntRange(0, 9).Draw(t, "compact") == 0 && !history {
				l.compact()
			}
		}
		var live []uint64
		var tagged int
		for key, v := range want {
			if v.live {
				live = append(live, v.seq)
				if v.tag == 1 {
					tagged++
				}
			}
			if history && !slices.Equal(seqs(l.writes(key)), wrote[key]) {
				t.Fatalf("writes of %s: %v, want %v", key, seqs(l.writes(key)), wrote[key])
			}
		}
		slices.Sort(live)
		slices.Reverse(live)
		limit := rapid.IntRange(1, 4).Draw(t, "limit")
		var walked []uint64
		for before := uint64(0); ; {
			part, total := l.page(before, limit, nil)
			if total != len(live) {
				t.Fatalf("total %d, want %d", total, len(live))
			}
			walked = append(walked, seqs(part)...)
			if len(part) < limit {
				break
			}
			before = part[len(part)-1].seq
		}
		if !slices.Equal(walked, live) {
			t.Fatalf("walked %v, want %v", walked, live)
		}
		if _, total := l.page(0, 1, func(r ref) bool { return r.tag == 1 }); total != tagged || l.count[1] != tagged {
			t.Fatalf("tagged: %d and %d, want %d", total, l.count[1], tagged)
		}
	})
}

func TestListingForgetsWhatWasReplaced(t *testing.T) {
	l := newListing(false)
	for seq := range uint64(100_000) {
		l.put(fmt.Sprint(seq%10), ref{seq: seq + 1, live: true})
	}
	if len(l.refs) > 2100 || l.live != 10 {
		t.Errorf("%d writes are kept for %d keys", len(l.refs), l.live)
	}
}

// An archive of the size of ePing's costs less than 20 MiB.
func TestArchiveIsSmall(t *testing.T) {
	heap := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := heap()
	x := &texts{}
	l := newList(nil, "notices", false, noticeRow, x.describe)
	for i := range 105_000 {
		n := trade.Notice{Source: "eping-bulk", ID: fmt.Sprintf("G/TBT/N/USA/%d/Add.1", i), Title: "Energy conservation standards for dehumidifiers, dishwashers and other appliances, number " + fmt.Sprint(i), Description: "long"}
		n.Symbols = []string{n.ID}
		if err := l.take(bus.Entry[trade.Notice]{Key: n.Key(), Seq: uint64(i + 1), At: time.Time{}, Value: n}); err != nil {
			t.Fatal(err)
		}
	}
	used := heap() - before
	t.Logf("%.1f MiB", float64(used)/(1<<20))
	if used > 20<<20 {
		t.Errorf("105,000 notices take %d bytes", used)
	}
	runtime.KeepAlive(l)
	runtime.KeepAlive(x)
}

// Whoever searches the notices while others come never waits for them for good.
func TestNoticesAreSearchedWhileOthersCome(t *testing.T) {
	_, v, _ := open(t)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := range 20_000 {
			n := trade.Notice{Source: "a", ID: fmt.Sprint("n", i%50), Title: "Motorcycles"}
			if err := v.notices.take(bus.Entry[trade.Notice]{Key: n.Key(), Seq: uint64(i + 1), Value: n}); err != nil || ctx.Err() != nil {
				return
			}
		}
	}()
	var asking sync.WaitGroup
	for range 4 {
		asking.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				if _, err := v.Notices(ctx, NoticeQuery{Text: "motor", Limit: 5}); err != nil && ctx.Err() == nil {
					t.Error(err)
					return
				}
			}
		})
	}
	ended := make(chan struct{})
	go func() { asking.Wait(); close(ended) }()
	select {
	case <-ended:
	case <-time.After(time.Minute):
		t.Fatal("readers and the follower wait for each other")
	}
}
