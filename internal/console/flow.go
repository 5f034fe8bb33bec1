package console

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"tbtwatch/internal/export"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
	"tbtwatch/internal/view"
)

// flowBody is how deliveries went.
type flowBody struct {
	Flow     view.Flow
	Sections []flowSection
	By       []choice
	Channels []choice
	Levels   []choice
	Kinds    []choice
	Download string
	NotReady string
}

// flowSection is a table of the page; its rows are named in words.
type flowSection struct {
	Title string
	Rows  []flowRow
}

type flowRow struct {
	Label string
	view.FlowRow
}

func flowQuery(r *http.Request) view.FlowQuery {
	f := r.URL.Query().Get
	return view.FlowQuery{By: f("by"), From: f("from"), To: f("to"), Channel: f("channel"), Level: f("level"), Kind: trade.SubscriberKind(f("kind"))}
}

// flowOf counts; without the portal it knows no answers.
func (s *site) flowOf(r *http.Request) (view.Flow, error) {
	if scope, err := s.centreScope(r); err == nil {
		return s.Portal.Flow(scope, flowQuery(r))
	}
	return s.View.Flow(flowQuery(r), nil)
}

func (s *site) flow(w http.ResponseWriter, r *http.Request) error {
	f, err := s.flowOf(r)
	if err != nil {
		return err
	}
	b := newFlow(langOf(r), f, flowQuery(r), s.View.Policy)
	if err := s.View.Ready(); err != nil {
		b.NotReady = err.Error()
	} else if s.Portal != nil && s.Portal.Ready() != nil {
		b.NotReady = s.Portal.Ready().Error()
	}
	return s.render(w, r, http.StatusOK, "flow", "flow.h1", "statistics", b)
}

// newFlow says the figures in one language.
func newFlow(lang string, f view.Flow, q view.FlowQuery, policy triage.Config) flowBody {
	levelName := func(id string) string {
		l := policy.Level(id)
		return trade.Text{ZH: l.ZH, EN: l.EN}.In(lang)
	}
	channelName := func(name string) string { return triage.ChannelName(name).In(lang) }
	kindName := func(k string) string { return view.KindName(trade.SubscriberKind(k)).In(lang) }
	b := flowBody{
		Flow: f, Channels: flowChoices(lang, f.Known.Channels, q.Channel, channelName), Levels: flowChoices(lang, f.Known.Levels, q.Level, levelName), Kinds: flowChoices(lang, f.Known.Kinds, string(q.Kind), kindName),
		Download: "/statistics/deliveries.csv?" + url.Values{"by": {f.By}, "from": {f.From}, "to": {f.To}, "channel": {q.Channel}, "level": {q.Level}, "kind": {string(q.Kind)}}.Encode(),
	}
	for _, by := range []string{view.ByDay, view.ByWeek, view.ByMonth} {
		b.By = append(b.By, choice{by, label(lang, "flow.by."+by), by == f.By})
	}
	named := func(title string, rows []view.FlowRow, name func(string) string) {
		section := flowSection{Title: label(lang, title)}
		for _, r := range rows {
			section.Rows = append(section.Rows, flowRow{name(r.Name), r})
		}
		b.Sections = append(b.Sections, section)
	}
	named("flow.channels", f.Channels, channelName)
	named("flow.levels", f.Levels, levelName)
	named("flow.kinds", f.Kinds, kindName)
	named("flow.periods", f.Periods, func(day string) string { return periodLabel(f.By, day) })
	return b
}

// periodLabel is a month without its day.
func periodLabel(by, day string) string {
	if by == view.ByMonth && len(day) == len(trade.Day) {
		return day[:7]
	}
	return day
}

func flowChoices(lang string, known []string, chosen string, name func(string) string) []choice {
	out := []choice{{"", label(lang, "all"), chosen == ""}}
	listed := chosen == ""
	for _, k := range known {
		if k == "" {
			continue
		}
		listed = listed || k == chosen
		out = append(out, choice{k, name(k), k == chosen})
	}
	if !listed {
		out = append(out, choice{chosen, chosen, true})
	}
	return out
}

func (s *site) flowCSV(w http.ResponseWriter, r *http.Request) error {
	f, err := s.flowOf(r)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(r.Context(), fileWithin)
	defer cancel()
	t := view.FlowTable(s.View.Policy.Level)
	attach(w, export.CSV.MediaType(), t.Name+"-"+f.From+"-"+f.To+".csv")
	_, err = export.Write(ctx, w, export.CSV, langOf(r), t, f.Lines())
	return err
}

// took writes so many seconds: as such under two minutes, else as other times
// are written.
func took(lang string, seconds *float64) string {
	if seconds == nil {
		return "—"
	}
	if *seconds < 120 {
		return label(lang, "flow.seconds", strconv.FormatFloat(*seconds, 'f', 1, 64))
	}
	hours := *seconds / 3600
	return lasted(lang, view.UnitHours, &hours)
}
