package trade

import (
	"strings"
	"time"
)

// The years a date of a notice can lie in; anything else is a typing error, a
// mangled serial or another calendar, and is left unresolved.
const (
	firstYear = 1990
	lastYear  = 2100
)

// span is what a text resolves to: a day (from equals to), an interval, or
// nothing (both zero) for the reason in basis.
type span struct {
	from, to time.Time
	basis    string
}

func day(t time.Time, basis string) span { return span{t, t, basis} }
func open(basis string) span             { return span{basis: basis} }

// dateReaders are tried in order; the first that knows the text decides.
var dateReaders = []func(text, published string) (span, bool){
	readOpenWords,
	readBareNumber,
	readRelative,
	readDays,
	readIntervals,
}

// ResolveDate reads a date as a notice states it. text is what was written,
// published the notice's day of circulation (YYYY-MM-DD, or empty when it is
// not known), which only texts such as "60 days from notification" need.
//
// From and To are set to the day, or to the interval that the text names; they
// stay empty where it names none, and Basis says in English why. Day-first is
// the reading of 03/04/2026, and the basis names the other one.
func ResolveDate(what, text, published string) Date {
	d := Date{What: what, Text: strings.TrimSpace(text)}
	folded := foldDateText(text)
	if folded == "" {
		d.Basis = "not stated"
		return d
	}
	if len(folded) > maxDateText {
		d.Basis = "not a day: the text is too long to be a date"
		return d
	}
	d.Basis = "not a day"
	for _, read := range dateReaders {
		s, ok := read(folded, published)
		if !ok {
			continue
		}
		d.Basis = s.basis
		if !s.from.IsZero() {
			d.From, d.To = s.from.Format(Day), s.to.Format(Day)
		}
		break
	}
	return d
}

// maxDateText bounds the work for one date, in bytes; the longest real cells
// list a dozen phases in some hundred characters.
const maxDateText = 4096

// foldDateText makes width, case and blanks the same everywhere.
func foldDateText(text string) string {
	text = strings.ToLower(strings.Map(foldWidth, text))
	return strings.Trim(strings.Join(strings.Fields(text), " "), " .;:")
}

// calendarDay builds the day or says why there is none.
func calendarDay(y, m, d int) (time.Time, string) {
	if y < firstYear || y > lastYear {
		return time.Time{}, "not a day: the year is outside 1990–2100"
	}
	t := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	if m < 1 || m > 12 || t.Day() != d {
		return time.Time{}, "not a day: the calendar does not have it"
	}
	return t, ""
}

// openWords are texts that name no day, by themselves or with words around
// them as long as those name none either.
var openWords = []struct{ words, basis string }{
	{"not applicable", "not applicable"}, {"n/a", "not applicable"}, {"不适用", "not applicable"}, {"不適用", "not applicable"},
	{"no aplicable", "not applicable"}, {"no aplica", "not applicable"}, {"sans objet", "not applicable"}, {"não aplicável", "not applicable"},
	{"to be determined", "to be determined"}, {"tbd", "to be determined"}, {"tba", "to be determined"},
	{"to be announced", "to be determined"}, {"to be confirmed", "to be determined"}, {"to be decided", "to be determined"},
	{"not yet", "to be determined"}, {"undetermined", "to be determined"}, {"unknown", "to be determined"},
	{"待定", "to be determined"}, {"待確定", "to be determined"}, {"待确定", "to be determined"}, {"未定", "to be determined"}, {"尚未确定", "to be determined"},
	{"à déterminer", "to be determined"}, {"a déterminer", "to be determined"}, {"por determinar", "to be determined"},
	{"por definir", "to be determined"}, {"a determinar", "to be determined"}, {"a definir", "to be determined"}, {"a ser determinad", "to be determined"},
	{"upon publication", "on publication, whose day is not known"}, {"on publication", "on publication, whose day is not known"},
	{"date of publication", "on publication, whose day is not known"}, {"day of publication", "on publication, whose day is not known"},
	{"发布之日", "on publication, whose day is not known"}, {"公布之日", "on publication, whose day is not known"},
	{"upon adoption", "on adoption, whose day is not known"}, {"upon entry into force", "on entry into force, whose day is not known"},
	{"immediately", "at once; no day is named"}, {"立即", "at once; no day is named"}, {"即日", "at once; no day is named"},
}

// readOpenWords knows the usual ways to say that there is no day yet. A text
// with figures in it is left to the others: it may name one after all.
func readOpenWords(text, _ string) (span, bool) {
	if strings.ContainsAny(text, "0123456789") {
		return span{}, false
	}
	if strings.Trim(text, "-–—/*") == "" {
		return open("not stated"), true
	}
	for _, w := range openWords {
		if w.words == text || len(w.words) > 3 && strings.Contains(text, w.words) {
			return open("not a day: " + w.basis), true
		}
	}
	return span{}, false
}
