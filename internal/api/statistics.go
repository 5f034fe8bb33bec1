package api

import (
	"context"
	"iter"

	"tbtwatch/internal/auth"
	"tbtwatch/internal/export"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
	"tbtwatch/internal/view"
)

// statisticsInput names a period and what part of it is counted.
type statisticsInput struct {
	Month  string `query:"month" pattern:"^([0-9]{4}-(0[1-9]|1[0-2]))?$" patternDescription:"YYYY-MM" doc:"YYYY-MM; the last twelve months without" example:"2026-02"`
	Market string `query:"market" maxLength:"10" doc:"only what names that market or bloc"`
	Format
	Sector string `query:"sector" maxLength:"64" doc:"only measures of that sector, or no_sector, ics_only, uncoded"`
}

func (s *server) statisticsRoutes() {
	op := get("/statistics", "get-statistics", "statistics", "Papers, response times, comment days and answers of a month, beside the month before")
	op.Description = "The figures of the page \"Statistics\". Days and months are those of the centre's time zone. Without a month the last twelve are counted, and compared with the twelve before."
	figures := func(in *statisticsInput) (view.Statistics, error) {
		return s.View.Statistics(view.StatisticsQuery{Month: in.Month, Market: in.Market, Sector: in.Sector})
	}
	list(s, op, s.statisticsTable(), func(_ context.Context, in *statisticsInput) (*answer[view.Statistics], error) {
		out, err := figures(in)
		return &answer[view.Statistics]{out}, err
	}, func(_ context.Context, in *statisticsInput) (iter.Seq2[figure, error], error) {
		if s.StatisticsLines == nil {
			return nil, unavailable("console")
		}
		out, err := figures(in)
		if err != nil {
			return nil, err
		}
		var rows []figure
		for _, line := range s.StatisticsLines(in.Lang, out)[1:] {
			rows = append(rows, figureOf(line))
		}
		return allOf(rows), nil
	})
}

// flowRoutes tell how deliveries went.
func (s *server) flowRoutes() {
	type flowInput struct {
		By      string               `query:"by" enum:"day,week,month" default:"month"`
		From    string               `query:"from" format:"date" doc:"first day on which a release went out; 31 days, 13 weeks or 12 months without"`
		To      string               `query:"to" format:"date" doc:"last day; today without"`
		Channel string               `query:"channel" maxLength:"40"`
		Level   string               `query:"level" maxLength:"40"`
		Kind    trade.SubscriberKind `query:"kind" enum:"exporter,association,district,department,machine" doc:"of the recipients"`
		Format
	}
	read := func(ctx context.Context, in *flowInput) (view.Flow, error) {
		q := view.FlowQuery{By: in.By, From: in.From, To: in.To, Channel: in.Channel, Level: in.Level, Kind: in.Kind}
		scope, ok := auth.Actor(ctx).Centre()
		if !ok || s.Portal == nil {
			return s.View.Flow(q, nil)
		}
		return s.Portal.Flow(scope, q)
	}
	op := get("/statistics/deliveries", "get-delivery-statistics", "statistics", "How deliveries went, by period, channel, level and kind of recipient, and what firms answered")
	op.Description = "Every delivery counts once, in the period in which its release went out, as it stands now: planned is the sum of the states. Answers are counted once a minute. The table has all rows one below the other."
	list(s, op, view.FlowTable(func(id string) triage.Level { return s.View.Policy.Level(id) }), func(ctx context.Context, in *flowInput) (*answer[view.Flow], error) {
		out, err := read(ctx, in)
		return &answer[view.Flow]{out}, err
	}, func(ctx context.Context, in *flowInput) (iter.Seq2[view.FlowLine, error], error) {
		out, err := read(ctx, in)
		if err != nil {
			return nil, err
		}
		return out.Lines(), nil
	})
}

// figure is one of the statistics as a line of a table: the page's own.
type figure struct {
	Period  string `json:"period"`
	Section string `json:"section"`
	Item    string `json:"item"`
	Code    string `json:"code"`
	Figure  string `json:"figure"`
	Value   string `json:"value"`
	Unit    string `json:"unit"`
	Before  string `json:"before"`
}

func (f *figure) cells() []*string {
	return []*string{&f.Period, &f.Section, &f.Item, &f.Code, &f.Figure, &f.Value, &f.Unit, &f.Before}
}

func figureOf(line []string) (f figure) {
	for i, cell := range f.cells()[:min(len(line), len(f.cells()))] {
		*cell = line[i]
	}
	return f
}

func (s *server) statisticsTable() export.Table[figure] {
	t := export.Table[figure]{Name: "statistics"}
	if s.StatisticsLines == nil {
		return t
	}
	zh, en := s.StatisticsLines("zh", view.Statistics{})[0], s.StatisticsLines("en", view.Statistics{})[0]
	for i := range zh {
		t.Columns = append(t.Columns, plain(zh[i], en[i], func(f *figure) string { return *f.cells()[i] }))
	}
	return t
}
