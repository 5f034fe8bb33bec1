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

// decodeKind fills a profile with what the kind says.
func decodeKind(text string, f *Profile) {
	d := decoder{b: []byte(text)}
	list := func() []string {
		if len(d.b) == 0 {
			return nil
		}
		n := int(d.b[0])
		d.b = d.b[1:]
		out := make([]string, 0, n)
		for range n {
			out = append(out, d.text())
		}
		return out
	}
	f.HS, f.ICS = list(), list()
	for _, text := range list() {
		id, code, _ := strings.Cut(text[1:], string(codedConcept))
		c, ok := nomenclature.ConceptByID(id)
		if !ok {
			continue // of another vocabulary; such an index is not loaded
		}
		words := code
		if text[0] == namedConcept {
			words = c.Name("zh") // stands for the words by which each product names it
		}
		f.Concepts = append(f.Concepts, ProductConcept{Concept: c, Words: words, Named: text[0] == namedConcept})
	}
}
