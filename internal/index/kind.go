package index

import (
	"encoding/binary"
	"strings"

	"tbtwatch/internal/nomenclature"
)

// A kind is what of a product decides its verdicts beside the evidence that is
// looked up: HS codes to the digits that mean the same everywhere, ICS codes,
// concepts. Many products are of one kind; each kind is judged once. It is
// kept as text: three lists, each element with its length before it.

const (
	namedConcept = '!' // the product's words name the concept
	codedConcept = '=' // an HS code of the product implies it
)

func encodeKind(f *Profile) string {
	var hs, concepts []string
	for _, c := range f.HS {
		hs = append(hs, c[:min(len(c), WorldDigits)])
	}
	for _, c := range f.Concepts {
		if c.Named {
			concepts = append(concepts, string(namedConcept)+c.Concept.ID)
		} else {
			concepts = append(concepts, string(codedConcept)+c.Concept.ID+string(codedConcept)+c.Words[:min(len(c.Words), WorldDigits)])
		}
	}
	var b []byte
	for _, l := range [][]string{unique(hs), f.ICS, concepts} {
		b = append(b, byte(min(len(l), 255)))
		for _, s := range l[:min(len(l), 255)] {
			b = appendText(b, s)
		}
	}
	return string(b)
}

// kindTable numbers kinds. It has each element once, of which a few thousand
// make all kinds, and of each kind the numbers of its elements.
type kindTable struct {
	kinds    interner // number 0 is the empty kind
	elements interner
	texts    []string         // of each element
	goods    []ProductConcept // what it says as a concept; nothing where it is none, or of another vocabulary
}

func newKindTable() kindTable {
	var t kindTable
	t.intern("")
	return t
}

// intern returns the number of a kind, a new one where it is new.
func (t *kindTable) intern(kind string) uint32 {
	d := decoder{b: []byte(kind)}
	var short []byte
	for list := range 3 {
		n := d.short()
		short = append(short, byte(n))
		for range n {
			element, isNew := t.elements.intern(d.text())
			if isNew {
				t.texts = append(t.texts, t.elements.str(element))
				t.goods = append(t.goods, ProductConcept{})
			}
			if list == 2 && t.goods[element].Concept == nil {
				t.goods[element] = conceptOf(t.texts[element])
			}
			short = binary.AppendUvarint(short, uint64(element))
		}
	}
	n, _ := t.kinds.intern(string(short))
	return n
}

// kindParts is what a kind says.
type kindParts struct {
	hs, ics  []string
	concepts []ProductConcept
}

// read says what the kind of that number is.
func (t *kindTable) read(kind uint32, room *memory) (k kindParts) {
	d := decoder{b: t.kinds.bytes(kind)}
	k.hs = t.list(&d, room)
	k.ics = t.list(&d, room)
	from := len(room.goods)
	for range d.short() {
		if c := t.goods[d.number()]; c.Concept != nil {
			room.goods = append(room.goods, c)
		}
	}
	k.concepts = room.goods[from:len(room.goods):len(room.goods)]
	return k
}

func (t *kindTable) list(d *decoder, room *memory) []string {
	from := len(room.texts)
	for range d.short() {
		room.texts = append(room.texts, t.texts[d.number()])
	}
	return room.texts[from:len(room.texts):len(room.texts)]
}

// conceptOf is what an element of a kind's concepts says.
func conceptOf(element string) ProductConcept {
	if element == "" {
		return ProductConcept{}
	}
	id, code, _ := strings.Cut(element[1:], string(codedConcept))
	c, ok := nomenclature.ConceptByID(id)
	if !ok {
		return ProductConcept{}
	}
	if element[0] == namedConcept {
		return ProductConcept{Concept: c, Words: c.Name("zh"), Named: true} // stands for the words by which each product names it
	}
	return ProductConcept{Concept: c, Words: code}
}
