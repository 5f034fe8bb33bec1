package trade

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// excelEpoch is the day 0 of spreadsheet serials (1900 system, as files since
// 1995 count).
var excelEpoch = time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)

var bareNumber = regexp.MustCompile(`^(\d{4,8})(?:\.\d+)?$`)

// readBareNumber reads 45810 (a spreadsheet's serial), 20260915 and 2026.
func readBareNumber(text string, _ known) (span, bool) {
	m := bareNumber.FindStringSubmatch(text)
	if m == nil {
		return span{}, false
	}
	n, err := strconv.Atoi(m[1])
	if err != nil {
		return span{}, false
	}
	switch len(m[1]) {
	case 4:
		return yearPart(n, 1, 12, "the year "+m[1])
	case 5:
		t := excelEpoch.AddDate(0, 0, n)
		if t.Year() < firstYear || t.Year() > lastYear {
			return open("not a day: the number is no spreadsheet serial of 1990–2100"), true
		}
		return day(t, "Excel serial"), true
	case 8:
		t, why := calendarDay(n/10000, n/100%100, n%100)
		if why != "" {
			return open(why), true
		}
		return day(t, "as given"), true
	}
	return open("not a day: a number that is no date"), true
}

// The printed forms of a day, on folded text. Each match is blanked before the
// next form looks, so no figure is read twice.
var (
	formISO   = regexp.MustCompile(`\b(\d{4}) ?[-/.] ?(\d{1,2}) ?[-/.] ?(\d{1,2})(?:t\d[0-9:.]*(?:z|[+-]\d\d:?\d\d)?)?\b`)
	formHan   = regexp.MustCompile(`(\d{4}) ?年 ?(\d{1,2}) ?月 ?(\d{1,2}) ?[日号號]`)
	formNum   = regexp.MustCompile(`\b(\d{1,2}) ?[-/.] ?(\d{1,2}) ?[-/.] ?(\d{4})\b`)
	formWords = regexp.MustCompile(`\b(\d{1,2})(?:st|nd|rd|th|er|º|°)? ?(?:de |of |day of )?[- /]?([a-zà-ÿ]{3,10})\.?,? ?(?:de |del )?[- /]?(\d{4})\b`)
	formUS    = regexp.MustCompile(`([a-zà-ÿ]{3,10})\.? (\d{1,2})(?:st|nd|rd|th)?,? ?(\d{4})\b`)
)

// months knows the names of the months in English, Spanish, French and
// Portuguese, with their usual abbreviations.
var months = map[string]int{}

func init() {
	for i, names := range []string{
		"january jan enero ene janvier janv janeiro", "february feb febrero février fevrier févr fevr fevereiro fev",
		"march mar marzo mars março marco", "april apr abril abr avril avr", "may mayo mai maio", "june jun junio juin junho",
		"july jul julio juillet juil julho", "august aug agosto ago août aout", "september sep sept septiembre setiembre septembre setembro set",
		"october oct octubre octobre outubro out", "november nov noviembre novembre novembro", "december dec diciembre dic décembre decembre déc dezembro dez",
	} {
		for _, n := range strings.Fields(names) {
			months[n] = i + 1
		}
	}
}

// namedDay is one day found in a text, or the two that it may be.
type namedDay struct {
	span
	start int // byte offset in the folded text
	end   int
}

// findDays returns the days that text names in order of appearance, and the
// reason why something that looks like a day is none.
func findDays(text string) (days []namedDay, wrong string) {
	take := func(form *regexp.Regexp, read func(m []string) (s span, why string)) {
		text = blank(text, form, func(m []string, start, end int) bool {
			s, why := read(m)
			switch {
			case why == "?": // not a day at all, such as "15 units 2026"
				return false
			case why != "":
				wrong = why
			default:
				days = append(days, namedDay{s, start, end})
			}
			return true
		})
	}
	take(formISO, func(m []string) (span, string) { return ymd(m[1], m[2], m[3]) })
	take(formHan, func(m []string) (span, string) { return ymd(m[1], m[2], m[3]) })
	take(formNum, func(m []string) (span, string) { return dayFirst(m[1], m[2], m[3]) })
	take(formWords, func(m []string) (span, string) { return wordDay(m[1], m[2], m[3]) })
	take(formUS, func(m []string) (span, string) { return wordDay(m[2], m[1], m[3]) })
	slices.SortFunc(days, func(a, b namedDay) int { return a.start - b.start })
	return days, wrong
}

// blank calls fn for each match and overwrites those it takes.
func blank(text string, form *regexp.Regexp, fn func(m []string, start, end int) bool) string {
	b := []byte(text)
	for _, ix := range form.FindAllStringSubmatchIndex(text, -1) {
		m := make([]string, len(ix)/2)
		for i := range m {
			if ix[2*i] >= 0 {
				m[i] = text[ix[2*i]:ix[2*i+1]]
			}
		}
		if fn(m, ix[0], ix[1]) {
			for i := ix[0]; i < ix[1]; i++ {
				b[i] = '|'
			}
		}
	}
	return string(b)
}

func ymd(y, m, d string) (span, string) {
	t, why := calendarDay(atoi(y), atoi(m), atoi(d))
	return day(t, "as given"), why
}

func wordDay(d, word, y string) (span, string) {
	m, ok := months[word]
	if !ok {
		return span{}, "?"
	}
	t, why := calendarDay(atoi(y), m, atoi(d))
	return day(t, "as given"), why
}

// dayFirst reads 13/02/2026, as WTO documents print days. Where only the other
// order is possible it is taken. Where both are, nobody can tell: the date runs
// from the earlier of the two, for warning, to the later one, for closing.
func dayFirst(a, b, y string) (span, string) {
	first, second, year := atoi(a), atoi(b), atoi(y)
	if second > 12 && first <= 12 {
		t, why := calendarDay(year, first, second)
		return day(t, "month first: no month has the number "+strconv.Itoa(second)), why
	}
	t, why := calendarDay(year, second, first)
	if why != "" || first > 12 || first == second {
		return day(t, "as given, day first"), why
	}
	other, _ := calendarDay(year, first, second)
	s := span{t, other, "ambiguous: " + t.Format(Day) + " if the day stands first, " + other.Format(Day) + " if the month does"}
	if other.Before(t) {
		s.from, s.to = other, t
	}
	return s, ""
}

// readDays resolves texts that name days: one day, or from the earliest to the
// latest where a text names several (phases).
func readDays(text string, _ known) (span, bool) {
	days, wrong := findDays(text)
	switch {
	case wrong != "":
		return open(wrong), true
	case len(days) == 0:
		return span{}, false
	}
	s := days[0].span
	distinct := map[[2]string]bool{}
	for _, d := range days {
		distinct[[2]string{d.from.Format(Day), d.to.Format(Day)}] = true
		if d.from.Before(s.from) {
			s.from = d.from
		}
		if d.to.After(s.to) {
			s.to = d.to
		}
	}
	if len(distinct) > 1 {
		s.basis = fmt.Sprintf("%d days are named; from the earliest to the latest", len(distinct))
	} else if days[0].start > 0 || days[0].end < len(text) {
		s.basis += ", among other words"
	}
	return s, true
}

// atoi reads at most eight digits, which the forms guarantee.
func atoi(s string) int {
	n, _ := strconv.Atoi(s) // digits only, see the forms
	return n
}
