package console

import (
	"bytes"
	"fmt"
	"net/http"
	"strconv"

	"tbtwatch/internal/auth"
	"tbtwatch/internal/docx"
	"tbtwatch/internal/portal"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
)

// reportBody is an association's year, composed once for page and files.
type reportBody struct {
	portal.Report
	Title    string
	Sections []reportSection
	Years    []choice
	NotReady string
}

// reportSection is a table with what it counts; without a head its first
// column names the rows.
type reportSection struct {
	Title, About string
	Head         []string
	Rows         [][]string
	None         string // what to say without rows
}

func (p tenants) reportOf(r *http.Request, t auth.TenantScope) (reportBody, error) {
	report, err := p.portal.Report(r.Context(), t, r.URL.Query().Get("year"))
	if err != nil {
		return reportBody{}, err
	}
	lang := langOf(r)
	b := reportBody{Report: report, Title: label(lang, "report.title", report.Year), Sections: reportSections(lang, p.level, report), NotReady: p.reading()}
	for _, y := range p.portal.Years() {
		b.Years = append(b.Years, choice{y, y, y == report.Year})
	}
	return b, nil
}

// level names a level as the configuration does.
func (p tenants) level(lang, id string) string {
	l := p.portal.Level(id)
	return trade.Text{ZH: l.ZH, EN: l.EN}.In(lang)
}

func (p tenants) report(w http.ResponseWriter, r *http.Request, t auth.TenantScope) error {
	b, err := p.reportOf(r, t)
	if err != nil {
		return err
	}
	return p.render(w, r, http.StatusOK, "report", "nav.report", "report", b)
}

func (p tenants) reportCSV(w http.ResponseWriter, r *http.Request, t auth.TenantScope) error {
	b, err := p.reportOf(r, t)
	if err != nil {
		return err
	}
	rows := [][]string{{b.Title, b.Name}}
	for _, s := range b.Sections {
		rows = append(rows, []string{}, []string{s.Title})
		if len(s.Head) > 0 {
			rows = append(rows, s.Head)
		}
		rows = append(rows, s.Rows...)
	}
	return csvFile(w, "report-"+b.Year+".csv", rows)
}

func (p tenants) reportFile(w http.ResponseWriter, r *http.Request, t auth.TenantScope) error {
	b, err := p.reportOf(r, t)
	if err != nil {
		return err
	}
	lang := map[bool]string{true: "en", false: "zh-CN"}[langOf(r) == "en"]
	d := docx.Document{Title: b.Title, Creator: b.Name, Lang: lang, Footer: b.Name + " · " + b.Title, Blocks: []docx.Block{{Style: "Subtitle", Text: b.Name}, {Style: "Title", Text: b.Title}}}
	for _, s := range b.Sections {
		d.Blocks = append(d.Blocks, docx.Block{Style: "Heading1", Text: s.Title})
		if s.About != "" {
			d.Blocks = append(d.Blocks, docx.Block{Style: "Note", Text: s.About})
		}
		if len(s.Rows) == 0 {
			d.Blocks = append(d.Blocks, docx.Block{Text: s.None})
			continue
		}
		d.Blocks = append(d.Blocks, docx.Block{Table: &docx.Table{Head: s.Head, Rows: s.Rows}})
	}
	var file bytes.Buffer
	if err := docx.Write(&file, d); err != nil {
		return err
	}
	attach(w, "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "report-"+b.Year+".docx")
	_, err = w.Write(file.Bytes())
	return err
}

// reportSections are the report in one language.
func reportSections(lang string, level func(lang, id string) string, r portal.Report) []reportSection {
	l := func(key string, args ...any) string { return label(lang, key, args...) }
	count := strconv.Itoa
	received := reportSection{Title: l("report.received"), About: l("report.received.about"), Rows: [][]string{
		{l("report.warnings"), count(len(r.Warnings))}, {l("report.measures"), count(r.Measures)}, {l("report.delivered"), count(r.Delivered)}, {l("report.failed"), count(r.Failed)}, {l("report.pending"), count(r.Pending)},
	}}
	m := r.Members
	members := reportSection{Title: l("report.members"), About: l("report.members.about"), Rows: [][]string{
		{l("report.reached"), told(lang, m.Reached)}, {l("report.asked"), told(lang, m.Asked)}, {l("report.answered"), told(lang, m.Answered)}, {l("report.with"), told(lang, m.Open)}, {l("report.receipts"), told(lang, m.Receipts)},
		{l("report.notrelevant"), told(lang, m.NotRelevant)}, {l("report.share"), percent(m.Share)}, {l("report.comments"), told(lang, m.Comments)}, {l("report.days"), daysOf(m.Days)},
	}}
	levels := reportSection{Title: l("report.levels"), Head: []string{l("case.level"), l("report.warnings")}}
	for _, n := range r.Levels {
		levels.Rows = append(levels.Rows, []string{level(lang, n.Name), count(n.Count)})
	}
	months := reportSection{Title: l("report.months"), Head: []string{l("group.month"), l("report.warnings")}}
	for _, n := range r.Months {
		months.Rows = append(months.Rows, []string{n.Name, count(n.Count)})
	}
	markets := reportSection{Title: l("report.markets"), Head: []string{l("registry.markets"), l("report.warnings")}, None: l("report.none")}
	for _, n := range r.Markets {
		markets.Rows = append(markets.Rows, []string{marketName(n.Name, lang), count(n.Count)})
	}
	list := reportSection{Title: l("report.list"), None: l("report.none"), Head: []string{l("group.number"), l("case.level"), l("report.headline"), l("registry.markets"), l("delivery.state"), l("group.day")}}
	for _, w := range r.Warnings {
		list.Rows = append(list.Rows, []string{w.Number + " / " + count(w.Release), level(lang, w.Level), w.Headline.In(lang), marketNames(w.Markets, lang), triage.DeliveryStateName(w.State).In(lang), w.At[:min(len(w.At), 10)]})
	}
	return []reportSection{received, members, levels, months, markets, list}
}

func daysOf(days *float64) string {
	if days == nil {
		return "—"
	}
	return fmt.Sprintf("%.1f", *days)
}
