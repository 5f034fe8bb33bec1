package console

import (
	"fmt"
	"regexp"

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
	return counted.ReplaceAllStringFunc(fmt.Sprintf(form, args...), func(part string) string {
		m := counted.FindStringSubmatch(part)
		if m[1] == "1" {
			return m[1] + " " + m[2]
		}
		return m[1] + " " + m[3]
	})
}

// counted is a number with what it counts, for one and for many: "%v
// {firm|firms}" in a sentence becomes "1 firm" or "2 firms".
var counted = regexp.MustCompile(`([0-9,.]+) \{([a-z ]+)\|([a-z ]+)\}`)

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
var catalogue = merge(frameWords, listWords, caseWords, queueWords, recordWords, emptyWords, statisticsWords, summaryWords, bulletinWords, standardWords, peopleWords, searchWords, groupWords, myWords, myImportWords, linkWords, waitingWords, surveyWords, flowWords, releaseWords)

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
