package trade

import (
	"encoding/binary"
	"iter"
)

// Verdict is what matching says about every product of a group.
type Verdict struct {
	Notice   string     `json:"notice"` // symbol or identity as given
	Grade    Grade      `json:"grade"`
	Score    float64    `json:"score"`
	Inferred bool       `json:"inferred,omitempty"`
	Evidence []Evidence `json:"evidence,omitempty"`
}

// Packed is the matches of a family as streams keep them: each verdict once,
// and the products under it in a few bytes each. A measure that touches sixty
// thousand products is one message.
type Packed struct {
	Verdicts []Verdict  `json:"verdicts"` // best first
	Counts   []int      `json:"counts"`   // products of each verdict
	Markets  [][]string `json:"markets"`  // lists of common markets; products name theirs by number
	// Products has for each product, verdict by verdict, its exporter and its
	// id, each as what it shares with the one before and the rest, and the
	// number of its markets where there are several lists.
	Products []byte `json:"products"`
}

// Packer makes a Packed, verdict by verdict.
type Packer struct {
	out               Packed
	exporter, product []byte
}

// bytesEach is about what a product takes.
const bytesEach = 12

// NewPacker starts with the lists of markets that the products will name, and
// about how many products there will be.
func NewPacker(markets [][]string, products int) *Packer {
	return &Packer{out: Packed{Markets: markets, Products: make([]byte, 0, products*bytesEach)}}
}

// Verdict begins the products of a verdict.
func (p *Packer) Verdict(v Verdict) {
	p.out.Verdicts, p.out.Counts = append(p.out.Verdicts, v), append(p.out.Counts, 0)
}

// Add adds a product to the last verdict, with the number of its markets. The
// bytes are kept until the next one is added.
func (p *Packer) Add(exporter, product []byte, markets int) {
	p.out.Counts[len(p.out.Counts)-1]++
	p.out.Products = appendFront(p.out.Products, p.exporter, exporter)
	p.out.Products = appendFront(p.out.Products, p.product, product)
	if len(p.out.Markets) > 1 {
		p.out.Products = binary.AppendUvarint(p.out.Products, uint64(markets))
	}
	p.exporter, p.product = exporter, product
}

// Packed returns what was added, nil for nothing.
func (p *Packer) Packed() *Packed {
	if len(p.out.Verdicts) == 0 {
		return nil
	}
	return &p.out
}

// nibble is the largest length that half a byte holds; it says that the rest
// of a length follows.
const nibble = 15

// appendFront writes s as what it shares with the text before it and the rest.
func appendFront(b, before, s []byte) []byte {
	shared := 0
	for shared < min(len(before), len(s), nibble) && before[shared] == s[shared] {
		shared++
	}
	rest := len(s) - shared
	b = append(b, byte(shared<<4|min(rest, nibble)))
	if rest >= nibble {
		b = binary.AppendUvarint(b, uint64(rest-nibble))
	}
	return append(b, s[shared:]...)
}

// readFront reads what appendFront wrote; ok is false where it is cut off.
func readFront(b []byte, before string) (s string, left []byte, ok bool) {
	if len(b) == 0 {
		return "", nil, false
	}
	shared, rest := int(b[0]>>4), uint64(b[0]&nibble)
	b = b[1:]
	if rest == nibble {
		more, n := binary.Uvarint(b)
		if n <= 0 {
			return "", nil, false
		}
		rest, b = rest+more, b[n:]
	}
	if shared > len(before) || rest > uint64(len(b)) {
		return "", nil, false
	}
	if rest == 0 && shared == len(before) {
		return before, b, true
	}
	return before[:shared] + string(b[:rest]), b[rest:], true
}

// Len is the number of matches.
func (p *Packed) Len() int {
	n := 0
	if p != nil {
		for _, c := range p.Counts {
			n += c
		}
	}
	return n
}

// All gives every match in turn, those of the best verdict first. What is cut
// off ends it.
func (p *Packed) All(family string) iter.Seq[Match] {
	return func(yield func(Match) bool) {
		if p == nil {
			return
		}
		var exporter, product string
		b, ok := p.Products, true
		for i, v := range p.Verdicts {
			for range p.Counts[i] {
				if exporter, b, ok = readFront(b, exporter); !ok {
					return
				}
				if product, b, ok = readFront(b, product); !ok {
					return
				}
				list := uint64(0)
				if len(p.Markets) > 1 {
					n := 0
					if list, n = binary.Uvarint(b); n <= 0 {
						return
					}
					b = b[n:]
				}
				m := Match{Notice: v.Notice, Family: family, Exporter: exporter, Product: product, Grade: v.Grade, Score: v.Score, Inferred: v.Inferred, Evidence: v.Evidence}
				if list < uint64(len(p.Markets)) {
					m.Markets = p.Markets[list]
				}
				if !yield(m) {
					return
				}
			}
		}
	}
}

// Touched is the number of products that the family touches.
func (f *Family) Touched() int { return len(f.Matches) + f.Packed.Len() }

// All gives every match of the family in turn.
func (f *Family) All() iter.Seq[Match] {
	return func(yield func(Match) bool) {
		for _, m := range f.Matches {
			if !yield(m) {
				return
			}
		}
		f.Packed.All(f.ID)(yield)
	}
}

// Grades counts the matches by grade.
func (f *Family) Grades() map[Grade]int {
	out := map[Grade]int{}
	for _, m := range f.Matches {
		out[m.Grade]++
	}
	if f.Packed != nil {
		for i, v := range f.Packed.Verdicts {
			out[v.Grade] += f.Packed.Counts[i]
		}
	}
	return out
}

// Expand puts every match into Matches, for readers from outside.
func (f *Family) Expand() {
	if f.Packed == nil {
		return
	}
	list := make([]Match, 0, f.Touched())
	for m := range f.All() {
		list = append(list, m)
	}
	f.Matches, f.Packed = list, nil
}
