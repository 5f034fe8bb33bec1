package triage

import (
	"fmt"
	"regexp"
	"strings"
	"sync"

	"tbtwatch/internal/trade"
)

// phrase is a sentence with places for other words, in both languages. The
// English form uses %s in the order of the places, the Chinese one may number
// them.
type phrase struct{ en, zh string }

// phraseBook knows some phrases by their English form, so that what is stored
// in English can be shown in Chinese.
type phraseBook struct {
	phrases []phrase
	forms   func() []*regexp.Regexp
}

func newPhraseBook(phrases []phrase) *phraseBook {
	return &phraseBook{phrases, sync.OnceValue(func() []*regexp.Regexp {
		var out []*regexp.Regexp
		for _, p := range phrases {
			out = append(out, regexp.MustCompile("^(?s:"+strings.ReplaceAll(regexp.QuoteMeta(p.en), "%s", "(.*?)")+")$"))
		}
		return out
	})}
}

// say fills the phrase whose English form is form; one that the book does not
// have stays English. A trade.Text among args gives each language its own
// words.
func (b *phraseBook) say(form string, args ...any) trade.Text {
	zh := form
	for _, p := range b.phrases {
		if p.en == form {
			zh = p.zh
		}
	}
	return trade.Text{ZH: fill(zh, args, "zh"), EN: fill(form, args, "en")}
}

func fill(form string, args []any, lang string) string {
	if len(args) == 0 {
		return form
	}
	words := make([]any, len(args))
	for i, a := range args {
		if t, ok := a.(trade.Text); ok {
			words[i] = t.In(lang)
		} else {
			words[i] = fmt.Sprint(a)
		}
	}
	return fmt.Sprintf(form, words...)
}

// read finds the phrase that text is and says it in Chinese; part puts the
// words in its places into Chinese.
func (b *phraseBook) read(text string, part func(string) string) (zh string, ok bool) {
	for i, form := range b.forms() {
		m := form.FindStringSubmatch(text)
		if m == nil {
			continue
		}
		var args []any
		for _, words := range m[1:] {
			args = append(args, part(words))
		}
		return fill(b.phrases[i].zh, args, "zh"), true
	}
	return "", false
}
