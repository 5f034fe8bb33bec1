package portal

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
)

// book is what groups ask again and again, read once: the releases with whom
// they touched, what was handed to whom, and what was answered. Names are kept
// once and stand for numbers elsewhere, so that a million deliveries take some
// fifty megabytes.
type book struct {
	mu       sync.RWMutex
	ids      map[string]int32
	names    []string
	measures map[string]*measure // by family key
	byFamily map[int32]*measure  // the same
	sent     []sent
	places   map[string]int32  // of a delivery in sent, by key
	to       map[int32][]int32 // places in sent, by subscriber
	toFirm   map[int32][]int32 // places in sent, by the firm that was told
	about    map[int32][]int32 // the same places, by family
	replies  map[[2]int32]*reply
	lead     map[int32]int32   // the family that a family was joined to by a later paper; itself where there is none
	joined   map[int32][]int32 // the other way round
	position [3]uint64
	ready    [3]bool
	moved    chan struct{} // closed when a warning is read
}

// measure is a family's warning, release by release.
type measure struct {
	key      string
	family   int32
	releases []release
}

// release is a warning without what is long; touched are the numbers of its
// products, and firms those of their exporters.
type release struct {
	trade.Warning
	seq     uint64 // its place in the stream
	at      int64
	touched []int32
	firms   []int32
}

func (m *measure) last() *release { return &m.releases[len(m.releases)-1] }

// release is the one with that number, or nil.
func (m *measure) release(n int) *release {
	for i := range m.releases {
		if m.releases[i].Release == n {
			return &m.releases[i]
		}
	}
	return nil
}

// sent is a delivery's last state; at is in seconds since 1970.
type sent struct {
	family  int32
	release int32
	at      int64
	first   int64 // when a channel first took it, whatever came of it later: 0 for never
	firm    int32 // that was told; noFirm where it told none
	state   trade.DeliveryState
	channel int32
	again   bool // told of the release once more, on an occasion
}

// reply is what a firm said about a measure: when it first said anything, and
// what stands now, by product and by receipt or relevance.
type reply struct {
	first  int64
	stands map[string]trade.ResponseKind
	worded bool // in words of its own
}

const noFirm = -1

func newBook() *book {
	return &book{ids: map[string]int32{}, measures: map[string]*measure{}, byFamily: map[int32]*measure{}, places: map[string]int32{}, to: map[int32][]int32{}, toFirm: map[int32][]int32{}, about: map[int32][]int32{}, replies: map[[2]int32]*reply{}, lead: map[int32]int32{}, joined: map[int32][]int32{}, moved: make(chan struct{})}
}

// id is the number of a name; whoever calls holds the lock.
func (b *book) id(name string) int32 {
	if n, ok := b.ids[name]; ok {
		return n
	}
	n := int32(len(b.names)) //nolint:gosec // two thousand million names would not fit anyway
	b.ids[name], b.names = n, append(b.names, name)
	return n
}

// productName is the name of a product in the book.
func productName(exporter, product string) string { return exporter + "\x00" + product }

// Run keeps what groups are shown current until ctx ends, through faults of
// the connection.
func (p *Portal) Run(ctx context.Context) error {
	var wg sync.WaitGroup
	b, s := p.book, p.o.Bus
	wg.Go(func() {
		_ = s.Keep(ctx, "portal: warnings", func(ctx context.Context) error { return follow(ctx, b, 0, s.Warnings, b.takeWarning) })
	})
	wg.Go(func() {
		_ = s.Keep(ctx, "portal: deliveries", func(ctx context.Context) error { return follow(ctx, b, 1, s.Deliveries, b.takeDelivery) })
	})
	wg.Go(func() {
		_ = s.Keep(ctx, "portal: answers", func(ctx context.Context) error { return follow(ctx, b, 2, s.Responses, b.takeResponse) })
	})
	wg.Wait()
	return nil
}

// Ready says whether everything that was stored when Run began is counted.
func (p *Portal) Ready() error {
	p.book.mu.RLock()
	defer p.book.mu.RUnlock()
	for i, name := range []string{"warnings", "deliveries", "answers"} {
		if !p.book.ready[i] {
			return fmt.Errorf("portal: still reading %s", name)
		}
	}
	return nil
}

// follow reads every write of a table: first what is stored, then what comes.
func follow[T any](ctx context.Context, b *book, i int, t *bus.Table[T], take func(bus.Entry[T])) error {
	fn := func(e bus.Entry[T]) error {
		b.mu.Lock()
		defer b.mu.Unlock()
		if e.Seq > b.position[i] {
			take(e)
			b.position[i] = e.Seq
		}
		if i == 0 {
			close(b.moved)
			b.moved = make(chan struct{})
		}
		return nil
	}
	at := func() uint64 {
		b.mu.RLock()
		defer b.mu.RUnlock()
		return b.position[i]
	}
	last, err := t.LastSeq(ctx)
	if err != nil {
		return err
	}
	if err := t.Until(ctx, at(), last, fn); err != nil {
		return err
	}
	b.mu.Lock()
	b.ready[i] = true
	b.mu.Unlock()
	return t.Follow(ctx, at(), fn)
}

// await returns when the warning at that place is read.
func (b *book) await(ctx context.Context, seq uint64) error {
	for {
		b.mu.RLock()
		at, moved := b.position[0], b.moved
		b.mu.RUnlock()
		if at >= seq {
			return nil
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return fmt.Errorf("portal: warnings are read up to %d, waiting for %d: %w", at, seq, ctx.Err())
		}
	}
}

func (b *book) takeWarning(e bus.Entry[trade.Warning]) {
	if e.Deleted {
		return
	}
	w := e.Value
	r := release{Warning: w, seq: e.Seq, at: unix(w.At)}
	seen := map[int32]bool{}
	for _, m := range w.Audience {
		// The strings are cut out of a longer one, which would stay with them.
		n := b.id(strings.Clone(productName(m.Exporter, m.Product)))
		if !seen[n] {
			seen[n] = true
			r.touched, r.firms = append(r.touched, n), append(r.firms, b.id(strings.Clone(m.Exporter)))
		}
	}
	r.Audience, r.News, r.Original, r.Summary, r.LevelWhy, r.By = nil, nil, "", trade.Text{}, trade.Text{}, ""
	m := b.measures[e.Key]
	if m == nil {
		m = &measure{key: e.Key}
		b.measures[e.Key] = m
	}
	m.family = b.id(w.Family)
	b.byFamily[m.family] = m
	b.join(m.family, &w)
	m.releases = append(m.releases, r)
}

// takeDelivery keeps the hand-over under its recipient and, where it told a
// firm, under that firm: who ends a subscription does not end what it was told.
func (b *book) takeDelivery(e bus.Entry[trade.Delivery]) {
	d := e.Value
	if e.Deleted || d.Family == "" || trade.IsExercise(d.Family) { // what a digest tells is on the record of its parts; a drill asks for nothing
		return
	}
	place, known := b.places[e.Key]
	if !known {
		place = int32(len(b.sent)) //nolint:gosec // see id
		b.places[e.Key] = place
		to, family, firm := b.id(d.Subscriber), b.id(d.Family), int32(noFirm)
		b.to[to] = append(b.to[to], place)
		if d.Exporter != "" {
			firm = b.id(d.Exporter)
			b.toFirm[firm], b.about[family] = append(b.toFirm[firm], place), append(b.about[family], place)
		}
		b.sent = append(b.sent, sent{family: family, release: int32(d.Release), channel: b.id(d.Channel), firm: firm, again: d.Occasion != ""}) //nolint:gosec // a small number
	}
	s := &b.sent[place]
	if s.at, s.state = unix(d.At), d.State; s.first == 0 && s.state == trade.Accepted {
		s.first = s.at
	}
}

// join notes under which families answers to the warning may stand.
func (b *book) join(family int32, w *trade.Warning) {
	for _, root := range w.Roots() {
		n := b.id(strings.Clone(root))
		if b.lead[n] = family; !slices.Contains(b.joined[family], n) {
			b.joined[family] = append(b.joined[family], n)
		}
	}
}

// leading is the family that speaks for this one.
func (b *book) leading(family int32) int32 {
	for range 10 { // joined, and joined again
		next, known := b.lead[family]
		if !known || next == family {
			return family
		}
		family = next
	}
	return family
}

// parts are the families for which that one speaks, itself among them; none
// where another speaks for it.
func (b *book) parts(lead int32) (out []int32) {
	if b.leading(lead) != lead {
		return nil
	}
	out = []int32{lead}
	for i := 0; i < len(out); i++ {
		for _, f := range b.joined[out[i]] {
			if b.leading(f) == lead && !slices.Contains(out, f) {
				out = append(out, f)
			}
		}
	}
	return out
}

// leads reports whether the measure speaks for itself: one that a later paper
// joined to another is never lifted, and goes on as the other.
func (b *book) leads(m *measure) bool { return b.leading(m.family) == m.family }

// leadFor is the key of the warning that stands for that one to the firm:
// another, where they were joined and the other speaks to the firm, too.
func (p *Portal) leadFor(key, exporter string) string {
	b := p.book
	b.mu.RLock()
	defer b.mu.RUnlock()
	if m := b.measures[key]; m != nil {
		if lead := b.byFamily[b.leading(m.family)]; lead != nil && p.o.View.SpeaksTo(lead.key, exporter) {
			return lead.key
		}
	}
	return key
}

// reply is what the firm said about the family, also before others were joined
// to it; nil for nothing.
func (b *book) reply(family, firm int32) *reply {
	var out *reply
	for _, root := range append([]int32{family}, b.joined[family]...) {
		a := b.replies[[2]int32{root, firm}]
		switch {
		case a == nil || a == out:
		case out == nil:
			out = a
		default:
			out = &reply{first: min(out.first, a.first), stands: maps.Clone(out.stands), worded: out.worded || a.worded}
			maps.Copy(out.stands, a.stands)
		}
	}
	return out
}

// answersOf are the keys of what the firm said about the families; current
// reports whether answers are read up to that place.
func (b *book) answersOf(exporter string, roots []string, last uint64) (keys []string, current bool) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	firm, heard := b.ids[exporter]
	for _, root := range roots {
		family, known := b.ids[root]
		if a := b.replies[[2]int32{family, firm}]; known && heard && a != nil {
			keys = slices.AppendSeq(keys, maps.Keys(a.stands))
		}
	}
	return keys, b.position[2] >= last
}

func (b *book) takeResponse(e bus.Entry[trade.Response]) {
	r := e.Value
	if e.Deleted {
		return
	}
	key := [2]int32{b.id(r.Family), b.id(r.Exporter)}
	a := b.replies[key]
	if a == nil {
		a = &reply{stands: map[string]trade.ResponseKind{}}
		b.replies[key] = a
	}
	at := unix(r.At)
	if at == 0 {
		at = e.At.Unix()
	}
	if a.first == 0 || at < a.first {
		a.first = at
	}
	a.stands[e.Key] = r.Kind
	a.worded = a.worded || strings.TrimSpace(r.Reason) != ""
}

// kinds are what stands, each kind once, receipts last.
func (r *reply) kinds() []trade.ResponseKind {
	var out, receipt []trade.ResponseKind
	for _, k := range r.stands {
		if k == trade.Receipt {
			receipt = []trade.ResponseKind{k}
			continue
		}
		out = append(out, k)
	}
	return append(uniqueKinds(out), receipt...)
}

func uniqueKinds(kinds []trade.ResponseKind) (out []trade.ResponseKind) {
	var text []string
	for _, k := range kinds {
		text = append(text, string(k))
	}
	for _, k := range trade.SortedUnique(text) {
		out = append(out, trade.ResponseKind(k))
	}
	return out
}

func unix(stamp string) int64 {
	t, err := time.Parse(time.RFC3339, stamp)
	if err != nil {
		return 0
	}
	return t.Unix()
}
