package trade

import (
	"encoding/binary"
	"iter"
	"slices"
	"strings"
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
	// Names has for each product, verdict by verdict, its exporter and its id,
	// and the number of its markets where there are several lists.
	Names []byte `json:"names,omitempty"`
	// Products is what records had instead once.
	Products []byte `json:"products,omitempty"`
}

// Packer makes a Packed, verdict by verdict.
type Packer struct {
	out               Packed
	exporter, product []byte
}

// bytesEach is about what a product takes.
const bytesEach = 10

// NewPacker starts with the lists of markets that the products will name, and
// about how many products there will be.
func NewPacker(markets [][]string, products int) *Packer {
	return &Packer{out: Packed{Markets: markets, Names: make([]byte, 0, products*bytesEach)}}
}

// Verdict begins the products of a verdict.
func (p *Packer) Verdict(v Verdict) {
	p.out.Verdicts, p.out.Counts = append(p.out.Verdicts, v), append(p.out.Counts, 0)
}

// Add adds a product to the last verdict, with the number of its markets. The
// names are as AppendName wrote them, whatever follows, and kept until the next
// one is added.
func (p *Packer) Add(exporter, product []byte, markets int) {
	p.out.Counts[len(p.out.Counts)-1]++
	exporter, product = exporter[:NameLen(exporter)], product[:NameLen(product)]
	p.out.Names = appendAfter(appendAfter(p.out.Names, p.exporter, exporter), p.product, product)
	if len(p.out.Markets) > 1 {
		p.out.Names = binary.AppendUvarint(p.out.Names, uint64(markets))
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

// PackRuns packs matches in their order: a verdict for each run of matches that
// share it; nil for none.
func PackRuns(matches []Match) *Packed {
	lists, places := [][]string{}, make([]int, len(matches))
	numbers := map[string]int{}
	for i, m := range matches {
		name := strings.Join(m.Markets, "\x00")
		n, known := numbers[name]
		if !known {
			n = len(lists)
			numbers[name], lists = n, append(lists, m.Markets)
		}
		places[i] = n
	}
	p := NewPacker(lists, len(matches))
	for i := range matches {
		m := &matches[i]
		if i == 0 || !sameVerdict(m, &matches[i-1]) {
			p.Verdict(Verdict{Notice: m.Notice, Grade: m.Grade, Score: m.Score, Inferred: m.Inferred, Evidence: m.Evidence})
		}
		p.Add(AppendName(nil, m.Exporter), AppendName(nil, m.Product), places[i])
	}
	return p.Packed()
}

func sameVerdict(a, b *Match) bool {
	return a.Notice == b.Notice && a.Grade == b.Grade && a.Score == b.Score && a.Inferred == b.Inferred && slices.Equal(a.Evidence, b.Evidence)
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

// names gives the exporter, id and number of markets of every product in turn.
// What is cut off ends it.
func (p *Packed) names() func() (exporter, product string, list uint64, ok bool) {
	var exporters, products nameReader
	b, first, second := p.Names, exporters.read, products.read
	if len(p.Products) > 0 {
		var exporters, products frontReader
		b, first, second = p.Products, exporters.read, products.read
	}
	return func() (exporter, product string, list uint64, ok bool) {
		if exporter, b, ok = first(b); !ok {
			return
		}
		if product, b, ok = second(b); !ok {
			return
		}
		if len(p.Markets) > 1 {
			n := 0
			if list, n = binary.Uvarint(b); n <= 0 {
				return "", "", 0, false
			}
			b = b[n:]
		}
		return exporter, product, list, true
	}
}

// All gives every match in turn, those of the best verdict first. What is cut
// off ends it.
func (p *Packed) All(family string) iter.Seq[Match] {
	return func(yield func(Match) bool) {
		if p == nil {
			return
		}
		next := p.names()
		for i, v := range p.Verdicts {
			for range p.Counts[i] {
				exporter, product, list, ok := next()
				if !ok {
					return
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

// frontReader reads names as records had them once: each as what it shares
// with the one before, and the rest. Half a byte says how long either is; 15
// of the rest says that more of its length follows.
type frontReader struct{ before string }

func (r *frontReader) read(b []byte) (name string, left []byte, ok bool) {
	if len(b) == 0 {
		return "", nil, false
	}
	shared, rest := int(b[0]>>4), uint64(b[0]&15)
	b = b[1:]
	if rest == 15 {
		more, n := binary.Uvarint(b)
		if n <= 0 {
			return "", nil, false
		}
		rest, b = rest+more, b[n:]
	}
	if shared > len(r.before) || rest > uint64(len(b)) {
		return "", nil, false
	}
	r.before = r.before[:shared] + string(b[:rest])
	return r.before, b[rest:], true
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
