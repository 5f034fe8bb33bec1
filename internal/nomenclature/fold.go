package nomenclature

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// atom is the smallest unit that is compared: a word of a script that puts
// spaces between words, one character of a script that does not, or a break.
type atom struct {
	from, to       int // in folded.text
	srcFrom, srcTo int // in the text that was folded
	isBreak        bool
}

// folded is a text made ready for comparison: words are separated by one
// space, characters by nothing, so that "LED 灯" and "LED灯" are equal.
type folded struct {
	text  []byte
	atoms []atom
	stem  bool // words are brought to the singular

	inWord    bool
	marked    bool // the word had a diacritic
	wordFrom  int
	sourceAt  int
	lastBreak bool
}

func (f *folded) reset(stem bool) {
	f.text, f.atoms = f.text[:0], f.atoms[:0]
	f.stem, f.inWord, f.marked, f.lastBreak = stem, false, false, true
}

// span is the folded text of the atoms from i up to and including j.
func (f *folded) span(i, j int) []byte { return f.text[f.atoms[i].from:f.atoms[j].to] }

// fold reads s. Offsets of atoms point into s.
func (f *folded) fold(s string) {
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if c == '(' && !f.inWord && f.afterHan() {
				if n := gloss(s[i:]); n > 0 {
					i += n
					continue
				}
			}
			switch k := asciiClass[c]; {
			case k == classWord:
				f.letter(lowerASCII(c), i)
			case k == classApostrophe && possessive(s, i):
				f.endWord(s, i)
				i++ // the s of 's
			case c == '.' && f.inWord && decimal(s, i):
				f.text = append(f.text, c)
			case k == classBreak, c == '-' && dash(s, i, i+1):
				f.endWord(s, i)
				f.breakAt(i)
			default:
				f.endWord(s, i)
			}
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		i = f.foldRune(s, r, i, n)
	}
	f.endWord(s, len(s))
}

// dash reports whether s[from:to], a hyphen or dash, stands between blanks: it
// parts phrases then ("Motorcycles - Braking").
func dash(s string, from, to int) bool {
	return from > 0 && s[from-1] == ' ' && to < len(s) && s[to] == ' '
}

// foldRune takes one character outside ASCII and returns the next offset.
func (f *folded) foldRune(s string, r rune, at, size int) int {
	switch {
	case r == '’' || r == 'ʼ':
		if possessive(s, at+size-1) {
			f.endWord(s, at)
			return at + size + 1
		}
		f.endWord(s, at)
	case ignorable(r):
	case r >= 0x0300 && r <= 0x036f:
		f.marked = true
	case isHan(r):
		f.char(s, simplified(r), at, size)
	case strings.ContainsRune("，、。；：！？؛،", r), (r == '–' || r == '—') && dash(s, at, at+size):
		f.endWord(s, at)
		f.breakAt(at)
	case r == '（' && !f.inWord && f.afterHan() && gloss(s[at:]) > 0:
		return at + gloss(s[at:])
	case strings.ContainsRune("（）《》“”‘—–·−°™®…\u00a0\u3000", r):
		f.endWord(s, at)
	default:
		for _, d := range decompose(r) {
			switch {
			case d >= 0x0300 && d <= 0x036f:
				f.marked = true
			case d == 'ʼ': // of ŉ: an apostrophe, as above
				f.endWord(s, at)
			case unspaced(d):
				f.char(s, simplified(d), at, size)
			case unicode.IsLetter(d) || unicode.IsDigit(d) || unicode.Is(unicode.M, d):
				f.word(at)
				f.text = utf8.AppendRune(f.text, d)
			case strings.ContainsRune(".,;:!?、。", d):
				f.endWord(s, at)
				f.breakAt(at)
			default:
				f.endWord(s, at)
			}
		}
	}
	return at + size
}

// word starts a word unless one is open.
func (f *folded) word(at int) {
	if f.inWord {
		return
	}
	if n := len(f.atoms); n > 0 && !f.atoms[n-1].isBreak && f.atoms[n-1].to == len(f.text) && f.lastIsWord() {
		f.text = append(f.text, ' ')
	}
	f.inWord, f.marked, f.wordFrom, f.sourceAt = true, false, len(f.text), at
}

func (f *folded) lastIsWord() bool {
	r, _ := utf8.DecodeLastRune(f.text)
	return !unspaced(r)
}

func (f *folded) letter(c byte, at int) {
	f.word(at)
	f.text = append(f.text, c)
}

// char adds an atom for one character of a script without spaces.
func (f *folded) char(s string, r rune, at, size int) {
	f.endWord(s, at)
	from := len(f.text)
	f.text = utf8.AppendRune(f.text, r)
	f.atoms = append(f.atoms, atom{from: from, to: len(f.text), srcFrom: at, srcTo: at + size})
	f.lastBreak = false
}

// endWord closes the open word, if any, that ends before offset `to` of s.
func (f *folded) endWord(s string, to int) {
	if !f.inWord {
		return
	}
	f.inWord = false
	w := f.text[f.wordFrom:]
	if f.marked && functionWords[string(bytes.TrimSuffix(w, []byte("s")))] {
		// Without its diacritic it would stand in every text.
		w = []byte(strings.ToLower(norm.NFC.String(strings.Map(dropIgnorable, s[f.sourceAt:to]))))
	}
	if f.stem {
		w = singular(w)
	}
	f.text = append(f.text[:f.wordFrom], w...)
	f.atoms = append(f.atoms, atom{from: f.wordFrom, to: len(f.text), srcFrom: f.sourceAt, srcTo: to})
	f.lastBreak = false
}

// breakAt notes punctuation that no phrase reaches across.
func (f *folded) breakAt(at int) {
	if f.lastBreak {
		return
	}
	f.text = append(f.text, ',')
	n := len(f.text)
	f.atoms = append(f.atoms, atom{from: n - 1, to: n, srcFrom: at, srcTo: at, isBreak: true})
	f.lastBreak = true
}
