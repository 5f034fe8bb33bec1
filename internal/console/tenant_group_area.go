package console

import (
	"net/http"
	"slices"
	"strconv"

	"tbtwatch/internal/auth"
	"tbtwatch/internal/portal"
	"tbtwatch/internal/triage"
)

// scorecardBody is a district's firms and how they answered.
type scorecardBody struct {
	portal.Scorecard
	Periods  []choice
	Places   []choice // the centre chooses a district; nil for a district
	Path     string   // of this page
	Firms    string   // address of a firm's page, without its id; "" for none
	Waits    portal.AreaWaits
	Download string
	NotReady string
}

// mostScores is how many firms a scorecard lists: those first that have not
// answered. A district has thousands, most of which were never asked.
const mostScores = 200

// Listed are the firms that the page shows.
func (b scorecardBody) Listed() []portal.FirmScore {
	return b.Scorecard.Firms[:min(mostScores, len(b.Scorecard.Firms))]
}

// Waiting are the firms with the district that the page lists.
func (b scorecardBody) Waiting() []portal.Waiting {
	return b.Waits.Firms[:min(mostScores, len(b.Waits.Firms))]
}

// Left is how many it does not.
func (b scorecardBody) Left() int { return len(b.Scorecard.Firms) - len(b.Listed()) }

// areaBody is every district in sums.
type areaBody struct {
	portal.Area
	Periods  []choice
	Download string
	NotReady string
}

// firmBody is a firm of the reader's district.
type firmBody struct {
	portal.DistrictFirm
	Days int
}

func (p tenants) areaHome(w http.ResponseWriter, r *http.Request, t auth.TenantScope) error {
	q, err := p.portal.PeriodOf(r.URL.Query().Get("period"))
	if err != nil {
		return err
	}
	periods, download := periodChoices(langOf(r), p.portal.Years(), q), "/area/scorecard.csv?period="+periodText(q)
	if t.District() != "" {
		card, err := p.portal.Scorecard(t, q)
		if err != nil {
			return err
		}
		waits, err := p.portal.AreaWaits(t)
		if err != nil {
			return err
		}
		return p.render(w, r, http.StatusOK, "scorecard", "nav.scorecard", "area", scorecardBody{card, periods, nil, "/area", "/area/firms/", waits, download, p.reading()})
	}
	sums, err := p.portal.Area(t, q)
	if err != nil {
		return err
	}
	return p.render(w, r, http.StatusOK, "area", "nav.scorecard", "area", areaBody{sums, periods, download, p.reading()})
}

func periodText(q portal.Span) string {
	if q.Month != "" {
		return q.Month
	}
	return q.Year
}

func (p tenants) firm(w http.ResponseWriter, r *http.Request, t auth.TenantScope) error {
	f, err := p.portal.Firm(t, r.PathValue("id"))
	if err != nil {
		return err
	}
	return p.render(w, r, http.StatusOK, "firm", "nav.scorecard", "area", firmBody{f, p.portal.AnswerDays()})
}

// scorecard is any district's scorecard, for the centre's people.
func (s *site) scorecard(w http.ResponseWriter, r *http.Request) error {
	scope, ok := auth.Actor(r.Context()).Centre()
	if !ok || s.Portal == nil {
		return errNoPage
	}
	q, err := s.Portal.PeriodOf(r.URL.Query().Get("period"))
	if err != nil {
		return err
	}
	districts, chosen := s.View.Directory.Districts(), r.URL.Query().Get("district")
	if !slices.Contains(districts, chosen) && len(districts) > 0 {
		chosen = districts[0]
	}
	b := scorecardBody{Scorecard: s.Portal.CentreScorecard(scope, chosen, q), Waits: s.Portal.CentreAreaWaits(scope, chosen), Periods: periodChoices(langOf(r), s.Portal.Years(), q), Path: "/scorecard"}
	for _, d := range districts {
		b.Places = append(b.Places, choice{d, d, d == chosen})
	}
	if err := s.Portal.Ready(); err != nil {
		b.NotReady = err.Error()
	}
	return s.render(w, r, http.StatusOK, "scorecard", "nav.scorecard", "scorecard", b)
}

// scorecardCSV hands the scorecard out as a table.
func (p tenants) scorecardCSV(w http.ResponseWriter, r *http.Request, t auth.TenantScope) error {
	q, err := p.portal.PeriodOf(r.URL.Query().Get("period"))
	if err != nil {
		return err
	}
	lang := langOf(r)
	var rows [][]string
	if t.District() != "" {
		card, err := p.portal.Scorecard(t, q)
		if err != nil {
			return err
		}
		rows = scorecardRows(lang, card)
	} else {
		sums, err := p.portal.Area(t, q)
		if err != nil {
			return err
		}
		rows = areaRows(lang, sums)
	}
	return csvFile(w, "scorecard-"+periodText(q)+".csv", rows)
}

func scorecardRows(lang string, c portal.Scorecard) [][]string {
	l := func(key string) string { return label(lang, key) }
	rows := [][]string{{l("group.period"), l("group.firmid"), l("group.firm"), l("group.asked"), l("group.intime"), l("group.late"), l("group.waiting"), l("group.overdue"), l("group.sharepercent")}}
	period := periodText(c.Period)
	for _, f := range c.Firms {
		rows = append(rows, append([]string{period, f.ID, f.Name}, scoreCells(f.Score)...))
	}
	return append(rows, append([]string{period, "", l("group.total")}, scoreCells(c.Total)...))
}

func scoreCells(s portal.Score) []string {
	return []string{strconv.Itoa(s.Asked), strconv.Itoa(s.InTime), strconv.Itoa(s.Late), strconv.Itoa(s.Waiting), strconv.Itoa(s.Overdue), hundredths(s.Share)}
}

func areaRows(lang string, a portal.Area) [][]string {
	l := func(key string) string { return label(lang, key) }
	rows := [][]string{{l("group.period"), l("group.district"), l("group.warned"), l("group.asked"), l("group.intime"), l("group.sharepercent"), l("group.with")}}
	for _, d := range append(slices.Clone(a.Districts), a.City) {
		name := d.District
		if name == "" {
			name = l("group.nodistrict")
		}
		rows = append(rows, []string{periodText(a.Period), name, told(lang, d.Warned), told(lang, d.Asked), told(lang, d.InTime), hundredths(d.Share), told(lang, d.Open)})
	}
	rows[len(rows)-1][1] = l("group.city")
	return rows
}

// answerWords are what a firm said, in words.
func answerWords(lang string, w portal.FirmWarning) string {
	text := ""
	for i, k := range w.Kinds {
		if i > 0 {
			text += label(lang, "comma")
		}
		text += triage.ResponseName(k).In(lang)
	}
	return text
}
