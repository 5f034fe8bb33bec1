package triage

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"tbtwatch/internal/trade"
)

// StateOf is how far the measure has come by its papers, on the day of now: by
// what they say and by the days that they state. A revision begins again; one
// of a measure that was adopted already leaves it revised until it is adopted.
func StateOf(papers []trade.Paper, now time.Time) trade.MeasureState {
	if withdrawn(papers) {
		return trade.StateWithdrawn
	}
	from := 0
	for i, p := range papers {
		if p.Kind == trade.KindRevision {
			from = i
		}
	}
	state := stageOf(papers[from:], now)
	if from > 0 && !state.Reached(trade.StateAdopted) && stageOf(papers[:from], now).Reached(trade.StateAdopted) {
		return trade.StateRevised
	}
	return state
}

// stageOf is the state of one draft, which nothing revises or withdraws.
func stageOf(papers []trade.Paper, now time.Time) trade.MeasureState {
	today := now.Format(trade.Day)
	passed := func(what string) bool {
		d := currentDate(papers, what)
		return d.To != "" && d.To <= today
	}
	force := currentDate(papers, trade.DateEntryIntoForce)
	latest := papers[max(0, len(papers)-1):]
	binding := len(latest) > 0 && (latest[0].Kind == trade.KindUrgent || latest[0].Kind == trade.KindRecall)
	deadline := currentDate(papers, trade.DateCommentDeadline)
	switch {
	case passed(trade.DateEntryIntoForce), force.From == "" && (binding || says(papers, trade.EffectInForce, pastForce)):
		return trade.StateInForce
	case says(papers, trade.EffectPublished, nil):
		return trade.StatePublished
	case says(papers, trade.EffectAdopted, nil), passed(trade.DateAdoption):
		return trade.StateAdopted
	case deadline.To != "" && deadline.To < today:
		return trade.StateCommentsClosed
	}
	return trade.StateDraft
}

// pastForce tells "entered into force" from "enters into force".
var pastForce = regexp.MustCompile(`(?i)entered|came|took|in force since|已|entró|est entré|entrou`)

// says reports whether a paper has that effect, in words of that form if any.
func says(papers []trade.Paper, what string, form *regexp.Regexp) bool {
	return slices.ContainsFunc(papers, func(p trade.Paper) bool {
		return slices.ContainsFunc(p.Changes, func(e trade.Effect) bool {
			return e.What == what && (form == nil || form.MatchString(e.Words))
		})
	})
}

// withdrawn reports whether the latest paper says that the measure is gone, and
// in all of its markets: what one neighbour withdraws still holds in the others.
func withdrawn(papers []trade.Paper) bool {
	if len(papers) == 0 || !says(papers[len(papers)-1:], trade.EffectWithdrawn, nil) {
		return false
	}
	var gone []string
	for _, p := range papers {
		if says([]trade.Paper{p}, trade.EffectWithdrawn, nil) {
			if len(p.Markets) == 0 {
				return true
			}
			gone = append(gone, p.Markets...)
		}
	}
	return !slices.ContainsFunc(marketsOf(papers), func(m string) bool { return !slices.Contains(gone, m) })
}

// CurrentDate is the family's date of that kind as the latest papers that state
// one have it. Where members state different days, it runs from the earliest,
// for warning, to the latest, for closing.
func CurrentDate(f *trade.Family, what string) trade.Date { return currentDate(f.Papers, what) }

func currentDate(papers []trade.Paper, what string) trade.Date {
	var found []trade.Date
	groups := marketsOf(papers)
	if len(groups) == 0 {
		groups = []string{""}
	}
	for _, market := range groups {
		if d := dateIn(papers, what, market); d.What != "" && !slices.Contains(found, d) {
			found = append(found, d)
		}
	}
	if len(found) == 0 {
		return trade.Date{}
	}
	return united(found)
}

// dateIn is the date as the latest paper of that market that states one has it.
func dateIn(papers []trade.Paper, what, market string) trade.Date {
	for _, p := range slices.Backward(papers) {
		if market != "" && len(p.Markets) > 0 && !slices.Contains(p.Markets, market) {
			continue
		}
		for _, d := range p.Dates {
			if d.What == what && (d.From != "" || d.Text != "") {
				return d
			}
		}
	}
	return trade.Date{}
}

// united is what several members' dates of one kind say together; those that
// name no day say nothing where another one does.
func united(dates []trade.Date) trade.Date {
	out, different := dates[0], false
	var texts []string
	for _, d := range dates {
		switch {
		case d.From == "":
			continue
		case out.From == "":
			out = d
		case d.From != out.From || d.To != out.To:
			different = true
			out.From, out.To = min(out.From, d.From), max(out.To, d.To)
		}
		if text := orDay(d); !slices.Contains(texts, text) {
			texts = append(texts, text)
		}
	}
	if different {
		slices.Sort(texts)
		out.Text, out.Basis = strings.Join(texts, "; "), severalDays
	}
	return out
}

// severalDays is the basis of a date that members state differently.
const severalDays = "the members state different days; from the earliest to the latest"

func orDay(d trade.Date) string {
	if d.Text != "" {
		return d.Text
	}
	return d.From
}

func marketsOf(papers []trade.Paper) []string {
	var out []string
	for _, p := range papers {
		for _, m := range p.Markets {
			if !slices.Contains(out, m) {
				out = append(out, m)
			}
		}
	}
	return out
}
