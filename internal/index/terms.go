package index

import (
	"unicode"
	"unicode/utf8"

	"tbtwatch/internal/nomenclature"
)

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

// vocabulary numbers the terms of products and finds them in text. A term lives
// as long as a product has it.
type vocabulary struct {
	finder *nomenclature.Finder
	ids    map[string]int
	terms  []vocabularyTerm
	free   []int
}

type vocabularyTerm struct {
	norm string
	uses int
}

func newVocabulary() *vocabulary {
	return &vocabulary{finder: nomenclature.NewFinder(), ids: map[string]int{}}
}

func (v *vocabulary) add(t Term) {
	id, known := v.ids[t.Norm]
	if !known {
		if n := len(v.free); n > 0 {
			id, v.free = v.free[n-1], v.free[:n-1]
			v.terms[id] = vocabularyTerm{norm: t.Norm}
		} else {
			id = len(v.terms)
			v.terms = append(v.terms, vocabularyTerm{norm: t.Norm})
		}
		v.ids[t.Norm] = id
		v.finder.Add(t.Norm, id)
	}
	v.terms[id].uses++
}

func (v *vocabulary) remove(t Term) {
	id, known := v.ids[t.Norm]
	if !known {
		return
	}
	if v.terms[id].uses--; v.terms[id].uses > 0 {
		return
	}
	v.finder.Remove(t.Norm, id)
	delete(v.ids, t.Norm)
	v.free = append(v.free, id)
}

// find reports every term in the fields, also those inside longer ones: which
// terms other products have must not decide what is found for this one.
func (v *vocabulary) find(fields []Field) TermHits {
	hits := TermHits{}
	inner := map[string][]nomenclature.Hit{} // words of a hit → all terms in them
	for i, f := range fields {
		for _, h := range v.finder.Find(f.Text) {
			all, known := inner[h.Words]
			if !known {
				all = v.within(h.Words)
				inner[h.Words] = all
			}
			for _, in := range all {
				hits.add(v.terms[in.ID].norm, TermHit{in.Words, i, h.Start + in.Start, h.Start + in.End})
			}
		}
	}
	return hits
}

func (t TermHits) add(term string, h TermHit) {
	for _, known := range t[term] {
		if known.Field == h.Field && known.Start == h.Start && known.End == h.End {
			return
		}
	}
	t[term] = append(t[term], h)
}

// within finds all terms inside words. The Finder reports the longest only, so
// the words are looked at again without their first and without their last
// atom, as long as something is found.
func (v *vocabulary) within(words string) []nomenclature.Hit {
	var out []nomenclature.Hit
	type part struct{ from, to int }
	done := map[part]bool{}
	var look func(from, to int)
	look = func(from, to int) {
		if from >= to || done[part{from, to}] {
			return
		}
		done[part{from, to}] = true
		for _, h := range v.finder.Find(words[from:to]) {
			h.Start, h.End = h.Start+from, h.End+from
			out = append(out, h)
			look(h.Start+firstAtom(words[h.Start:h.End]), h.End)
			look(h.Start, h.Start+beforeLastAtom(words[h.Start:h.End]))
		}
	}
	look(0, len(words))
	return out
}

// firstAtom is the length of the first word, or of the first character where
// the script puts no spaces between words.
func firstAtom(s string) int {
	in := false
	for i, r := range s {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.M, r):
			if in && !(r == '.' && i+1 < len(s) && s[i+1] >= '0' && s[i+1] <= '9') {
				return i
			}
		case r >= 0x0e00:
			if in {
				return i
			}
			return i + utf8.RuneLen(r)
		default:
			in = true
		}
	}
	return len(s)
}

// beforeLastAtom is the offset at which the last atom of s starts.
func beforeLastAtom(s string) int {
	at := 0
	for {
		n := firstAtom(s[at:])
		if at+n >= len(s) {
			return at
		}
		at += n
	}
}
