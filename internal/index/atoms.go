package index

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"tbtwatch/internal/nomenclature"
)

// atom is a word of a text, or a character of a script without spaces, by the
// hash of its compared form; 0 is a break that no phrase reaches across.
type atom struct {
	hash       uint64
	start, end int32
}

// atomiser cuts texts and terms into what is compared.
type atomiser interface {
	atoms(dst []atom, text string) []atom
	// norm is the name under which a term is kept; terms of one norm are one.
	norm(term string) string
	// forms are the rows of atoms that stand for a norm.
	forms(norm string) [][]string
}

// foldedWords compares as nomenclature does: plurals, diacritics, traditional
// characters; a comma ends a phrase.
type foldedWords struct{}

func (foldedWords) atoms(dst []atom, text string) []atom {
	nomenclature.Atoms(text, func(form []byte, start, end int) {
		a := atom{start: int32(start), end: int32(end)}
		if form != nil {
			a.hash = hashOf(form)
		}
		dst = append(dst, a)
	})
	return dst
}

func (foldedWords) norm(term string) string      { return nomenclature.Normalize(term) }
func (foldedWords) forms(norm string) [][]string { return nomenclature.TermForms(norm) }

// plainTokens compares lower-case runs of letters and digits, every Han
// character by itself, across all punctuation.
type plainTokens struct{}

func (plainTokens) atoms(dst []atom, text string) []atom {
	var room [64]byte
	word, from := room[:0], 0
	end := func(at int) {
		if len(word) > 0 {
			dst = append(dst, atom{hashOf(word), int32(from), int32(at)})
			word = word[:0]
		}
	}
	for i := 0; i < len(text); {
		c := text[i]
		if c < utf8.RuneSelf {
			switch {
			case c >= 'a' && c <= 'z' || c >= '0' && c <= '9':
			case c >= 'A' && c <= 'Z':
				c += 'a' - 'A'
			default:
				end(i)
				i++
				continue
			}
			if len(word) == 0 {
				from = i
			}
			word = append(word, c)
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(text[i:])
		switch {
		case r >= 0x4e00 && r <= 0x9fff:
			end(i)
			dst = append(dst, atom{hashOf(text[i : i+n]), int32(i), int32(i + n)})
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			if len(word) == 0 {
				from = i
			}
			word = utf8.AppendRune(word, unicode.ToLower(r))
		default:
			end(i)
		}
		i += n
	}
	end(len(text))
	return dst
}

func (plainTokens) norm(term string) string {
	var out []string
	for _, a := range (plainTokens{}).atoms(nil, term) {
		out = append(out, strings.ToLower(term[a.start:a.end]))
	}
	return strings.Join(out, " ")
}

func (plainTokens) forms(norm string) [][]string { return [][]string{strings.Fields(norm)} }
