package notify

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tbtwatch/internal/trade"
)

func takeOne(q *queue, now time.Time) (taken, bool) {
	due, _ := q.take(now, 1)
	if len(due) == 0 {
		return taken{}, false
	}
	return due[0], true
}

// The queue behaves as a map searched for the earliest due delivery that
// nobody has taken.
func TestQueueEqualsASearchedMap(t *testing.T) {
	zero := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		type record struct {
			due   time.Time
			seq   uint64
			taken bool
		}
		q, model := newQueue(rapid.IntRange(0, 3).Draw(t, "room")), map[string]*record{}
		var taken []string
		for seq := uint64(1); seq < 60; seq++ {
			key := fmt.Sprint(rapid.IntRange(0, 9).Draw(t, "key"))
			at := zero.Add(time.Duration(rapid.IntRange(0, 5).Draw(t, "due")) * time.Second)
			switch rapid.IntRange(0, 3).Draw(t, "do") {
			case 0:
				q.put(entry{Key: key, Seq: seq, Value: trade.Delivery{Key: key}}, at)
				if r := model[key]; r != nil {
					r.due, r.seq = at, seq
				} else {
					model[key] = &record{due: at, seq: seq}
				}
			case 1:
				q.drop(key)
				delete(model, key)
			case 2:
				want := ""
				for k, r := range model {
					if r.taken || r.due.After(at) {
						continue
					}
					if w := model[want]; want == "" || r.due.Before(w.due) || r.due.Equal(w.due) && r.seq < w.seq {
						want = k
					}
				}
				e, ok := takeOne(q, at)
				if ok != (want != "") || e.Key != want || ok && e.Seq != model[want].seq {
					t.Fatalf("took %q at %d, the model %q", e.Key, e.Seq, want)
				}
				if ok {
					model[want].taken = true
					taken = append(taken, want)
				}
			case 3:
				if len(taken) > 0 {
					q.giveBack(taken[0])
					if r := model[taken[0]]; r != nil {
						r.taken = false
					}
					taken = taken[1:]
				}
			}
			if whole := q.whole; whole < 0 || whole > q.room {
				t.Fatalf("%d are held whole, %d may be", whole, q.room)
			}
			if q.len() != len(model) {
				t.Fatalf("%d open, the model has %d", q.len(), len(model))
			}
		}
	})
}
