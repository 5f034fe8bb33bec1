package trade

import (
	"slices"
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

// spanOf gives back what an earlier Date resolved to.
func spanOf(d Date) span {
	from, err := time.Parse(Day, d.From)
	if err != nil {
		return span{}
	}
	to, err := time.Parse(Day, d.To)
	if err != nil {
		to = from
	}
	return span{from, to, d.Basis}
}

// known are the days that others may be counted from, by event; a missing one
// is not known.
type known map[event]span

func day(t time.Time, basis string) span { return span{t, t, basis} }
func open(basis string) span             { return span{basis: basis} }

// dateReaders are tried in order; the first that knows the text decides.
var dateReaders = []func(text string, days known) (span, bool){
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
// stay empty where it names none, and Basis says in English why. 03/04/2026 is
// from the one of its two readings to the other.
func ResolveDate(what, text, published string) Date {
	return resolve(what, text, known{circulation: spanOf(Date{From: published, To: published})})
}

// AddDate appends what a notice states of a date, read against the dates that
// are there already: "60 days from notification", "6 months after adoption".
// Nothing is appended where nothing is said.
func AddDate(dates []Date, what, text string) []Date {
	if strings.TrimSpace(text) == "" {
		return dates
	}
	return append(dates, resolve(what, text, knownOf(dates)))
}

// knownOf are the events whose days the dates tell.
func knownOf(dates []Date) known {
	days := known{}
	for _, d := range slices.Backward(dates) {
		if e, ok := eventOf[d.What]; ok && d.From != "" {
			days[e] = spanOf(d)
		}
	}
	return days
}

func resolve(what, text string, days known) Date {
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
		s, ok := read(folded, days)
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

// foldDateText makes width, case, blanks and figures the same everywhere.
func foldDateText(text string) string {
	text = strings.ToLower(strings.Map(foldWidth, text))
	return spellFigures(strings.Trim(strings.Join(strings.Fields(text), " "), " .;:"))
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

// The bases of texts that name no day.
const (
	notApplicable = "not applicable"
	undetermined  = "to be determined"
	atOnce        = "at once; no day is named"
)

// openWords are texts that name no day, by themselves or with words around
// them as long as those name none either.
var openWords = func() (out []openWord) {
	for _, w := range []struct {
		basis, words string
		event        event
	}{
		{notApplicable, "not applicable|n/a|does not apply|不适用|不適用|no aplicable|no aplica|no procede|sans objet|s.o.|s/o|não aplicável|não se aplica|无|無|none", unnamed},
		{undetermined, "to be determined|to be defined|to be set|tbd|t.b.d|tba|tbc|to be announced|to be confirmed|to be decided|to be fixed|to be notified|to be advised|to be specified|not yet|not determined|not specified|not known|undetermined|unknown|pending" +
			"|待定|待確定|待确定|未定|尚未确定|尚未確定|未确定|未確定|另行公布|另行公佈|另行通知|另行通报" +
			"|à déterminer|a déterminer|à définir|à confirmer|à préciser|à fixer|non déterminé|pas encore|indéterminé" +
			"|por determinar|por definir|por confirmar|por anunciar|a determinar|sin determinar|no determinad|no definid|pendiente" +
			"|a definir|a confirmar|a ser determinad|a ser definid|não determinad|não definid|indefinid", unnamed},
		{onEvent(publication), "upon publication|on publication|date of publication|day of publication|发布之日|公布之日|發布之日|公佈之日|dès la publication|date de publication|fecha de publicación|fecha de su publicación|data de publicação|data de sua publicação", publication},
		{onEvent(adoption), "upon adoption|on adoption|date of adoption|day of adoption|fecha de adopción|批准之日|通过之日", adoption},
		{onEvent(force), "upon entry into force|on entry into force", force},
		{atOnce, "immediately|立即|即日|即时|immédiatement|inmediatamente|imediatamente|con efecto inmediato", unnamed},
	} {
		for _, word := range strings.Split(w.words, "|") {
			out = append(out, openWord{word, w.basis, w.event})
		}
	}
	return out
}()

type openWord struct {
	words, basis string
	event        event
}

// readOpenWords knows the usual ways to say that there is no day yet. A text
// with figures in it is left to the others: it may name one after all.
func readOpenWords(text string, days known) (span, bool) {
	if strings.ContainsAny(text, "0123456789") {
		return span{}, false
	}
	if strings.Trim(text, "-–—/*") == "" {
		return open("not stated"), true
	}
	for _, w := range openWords {
		if w.words != text && (len(w.words) <= len("none") || !strings.Contains(text, w.words)) {
			continue
		}
		if s := days[w.event]; !s.from.IsZero() {
			s.basis = "on the day of " + w.event.name()
			return s, true
		}
		return open("not a day: " + w.basis), true
	}
	return span{}, false
}
