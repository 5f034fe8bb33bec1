package console

import (
	"net/http"
	"net/url"
	"time"

	"tbtwatch/internal/nomenclature"
	"tbtwatch/internal/view"
)

// statisticsBody is the statistics of a period: the page for the screen and,
// printed, the monthly report.
type statisticsBody struct {
	Figures  view.Statistics
	Period   string // in words
	Compared string // the period and what it is compared with
	NotReady string // what is still being read
	Summary  string
	Other    string // the summary in the other language
	OtherIn  string
	Months   []choice
	Markets  []choice
	Sectors  []choice
	Charts   []chart
	Download string // address of the same as a table
}

// choice is one of the values that a filter takes.
type choice struct {
	Value, Label string
	Chosen       bool
}

// monthsOffered is how many months the filter lists; an address may name any.
const monthsOffered = 36

func (s *site) statisticsOf(r *http.Request) (view.Statistics, error) {
	q := r.URL.Query()
	return s.View.Statistics(view.StatisticsQuery{Month: q.Get("month"), Market: q.Get("market"), Sector: q.Get("sector")})
}

func (s *site) statistics(w http.ResponseWriter, r *http.Request) error {
	f, err := s.statisticsOf(r)
	if err != nil {
		return err
	}
	b := newStatistics(langOf(r), f, s.View.Today())
	if err := s.View.Ready(); err != nil {
		b.NotReady = err.Error()
	}
	return s.render(w, r, http.StatusOK, "statistics", "stats.h1", "statistics", b)
}

// newStatistics says the figures in one language.
func newStatistics(lang string, f view.Statistics, today string) statisticsBody {
	other := "en"
	if lang == "en" {
		other = "zh"
	}
	period := periodName(lang, f.Period)
	return statisticsBody{
		Figures: f, Period: period, Compared: label(lang, "stats.compared", period, periodName(lang, f.Before)),
		Summary: summary(lang, f), Other: summary(other, f), OtherIn: map[string]string{"zh": "zh-CN", "en": "en"}[other],
		Months: monthChoices(lang, f.Period.Month, today), Markets: marketChoices(lang, f), Sectors: sectorChoices(lang, f.Sector),
		Charts:   charts(lang, f),
		Download: "/statistics.csv?" + url.Values{"month": {f.Period.Month}, "market": {f.Market}, "sector": {f.Sector}}.Encode(),
	}
}

// periodName is the period in words.
func periodName(lang string, p view.Period) string {
	if p.Month != "" {
		return monthName(lang, p.Month)
	}
	return label(lang, "stats.between", monthName(lang, p.From), monthName(lang, p.To))
}

// monthName writes the month of a day, or a month, in words.
func monthName(lang, day string) string {
	if len(day) < 7 {
		return day
	}
	t, err := time.Parse("2006-01", day[:7])
	switch {
	case err != nil:
		return day
	case lang == "en":
		return t.Format("January 2006")
	}
	return t.Format("2006年1月")
}

func monthChoices(lang, chosen, today string) []choice {
	out := []choice{{"", label(lang, "stats.year"), chosen == ""}}
	t, err := time.Parse("2006-01", today[:min(7, len(today))])
	if err != nil {
		return out
	}
	listed := chosen == ""
	for i := range monthsOffered {
		m := t.AddDate(0, -i, 0).Format("2006-01")
		listed = listed || m == chosen
		out = append(out, choice{m, monthName(lang, m), m == chosen})
	}
	if !listed {
		out = append(out, choice{chosen, monthName(lang, chosen), true})
	}
	return out
}

func marketChoices(lang string, f view.Statistics) []choice {
	out := []choice{{"", label(lang, "all"), f.Market == ""}}
	listed := f.Market == ""
	for _, code := range f.MarketsSeen {
		listed = listed || code == f.Market
		out = append(out, choice{code, marketName(code, lang) + " (" + code + ")", code == f.Market})
	}
	if !listed {
		out = append(out, choice{f.Market, f.Market, true})
	}
	return out
}

func sectorChoices(lang, chosen string) []choice {
	out := []choice{{"", label(lang, "all"), chosen == ""}}
	ids := []string{}
	for _, s := range nomenclature.Sectors() {
		ids = append(ids, s.ID)
	}
	listed := chosen == ""
	for _, id := range append(ids, view.NoSector, view.ICSOnly, view.Uncoded) {
		listed = listed || id == chosen
		out = append(out, choice{id, sectorRow(lang, id), id == chosen})
	}
	if !listed {
		out = append(out, choice{chosen, chosen, true})
	}
	return out
}

// sectorRow names a row of the sectors.
func sectorRow(lang, id string) string {
	switch id {
	case view.NoSector, view.ICSOnly, view.Uncoded:
		return label(lang, "stats."+id)
	}
	return sectorName(id, lang)
}

// marketRow names a row of the markets.
func marketRow(lang, code string) string {
	if code == "" {
		return label(lang, "stats.unknown")
	}
	return marketName(code, lang)
}

// areaName names an agreement, or what is none.
func areaName(lang, area string) string {
	if area == "" {
		return label(lang, "stats.other.area")
	}
	return area
}
