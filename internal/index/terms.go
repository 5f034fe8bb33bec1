package index

// Field is a part of a notice's text.
type Field struct {
	Where string // title, products, description, keywords
	Text  string
}

// TermHit is a product term found in a field.
type TermHit struct {
	Words      string // as written in the field
	Field      int    // index of the field
	Start, End int    // byte offsets in the field
}

// TermHits maps a term (as Term.Norm) to the places where it stands, in order.
type TermHits map[string][]TermHit

func hitOf(at termAt, fields []Field) TermHit {
	return TermHit{Words: fields[at.field].Text[at.start:at.end], Field: int(at.field), Start: int(at.start), End: int(at.end)}
}

// FindTerms is what a search says about the terms of one product.
func (f *Profile) FindTerms(fields []Field) TermHits {
	words := Full.words
	var t trie
	for i, term := range f.Terms {
		for _, form := range words.forms(term.Norm) {
			t.add(form, uint32(i))
		}
	}
	hits := TermHits{}
	var found []termAt
	var atoms []atom
	var tokens []uint32
	for i, field := range fields {
		atoms = words.atoms(atoms[:0], field.Text)
		found, tokens = t.find(found[:0], i, atoms, tokens)
		for _, at := range found {
			norm := f.Terms[at.term].Norm
			hits[norm] = append(hits[norm], hitOf(at, fields))
		}
	}
	return hits
}
