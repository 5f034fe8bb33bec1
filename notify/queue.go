package notify

import (
	"container/heap"
	"sync"
	"time"
)

// queue holds the open deliveries of one channel in the order in which they
// fall due. What is taken is out of the order until it is given back. Of a
// hundred thousand that wait it holds the first ones whole, and of the others
// where they stand in the ledger.
type queue struct {
	mu    sync.Mutex
	items map[string]*item
	order dueOrder
	whole int // items that hold their entry
	room  int // of those at most
	wake  chan struct{}
}

type item struct {
	key   string
	seq   uint64
	entry *entry // nil: to be read
	due   time.Time
	place int // in the order; -1 while taken
}

// keptWhole bounds what a queue holds whole.
const keptWhole = 4096

func newQueue(room int) *queue {
	return &queue{items: map[string]*item{}, room: room, wake: make(chan struct{}, 1)}
}

// put notes the delivery as it is now, to be looked at when it falls due.
func (q *queue) put(e entry, due time.Time) {
	q.mu.Lock()
	defer q.mu.Unlock()
	it := q.items[e.Key]
	switch {
	case it == nil:
		it = &item{key: e.Key, seq: e.Seq, due: due}
		q.keep(it, e)
		q.items[e.Key] = it
		heap.Push(&q.order, it)
	case it.seq > e.Seq:
		return // an older record that came late
	default:
		it.seq, it.due = e.Seq, due
		q.keep(it, e)
		if it.place >= 0 {
			heap.Fix(&q.order, it.place)
		}
	}
	q.poke()
}

// keep holds the entry whole while there is room.
func (q *queue) keep(it *item, e entry) {
	switch {
	case it.entry != nil:
		it.entry = &e
	case q.whole < q.room:
		it.entry = &e
		q.whole++
	}
}

// drop forgets a delivery that is final.
func (q *queue) drop(key string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if it := q.items[key]; it != nil {
		delete(q.items, key)
		if it.entry != nil {
			q.whole--
		}
		if it.place >= 0 {
			heap.Remove(&q.order, it.place)
		}
	}
}

// taken is a delivery that is due; Value is there if whole.
type taken struct {
	entry
	whole bool
}

// take returns up to most deliveries that are due; where none is, when the next
// one will be (at most a minute from now).
func (q *queue) take(now time.Time, most int) (out []taken, next time.Time) {
	q.mu.Lock()
	defer q.mu.Unlock()
	next = now.Add(time.Minute)
	for len(q.order) > 0 && len(out) < most {
		if first := q.order[0]; first.due.After(now) {
			if first.due.Before(next) {
				next = first.due
			}
			return out, next
		}
		it := heap.Pop(&q.order).(*item) //nolint:forcetypeassert // the heap holds nothing else
		if it.entry != nil {
			out = append(out, taken{*it.entry, true})
		} else {
			out = append(out, taken{entry{Key: it.key, Seq: it.seq}, false})
		}
	}
	return out, next
}

// giveBack puts a taken delivery into the order again, if it is still open.
func (q *queue) giveBack(key string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if it := q.items[key]; it != nil && it.place < 0 {
		heap.Push(&q.order, it)
		q.poke()
	}
}

// postpone moves a delivery whose record could not be read or moved out of the
// way for a moment.
func (q *queue) postpone(e entry, until time.Time) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if it := q.items[e.Key]; it != nil && it.seq == e.Seq {
		it.due = until
		if it.place >= 0 {
			heap.Fix(&q.order, it.place)
		}
	}
}

func (q *queue) len() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.items)
}

func (q *queue) poke() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// dueOrder is a heap: what falls due first, then what was planned first.
type dueOrder []*item

func (o dueOrder) Len() int { return len(o) }

func (o dueOrder) Less(i, j int) bool {
	if !o[i].due.Equal(o[j].due) {
		return o[i].due.Before(o[j].due)
	}
	return o[i].seq < o[j].seq
}

func (o dueOrder) Swap(i, j int) {
	o[i], o[j] = o[j], o[i]
	o[i].place, o[j].place = i, j
}

func (o *dueOrder) Push(x any) {
	it := x.(*item) //nolint:forcetypeassert // the heap holds nothing else
	it.place = len(*o)
	*o = append(*o, it)
}

func (o *dueOrder) Pop() any {
	old := *o
	it := old[len(old)-1]
	*o, it.place = old[:len(old)-1], -1
	return it
}
