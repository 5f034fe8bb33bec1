package nomenclature

import (
	"hash/fnv"
	"io/fs"
	"sync"
)

// Atoms calls fn for each atom of text in order: the folded form of a word in
// the singular, or of one character where a script has no spaces, and where it
// stands in text. A break that no phrase reaches across has no form. The bytes
// are valid until fn returns.
func Atoms(text string, fn func(form []byte, start, end int)) {
	t := foldings.Get().(*folded)
	defer foldings.Put(t)
	t.reset(true)
	t.fold(text)
	for i, a := range t.atoms {
		if a.isBreak {
			fn(nil, a.srcFrom, a.srcTo)
			continue
		}
		fn(t.span(i, i), a.srcFrom, a.srcTo)
	}
}

// TermForms lists the rows of atoms under which a Finder finds term: every
// combination of its words' inflections. It has none where a Finder ignores
// the term, or where a break stands in it.
func TermForms(term string) [][]string {
	var t folded
	t.reset(false)
	t.fold(term)
	for len(t.atoms) > 0 && t.atoms[len(t.atoms)-1].isBreak {
		t.atoms = t.atoms[:len(t.atoms)-1]
	}
	if len(t.atoms) == 0 || len(t.atoms) > maxAtoms {
		return nil
	}
	words := make([][]string, len(t.atoms))
	for i, a := range t.atoms {
		if a.isBreak {
			return nil
		}
		words[i] = []string{string(t.span(i, i))}
		if t.text[a.from] < 0x80 {
			words[i] = inflections(words[i][0])
		}
	}
	bound(words)
	forms := [][]string{nil}
	for _, w := range words {
		var next [][]string
		for _, f := range forms {
			for _, form := range w {
				next = append(next, append(f[:len(f):len(f)], form))
			}
		}
		forms = next
	}
	return forms
}

// Fingerprint tells states of the vocabulary apart: what was recognised with
// one of them is not what another one recognises.
var Fingerprint = sync.OnceValue(func() uint64 {
	h := fnv.New64a()
	_ = fs.WalkDir(tables, "data", func(path string, d fs.DirEntry, err error) error { // embedded: it cannot fail
		if err == nil && !d.IsDir() {
			var text []byte
			text, err = tables.ReadFile(path)
			h.Write([]byte(path)) // a hash never fails to write
			h.Write(text)
		}
		return err
	})
	return h.Sum64()
})
