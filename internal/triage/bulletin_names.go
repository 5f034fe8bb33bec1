package triage

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// NamedIn is the first of the firms whose name stands anywhere in the bulletin;
// "" if none does.
func (b Bulletin) NamedIn(firms []string) string {
	text := []string{b.Headline.ZH, b.Headline.EN}
	for _, p := range b.Parts {
		text = append(text, p.Plain("zh"), p.Plain("en"))
		for _, w := range p.Written {
			text = append(text, w.Text)
		}
	}
	return namedIn(strings.Join(text, "\n"), firms)
}

// namedIn is the first of the firms whose name stands in text, however it is
// spaced or cased. Names of one character say nothing. Chinese is written
// without blanks, so they do not count there; elsewhere a name is whole words.
func namedIn(text string, firms []string) string {
	text = strings.ToLower(text)
	words, tight := strings.Join(strings.Fields(text), " "), strings.Join(strings.Fields(text), "")
	for _, f := range firms {
		name := strings.Join(strings.Fields(strings.ToLower(f)), " ")
		switch {
		case utf8.RuneCountInString(name) < 2:
		case strings.ContainsFunc(name, func(r rune) bool { return unicode.Is(unicode.Han, r) }):
			if strings.Contains(tight, strings.ReplaceAll(name, " ", "")) {
				return f
			}
		case wholeWords(words, name):
			return f
		}
	}
	return ""
}

func wholeWords(text, name string) bool {
	inWord := func(r rune) bool { return unicode.IsLetter(r) && !unicode.Is(unicode.Han, r) || unicode.IsDigit(r) }
	for from := 0; ; {
		i := strings.Index(text[from:], name)
		if i < 0 {
			return false
		}
		i += from
		before, _ := utf8.DecodeLastRuneInString(text[:i])
		after, _ := utf8.DecodeRuneInString(text[i+len(name):])
		if !inWord(before) && !inWord(after) {
			return true
		}
		_, size := utf8.DecodeRuneInString(text[i:])
		from = i + size
	}
}
