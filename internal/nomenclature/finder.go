package nomenclature

import (
	"math/bits"
	"slices"
)

// maxAtoms is how many words (or characters of an unspaced script) a term may
// have: the lengths in use are kept in one 64-bit word.
const maxAtoms = 63

// maxForms bounds the inflected forms kept for one term.
const maxForms = 16

// Hit is a term found in a text.
type Hit struct {
	ID         int
	Words      string // as written in the text
	Start, End int    // byte offsets in the text
}

// Finder finds many terms in a text at once. Terms may be added and removed at
// any time, but not while another goroutine uses the Finder; any number of
// goroutines may call Find.
//
// A text is cut into atoms (words; single characters where a script has no
// spaces) and each run of atoms that could be a term is looked up in one map.
// "tea" is therefore never found in "steak", plurals are found, and
// punctuation such as a comma ends a phrase.
type Finder struct {
	ids   map[string][]int
	heads map[string]*head // by the first two atoms
}

// head says how long the terms are that start with the same two atoms.
type head struct {
	lengths uint64 // bit n: some term has n atoms
	uses    int
}

// NewFinder returns an empty Finder.
func NewFinder() *Finder {
	return &Finder{ids: map[string][]int{}, heads: map[string]*head{}}
}

// Add makes the Finder report id where term stands. Adding a pair twice has no
// further effect. A term without letters or digits, or of more than 63 words
// or characters, is ignored.
func (f *Finder) Add(term string, id int) {
	for _, form := range formsOf(term) {
		if slices.Contains(f.ids[form.key], id) {
			continue
		}
		f.ids[form.key] = append(f.ids[form.key], id)
		if form.atoms < 2 {
			continue
		}
		h := f.heads[form.head]
		if h == nil {
			h = new(head)
			f.heads[form.head] = h
		}
		h.lengths |= 1 << form.atoms
		h.uses++
	}
}

// Remove takes back what Add did with the same term and id.
func (f *Finder) Remove(term string, id int) {
	for _, form := range formsOf(term) {
		i := slices.Index(f.ids[form.key], id)
		if i < 0 {
			continue
		}
		rest := slices.Delete(slices.Clone(f.ids[form.key]), i, i+1)
		if f.ids[form.key] = rest; len(rest) == 0 {
			delete(f.ids, form.key)
		}
		if h := f.heads[form.head]; h != nil {
			if h.uses--; h.uses == 0 {
				delete(f.heads, form.head)
			}
		}
	}
}

// Find reports the terms that stand in text, in order of their start. Of terms
// that lie inside one another only the longest is reported; terms that merely
// overlap are all reported; a term of several ids is reported for each.
func (f *Finder) Find(text string) []Hit {
	t := foldings.Get().(*folded)
	defer foldings.Put(t)
	t.reset(true)
	t.fold(text)
	var hits []Hit
	covered := 0 // atoms before this one lie inside an earlier hit
	for i := range t.atoms {
		if t.atoms[i].isBreak {
			continue
		}
		n, ids := f.longest(t, i)
		if n == 0 || i+n <= covered {
			continue
		}
		covered = i + n
		start, end := t.atoms[i].srcFrom, t.atoms[i+n-1].srcTo
		for _, id := range ids {
			hits = append(hits, Hit{ID: id, Words: text[start:end], Start: start, End: end})
		}
	}
	return hits
}

// longest looks for the longest term that starts at atom i.
func (f *Finder) longest(t *folded, i int) (int, []int) {
	if i+1 < len(t.atoms) {
		if h := f.heads[string(t.span(i, i+1))]; h != nil {
			for lengths := h.lengths; lengths != 0; {
				n := bits.Len64(lengths) - 1
				lengths &^= 1 << n
				if i+n > len(t.atoms) {
					continue
				}
				if ids := f.ids[string(t.span(i, i+n-1))]; ids != nil {
					return n, ids
				}
			}
		}
	}
	if ids := f.ids[string(t.span(i, i))]; ids != nil {
		return 1, ids
	}
	return 0, nil
}

// form is one way in which a term may stand in a text.
type form struct {
	key, head string
	atoms     int
}

// formsOf lists the forms of a term: every combination of its words' inflections.
func formsOf(term string) []form {
	var t folded
	t.reset(false)
	t.fold(term)
	for len(t.atoms) > 0 && t.atoms[len(t.atoms)-1].isBreak {
		t.atoms = t.atoms[:len(t.atoms)-1]
	}
	n := len(t.atoms)
	if n == 0 || n > maxAtoms {
		return nil
	}
	words := make([][]string, n)
	for i, a := range t.atoms {
		words[i] = []string{string(t.span(i, i))}
		if !a.isBreak && t.text[a.from] < 0x80 {
			words[i] = inflections(words[i][0])
		}
	}
	bound(words)
	forms := []form{{atoms: n}}
	for i := range words {
		lead := ""
		if i > 0 && t.atoms[i].from > t.atoms[i-1].to {
			lead = " "
		}
		forms = extend(forms, lead, words[i], i < 2)
	}
	return forms
}

// bound leaves the inner words of a long term uninflected, so that the number
// of combinations stays small; plurals are rare there.
func bound(words [][]string) {
	product := 1
	for _, w := range words {
		product *= len(w)
	}
	for i := len(words) - 2; i >= 0 && product > maxForms; i-- {
		product /= len(words[i])
		words[i] = words[i][:1]
	}
}

func extend(forms []form, lead string, words []string, head bool) []form {
	next := make([]form, 0, len(forms)*len(words))
	for _, p := range forms {
		for _, w := range words {
			q := form{key: p.key + lead + w, head: p.head, atoms: p.atoms}
			if head {
				q.head = q.key
			}
			next = append(next, q)
		}
	}
	return next
}
