package nomenclature

import (
	"strings"
	"unicode/utf8"
)

// longestGloss bounds, in bytes, how far the end of a gloss is looked for.
const longestGloss = 64

// afterHan reports whether the last thing read is a Chinese character.
func (f *folded) afterHan() bool {
	n := len(f.atoms)
	if n == 0 || f.atoms[n-1].isBreak {
		return false
	}
	r, _ := utf8.DecodeRune(f.text[f.atoms[n-1].from:])
	return isHan(r)
}

// gloss is the length of the pinyin in brackets with which s begins, 0 if it
// begins with something else. It is no part of the text: in 摩托车(mótuōchē)头盔
// the words go on behind it. Only tone marks tell pinyin from other Latin.
func gloss(s string) int {
	toned := false
	for i, r := range s[:min(len(s), longestGloss)] {
		switch {
		case i == 0:
		case r == ')' || r == '）':
			if !toned {
				return 0
			}
			return i + utf8.RuneLen(r)
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r == ' ', r == '\'', r == '’', r == '-', r == 'ɡ', r == 'ü', r == 0x0308:
		case strings.ContainsRune("āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹĀÁǍÀĒÉĚÈŌÓǑÒ", r), r >= 0x0300 && r <= 0x030C:
			toned = true
		default:
			return 0
		}
	}
	return 0
}
