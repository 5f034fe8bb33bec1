package trade

import (
	"regexp"
	"strings"
)

// kindWords maps words of "Notification type", of lists of articles and of
// other programs to kinds; the first that occurs counts: "Addendum to Emergency
// Notification" is an addendum.
var kindWords = []struct {
	form *regexp.Regexp
	kind Kind
}{
	{regexp.MustCompile(`(?i)addend|^add\b|adición|补遗|增补|補遺`), KindAddendum},
	{regexp.MustCompile(`(?i)corrigend|^corr\b|corrección|勘误|勘誤|更正`), KindCorrigendum},
	{regexp.MustCompile(`(?i)r[eé]vis|^rev\b|修订|修訂`), KindRevision},
	{regexp.MustCompile(`(?i)suppl|unofficial translation|译文|補充|补充|补编`), KindSupplement},
	{regexp.MustCompile(`(?i)emergenc|urgen|紧急|緊急|\b2\.10(?:\.1)?\b|\b5\.7(?:\.1)?\b`), KindUrgent},
	{regexp.MustCompile(`(?i)recall|召回`), KindRecall},
	{regexp.MustCompile(`(?i)\brule\b`), KindRule},
	{regexp.MustCompile(`(?i)notification|\bnew\b|\bregular\b|notificación|通报|通報`), KindNew},
	{regexp.MustCompile(`(?i)report`), KindReport},
}

// KindOf tells the kind of a paper by its first symbol's suffix, else by the
// name of its type or the articles that it was notified under. A WTO paper of
// which neither says anything is a regular notification; anything else is a
// report.
func KindOf(symbols []Symbol, said string) Kind {
	if len(symbols) > 0 && len(symbols[0].Suffix) > 0 {
		return symbols[0].Kind()
	}
	said = strings.TrimSpace(said)
	for _, w := range kindWords {
		if w.form.MatchString(said) {
			return w.kind
		}
	}
	if len(symbols) > 0 {
		return KindNew
	}
	return KindReport
}
