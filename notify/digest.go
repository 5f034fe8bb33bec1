package notify

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
)

// digests are the deliveries that wait to go out together, by recipient and
// channel: those of daily and weekly subscribers, and what quiet hours, days of
// rest and pauses held back.
type digests struct {
	mu      sync.Mutex
	waiting map[recipient]*bundle
	next    time.Time // when the first of them falls due; zero when unknown
	wake    chan struct{}
}

type recipient struct{ subscriber, channel string }

type bundle struct {
	due  time.Time // of its first part
	keys map[string]time.Time
}

// mostParts bounds what is put together at once; a digest of it holds mostItems
// measures, and what is more follows in another one.
const mostParts = 200

// waitsForDigest reports whether the delivery goes out with others of its
// recipient: it was planned for later, and its channel can tell several
// measures at once.
func (n *Notifier) waitsForDigest(d *trade.Delivery) bool {
	return d.State == trade.Planned && d.NotBefore != "" && d.Family != "" && !channelKinds[d.Channel].Single && !n.Unledgered
}

func (d *digests) put(v *trade.Delivery, key string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.init()
	to := recipient{v.Subscriber, v.Channel}
	b := d.waiting[to]
	if b == nil {
		b = &bundle{keys: map[string]time.Time{}}
		d.waiting[to] = b
	}
	due := parseStamp(v.NotBefore)
	b.keys[key] = due
	if b.due.IsZero() || due.Before(b.due) {
		b.due = due
	}
	if d.next.IsZero() || due.Before(d.next) {
		d.next = due
		select {
		case d.wake <- struct{}{}:
		default:
		}
	}
}

// putBack keeps what could not be sent for later.
func (d *digests) putBack(to recipient, keys []string, due time.Time) {
	for _, k := range keys {
		d.put(&trade.Delivery{Subscriber: to.subscriber, Channel: to.channel, NotBefore: stamp(due)}, k)
	}
}

func (d *digests) init() {
	if d.waiting == nil {
		d.waiting, d.wake = map[recipient]*bundle{}, make(chan struct{}, 1)
	}
}

func (d *digests) drop(subscriber, channel, key string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	to := recipient{subscriber, channel}
	b := d.waiting[to]
	if b == nil {
		return
	}
	if delete(b.keys, key); len(b.keys) == 0 {
		delete(d.waiting, to)
	}
}

func (d *digests) len() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	n := 0
	for _, b := range d.waiting {
		n += len(b.keys)
	}
	return n
}

// due takes what falls due by now out, and says when to look again.
func (d *digests) due(now time.Time) (out map[recipient][]string, next time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.init()
	out = map[recipient][]string{}
	if d.next.After(now) {
		return out, d.next
	}
	d.next = time.Time{}
	for to, b := range d.waiting {
		if !b.due.After(now) {
			out[to] = b.take(now)
			if len(b.keys) == 0 {
				delete(d.waiting, to)
				continue
			}
		}
		if d.next.IsZero() || b.due.Before(d.next) {
			d.next = b.due
		}
	}
	if d.next.IsZero() {
		return out, now.Add(time.Minute)
	}
	return out, d.next
}

// take takes the parts that are due.
func (b *bundle) take(now time.Time) (keys []string) {
	b.due = time.Time{}
	for key, due := range b.keys {
		switch {
		case !due.After(now):
			keys = append(keys, key)
			delete(b.keys, key)
		case b.due.IsZero() || due.Before(b.due):
			b.due = due
		}
	}
	slices.Sort(keys)
	return keys
}

// sendDigests makes digests of what falls due until ctx ends.
func (n *Notifier) sendDigests(ctx context.Context) error {
	select {
	case <-n.ready:
	case <-ctx.Done():
		return nil
	}
	for {
		due, next := n.digests.due(n.Now())
		for to, keys := range due {
			for part := range slices.Chunk(keys, mostParts) {
				if err := n.bundle(ctx, to, part); err != nil && ctx.Err() == nil {
					n.Log.Warn("notify: digest waits", "subscriber", to.subscriber, "channel", to.channel, "err", err)
					n.digests.putBack(to, part, n.Now().Add(5*time.Second))
				}
			}
		}
		if err := n.reassure(ctx); err != nil && ctx.Err() == nil {
			n.Log.Warn("notify: who has heard nothing for a week is told later", "err", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-n.digests.wake:
		case <-time.After(max(10*time.Millisecond, min(time.Minute, next.Sub(n.Now())))):
		}
	}
}

// bundle turns the deliveries into one digest: all of them and it are written
// at once, so that none is in two or in none. One alone goes out as it is.
func (n *Notifier) bundle(ctx context.Context, to recipient, keys []string) error {
	have, err := n.Bus.Deliveries.GetMany(ctx, keys)
	if err != nil {
		return err
	}
	var parts []entry
	for _, k := range keys {
		if e, ok := have[k]; ok && n.waitsForDigest(&e.Value) {
			parts = append(parts, e)
		}
	}
	if len(parts) == 0 {
		return nil
	}
	if len(parts) == 1 {
		n.queue(to.channel).put(parts[0], time.Time{})
		return nil
	}
	ranks, err := n.ranks(ctx, parts)
	if err != nil {
		return err
	}
	parts, rest := firstMeasures(parts, ranks)
	d := trade.Delivery{
		Subscriber: to.subscriber, Exporter: parts[0].Value.Exporter, Channel: to.channel, State: trade.Planned,
		Reason: recorded("a digest of warnings: %s", len(parts)), At: stamp(n.Now()),
	}
	for _, p := range parts {
		d.Parts = append(d.Parts, p.Key)
	}
	d.Key = trade.DigestKey(to.subscriber, to.channel, d.Parts)
	writes := []bus.Write[trade.Delivery]{{Key: d.Key, Value: d}}
	for _, p := range parts {
		p.Value = n.ledger().after(p.Value, change{to: trade.Bundled, edit: func(x *trade.Delivery) { x.Digest = d.Key }})
		writes = append(writes, bus.Write[trade.Delivery]{Key: p.Key, Value: p.Value, Last: p.Seq})
	}
	if err := n.Bus.Deliveries.PutBatch(ctx, writes); err != nil && !errors.Is(err, trade.ErrConflict) {
		return fmt.Errorf("digest %s: %w", d.Key, err)
	} else if err != nil { // somebody moved one of them, or made the digest: what is left is looked at again
		return n.reread(ctx, keys)
	}
	// The rest is planned as before; a process that dies here finds it in the ledger.
	n.digests.putBack(to, rest, n.Now())
	return nil
}

// ranks is how serious each measure is, where they are more than one digest
// lists: else their order is that of the message.
func (n *Notifier) ranks(ctx context.Context, parts []entry) (map[string]int, error) {
	out, facts := map[string]int{}, Facts{Levels: n.Config.Levels}
	for _, p := range parts {
		out[p.Value.Family] = 0
	}
	if len(out) <= mostItems {
		return out, nil
	}
	for _, p := range parts {
		about, err := n.briefing(ctx, &p.Value)
		if err != nil {
			return nil, err
		}
		out[p.Value.Family] = max(out[p.Value.Family], facts.rank(about.warning.Level))
	}
	return out, nil
}

// firstMeasures are the parts about as many measures as a digest lists, the most
// serious ones, in the order of their keys, and the keys of the others: each
// measure is told whole.
func firstMeasures(parts []entry, ranks map[string]int) (first []entry, rest []string) {
	slices.SortFunc(parts, func(a, b entry) int {
		return cmp.Or(cmp.Compare(ranks[b.Value.Family], ranks[a.Value.Family]), strings.Compare(a.Value.Family, b.Value.Family), strings.Compare(a.Key, b.Key))
	})
	families := 0
	for i, p := range parts {
		if i == 0 || p.Value.Family != parts[i-1].Value.Family {
			families++
		}
		if families > mostItems {
			rest = append(rest, p.Key)
		} else {
			first = append(first, p)
		}
	}
	slices.SortFunc(first, func(a, b entry) int { return strings.Compare(a.Key, b.Key) })
	return first, rest
}

// reread takes the deliveries in again as they are now.
func (n *Notifier) reread(ctx context.Context, keys []string) error {
	have, err := n.Bus.Deliveries.GetMany(ctx, keys)
	if err != nil {
		return err
	}
	for _, e := range have {
		_ = n.note(e) // note never fails
	}
	return nil
}

// parts reads a digest's deliveries.
func (n *Notifier) parts(ctx context.Context, d *trade.Delivery) ([]entry, error) {
	have, err := n.Bus.Deliveries.GetMany(ctx, d.Parts)
	if err != nil {
		return nil, err
	}
	out := make([]entry, 0, len(d.Parts))
	for _, k := range d.Parts {
		e, ok := have[k]
		if !ok {
			return nil, fmt.Errorf("digest %s: its part %s is not in the ledger", d.Key, k)
		}
		out = append(out, e)
	}
	return out, nil
}

// digest makes the message of a digest from what its parts' recipient may see
// of each of them now.
func (n *Notifier) digest(ctx context.Context, j errand, s trade.Subscriber) (outgoing, error) {
	e := j.entry
	if since, nothing := strings.CutPrefix(e.Value.Occasion, nothingSince); nothing {
		return outgoing{Message: n.digestMessage(e, s, &Digest{Since: since})}, nil
	}
	parts, err := n.parts(ctx, &e.Value)
	if err != nil {
		return outgoing{}, err
	}
	var those []telling
	for _, p := range parts {
		b, err := n.briefing(ctx, &p.Value)
		if err != nil {
			return outgoing{}, err
		}
		those = append(those, telling{s, b})
	}
	facts, err := n.facts(ctx, those...)
	if err != nil {
		return outgoing{}, err
	}
	out := outgoing{left: map[string]trade.Delivery{}}
	out.Message = n.digestMessage(e, s, &Digest{})
	last := ""
	for i, p := range parts {
		if p.Value.State == trade.Suppressed || p.Value.Digest != e.Key {
			continue // a person gave it up
		}
		m, why, err := n.part(ctx, &p.Value, j, those[i], facts)
		if err != nil {
			return outgoing{}, err
		}
		if why != "" {
			d := p.Value
			d.State, d.Reason, d.Silenced = trade.Suppressed, why, m.View.Silenced
			out.left[p.Key], last = d, why
			continue
		}
		out.Digest.Items = append(out.Digest.Items, m)
	}
	if len(out.Digest.Items) == 0 {
		out.reason = recorded("nothing of the digest is to be told any more: %s", last)
		return out, nil
	}
	return out, nil
}

// part is what a digest tells of one release; why says that it tells nothing.
func (n *Notifier) part(ctx context.Context, d *trade.Delivery, j errand, t telling, facts Facts) (m Message, why string, err error) {
	was := *d
	was.Tried = d.Begun() || j.entry.Value.Begun() // with the digest
	c, err := n.course(ctx, d.Family, j.end)
	if err != nil {
		return m, "", err
	}
	if why, err = n.stale(ctx, &was, c); err != nil || why != "" {
		return m, why, err
	}
	m, text, err := n.message(ctx, d, c, t, facts)
	m.Words.Day = n.today() // the release may be days old
	return m, text.EN, err
}

// digestMessage is the message around a digest.
func (n *Notifier) digestMessage(e entry, s trade.Subscriber, d *Digest) Message {
	d.At = n.Now().In(n.Config.zone(s.Timezone))
	if n.Health != nil {
		d.Health = n.Health()
	}
	return Message{Key: e.Key, To: s, Digest: d, View: View{Kind: s.Kind, Name: s.Name, Lang: langOf(s), Sector: s.Sector, District: s.District}}
}
