package console

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"tbtwatch/internal/view"
)

// lasted writes how long something took, a dash where nothing did. Less than
// an hour is told in minutes, more than two days of hours in days.
func lasted(lang, unit string, v *float64) string {
	if v == nil {
		return "—"
	}
	n := *v
	switch {
	case unit == view.UnitHours && n < 1:
		unit, n = "minutes", math.Ceil(n*60)
	case unit == view.UnitHours && n >= 48:
		unit, n = view.UnitDays, n/24
	}
	return label(lang, "stats.unit."+unit, strconv.FormatFloat(math.Round(n*10)/10, 'f', -1, 64))
}

// sentences puts whole sentences together as the language does.
func sentences(lang string, all []string) string {
	if lang == "en" {
		return strings.Join(all, " ")
	}
	return strings.Join(all, "")
}

// summary tells the figures in sentences; one whose number is not there is left
// out.
func summary(lang string, f view.Statistics) string {
	var out []string
	say := func(key string, args ...any) { out = append(out, label(lang, key, args...)) }
	var scope []string
	if f.Market != "" {
		scope = append(scope, marketName(f.Market, lang))
	}
	if f.Sector != "" {
		scope = append(scope, sectorRow(lang, f.Sector))
	}
	if len(scope) > 0 {
		say("say.scope", strings.Join(scope, label(lang, "comma")))
	}
	sayPapers(lang, f, say)
	sayTimes(lang, f, say)
	if len(f.Answers) > 0 && f.Answers[0].Share != nil {
		a := f.Answers[0]
		say("say.answers", number(a.Relevant+a.NotRelevant), number(a.NotRelevant), percent(a.Share))
	}
	if f.Waiting > 0 {
		say("say.waiting", number(f.Waiting))
	}
	if f.Period.Running {
		say("stats.running")
	}
	return sentences(lang, out)
}

func sayPapers(lang string, f view.Statistics, say func(string, ...any)) {
	period, n := periodName(lang, f.Period), f.Papers
	if n.Count == 0 {
		say("say.none", period)
		return
	}
	by := map[string]int{}
	for _, k := range f.Kinds {
		by[k.Area] += k.Count
	}
	say("say.papers", period, number(n.Count), number(by["TBT"]), number(by["SPS"]), number(by[""]))
	change := n.Count - n.Before
	switch {
	case n.Before == 0:
	case change > 0:
		say("say.more", number(n.Before), number(change), percent(view.Compared{Count: change}.Share(view.Compared{Count: n.Before})))
	case change < 0:
		say("say.fewer", number(n.Before), number(-change), percent(view.Compared{Count: -change}.Share(view.Compared{Count: n.Before})))
	default:
		say("say.same")
	}
	if f.Market == "" {
		sayMost(lang, "say.markets", f.Markets, marketRow, say, "")
	}
	if f.Sector == "" {
		sayMost(lang, "say.sectors", f.Sectors, sectorRow, say, view.NoSector, view.ICSOnly, view.Uncoded)
	}
	if f.Uncoded.Count > 0 && f.Sector != view.Uncoded {
		say("say.uncoded", number(f.Uncoded.Count), percent(f.Uncoded.Share(n)))
	}
}

// sayMost names the three largest counts, without the names in but.
func sayMost(lang, key string, counts []view.NamedCount, name func(lang, id string) string, say func(string, ...any), but ...string) {
	var most []string
	for _, n := range counts {
		if n.Count > 0 && len(most) < 3 && !slices.Contains(but, n.Name) {
			most = append(most, label(lang, "say.each", name(lang, n.Name), number(n.Count)))
		}
	}
	if len(most) > 0 {
		say(key, strings.Join(most, label(lang, "comma")))
	}
}

func sayTimes(lang string, f view.Statistics, say func(string, ...any)) {
	took := func(key, step string) {
		for _, r := range f.Response {
			if r.Step == step && r.Median != nil {
				say(key, lasted(lang, r.Unit, r.Median), lasted(lang, r.Unit, r.P90), number(r.Count))
			}
		}
	}
	took("say.seen", view.StepSeen)
	d := f.Decisions
	if n := d.Total().Count; n > 0 {
		say("say.decided", number(n), number(d.Released.Count), number(d.Irrelevant.Count), number(d.Closed.Count), number(d.ByRule.Count))
	}
	took("say.judged", view.StepUntilJudged)
	if c := f.Comment; c.Share != nil {
		say("say.comment", number(c.Whole), number(c.Lost), percent(c.Share))
		if c.Expired > 0 {
			say("say.expired", number(c.Expired))
		}
	}
	took("say.delivered", view.StepDelivered)
}
