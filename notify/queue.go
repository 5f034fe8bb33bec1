package notify

import (
	"container/heap"
	"sync"
	"time"
)

// queue holds the open deliveries of one channel in the order in which they
// fall due. What is taken is out of the order until it is given back.
type queue struct {
	mu    sync.Mutex
	items map[string]*item
	order dueOrder
	wake  chan struct{}
}

type item struct {
	entry entry
	due   time.Time
	place int // in the order; -1 while taken
}

func newQueue() *queue {
	return &queue{items: map[string]*item{}, wake: make(chan struct{}, 1)}
}

// put notes the delivery as it is now, to be looked at when it falls due.
func (q *queue) put(e entry, due time.Time) {
	q.mu.Lock()
	defer q.mu.Unlock()
	it := q.items[e.Key]
	switch {
	case it == nil:
		it = &item{entry: e, due: due}
		q.items[e.Key] = it
		heap.Push(&q.order, it)
	case it.entry.Seq > e.Seq:
		return // an older record that came late
	default:
		it.entry, it.due = e, due
		if it.place >= 0 {
			heap.Fix(&q.order, it.place)
		}
	}
	q.poke()
}

// drop forgets a delivery that is final.
func (q *queue) drop(key string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if it := q.items[key]; it != nil {
		delete(q.items, key)
		if it.place >= 0 {
			heap.Remove(&q.order, it.place)
		}
	}
}

// take returns a delivery that is due, or when the next one will be (at most a
// minute from now).
func (q *queue) take(now time.Time) (e entry, next time.Time, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	next = now.Add(time.Minute)
	if len(q.order) == 0 {
		return entry{}, next, false
	}
	if first := q.order[0]; first.due.After(now) {
		if first.due.Before(next) {
			next = first.due
		}
		return entry{}, next, false
	}
	it := heap.Pop(&q.order).(*item) //nolint:forcetypeassert // the heap holds nothing else
	return it.entry, next, true
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
	if it := q.items[e.Key]; it != nil && it.entry.Seq == e.Seq {
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
	return o[i].entry.Seq < o[j].entry.Seq
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
