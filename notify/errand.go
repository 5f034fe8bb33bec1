package notify

import (
	"context"
	"fmt"
	"sync"
	"time"

	"tbtwatch/internal/trade"
)

// dueAt is when something is to be done about an open delivery. What another
// process does not know the outcome of is left to it for a while: it may know
// which part of a message is missing.
func (n *Notifier) dueAt(d trade.Delivery) time.Time {
	others := d.Owner != n.Owner
	switch {
	case d.State == trade.Sending && others && n.Alone:
		return time.Time{}
	case d.State == trade.Sending:
		return parseStamp(d.LeaseUntil)
	case d.State == trade.Unknown && others && !n.Alone:
		return parseStamp(d.NotBefore).Add(lease)
	}
	return parseStamp(d.NotBefore)
}

// errand is a delivery that is due, with what its message is made from.
type errand struct {
	entry entry
	told  telling
	facts *Facts // that told needs; nil: to be read when they are needed
	end   uint64 // of the stream of warnings, when it was taken up; 0: to be asked
}

// prepare reads what the deliveries' messages need, all of them in few
// requests. What cannot be read waits a moment.
func (n *Notifier) prepare(ctx context.Context, q *queue, due []taken) (jobs []errand) {
	entries, err := n.whole(ctx, q, due)
	if err != nil {
		for _, t := range due {
			n.Log.Warn("notify: delivery waits", "delivery", t.Key, "err", err)
			q.postpone(t.entry, n.Now().Add(5*time.Second))
			q.giveBack(t.Key)
		}
		return nil
	}
	var those []telling
	end, err := n.Bus.Warnings.LastSeq(ctx)
	if err != nil {
		end = 0
	}
	var facts Facts
	for _, e := range entries {
		if !n.underWay.begin(&e.Value) { // an earlier release to the same recipient comes first
			q.postpone(e, n.Now().Add(time.Second))
			q.giveBack(e.Key)
			continue
		}
		j := errand{entry: e, end: end}
		var ok bool
		if j.told, ok = n.telling(ctx, &e.Value); ok {
			those = append(those, j.told)
			j.facts = &facts
		}
		jobs = append(jobs, j)
	}
	if facts, err = n.facts(ctx, those...); err != nil {
		for i := range jobs { // each tries for itself, and says what is wrong
			jobs[i].facts = nil
		}
	}
	return jobs
}

// underWay are the recipients and families that a worker is at: what one is told
// of a family does not go out in another order than it was begun.
type underWay struct {
	mu sync.Mutex
	of map[[2]string]bool
}

func (u *underWay) begin(d *trade.Delivery) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	key := [2]string{d.Subscriber, d.Family}
	if d.Family == "" || !u.of[key] {
		if u.of == nil {
			u.of = map[[2]string]bool{}
		}
		u.of[key] = true
		return true
	}
	return false
}

func (u *underWay) end(d *trade.Delivery) {
	u.mu.Lock()
	defer u.mu.Unlock()
	delete(u.of, [2]string{d.Subscriber, d.Family})
}

// whole reads the entries that the queue did not hold whole. What has been moved
// since it was queued is looked at when it is due as it is now.
func (n *Notifier) whole(ctx context.Context, q *queue, due []taken) ([]entry, error) {
	var keys []string
	for _, t := range due {
		if !t.whole {
			keys = append(keys, t.Key)
		}
	}
	read, err := n.Bus.Deliveries.GetMany(ctx, keys)
	if err != nil {
		return nil, err
	}
	out := make([]entry, 0, len(due))
	for _, t := range due {
		e := t.entry
		if !t.whole {
			var ok bool
			if e, ok = read[t.Key]; !ok {
				return nil, fmt.Errorf("delivery %s is not in the ledger", t.Key)
			}
			if e.Seq != t.Seq {
				_ = n.note(e) // note never fails
				q.giveBack(t.Key)
				continue
			}
		}
		out = append(out, e)
	}
	return out, nil
}

// telling finds whom the delivery tells of what; ok is false where a look at
// the registry is enough, or where that cannot be read.
func (n *Notifier) telling(ctx context.Context, d *trade.Delivery) (t telling, ok bool) {
	s, found := n.Directory.Subscriber(d.Subscriber)
	if !found || d.Family == "" {
		return t, false
	}
	b, err := n.briefing(ctx, d)
	return telling{s, b}, err == nil
}
