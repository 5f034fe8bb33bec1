package trade

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// How far a date may stand from the words that say what it is, in bytes.
const (
	farBehind = 110
	farBefore = 60
	farHan    = 48 // Chinese says the same in less
)

// AddTextDates adds to a notice's dates what its title and description say of
// them, in words that name the kind of date ("the comment period is extended
// to …"). What a field says counts more: only where it names no day does the
// text's one stand before it.
func AddTextDates(n *Notice) {
	for _, part := range []struct{ text, where string }{{n.Title, "title"}, {n.Description, "description"}} {
		clauses := clausesOf(part.text)
		days := knownOf(n.Dates)
		if day, ok := gazetteDay(clauses); ok {
			days[publication] = day
		}
		dates, learnt := withTextDates(n, clauses, days, part.where), false
		for event, day := range knownOf(dates) {
			if _, known := days[event]; !known {
				days[event], learnt = day, true
			}
		}
		if learnt { // another date may be counted from it, wherever it stands
			dates = withTextDates(n, clauses, days, part.where)
		}
		n.Dates = dates
	}
}

func withTextDates(n *Notice, clauses []clause, days known, where string) []Date {
	dates := slices.Clone(n.Dates)
	for _, c := range clauses {
		for _, d := range datesIn(c, days, n.Kind) {
			if credible(n, d) {
				d.Basis += ", in the " + where
				dates = putDate(dates, d)
			}
		}
	}
	return dates
}

// putDate adds a date that a text names, unless the notice has it already.
func putDate(dates []Date, d Date) []Date {
	i := slices.IndexFunc(dates, func(o Date) bool { return o.What == d.What })
	switch {
	case i < 0:
		return append(dates, d)
	case dates[i].From == "" && d.From != "":
		return slices.Insert(dates, i, d)
	}
	return dates
}

// credible refuses, in a first paper, days that lie before it: they belong to
// the act that it amends.
func credible(n *Notice, d Date) bool {
	return n.Kind.FollowUp() || d.To == "" || d.To >= n.PublishedDay()
}

// clause is a part of a text that says one thing, as written and folded.
type clause struct{ text, folded string }

// clauseEnd ends what is said together. A full stop does so before a blank and
// a capital; a Chinese comma does, too.
var clauseEnd = regexp.MustCompile(`[\n;；。！？，]|\. +`)

func clausesOf(text string) []clause {
	if len(text) > maxTextRead {
		text = strings.ToValidUTF8(text[:maxTextRead], "")
	}
	text = hideUnticked(text)
	var out []clause
	from := 0
	add := func(to int) {
		if s := strings.TrimSpace(text[from:to]); s != "" {
			out = append(out, clause{s, foldDateText(hanYears(s))})
		}
	}
	for _, ix := range clauseEnd.FindAllStringIndex(text, -1) {
		if text[ix[0]] == '.' && !endsSentence(text, ix[0], ix[1]) {
			continue
		}
		add(ix[0])
		from = ix[1]
	}
	add(len(text))
	return out
}

// maxTextRead bounds, in bytes, how much of a text is looked through for dates
// and for what a paper changes; both stand near the beginning.
const maxTextRead = 64 << 10

// endsSentence tells "… force. The …" from "No. 5", "Sept. 15" and "15. May".
func endsSentence(text string, dot, next int) bool {
	r, _ := utf8.DecodeRuneInString(text[next:])
	word := text[strings.LastIndexAny(text[:dot], " \n")+1 : dot]
	return unicode.IsUpper(r) && len(word) > 2 && !slices.Contains([]string{"Art", "Arts", "approx", "Sec", "Dec", "Nov", "Oct", "Sept", "Sep", "Aug", "Jul", "Jun", "Apr", "Mar", "Feb", "Jan", "Vol", "Nos"}, word)
}

var hanUntil = regexp.MustCompile(`((\d{4}) ?年 ?\d{1,2} ?月 ?\d{1,2} ?[日号號]?)( ?[至到－~～—-]+ ?)(\d{1,2} ?月 ?\d{1,2} ?[日号號])`)

// hanYears gives the second day of 2026年7月1日至8月30日 its year.
func hanYears(text string) string {
	return hanUntil.ReplaceAllString(text, "${1}${3}${2}年${4}")
}

// gazetteDay is the day on which the text says that the measure was published,
// if it names exactly one.
func gazetteDay(clauses []clause) (span, bool) {
	var found []span
	for _, c := range clauses {
		if !saidIn(c.folded, gazetteStems) {
			continue
		}
		places := formGazette.FindAllStringIndex(c.folded, -1)
		if len(places) == 0 {
			continue
		}
		times := timesIn(c.folded)
		for _, at := range places {
			for _, t := range timesNear(times, at[0]-farHan, at[1]+farBehind) {
				if near := t.start >= at[1] && t.start-at[1] < farBehind || t.end <= at[0] && at[0]-t.end < farHan/2; near && !t.day.from.IsZero() {
					found = append(found, t.day)
				}
			}
		}
	}
	for _, s := range found {
		if !s.from.Equal(found[0].from) || !s.to.Equal(found[0].to) {
			return span{}, false
		}
	}
	return firstSpan(found)
}

func firstSpan(list []span) (span, bool) {
	if len(list) == 0 {
		return span{}, false
	}
	return list[0], true
}

// cutText shortens text to n runes, marking that it did.
func cutText(text string, n int) string {
	r := []rune(strings.Join(strings.Fields(text), " "))
	if len(r) <= n {
		return string(r)
	}
	return string(r[:n]) + "…"
}
