package notify

import (
	"context"
	"slices"
	"sync"
	"time"
)

// paceMargin is added to every window, for clocks that do not run alike.
const paceMargin = 200 * time.Millisecond

// bookingKept is how late a delivery may come to its turn.
const bookingKept = 10 * time.Minute

// rate is a limit: n posts in any stretch of that length.
type rate struct {
	n      int
	within time.Duration
}

// pace keeps one robot within its service's limits. A post counts from the
// moment when it was over: whenever the service counted it, it was not later,
// so no sliding window of the service's holds more than ours. (A token bucket
// lets through twice its burst around a refill.)
type pace struct {
	limits []rate
	turn   chan struct{} // held while a message is posted: the parts of two never mix

	mu     sync.Mutex
	posts  []time.Time // when posts were over, oldest first, as many as the limits look at
	booked []booking   // deliveries that wait, in the order of their turns
	closed time.Time   // the service asked for silence until then
}

// booking is a turn that was promised, so that of many deliveries that wait
// each comes back once, and not all of them together.
type booking struct {
	key string
	at  time.Time
	n   int // posts
}

func newPace(limits []rate) *pace { return &pace{limits: limits, turn: make(chan struct{}, 1)} }

// book returns how long the delivery has to wait until n posts in a row are
// allowed, and promises it that turn. The same delivery keeps its turn, also
// when it comes late; until then others may use it, so that a robot never
// stands still because of somebody who is not there.
func (p *pace) book(key string, n int, now time.Time) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.booked = slices.DeleteFunc(p.booked, func(b booking) bool { return now.Sub(b.at) > bookingKept })
	if i := p.find(key); i >= 0 {
		return max(0, latest(p.booked[i].at, p.closed).Sub(now))
	}
	taken := slices.Clone(p.posts)
	at := now
	for _, b := range p.booked {
		if now.Sub(b.at) > robotPatience {
			continue
		}
		taken = append(taken, slices.Repeat([]time.Time{b.at}, b.n)...)
		at = latest(at, b.at)
	}
	at = p.next(taken, n, at)
	p.booked = append(p.booked, booking{key, at, n})
	return at.Sub(now)
}

// wait returns how long the next of n posts in a row has to wait, by the posts
// that were made: turns are estimates, this is not.
func (p *pace) wait(n int, now time.Time) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.next(p.posts, n, now).Sub(now)
}

// next is the earliest moment from which n more posts fit beside those taken.
func (p *pace) next(taken []time.Time, n int, from time.Time) time.Time {
	at := latest(from, p.closed)
	for _, l := range p.limits {
		// Of those taken, the last l.n-n may stand in the same window.
		if i := min(len(taken)+n-l.n, len(taken)) - 1; i >= 0 {
			at = latest(at, taken[i].Add(l.within+paceMargin))
		}
	}
	return at
}

// posted counts a post that is over.
func (p *pace) posted(key string, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	most := 0
	for _, l := range p.limits {
		most = max(most, l.n)
	}
	p.posts = append(p.posts, now)
	p.posts = p.posts[max(0, len(p.posts)-most):]
	if i := p.find(key); i >= 0 && p.booked[i].n > 0 {
		p.booked[i].n--
	}
}

// close keeps everybody from posting until then.
func (p *pace) close(until time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = latest(p.closed, until)
}

// leave gives a turn back.
func (p *pace) leave(key string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if i := p.find(key); i >= 0 {
		p.booked = slices.Delete(p.booked, i, i+1)
	}
}

func (p *pace) find(key string) int {
	return slices.IndexFunc(p.booked, func(b booking) bool { return b.key == key })
}

// enter waits until no other message is being posted.
func (p *pace) enter(ctx context.Context) error {
	select {
	case p.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (p *pace) exit() { <-p.turn }

func latest(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}
