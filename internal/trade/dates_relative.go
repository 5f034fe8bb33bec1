package trade

import (
	"fmt"
	"regexp"
	"strings"
	"time"
)

// Dates that are counted from something: "60 days from notification". Only
// what is counted from the notice's own circulation can be computed, and only
// when that day is known; a gazette's day is not ours to guess.
var (
	formCount    = regexp.MustCompile(`(\d{1,4}) ?(?:\([a-zà-ÿ -]+\) ?)?(calendar |natural |working |business |consecutive )?(days?|weeks?|months?|years?|días|dias|jours|semanas|semaines|meses|mois|años|anos|ans)\b( hábiles| úteis| ouvrables| naturales| corridos| calendaires)?`)
	formCountAlt = regexp.MustCompile(`\((\d{1,4})\) ?(calendar |natural |working |business |consecutive )?(days?|weeks?|months?|years?)\b`)
	formCountHan = regexp.MustCompile(`(\d{1,4})\)? ?(?:个|個)?(日历|自然|工作)?(天|日|周|週|月|年)(?:内|之内|后|後|以后|之后)?`)
	fromWords    = regexp.MustCompile(`\b(?:from|after|following|since|of|después|partir|desde|siguientes|après|compter|suivant|após|contados)\b|后|後|起|内`)
	ownDay       = regexp.MustCompile(`notification|circulat|distribut|notificaci|distribuci|notificaç|distribuiç|diffusion|通报|通報|散发|散發|分发|分發`)
	otherEvent   = regexp.MustCompile(`publi|gazette|adopt|promulg|entry into force|entrada|entrée|official|journal|registro|diario|公布|发布|公报|刊登|实施|生效|批准`)
)

// ownPublication is the publication of the notification itself, not that of
// the measure.
var ownPublication = regexp.MustCompile(`publication of (?:the |this )?(?:wto )?notification|通[报報]之?(?:公布|发布|發布)`)

// count is a length of time as a text states it.
type count struct {
	n       int
	unit    string // day, week, month or year
	working bool   // counts working days, which depend on holidays we do not know
	words   string
}

// readRelative resolves texts that count from an event.
func readRelative(text, published string) (span, bool) {
	c, rest, ok := findCount(text)
	if !ok || !fromWords.MatchString(rest) {
		return span{}, false
	}
	days, wrong := findDays(text)
	if wrong != "" {
		return open(wrong), true
	}
	rest = ownPublication.ReplaceAllString(rest, "通报 notification")
	own := ownDay.MatchString(rest) && !otherEvent.MatchString(rest)
	switch {
	case c.working:
		return withNamed(days, open("not a day: working days are counted, and the member's holidays are not known")), true
	case len(days) == 1 && own && published != "":
		return reconcile(c, days[0].at, published), true
	case len(days) > 1 || len(days) == 1 && own:
		return readDays(text, published)
	case len(days) == 1:
		return c.after(days[0].at, "the day named"), true
	case !own:
		return open("not a day: " + c.words + " from an event whose day is not known"), true
	}
	at, err := time.Parse(Day, published)
	if err != nil {
		return open("not a day: " + c.words + " from circulation, whose day is not known"), true
	}
	return c.after(at, "circulation"), true
}

// withNamed prefers a single day that the text names anyhow.
func withNamed(days []namedDay, otherwise span) span {
	if len(days) == 1 {
		return day(days[0].at, "as given, among other words")
	}
	return otherwise
}

// reconcile reads "60 days from notification (5 July 2026)": the day named is
// the end of the count, unless it is the day of circulation itself.
func reconcile(c count, named time.Time, published string) span {
	base, err := time.Parse(Day, published)
	if err != nil || !base.Equal(named) {
		return day(named, "as given, beside "+c.words)
	}
	return c.after(base, "circulation")
}

// findCount finds the length of time, and returns the text without it.
func findCount(text string) (c count, rest string, ok bool) {
	var m []string
	for _, f := range []*regexp.Regexp{formCountAlt, formCount} {
		if m = f.FindStringSubmatch(text); m != nil {
			break
		}
	}
	if m != nil {
		c = count{n: atoi(m[1]), unit: unitOf(m[3])}
		kind := strings.TrimSpace(m[2])
		if len(m) > 4 {
			kind += strings.TrimSpace(m[4])
		}
		c.working = strings.Contains("working business hábiles úteis ouvrables", kind) && kind != ""
	} else if m = formCountHan.FindStringSubmatch(maskHanDays(text)); m != nil {
		c = count{n: atoi(m[1]), unit: unitOf(m[3]), working: m[2] == "工作"}
	} else {
		return c, "", false
	}
	c.words = fmt.Sprintf("%d %ss", c.n, c.unit)
	if c.n == 1 {
		c.words = "1 " + c.unit
	}
	return c, strings.Replace(text, strings.TrimSpace(m[0]), hanTail(m[0]), 1), true
}

// maskHanDays hides 2026年9月15日, whose parts look like counts.
func maskHanDays(text string) string {
	for _, f := range []*regexp.Regexp{formHan, formMonthHan} {
		text = f.ReplaceAllString(text, "|")
	}
	return text
}

// hanTail keeps the 后 or 内 that the count in Chinese has swallowed.
func hanTail(words string) string {
	for _, w := range []string{"后", "後", "内"} {
		if strings.HasSuffix(words, w) {
			return w
		}
	}
	return " "
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

// after counts from base. A month ends no later than the month it leads to:
// one month from 31 January is the last day of February.
func (c count) after(base time.Time, event string) span {
	var t time.Time
	switch c.unit {
	case "week":
		t = base.AddDate(0, 0, 7*c.n)
	case "month":
		t = addMonths(base, c.n)
	case "year":
		t = addMonths(base, 12*c.n)
	default:
		t = base.AddDate(0, 0, c.n)
	}
	if t.Year() > lastYear || t.Year() < firstYear {
		return open("not a day: " + c.words + " lead outside 1990–2100")
	}
	return day(t, c.words+" from "+base.Format(Day)+" ("+event+")")
}

func addMonths(t time.Time, n int) time.Time {
	first := time.Date(t.Year(), t.Month()+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return first.AddDate(0, 0, min(t.Day(), last)-1)
}
