package notify

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"golang.org/x/sync/singleflight"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
)

// course is what the later releases of a family say of the earlier ones.
type course struct {
	last    int                  // the latest release; 0: there is none, or it is an exercise
	lifted  bool                 // by the latest
	voided  map[int]int          // by release, the one that corrects or recalls it
	changed map[int][]trade.Text // by release, what was new to everybody and was not taken back
}

// since is what is new in a release to who was told of that earlier one last.
func (c *course) since(told, release int) (out []trade.Text) {
	for r := told + 1; r <= release; r++ {
		for _, t := range c.changed[r] {
			if !slices.Contains(out, t) {
				out = append(out, t)
			}
		}
	}
	return out
}

// courses are those of the families that are being told. They are read anew
// whenever any release has been made since: who looks after a delivery was
// planned and before it is written as being sent does not miss a recall, unless a replica
// of the bus that is behind answers.
type courses struct {
	mu      sync.Mutex
	end     uint64 // of the stream of warnings, as of which the rest is
	of      map[string]*course
	reading singleflight.Group // a release to very many is read once, and not by each of its senders
}

// course is the family's. end is where the stream of warnings ended when the
// delivery was taken up; 0: to be asked.
func (n *Notifier) course(ctx context.Context, family string, end uint64) (*course, error) {
	if end == 0 {
		var err error
		if end, err = n.Bus.Warnings.LastSeq(ctx); err != nil {
			return nil, err
		}
	}
	key, v := trade.FamilyKey(family), &n.courses
	v.mu.Lock()
	if v.of == nil || v.end < end {
		v.end, v.of = end, map[string]*course{}
	}
	known := v.of[key]
	v.mu.Unlock()
	if known != nil {
		return known, nil
	}
	read, err, _ := v.reading.Do(fmt.Sprint(end, " ", key), func() (any, error) { return n.readCourse(ctx, key) })
	if err != nil {
		return nil, err
	}
	known = read.(*course) //nolint:forcetypeassert // the function above returns nothing else
	v.mu.Lock()
	if v.end <= end {
		v.of[key] = known
	}
	v.mu.Unlock()
	return known, nil
}

// readCourse looks through the family's releases, where there are several.
func (n *Notifier) readCourse(ctx context.Context, key string) (*course, error) {
	e, err := n.Bus.Releases.Get(ctx, key)
	if err != nil && !errors.Is(err, trade.ErrNotFound) {
		return nil, err
	}
	c := &course{last: e.Value.Release, lifted: e.Value.Lifted, voided: map[int]int{}, changed: map[int][]trade.Text{}}
	if c.last < 2 {
		return c, nil
	}
	err = n.Bus.Releases.History(ctx, key, func(e bus.Entry[trade.Release]) error {
		w := &e.Value
		if of := w.Voids(); of > 0 {
			c.voided[of] = w.Release
			delete(c.changed, of)
		}
		if len(w.News) == 0 {
			c.changed[w.Release] = w.Changed
		}
		return nil
	})
	return c, err
}

// stale says why a delivery is not to be sent, because of what was released
// since; "" where nothing speaks against it.
func (n *Notifier) stale(ctx context.Context, d *trade.Delivery, c *course) (string, error) {
	if by := c.voided[d.Release]; by > 0 {
		return notSent(d, by), nil
	}
	if d.Release >= c.last {
		return "", nil
	}
	if c.lifted {
		return recorded("not sent any more: release %s lifts the warning", c.last), nil
	}
	if d.Occasion != "" {
		return "", nil // it says itself when its day has passed or was moved
	}
	by, err := n.overtaken(ctx, d, c)
	if by == 0 || err != nil {
		return "", err
	}
	return recorded("not sent any more: release %s was told before it, with all that was new", by), nil
}

// overtaken is the latest release that the delivery's recipient was told, or that
// was tried, before the delivery's own, over whatever channel; 0 for none.
// That one said how things stand, or what corrects or recalls it will: what is
// older would only mislead.
func (n *Notifier) overtaken(ctx context.Context, d *trade.Delivery, c *course) (by int, err error) {
	later, err := n.handed(ctx, deliveryKeys(d, d.Release+1, c.last, append(n.otherChannels(d), d.Channel)...))
	for _, l := range later {
		if together := l.Digest != "" && l.Digest == d.Digest; !together || c.voided[l.Release] > 0 {
			by = max(by, l.Release)
		}
	}
	return by, err
}

// deliveryKeys are the deliveries to the recipient of d of the releases from and
// to, and what lies between, over those channels.
func deliveryKeys(d *trade.Delivery, from, to int, channels ...string) (keys []string) {
	for r := from; r <= to; r++ {
		for _, channel := range channels {
			keys = append(keys, trade.DeliveryKey(d.Subscriber, channel, d.Family, r))
		}
	}
	return keys
}

func (n *Notifier) otherChannels(d *trade.Delivery) (out []string) {
	for channel := range n.Channels {
		if channel != d.Channel {
			out = append(out, channel)
		}
	}
	return out
}

// earlier is what the recipient of a delivery has of its family already.
type earlier struct {
	first, thread string // under which identity it was first told over this channel, and the channel's receipt for that
	last          int    // the latest release that it has for certain, or else the first that it may have; 0 for none
}

// earlier looks at the releases before that of d, and for an occasion at its
// release, too: it follows what that told.
func (n *Notifier) earlier(ctx context.Context, d *trade.Delivery) (was earlier, err error) {
	last := d.Release - 1
	if d.Occasion != "" {
		last = d.Release
	}
	had, err := n.handed(ctx, deliveryKeys(d, 1, last, d.Channel))
	if err != nil {
		return was, err
	}
	if len(had) > 0 {
		was.first, was.thread = had[0].Wire(), had[0].Provider
	}
	if taken := lastTaken(had); taken < d.Release-1 { // something may have come over another channel
		others, err := n.handed(ctx, deliveryKeys(d, taken+1, d.Release-1, n.otherChannels(d)...))
		if err != nil {
			return was, err
		}
		had = inReleases(append(had, others...))
	}
	if was.last = lastTaken(had); was.last == 0 && len(had) > 0 {
		was.last = had[0].Release
	}
	return was, nil
}

// handed are those of the deliveries that were handed to a channel, alone or in
// a digest, in the order of releases: their recipient has them or may have them.
func (n *Notifier) handed(ctx context.Context, keys []string) (out []trade.Delivery, err error) {
	have, err := n.Bus.Deliveries.GetMany(ctx, keys)
	if err != nil {
		return nil, err
	}
	var digests []string
	for _, e := range have {
		if e.Value.State == trade.Bundled {
			digests = append(digests, e.Value.Digest)
		}
	}
	with, err := n.Bus.Deliveries.GetMany(ctx, trade.SortedUnique(digests))
	if err != nil {
		return nil, err
	}
	for _, e := range have {
		d, digest := e.Value, with[e.Value.Digest].Value
		if d.State != trade.Rejected && (d.Begun() || d.State == trade.Bundled && digest.Begun()) {
			out = append(out, d)
		}
	}
	return inReleases(out), nil
}

func inReleases(d []trade.Delivery) []trade.Delivery {
	slices.SortFunc(d, func(a, b trade.Delivery) int { return cmp.Compare(a.Release, b.Release) })
	return d
}

// lastTaken is the latest release that a channel took, 0 for none.
func lastTaken(had []trade.Delivery) (last int) {
	for _, d := range had {
		if d.State == trade.Accepted {
			last = max(last, d.Release)
		}
	}
	return last
}
