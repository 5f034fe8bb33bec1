package index

import (
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

// kindReader decodes kinds. What it has met it keeps from search to search: a
// few thousand codes and concepts make all kinds.
type kindReader struct {
	texts map[string]string
	goods map[string]ProductConcept // by element; a concept of another vocabulary has none

	texted []string // room for lists, which outlive the search
	listed []ProductConcept
}

const (
	mostKindTexts = 1 << 16 // kept
	kindRoom      = 1024    // elements of lists that are made at once
)

// kindParts is what a kind says.
type kindParts struct {
	hs, ics  []string
	concepts []ProductConcept
}

// begin makes ready for a search: lists that were given out stay as they are.
func (r *kindReader) begin() {
	r.texted, r.listed = nil, nil
	if len(r.texts) == 0 || len(r.texts) > mostKindTexts {
		r.texts, r.goods = map[string]string{}, map[string]ProductConcept{}
	}
}

func (r *kindReader) read(kind []byte) (k kindParts) {
	d := decoder{b: kind}
	k.hs = r.list(&d)
	k.ics = r.list(&d)
	from := len(r.listed)
	n := d.short()
	if cap(r.listed)-from < n {
		r.listed, from = make([]ProductConcept, 0, max(n, kindRoom)), 0
	}
	for range n {
		element := r.text(&d)
		c, met := r.goods[element]
		if !met {
			c = conceptOf(element)
			r.goods[element] = c
		}
		if c.Concept != nil { // else of another vocabulary; such an index is not loaded
			r.listed = append(r.listed, c)
		}
	}
	k.concepts = r.listed[from:len(r.listed):len(r.listed)]
	return k
}

func (r *kindReader) list(d *decoder) []string {
	from, n := len(r.texted), d.short()
	if cap(r.texted)-from < n {
		r.texted, from = make([]string, 0, max(n, kindRoom)), 0
	}
	for range n {
		r.texted = append(r.texted, r.text(d))
	}
	return r.texted[from:len(r.texted):len(r.texted)]
}

func (r *kindReader) text(d *decoder) string {
	b := d.bytes()
	s, met := r.texts[string(b)]
	if !met {
		s = string(b)
		r.texts[s] = s
	}
	return s
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
