package triage

import (
	"strings"
	"time"

	"tbtwatch/internal/trade"
)

// FewestFirms is the smallest number of firms whose sum tells nothing about
// one of them.
const FewestFirms = 3

// The intervals that the WTO's agreements and committees ask of a member.
const (
	commentDays      = 60 // from notification to the end of comments
	transitionMonths = 6  // from publication to entry into force
	// No six months have fewer days than 181; members give 180 for six months,
	// and nobody argues about the last one.
	transitionDays = 180
)

// The codes of arguments.
const (
	ArgumentPeriod     = "comment_period"
	ArgumentTransition = "transition"
	ArgumentUrgency    = "urgency"
)

// Argument is something to say in a comment on a measure that follows from its
// own days and the WTO's agreements.
type Argument struct {
	Code  string     `json:"code" enum:"comment_period,transition,urgency"`
	Brief trade.Text `json:"brief" doc:"in one line"`
	Text  trade.Text `json:"text" doc:"ready to be put into a comment, with the measure's own figures"`
	Basis string     `json:"basis" doc:"articles and decisions"`
}

// CommentArguments are the arguments for a comment that a measure's days give:
// a comment period under 60 days, a transition under six months, or an urgent
// measure, whose reason is asked for. dates are those that stand now, papers the
// measure's, oldest first. Only days that the papers state are counted, so a day
// that is not known makes no argument; nor does a measure that is withdrawn.
func CommentArguments(dates []trade.Date, papers []trade.Paper) []Argument {
	p := periodsOf(dates, papers)
	switch {
	case len(papers) == 0 || withdrawn(papers), p.kind == trade.KindRecall, p.kind == trade.KindReport:
		return []Argument{}
	case p.kind == trade.KindUrgent:
		return []Argument{p.urgency()}
	}
	out := []Argument{} // never nil: the API shows a list
	if n := daysFrom(p.circulated, p.close); n > 0 && n < commentDays {
		out = append(out, p.comment(n))
	}
	if n := daysFrom(p.begin, p.force); n > 0 && n < transitionDays {
		out = append(out, p.transition(n))
	}
	return out
}

func argumentCodes(args []Argument) (codes []string) {
	for _, a := range args {
		codes = append(codes, a.Code)
	}
	return codes
}

var argumentNames = map[string]trade.Text{
	ArgumentPeriod:     {ZH: "评议期不足 60 天", EN: "comment period under 60 days"},
	ArgumentTransition: {ZH: "过渡期不足六个月", EN: "transition under six months"},
	ArgumentUrgency:    {ZH: "紧急措施，应说明理由", EN: "urgent: the reason is to be given"},
}

// ArgumentName names an argument for people.
func ArgumentName(code string) trade.Text {
	if t, ok := argumentNames[code]; ok {
		return t
	}
	return same(code)
}

// periods are the days of a measure that arguments are made from; a day that no
// paper states is the zero time.
type periods struct {
	kind       trade.Kind
	area       string // TBT, SPS, or "" where no symbol tells it
	name       string // of the paper that is commented on
	circulated time.Time
	close      time.Time
	begin      time.Time // of the transition
	published  bool      // it begins with the publication, not with the adoption
	force      time.Time
}

func periodsOf(dates []trade.Date, papers []trade.Paper) periods {
	p := periods{close: exact(dates, trade.DateCommentDeadline), begin: exact(dates, trade.DateAdoption), force: exact(dates, trade.DateEntryIntoForce)}
	for _, paper := range papers {
		s := trade.ParseSymbols(strings.Join(append([]string{paper.ID}, paper.Symbols...), "\n"))
		if p.area == "" && len(s) > 0 {
			p.area = s[0].Area
		}
		switch {
		case !paper.Kind.FollowUp() && p.kind == "":
			p.kind = paper.Kind
		case paper.Kind != trade.KindRevision:
			continue // an addendum moves the end, not the beginning
		}
		// A revision is a draft of its own: its period begins with it.
		p.circulated, p.name = dayOf(paper.Published), paperName(paper)
	}
	if p.name == "" && len(papers) > 0 {
		p.name = paperName(papers[0])
	}
	// What a gazette publishes is the measure itself.
	if p.begin.IsZero() && p.kind == trade.KindRule {
		p.begin, p.published = p.circulated, true
	}
	return p
}

// paperName is how a comment names the paper, joint symbols whole.
func paperName(p trade.Paper) string {
	if len(p.Symbols) > 0 {
		return strings.Join(p.Symbols, ", ")
	}
	return p.ID
}

// exact is the day of that kind, when the notices state one.
func exact(dates []trade.Date, what string) time.Time {
	for _, d := range dates {
		if d.What == what && d.From != "" && d.From == d.To {
			return dayOf(d.From)
		}
	}
	return time.Time{}
}

// dayOf reads a day; what is none is the zero time.
func dayOf(s string) time.Time {
	t, err := time.Parse(trade.Day, s)
	if err != nil {
		return time.Time{}
	}
	return t
}

// daysFrom counts the days from a to b, 0 where one of them is not known.
func daysFrom(a, b time.Time) int {
	if a.IsZero() || b.IsZero() {
		return 0
	}
	return int(b.Sub(a).Hours() / 24)
}

// monthsAfter is the day with the same number so many months later, or the last
// of that month where it is shorter.
func monthsAfter(t time.Time, months int) time.Time {
	first := time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, t.Location()).AddDate(0, months, 0)
	last := first.AddDate(0, 1, -1).Day()
	return first.AddDate(0, 0, min(t.Day(), last)-1)
}

// transition counts the days from adoption to entry into force, 0 unless
// the notices state both, in that order.
func transition(dates []trade.Date) int {
	return max(0, daysFrom(exact(dates, trade.DateAdoption), exact(dates, trade.DateEntryIntoForce)))
}
