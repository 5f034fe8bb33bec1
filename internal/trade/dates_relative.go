package trade

import (
	"fmt"
	"regexp"
	"strings"
	"time"
)

// Dates that are counted from something: "60 days from notification". They can
// be computed where the day of that event is known, and only there; a gazette's
// day is not ours to guess.
var (
	formCount    = regexp.MustCompile(`(\d{1,4})[ -]?(?:\([a-zà-ÿ -]+\) ?)?(calendar |natural |working |business |consecutive )?(days?|weeks?|months?|years?|días|dias|jours|semanas|semaines|meses|mois|años|anos|ans)\b( hábiles| úteis| ouvrables| naturales| corridos| calendaires)?`)
	formCountAlt = regexp.MustCompile(`\((\d{1,4})\) ?(calendar |natural |working |business |consecutive )?(days?|weeks?|months?|years?|días|dias|jours|semanas|semaines|meses|mois|años|anos|ans)\b( hábiles| úteis| ouvrables| naturales| corridos| calendaires)?`)
	formCountHan = regexp.MustCompile(`(\d{1,4})[)）]? ?(?:个|個)?(日历|自然|工作)?(天|日|周|週|月|年)(?:之内|之后|以后|内|后|後)?`)
	fromWords    = regexp.MustCompile(`\b(?:from|after|following|since|of|después|partir|desde|siguientes|après|compter|suivant|após|contados)\b|后|後|起|内`)
)

// event is what a date may be counted from.
type event int

const (
	unnamed event = iota
	circulation
	adoption
	publication // of the measure, in its gazette
	force
)

var eventOf = map[string]event{DatePublished: circulation, DateAdoption: adoption, DateEntryIntoForce: force}

func (e event) name() string {
	return map[event]string{circulation: "circulation", adoption: "adoption", publication: "publication", force: "entry into force"}[e]
}

func onEvent(e event) string { return "on " + e.name() + ", whose day is not known" }

// eventForms name the events, on folded text.
var eventForms = []struct {
	event event
	form  *regexp.Regexp
}{
	{circulation, regexp.MustCompile(`notification|circulat|distribut|notificaci|distribuci|notificaç|distribuiç|diffusion|通报|通報|散发|散發|分发|分發`)},
	{publication, regexp.MustCompile(`publi|gazette|promulg|official|journal|diario|diário|registro|registered|公布|公佈|发布|發布|公报|公報|刊登|颁布|頒布`)},
	{adoption, regexp.MustCompile(`adopt|adopci|adoç|aprob|aprov|approv|批准|通过|通過`)},
	{force, regexp.MustCompile(`entry into force|entering into force|entrada|entrée|实施|實施|生效|施行`)},
}

// ownPublication is the publication of the notification itself, not that of
// the measure.
var ownPublication = regexp.MustCompile(`publication of (?:the |this )?(?:wto )?notification|通[报報]之?(?:公布|发布|發布)`)

// count is a length of time as a text states it.
type count struct {
	n       int
	unit    string // day, week, month or year
	working bool   // counts working days, which depend on holidays we do not know
	words   string
	from    event
	since   bool // the text says that something begins the count
}

// readRelative resolves texts that count from an event.
func readRelative(text string, when known) (span, bool) {
	c, ok := findCount(text)
	if !ok {
		return span{}, false
	}
	days, wrong := findDays(text)
	if !c.since && len(days) > 0 {
		return span{}, false
	}
	base := when[c.from]
	switch {
	case wrong != "":
		return open(wrong), true
	case c.working:
		return withNamed(days, open("not a day: working days are counted, and the member's holidays are not known")), true
	case len(days) == 1 && c.from == circulation && !base.from.IsZero():
		return reconcile(c, days[0].span, base), true
	case len(days) > 1 || len(days) == 1 && c.from == circulation:
		return readDays(text, when)
	case len(days) == 1:
		return c.after(days[0].span, "the day named"), true
	case !base.from.IsZero():
		return c.after(base, c.from.name()), true
	case c.from == unnamed:
		return open("not a day: " + c.words + " from an event whose day is not known"), true
	}
	return open("not a day: " + c.words + " from " + c.from.name() + ", whose day is not known"), true
}

// withNamed prefers a single day that the text names anyhow.
func withNamed(days []namedDay, otherwise span) span {
	if len(days) == 1 {
		return span{days[0].from, days[0].to, days[0].basis + ", among other words"}
	}
	return otherwise
}

// reconcile reads "60 days from notification (5 July 2026)": the day named is
// the end of the count, unless it is the day of circulation itself.
func reconcile(c count, named, base span) span {
	if base.from.Equal(named.from) && named.from.Equal(named.to) {
		return c.after(base, circulation.name())
	}
	return span{named.from, named.to, named.basis + ", beside " + c.words}
}

// findCount finds the length of time, and the event that begins it: in Chinese
// the one named before, else the one named behind.
func findCount(text string) (count, bool) {
	masked := maskHanDays(text)
	for _, form := range []*regexp.Regexp{formCountAlt, formCount} {
		if m := form.FindStringSubmatchIndex(masked); m != nil {
			kind := strings.TrimSpace(group(masked, m, 2) + group(masked, m, 4))
			c := newCount(group(masked, m, 1), unitOf(group(masked, m, 3)), kind != "" && strings.Contains("working business hábiles úteis ouvrables", kind))
			before, behind := masked[:m[0]], masked[m[1]:]
			c.since = fromWords.MatchString(before + " " + behind)
			c.from = eventIn(behind, before)
			return c, true
		}
	}
	if m := formCountHan.FindStringSubmatchIndex(masked); m != nil {
		c := newCount(group(masked, m, 1), unitOf(group(masked, m, 3)), group(masked, m, 2) == "工作")
		c.since = fromWords.MatchString(masked)
		c.from = eventIn(masked[:m[0]], masked[m[1]:])
		return c, true
	}
	return count{}, false
}

func newCount(n, unit string, working bool) count {
	c := count{n: atoi(n), unit: unit, working: working}
	if c.words = fmt.Sprintf("%d %ss", c.n, c.unit); c.n == 1 {
		c.words = "1 " + c.unit
	}
	return c
}

// eventIn is the event that the nearer text names, else the farther one.
// Where several are named none is sure.
func eventIn(near, far string) event {
	for _, text := range []string{near, far} {
		text = ownPublication.ReplaceAllString(text, "通报 notification")
		var found []event
		for _, e := range eventForms {
			if e.form.MatchString(text) {
				found = append(found, e.event)
			}
		}
		switch {
		case len(found) == 1:
			return found[0]
		case len(found) > 1:
			return unnamed
		}
	}
	return unnamed
}

// group is a submatch by number, "" where it took no part.
func group(text string, m []int, n int) string {
	if 2*n+1 >= len(m) || m[2*n] < 0 {
		return ""
	}
	return text[m[2*n]:m[2*n+1]]
}

// maskHanDays hides 2026年9月15日, whose parts look like counts, and keeps offsets.
func maskHanDays(text string) string {
	for _, f := range []*regexp.Regexp{formHan, formMonthHan, formYearHan} {
		text = f.ReplaceAllStringFunc(text, func(s string) string { return strings.Repeat("|", len(s)) })
	}
	return text
}

func unitOf(word string) string {
	switch {
	case strings.HasPrefix(word, "w"), strings.HasPrefix(word, "s"), word == "周", word == "週":
		return "week"
	case strings.HasPrefix(word, "m"), word == "月":
		return "month"
	case strings.HasPrefix(word, "y"), strings.HasPrefix(word, "añ"), strings.HasPrefix(word, "an"), word == "年":
		return "year"
	}
	return "day"
}

// after counts from base, both its ends where it is an interval. A month ends
// no later than the month it leads to: one month from 31 January is the last
// day of February.
func (c count) after(base span, event string) span {
	from, to := c.add(base.from), c.add(base.to)
	if to.Year() > lastYear || from.Year() < firstYear {
		return open("not a day: " + c.words + " lead outside 1990–2100")
	}
	since := base.from.Format(Day)
	if !base.from.Equal(base.to) {
		since += " to " + base.to.Format(Day)
	}
	return span{from, to, c.words + " from " + since + " (" + event + ")"}
}

func (c count) add(t time.Time) time.Time {
	switch c.unit {
	case "week":
		return t.AddDate(0, 0, 7*c.n)
	case "month":
		return addMonths(t, c.n)
	case "year":
		return addMonths(t, 12*c.n)
	}
	return t.AddDate(0, 0, c.n)
}

func addMonths(t time.Time, n int) time.Time {
	first := time.Date(t.Year(), t.Month()+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return first.AddDate(0, 0, min(t.Day(), last)-1)
}
