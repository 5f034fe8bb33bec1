package view

import (
	"cmp"
	"slices"
	"sync"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
)

// concerned knows which released warnings speak to which exporter: four bytes
// for each pair. It names nobody: whoever asks has to know the exporter.
type concerned struct {
	mu       sync.RWMutex
	families []string // keys, in the order in which their warnings came
	place    map[string]uint32
	last     []uint64            // sequence of the last release, by place
	of       map[string][]uint32 // by exporter, sorted
}

func newConcerned() *concerned {
	return &concerned{place: map[string]uint32{}, of: map[string][]uint32{}}
}

func (c *concerned) take(e bus.Entry[trade.Warning]) {
	c.mu.Lock()
	defer c.mu.Unlock()
	at, known := c.place[e.Key]
	if !known {
		at = uint32(len(c.families))
		c.families = append(c.families, e.Key)
		c.place[e.Key] = at
		c.last = append(c.last, 0)
	}
	c.last[at] = max(c.last[at], e.Seq)
	for _, m := range e.Value.Audience {
		all := c.of[m.Exporter]
		if i, in := slices.BinarySearch(all, at); !in {
			c.of[m.Exporter] = slices.Insert(all, i, at)
		}
	}
}

// WarningsOf are the keys of the families of which a released warning speaks,
// or spoke, to the exporter, the latest first.
func (v *View) WarningsOf(exporter string) []string {
	c := v.concerned
	c.mu.RLock()
	defer c.mu.RUnlock()
	places := slices.Clone(c.of[exporter])
	slices.SortFunc(places, func(a, b uint32) int { return cmp.Compare(c.last[b], c.last[a]) })
	var out []string
	for _, at := range places {
		out = append(out, c.families[at])
	}
	return out
}

// SpeaksTo reports whether a released warning of the family speaks, or spoke,
// to the exporter. It reads memory only, and takes as long for a family that
// there is as for one that there is not.
func (v *View) SpeaksTo(key, exporter string) bool {
	c := v.concerned
	c.mu.RLock()
	defer c.mu.RUnlock()
	at, known := c.place[key]
	_, in := slices.BinarySearch(c.of[exporter], at)
	return known && in
}
