package index

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"tbtwatch/internal/trade"
)

// machine drives a store, two writers and a reader at random, with flushes,
// rebuilds, lost logs and replicas that lag, beside the registry that is the
// truth. Whatever happens, a reader that is told "you have sequence n" has
// exactly the registry at n or later.
type machine struct {
	t        *rapid.T
	ctx      context.Context
	registry []Change // in order, one for each sequence
	writers  []*Store
	reader   *Store
	set      *Set
}

func (m *machine) last() uint64 { return uint64(len(m.registry)) }

// scan is what the registry stream gives for a rebuild: the latest of each key.
func (m *machine) scan(put func([]Change) error) (uint64, error) {
	latest := map[string]Change{}
	for _, c := range m.registry {
		if c.Key != "" {
			latest[c.Key] = c
		}
	}
	var live []Change
	for _, c := range latest {
		if c.Product != nil {
			live = append(live, c)
		}
	}
	return m.last(), put(live)
}

func (m *machine) register(t *rapid.T) {
	p := product(rapid.IntRange(1, 12).Draw(t, "product"))
	p.NameEN = fmt.Sprintf("revision %d", len(m.registry))
	c := Change{Key: p.Key(), Seq: m.last() + 1, Product: &p}
	switch rapid.IntRange(0, 5).Draw(t, "what") {
	case 0:
		c.Product = nil
	case 1:
		c.Key, c.Product = "", nil // an exporter, nothing for the index
	}
	m.registry = append(m.registry, c)
}

// write is what a writer does: ask where to go on, rebuild where there is
// nothing, apply the rest.
func (m *machine) write(t *rapid.T) {
	w := m.writers[rapid.IntRange(0, len(m.writers)-1).Draw(t, "writer")]
	gen, _ := w.seen.get()
	from, _ := w.seen.of(gen, 0)
	if gen == "" || rapid.Bool().Draw(t, "ask") {
		var err error
		if from, err = w.Applied(m.ctx); err == nil {
			err = w.Check(m.ctx)
		}
		if err != nil {
			if err := w.Rebuild(m.ctx, m.scan); err != nil {
				m.t.Fatalf("rebuild: %v", err)
			}
			return
		}
	}
	until := from + uint64(rapid.IntRange(0, 9).Draw(t, "portion"))
	if err := w.Apply(m.ctx, m.registry[min(from, m.last()):min(until, m.last())]); err != nil {
		if !errors.Is(err, ErrStale) && !errors.Is(err, ErrEmpty) {
			m.t.Fatalf("apply: %v", err)
		}
		w.seen.set("", nil)
	}
}

func (m *machine) harm(t *rapid.T) {
	rdb, keys := m.reader.rdb, m.reader.keys
	gen, _, _ := m.reader.currentOf(m.ctx)
	switch rapid.IntRange(0, 4).Draw(t, "harm") {
	case 0:
		rdb.FlushAll(m.ctx)
	case 1:
		if err := m.writers[0].Rebuild(m.ctx, m.scan); err != nil {
			m.t.Fatalf("rebuild: %v", err)
		}
	case 2:
		rdb.XTrimMaxLen(m.ctx, keys.shard(gen, 0).log(), 1)
	case 3:
		rdb.Del(m.ctx, keys.shard(gen, 0).meta())
	case 4:
		if err := m.writers[0].Reset(m.ctx); err != nil {
			m.t.Fatalf("reset: %v", err)
		}
	}
}

// compact is what any of the processes does now and then; it may find the index
// damaged, which is the writers' business.
func (m *machine) compact(t *rapid.T) {
	w := m.writers[rapid.IntRange(0, len(m.writers)-1).Draw(t, "compactor")]
	if _, err := w.compact(m.ctx, 1); err != nil && !errors.Is(err, ErrCorrupt) && !errors.Is(err, ErrStale) && !errors.Is(err, ErrEmpty) {
		m.t.Fatalf("compact: %v", err)
	}
}

// read is the fence of a matcher: all that is registered now has to be in the
// set, or an error says that it is not.
func (m *machine) read(t *rapid.T) {
	want := m.last()
	err := m.reader.Catchup(m.ctx, m.set, want)
	if errors.Is(err, ErrStale) || errors.Is(err, ErrEmpty) {
		if m.reader.Load(m.ctx, m.set) == nil {
			err = m.reader.Catchup(m.ctx, m.set, want)
		}
	}
	if err != nil {
		return // the registry stream would be read instead
	}
	if truth := setOf(m.registry); truth.Digest() != m.set.Digest() {
		m.t.Fatalf("the fence at %d was passed with %s, the registry has %s", want, m.set.Digest(), truth.Digest())
	}
}

func TestFenceHoldsUnderFaults(t *testing.T) {
	s, err := Open(t.Context(), Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	passed := 0
	rapid.Check(t, func(rt *rapid.T) {
		s.rdb.FlushAll(t.Context())
		m := &machine{t: rt, ctx: t.Context(), writers: []*Store{clone(s), clone(s)}, reader: clone(s), set: NewSet()}
		rt.Repeat(map[string]func(*rapid.T){
			"register": m.register, "again": m.register, "write": m.write, "write more": m.write, "read": m.read, "compact": m.compact,
			"harm": func(t *rapid.T) {
				if rapid.IntRange(0, 3).Draw(t, "seldom") == 0 {
					m.harm(t)
				}
			},
		})
		// However it went: a writer that goes on brings the reader up to date.
		for range 3 {
			m.writers[0].seen.set("", nil)
			from, err := m.writers[0].Applied(m.ctx)
			if err == nil {
				err = m.writers[0].Check(m.ctx)
			}
			if err != nil {
				m.writers[0].Rebuild(m.ctx, m.scan) // judged by what the reader gets
			} else {
				m.writers[0].Apply(m.ctx, m.registry[min(from, m.last()):])
			}
		}
		if err := m.reader.Catchup(m.ctx, m.set, m.last()); err != nil {
			if err := m.reader.Load(m.ctx, m.set); err != nil {
				rt.Fatalf("in the end the index cannot be loaded: %v", err)
			}
		}
		if truth := setOf(m.registry); truth.Digest() != m.set.Digest() {
			rt.Fatalf("in the end the set has %s, the registry %s", m.set.Digest(), truth.Digest())
		}
		passed++
	})
	if passed == 0 {
		t.Error("no run came to its end")
	}
}

func TestProfileOf(t *testing.T) {
	f := NewProfile(trade.Product{ID: "P", Exporter: "E", NameZH: "摩托车头盔", NameEN: "Helmet for motorcycles", HS: []string{"650610"},
		Terms: []string{"helmet for motorcycles", "parts", "x", "12.5", "全盔"}, Markets: []string{"EU"}}, 3)
	var terms []string
	for _, term := range f.Terms {
		terms = append(terms, term.Norm)
	}
	if got := fmt.Sprint(terms); got != "[摩托车头盔 helmet for motorcycles 全盔]" {
		t.Errorf("terms %s; generic words, single letters, figures and repetitions are none", got)
	}
	if !f.Terms[0].Long || !f.Terms[1].Long || f.Terms[2].Long {
		t.Errorf("long terms are misjudged: %+v", f.Terms)
	}
	kinds := map[string]bool{}
	for _, c := range f.Concepts {
		kinds[c.Concept.ID] = c.Named
	}
	if named, known := kinds["motorcycle-helmet"]; !known || !named {
		t.Errorf("the helmet is not known as one: %v", kinds)
	}
	if _, known := kinds["motorcycle"]; known {
		t.Errorf("the helmet passes for a motorcycle: %v", kinds)
	}
}

func TestMarketMaskNeverHidesACommonMarket(t *testing.T) {
	lists := [][]string{{"DE"}, {"EU"}, {"*"}, {"US", "BR"}, {"GCC"}, {"SA"}, {"EAC"}, {"KE"}, {"XX"}, {"ZZ", "EU"}, nil}
	for _, notice := range lists {
		for _, product := range lists {
			m := newMarkets()
			m.set(0, product)
			reach := m.reach(notice)
			hidden := len(reach.codes) == 0 || reach.bits[0] == 0
			if common := len(CommonMarkets(notice, product)) > 0; common == hidden {
				t.Errorf("%q and %q have %q in common, and the mask hides it", notice, product, CommonMarkets(notice, product))
			}
		}
	}
	if got := CommonMarkets(nil, []string{"DE", "*"}); fmt.Sprint(got) != "[*]" {
		t.Errorf("a notice whose market is not known reaches %q", got)
	}
	if got := CommonMarkets(nil, []string{"DE"}); got != nil {
		t.Errorf("a notice whose market is not known reaches %q", got)
	}
}
