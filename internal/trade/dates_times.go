package trade

import (
	"regexp"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"
)

// timeKind says what a text names.
type timeKind int

const (
	someDay timeKind = iota // a day or an interval
	length                  // "60 days", to be counted from something
	noTime                  // "to be determined"
)

// timeAt is something that a clause says of when.
type timeAt struct {
	start, end int // byte offsets in the folded clause
	kind       timeKind
	day        span // of someDay
	since      bool // of length: the text says what begins it
	target     bool // "until …", "to …": where several are named, this one counts
}

// intervalForms name no day but an interval; monthWord is checked apart.
var intervalForms = []*regexp.Regexp{
	formQuarter, formQuarterRev, formQuarterHan, formHalf, formHalfHan, formMonthHan, formThirdHan, formThird, formMonthWord,
	regexp.MustCompile(`\b(?:in|during|en|em|durante) (?:the year )?(\d{4})\b`), formYearHan,
}

var untilWords = regexp.MustCompile(`(?:\b(?:to|until|till|by|hasta|hasta el|al|au|jusqu['’]au|até|até o|para|para o)|至|到|[为為]) ?$`)

// longestUntil bounds, in bytes, where words of untilWords are looked for.
const longestUntil = 32

// timesIn finds what a folded clause says of when, in the order of the text.
func timesIn(folded string) []timeAt {
	var out []timeAt
	rest := []byte(folded)
	take := func(t timeAt) {
		t.target = untilWords.MatchString(folded[runeStart(folded, t.start-longestUntil):t.start])
		out = append(out, t)
		for i := t.start; i < t.end; i++ {
			rest[i] = '|'
		}
	}
	days, _ := findDays(folded)
	for _, d := range days {
		take(timeAt{start: d.start, end: d.end, day: d.span})
	}
	for _, form := range intervalForms {
		for _, ix := range form.FindAllIndex(rest, -1) {
			if s, ok := readIntervals(trimIn(string(rest[ix[0]:ix[1]])), nil); ok && !s.from.IsZero() {
				take(timeAt{start: ix[0], end: ix[1], day: s})
			}
		}
	}
	for _, form := range []*regexp.Regexp{formCountAlt, formCount, formCountHan} {
		for _, ix := range form.FindAllIndex(rest, -1) {
			around := string(rest[runeStart(rest, ix[0]-farHan):runeStart(rest, ix[1]+farHan)])
			take(timeAt{start: ix[0], end: ix[1], kind: length, since: fromWords.MatchString(around)})
		}
	}
	for _, w := range openWords {
		if len(w.words) < len("待定") {
			continue
		}
		if i := strings.Index(string(rest), w.words); i >= 0 {
			take(timeAt{start: i, end: i + len(w.words), kind: noTime})
		}
	}
	slices.SortFunc(out, func(a, b timeAt) int { return a.start - b.start })
	return out
}

// timesNear are those of the times, which are in the order of the text and do
// not overlap, that end at or after from and start at or before to.
func timesNear(times []timeAt, from, to int) []timeAt {
	first := sort.Search(len(times), func(i int) bool { return times[i].end >= from })
	last := sort.Search(len(times), func(i int) bool { return times[i].start > to })
	return times[first:max(first, last)]
}

// trimIn drops the "in" of "in 2027".
func trimIn(text string) string {
	for _, in := range []string{"in ", "during ", "en ", "em ", "durante "} {
		if rest, ok := strings.CutPrefix(text, in); ok {
			return strings.TrimPrefix(rest, "the year ")
		}
	}
	return text
}

// runeStart is the nearest beginning of a character at or before i.
func runeStart[T string | []byte](text T, i int) int {
	i = min(max(i, 0), len(text))
	for i > 0 && i < len(text) && !utf8.RuneStart(text[i]) {
		i--
	}
	return i
}

// read resolves the time as that of a cue; before and next bound the words
// around it that belong to it.
func (t timeAt) read(folded string, q cueAt, before, next int, days known) Date {
	if t.kind == someDay {
		return Date{From: t.day.from.Format(Day), To: t.day.to.Format(Day), Basis: t.day.basis}
	}
	from, to := t.start, t.end
	if t.kind == length {
		to = runeStart(folded, min(next, t.end+farBehind))
		if q.han {
			from = runeStart(folded, max(before, t.start-farBehind))
		}
	}
	return resolve(q.what, folded[from:to], days)
}
