package console

import (
	"fmt"

	"tbtwatch/internal/trade"
)

// label is the sentence with that key. An unknown key shows itself in brackets
// that nothing else uses, so that a test finds it.
func label(lang, key string, args ...any) string {
	t, ok := catalogue[key]
	if !ok {
		return "⟦" + key + "⟧"
	}
	form := t.ZH
	if lang == "en" {
		form = t.EN
	}
	if len(args) == 0 {
		return form
	}
	return fmt.Sprintf(form, args...)
}

// word names a value of one family of values (states, kinds …); one that has no
// name stands for itself.
func word(lang, family, value string) string {
	if _, ok := catalogue[family+"."+value]; !ok {
		return value
	}
	return label(lang, family+"."+value)
}

// catalogue is every fixed word of the pages in both languages. Numbers in a
// sentence are %v.
var catalogue = merge(frameWords, listWords, caseWords, recordWords, emptyWords)

func merge(parts ...map[string]trade.Text) map[string]trade.Text {
	all := map[string]trade.Text{}
	for _, part := range parts {
		for key, t := range part {
			if _, twice := all[key]; twice {
				panic("console: two labels are called " + key)
			}
			all[key] = t
		}
	}
	return all
}
