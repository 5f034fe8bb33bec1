package notify

import (
	"context"
	"slices"
	"sync"
	"time"

	"tbtwatch/internal/registry"
	"tbtwatch/internal/trade"
)

// nothingSince begins the occasion of a digest that says that nothing is new;
// a day follows.
const nothingSince = "nothing-since-"

// heard is when each recipient of digests was last told something.
type heard struct {
	mu   sync.Mutex
	last map[string]int64 // by subscriber, seconds
}

func (h *heard) note(subscriber string, at time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.last == nil {
		h.last = map[string]int64{}
	}
	h.last[subscriber] = max(h.last[subscriber], at.Unix())
}

func (h *heard) since(subscriber string, then time.Time) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.last[subscriber] > then.Unix()
}

// noteHeard takes in that something was told, or is going to be.
func (n *Notifier) noteHeard(d *trade.Delivery) {
	if d.State == trade.Suppressed || d.State == trade.Rejected {
		return
	}
	if s, ok := n.Directory.Subscriber(d.Subscriber); ok && digestsOnly(&s) {
		n.heard.note(d.Subscriber, parseStamp(d.At))
	}
}

// digestsOnly reports whether the subscriber is told once a day or week: silence
// may then mean that nothing was new, or that something is broken.
func digestsOnly(s *trade.Subscriber) bool {
	return s.Stopped == "" && s.Gone == "" && s.Cadences().For("") != trade.Immediate && !channelKinds[s.Channel].Single
}

// reassureWithin is how late the message may be planned: a process that was
// down for a day does not come with what was due before.
const reassureWithin = 12 * time.Hour

// reassure plans, on the day of weekly messages, a word to who has heard
// nothing for a week: that nothing was new, and that watching goes on.
func (n *Notifier) reassure(ctx context.Context) error {
	if !n.Config.Heartbeat {
		return nil
	}
	var quiet []trade.Subscriber
	slots := map[string]time.Time{}
	for _, s := range n.Directory.Subscribers() {
		if !digestsOnly(&s) {
			continue
		}
		h, now := n.Config.hours(&s), n.Now()
		slot := h.slot(now.AddDate(0, 0, -7).In(h.zone), trade.Weekly) // the last one that has passed
		if slot.After(now) || now.Sub(slot) > reassureWithin || n.heard.since(s.ID, slot.AddDate(0, 0, -7)) {
			continue
		}
		quiet, slots[s.ID] = append(quiet, s), slot
	}
	for part := range slices.Chunk(quiet, planChunk) {
		if err := n.reassureThose(ctx, part, slots); err != nil {
			return err
		}
	}
	return nil
}

func (n *Notifier) reassureThose(ctx context.Context, those []trade.Subscriber, slots map[string]time.Time) error {
	changed, err := n.changed(ctx, those)
	if err != nil {
		return err
	}
	var planned []trade.Delivery
	now := n.Now()
	for _, s := range those {
		if slot := slots[s.ID]; !changed[s.ID].After(slot.AddDate(0, 0, -7)) {
			planned = append(planned, n.nothingNew(&s, slot, now))
		}
	}
	if err := n.ledger().plan(ctx, planned); err != nil {
		return err
	}
	for _, d := range planned {
		n.heard.note(d.Subscriber, now)
	}
	for id, at := range changed { // not looked at again before next week
		n.heard.note(id, at)
	}
	return nil
}

// changed is when each of those subscriptions was last changed: who subscribed
// within the week, or was told at once until then, was not without news.
func (n *Notifier) changed(ctx context.Context, those []trade.Subscriber) (map[string]time.Time, error) {
	keys := make([]string, len(those))
	for i, s := range those {
		keys[i] = registry.SubscriberKey(s.ID)
	}
	have, err := n.Bus.Subscribers.GetMany(ctx, keys)
	out := make(map[string]time.Time, len(have))
	for _, e := range have {
		out[e.Value.ID] = e.At
	}
	return out, err
}

func (n *Notifier) nothingNew(s *trade.Subscriber, slot, now time.Time) trade.Delivery {
	day := slot.AddDate(0, 0, -7).Format(trade.Day)
	d := trade.Delivery{
		Key: trade.DigestKey(s.ID, s.Channel, []string{nothingSince, slot.Format(trade.Day)}), Subscriber: s.ID, Channel: s.Channel,
		Occasion: nothingSince + day, State: trade.Planned, Reason: recorded("nothing new: the digest says that watching goes on"), At: stamp(now),
	}
	if s.Kind == trade.SubExporter {
		d.Exporter = s.Exporter
	}
	if at := n.Config.hours(s).next(now, trade.Immediate, false); at.After(now) {
		d.NotBefore = stamp(at)
	}
	return d
}
