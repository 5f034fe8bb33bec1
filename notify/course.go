package notify

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/singleflight"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
)

// course is what the later releases of a family say of the earlier ones.
type course struct {
	last    int             // the latest release; 0: there is none, or it is an exercise
	lifted  bool            // by the latest
	lifts   map[int]bool    // by release
	voided  map[int]int     // by release, the one that corrects or recalls it
	changed map[int]changes // by release that was not recalled

	into   string  // the family that its papers were joined with, which goes on with the measure; "" for none
	joined *course // of that
	seq    uint64  // where its own latest release stands
}

// changes are what was new in a release, and the products to which alone it was;
// none: to everybody.
type changes struct {
	what []trade.Text
	news []string
}

// since is what is new in a release, to who was told of that earlier one last
// and whom it concerns by those products; nil for all: machines.
func (c *course) since(told, release int, mine []string) (out []trade.Text) {
	for r := told + 1; r <= release; r++ {
		of := c.changed[r]
		if len(of.news) > 0 && mine != nil && !slices.ContainsFunc(mine, func(p string) bool { return slices.Contains(of.news, p) }) {
			continue
		}
		for _, t := range of.what {
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
	read, err, _ := v.reading.Do(fmt.Sprint(end, " ", key), func() (any, error) { return n.readCourse(ctx, key, 0) })
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

// readCourse looks through the family's releases, where there are several, and
// those of the family that it was joined with. depth counts such steps.
func (n *Notifier) readCourse(ctx context.Context, key string, depth int) (*course, error) {
	e, err := n.Bus.Releases.Get(ctx, key)
	if err != nil && !errors.Is(err, trade.ErrNotFound) {
		return nil, err
	}
	c := &course{last: e.Value.Release, lifted: e.Value.Lifted, seq: e.Seq, lifts: map[int]bool{}, voided: map[int]int{}, changed: map[int]changes{}}
	f, err := n.Bus.Measures.Get(ctx, key)
	if err != nil && !errors.Is(err, trade.ErrNotFound) {
		return nil, err
	}
	if c.into = f.Value.Alias; c.into != "" && depth < 3 {
		if c.joined, err = n.readCourse(ctx, trade.FamilyKey(c.into), depth+1); err != nil {
			return nil, err
		}
		if further := c.joined.joined; further != nil {
			c.into, c.joined = c.joined.into, further
		}
	}
	if c.last < 2 {
		return c, nil
	}
	err = n.Bus.Releases.History(ctx, key, func(e bus.Entry[trade.Release]) error {
		w := &e.Value
		if of := w.Voids(); of > 0 {
			c.voided[of] = w.Release
		}
		delete(c.changed, w.Recalls) // what a correction says stands beside what it corrects
		c.lifts[w.Release], c.changed[w.Release] = w.Lifted, changes{w.Changed, w.News}
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
	if why, err := n.goesOnElsewhere(ctx, d, c); err != nil || why != "" {
		return why, err
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
	return recorded("not sent any more: release %s came before it, with all that was new", by), nil
}

// goesOnElsewhere is stale for a delivery of a family whose papers were joined
// with those of another one, which has released since.
func (n *Notifier) goesOnElsewhere(ctx context.Context, d *trade.Delivery, c *course) (string, error) {
	j := c.joined
	switch {
	case j == nil || j.seq < d.WarningSeq:
		return "", nil
	case j.lifted:
		return recorded("not sent any more: its papers were joined with those of %s, where the warning is lifted", c.into), nil
	}
	of := *d
	of.Family = c.into
	told, err := n.handed(ctx, deliveryKeys(&of, 1, j.last, append(n.otherChannels(d), d.Channel)...))
	if !slices.ContainsFunc(told, func(t trade.Delivery) bool { return t.WarningSeq > d.WarningSeq }) {
		return "", err
	}
	return recorded("not sent any more: its papers were joined with those of %s, of which was told since", c.into), err
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

// earlier are the deliveries that the recipient of d has of its family already,
// or may have, over the same channel: of the releases before that of d, and for
// an occasion of its release, too, because it follows what that told.
func (n *Notifier) earlier(ctx context.Context, d *trade.Delivery) ([]trade.Delivery, error) {
	last := d.Release - 1
	if d.Occasion != "" {
		last = d.Release
	}
	return n.handed(ctx, deliveryKeys(d, 1, last, d.Channel))
}

// thread is under which identity the family was first told, and the channel's
// receipt for that.
func thread(had []trade.Delivery) (first, receipt string) {
	if len(had) == 0 {
		return "", ""
	}
	return had[0].Wire(), had[0].Provider
}

// errBehind says that an earlier release is on its way to the same recipient.
var errBehind = errors.New("an earlier release is being sent")

// stillSending reports whether one of the deliveries is being sent now.
func (n *Notifier) stillSending(had []trade.Delivery) bool {
	return slices.ContainsFunc(had, func(d trade.Delivery) bool {
		return d.State == trade.Sending && n.dueAt(d).After(n.Now())
	})
}

// changedSince is what is new in the release of d since its recipient heard of
// the family, over whatever channel: since the latest release that it has for
// certain, or else the first that it may have.
func (n *Notifier) changedSince(ctx context.Context, d *trade.Delivery, c *course, had []trade.Delivery, t telling, w *trade.Warning) ([]trade.Text, error) {
	var mine []string
	if t.to.Kind != trade.SubMachine {
		mine = []string{} // news of others is none
	}
	if t.to.Kind == trade.SubExporter {
		for _, m := range w.Audience {
			p := trade.Product{ID: m.Product, Exporter: m.Exporter}
			mine = append(mine, p.Key())
		}
	}
	if taken := lastTaken(had); len(c.since(taken, d.Release-1, mine)) > 0 { // it may have come over another channel
		others, err := n.handed(ctx, deliveryKeys(d, taken+1, d.Release-1, n.otherChannels(d)...))
		if err != nil {
			return nil, err
		}
		had = inReleases(append(slices.Clone(had), others...))
	}
	last := lastTaken(had)
	if last == 0 && len(had) > 0 {
		last = had[0].Release
	}
	if last == 0 {
		return w.Changed, nil
	}
	out := c.since(last, d.Release-1, mine)
	for _, own := range w.Changed {
		if !slices.Contains(out, own) {
			out = append(out, own)
		}
	}
	return out, nil
}

// handed are those of the deliveries that were handed to a channel, alone or in
// a digest whose state they then have, in the order of releases: their recipient
// has them or may have them.
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
		d := e.Value
		if digest := with[d.Digest].Value; d.State == trade.Bundled && digest.Begun() {
			d.Tried, d.State, d.Owner, d.LeaseUntil = true, digest.State, digest.Owner, digest.LeaseUntil
		}
		if d.Begun() && d.State != trade.Rejected {
			out = append(out, d)
		}
	}
	return inReleases(out), nil
}

func inReleases(d []trade.Delivery) []trade.Delivery {
	slices.SortFunc(d, func(a, b trade.Delivery) int {
		return cmp.Or(cmp.Compare(a.Release, b.Release), strings.Compare(a.Key, b.Key))
	})
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
