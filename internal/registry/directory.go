package registry

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
)

// Directory answers who is registered: exporters and subscribers in memory,
// products read from the bus when asked for. It is safe for concurrent use.
type Directory struct {
	b           *bus.Bus
	exporters   *mirror[trade.Exporter]
	subscribers *mirror[trade.Subscriber]
}

// NewDirectory reads exporters and subscribers; Run keeps them current.
func NewDirectory(ctx context.Context, b *bus.Bus) (*Directory, error) {
	d := &Directory{
		b:           b,
		exporters:   newMirror(b.Exporters, func(e trade.Exporter) string { return e.ID }),
		subscribers: newMirror(b.Subscribers, func(s trade.Subscriber) string { return s.ID }),
	}
	if err := d.exporters.catchUp(ctx); err != nil {
		return nil, fmt.Errorf("registry: reading exporters: %w", err)
	}
	if err := d.subscribers.catchUp(ctx); err != nil {
		return nil, fmt.Errorf("registry: reading subscribers: %w", err)
	}
	return d, nil
}

// Run follows the registry until ctx ends, through faults of the connection.
func (d *Directory) Run(ctx context.Context) error {
	var wg sync.WaitGroup
	wg.Go(func() { _ = d.b.Keep(ctx, "directory: exporters", d.exporters.follow) })
	wg.Go(func() { _ = d.b.Keep(ctx, "directory: subscribers", d.subscribers.follow) })
	wg.Wait()
	return nil
}

// WaitFor returns when the directory shows every change up to that sequence of
// the registry stream. It does not wait for Run but reads what is missing.
func (d *Directory) WaitFor(ctx context.Context, seq uint64) error {
	if d.exporters.position() < seq {
		if err := d.exporters.catchUp(ctx); err != nil {
			return fmt.Errorf("registry: waiting for sequence %d: %w", seq, err)
		}
	}
	return d.WaitForSubscribers(ctx, seq)
}

// WaitForSubscribers is WaitFor for the subscribers alone.
func (d *Directory) WaitForSubscribers(ctx context.Context, seq uint64) error {
	if d.subscribers.position() < seq {
		if err := d.subscribers.catchUp(ctx); err != nil {
			return fmt.Errorf("registry: waiting for sequence %d: %w", seq, err)
		}
	}
	return nil
}

// Exporter returns the exporter with that id.
func (d *Directory) Exporter(id string) (trade.Exporter, bool) {
	return d.exporters.get(ExporterKey(id))
}

// ExporterName is the exporter's name, its id when it has none or is unknown.
func (d *Directory) ExporterName(id string) string {
	if e, ok := d.Exporter(id); ok && e.Name != "" {
		return e.Name
	}
	return id
}

// Exporters lists all exporters by id. The list is shared: read it only.
func (d *Directory) Exporters() []trade.Exporter { return d.exporters.list() }

// InDistrict lists the exporters of a district by id.
func (d *Directory) InDistrict(district string) []trade.Exporter {
	out := []trade.Exporter{}
	for _, e := range d.Exporters() {
		if e.District == district {
			out = append(out, e)
		}
	}
	return out
}

// Districts lists the districts that exporters name, sorted.
func (d *Directory) Districts() []string { return slices.Sorted(maps.Keys(d.DistrictSizes())) }

// DistrictSizes counts the exporters of each district that any names.
func (d *Directory) DistrictSizes() map[string]int {
	sizes := map[string]int{}
	for _, e := range d.Exporters() {
		if e.District != "" {
			sizes[e.District]++
		}
	}
	return sizes
}

// Subscribers lists all subscribers by id. The list is shared: read it only.
func (d *Directory) Subscribers() []trade.Subscriber { return d.subscribers.list() }

// Subscriber returns the subscriber with that id.
func (d *Directory) Subscriber(id string) (trade.Subscriber, bool) {
	return d.subscribers.get(SubscriberKey(id))
}

// Product reads the product with that key (trade.Product.Key) from the bus, or
// returns trade.ErrNotFound.
func (d *Directory) Product(ctx context.Context, key string) (trade.Product, error) {
	e, err := d.b.Products.Get(ctx, key)
	return e.Value, err
}

// Products reads the products with those keys; unknown ones are absent.
func (d *Directory) Products(ctx context.Context, keys []string) (map[string]trade.Product, error) {
	entries, err := d.b.Products.GetMany(ctx, keys)
	if err != nil {
		return nil, fmt.Errorf("registry: reading %d products: %w", len(keys), err)
	}
	out := make(map[string]trade.Product, len(entries))
	for key, e := range entries {
		if !e.Deleted {
			out[key] = e.Value
		}
	}
	return out, nil
}

// Counts says how much is registered.
type Counts struct {
	Exporters   int
	Subscribers int
}

// Counts of what is in memory.
func (d *Directory) Counts() Counts {
	return Counts{Exporters: d.exporters.size(), Subscribers: d.subscribers.size()}
}

// mirror is a table in memory.
type mirror[T any] struct {
	table  *bus.Table[T]
	id     func(T) string
	mu     sync.RWMutex
	at     uint64 // everything up to this sequence is in
	byKey  map[string]bus.Entry[T]
	live   int
	sorted []T // by id; nil when it has to be made anew
}

func newMirror[T any](t *bus.Table[T], id func(T) string) *mirror[T] {
	return &mirror[T]{table: t, id: id, byKey: map[string]bus.Entry[T]{}}
}

func (m *mirror[T]) catchUp(ctx context.Context) error {
	last, err := m.table.Scan(ctx, m.apply)
	if err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.at = max(m.at, last)
	return nil
}

func (m *mirror[T]) follow(ctx context.Context) error {
	return m.table.Follow(ctx, m.position(), func(e bus.Entry[T]) error {
		if err := m.apply(e); err != nil {
			return err
		}
		m.mu.Lock()
		defer m.mu.Unlock()
		m.at = max(m.at, e.Seq)
		return nil
	})
}

// apply takes an entry unless a later one of its key is in: scan and follower
// may overlap.
func (m *mirror[T]) apply(e bus.Entry[T]) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	old, known := m.byKey[e.Key]
	if known && old.Seq >= e.Seq {
		return nil
	}
	if known && !old.Deleted {
		m.live--
	}
	if !e.Deleted {
		m.live++
	}
	m.byKey[e.Key], m.sorted = e, nil
	return nil
}

func (m *mirror[T]) position() uint64 {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.at
}

func (m *mirror[T]) get(key string) (T, bool) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	e, ok := m.byKey[key]
	return e.Value, ok && !e.Deleted
}

func (m *mirror[T]) size() int {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.live
}

// list is sorted once after each change, not for each who asks: a hundred
// thousand firms take a tenth of a second.
func (m *mirror[T]) list() []T {
	m.mu.RLock()
	out := m.sorted
	m.mu.RUnlock()
	if out != nil {
		return out
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.sorted != nil {
		return m.sorted
	}
	out = make([]T, 0, m.live)
	for _, e := range m.byKey {
		if !e.Deleted {
			out = append(out, e.Value)
		}
	}
	slices.SortFunc(out, func(a, b T) int { return strings.Compare(m.id(a), m.id(b)) })
	m.sorted = out[:len(out):len(out)]
	return m.sorted
}
