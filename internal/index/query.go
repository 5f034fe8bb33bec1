package index

import "tbtwatch/internal/trade"

// Query is what a notice offers as evidence. Any of it makes a product a
// candidate, provided a market is common.
type Query struct {
	Markets    []string // market and bloc codes; empty: not known
	HS         []string // given and inferred, 2 to 10 digits
	ICS        []string
	Concepts   []string // IDs
	Fields     []Field  // text in which product terms are looked for
	Standards  []string
	Substances []string
	// NoMarkets leaves out which markets each product has in common, where
	// nobody asks.
	NoMarkets bool
}

// Found is what a search found: a superset of the products that matching
// grades, in groups. It stays as it is while the set changes.
type Found struct {
	Hits    TermHits
	Groups  []Group
	Markets [][]string // lists of common markets, see Group.Markets

	memory    *memory
	rows      columns
	exporters []byte
	touched   byte // what Names read ahead, so that it is read
}

// Group is products for which the same evidence was found and that are alike
// in all else that rules look at: a verdict on one is the verdict on all.
type Group struct {
	// Profile is a product as the rules see those of the group: without a name,
	// key or market, with codes to six digits, and of the terms, standards and
	// substances only those that the notice has.
	Profile *Profile
	Slots   []uint32 // ascending
	Markets []uint32 // of each slot, the number of its list in Found.Markets; nil: all have the first
}

// Product names the product of a slot.
func (f *Found) Product(slot uint32) (exporter, id string) {
	return trade.Name(f.exporters[f.rows.shown[slot].exporter:]), f.rows.id(slot)
}

// Names calls fn with the exporter and id of each slot in turn, as
// trade.AppendName writes them, whatever follows; nobody changes the bytes.
func (f *Found) Names(slots []uint32, fn func(i int, exporter, id []byte)) {
	// The slots lie anywhere in memory. What each needs is asked for before any
	// of it is used, so that the processor waits for many at a time.
	const many = 64
	var places [many]shown
	for from := 0; from < len(slots); from += many {
		part := slots[from:min(len(slots), from+many)]
		for i, slot := range part {
			places[i] = f.rows.shown[slot]
		}
		sum := byte(0)
		for _, at := range places[:len(part)] {
			sum += f.exporters[at.exporter] + f.rows.ids[at.id]
		}
		f.touched = sum
		for i, at := range places[:len(part)] {
			fn(from+i, f.exporters[at.exporter:], f.rows.ids[at.id:])
		}
	}
}

// Value is the yearly export value of the product of a slot.
func (f *Found) Value(slot uint32) float64 { return f.rows.shown[slot].value }

// Common lists the common markets of the i-th product of a group.
func (f *Found) Common(g *Group, i int) []string {
	switch {
	case len(f.Markets) == 0:
		return nil
	case g.Markets == nil:
		return f.Markets[0]
	}
	return f.Markets[g.Markets[i]]
}
