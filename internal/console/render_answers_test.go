package console

import (
	"fmt"
	"strings"
	"testing"

	"tbtwatch/internal/portal"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
	"tbtwatch/internal/view"
)

func (s sample) waiting() []portal.Waiting {
	row := portal.Waiting{Key: "k", Family: s.text, Number: s.text, Level: "red", Headline: s.t(), Firm: s.text, Name: s.text, District: s.text, Told: s.text, Due: "2026-03-10", Step: triage.StepDistrict, Since: "2026-03-11"}
	return []portal.Waiting{row, {Name: s.text, Step: triage.Step(s.text)}}
}

func (s sample) measureWaits() portal.MeasureWaits {
	return portal.MeasureWaits{Key: "k", Family: s.text, Number: s.text, Level: "red", Headline: s.t(), Told: 9, Answered: 3, Open: portal.StepCounts{Firm: 1, Association: 2, District: 2, Department: 1}}
}

func (s sample) caseWaiting() *caseWaiting {
	return &caseWaiting{MeasureWaits: s.measureWaits(), Policy: triage.DefaultConfig().Escalation, Steps: triage.Steps, Firms: s.waiting(), More: 4}
}

func (s sample) surveyForm(typed *trade.Survey) surveyForm {
	known := triage.Known{Products: []triage.Concern{{ID: s.text, Name: s.t(), HS: []string{"8711", s.text}, Markets: []string{"BR", s.text}, Value: 1e6, Only: true}, {ID: s.text, Name: s.t(), Value: 5}, {}}, Value: 1e6, There: 1e6, Affected: 1e6,
		Previous: &trade.Response{By: s.text, At: s.text}}
	return newSurveyForm("/cases/k/survey", s.text, known, typed)
}

func (s sample) impact() triage.Impact {
	return triage.Impact{Firms: 4, Surveys: 3, Affected: 1e6, Cost: 5e4, Difficulties: []triage.Coded{{Code: "cost", Firms: 3}, {Code: s.text, Firms: 1}}, Needs: []triage.Coded{{Code: "funds", Firms: 2}}}
}

func (s sample) opinionBody() *opinionBody {
	table := &triage.Table{Head: []trade.Text{s.t(), s.t()}, Rows: [][]trade.Text{{s.t(), s.t()}}}
	o := triage.Opinion{
		Family: s.text, Name: s.t(), Centre: s.t(), Member: s.t(), Texts: []string{"zh", "en"}, Missing: s.t(), Open: 3,
		Parts:     []triage.Part{{Key: "measure", Heading: s.t(), Blocks: []triage.Block{{Table: &triage.Table{Rows: table.Rows}}, {Table: table}, {Text: s.t()}}}, {Key: "requests", Heading: s.t()}},
		Available: []triage.Quote{{Key: "q", Firm: s.text, Name: s.text, At: s.text, Text: s.text, Quoted: true}, {}},
	}
	return &opinionBody{OpinionDetail: view.OpinionDetail{Opinion: o}, Key: "k", Text: "en", Files: []opinionFile{{"zh", "/cases/k/opinion?text=zh", "/cases/k/opinion.docx?text=zh"}, {"en", "/cases/k/opinion?text=en", "/cases/k/opinion.docx?text=en"}}}
}

func (s sample) leadsBody() leadsBody {
	row := view.LeadRow{
		Key: "k", Family: s.text, Symbols: []string{s.text}, Markets: []string{"BR", s.text}, Title: s.text, Headline: s.t(), Level: "red", State: trade.CaseReleased, Sectors: []string{"motorcycles", s.text}, Firms: 3, Exposure: 1e6,
		Answered: 2, Affected: 5e5, Cost: 1e4, Arguments: []string{triage.ArgumentPeriod, s.text}, Dates: s.dates(),
	}
	choices := []choice{{s.text, s.text, true}}
	return leadsBody{Page: view.LeadPage{Rows: []view.LeadRow{row, {Key: "k", Family: s.text}}, Total: 2, Affected: 5e5, Cost: 1e4}, Markets: choices, Sectors: choices, Since: "2026-01-01", Next: "/leads?offset=50", CSV: "/leads.csv", XLSX: "/leads.xlsx"}
}

func (s sample) flowBody() flowBody {
	short, long, half := 1.5, 90_000.0, 0.5
	row := view.FlowRow{Name: s.text, Planned: 1234567, Waiting: 1, Accepted: 1234560, Rejected: 1, Unknown: 1, Held: 1, Suppressed: 3, Median: &short, P95: &long, Asked: 4, Answered: 2, Receipts: 1, Share: &half}
	rows := []view.FlowRow{row, {Name: "2026-03-01"}}
	f := view.Flow{By: view.ByMonth, From: "2026-01-01", To: "2026-03-02", Total: row, Periods: rows, Channels: rows, Levels: rows, Kinds: rows, Reasons: []view.Suppression{{Reason: "gone", Count: 2}, {Reason: s.text, Count: 1}}, Known: view.FlowNames{Channels: []string{"email", s.text}, Levels: []string{"red"}, Kinds: []string{"", "exporter"}}}
	b := newFlow("zh", f, view.FlowQuery{Channel: s.text + "x", Level: "red"}, triage.DefaultConfig())
	b.NotReady = s.text
	return b
}

// answerBodies are the pages about answers and what follows from them.
func (s sample) answerBodies() map[string]any {
	return map[string]any{
		"opinion": s.opinionBody(),
		"leads":   s.leadsBody(),
		"flow":    s.flowBody(),
		"survey":  surveyBody{CaseDetail: s.caseBody().CaseDetail, Firm: trade.Exporter{Name: s.text, District: s.text}, Form: s.surveyForm(nil), Problem: s.text},
		"waiting": waitingBody{Policy: triage.DefaultConfig().Escalation, All: s.measureWaits().Open, Steps: triage.Steps, Measures: []portal.MeasureWaits{s.measureWaits(), {Number: s.text}}, More: 3, Download: "/waiting.csv", NotReady: s.text},
	}
}

func emptyAnswers() map[string]any {
	return map[string]any{"flow": newFlow("zh", view.Flow{}, view.FlowQuery{}, triage.DefaultConfig()), "leads": leadsBody{CSV: "/leads.csv", XLSX: "/leads.xlsx"}, "opinion": &opinionBody{Text: "zh"}, "survey": surveyBody{Form: surveyForm{Action: "/cases/k/survey"}}, "waiting": waitingBody{Steps: triage.Steps}}
}

// A measure has the same page as all of them, with its firms.
func TestThePageOfOneMeasureThatWaits(t *testing.T) {
	s := bareSite()
	open, lifted := sample{hostile}.measureWaits(), sample{"多"}.measureWaits()
	lifted.Lifted = true
	for name, b := range map[string]waitingBody{
		"open":    {One: &open, Firms: sample{hostile}.waiting(), MoreFew: 3, Steps: triage.Steps, Download: "/waiting.csv?case=k"},
		"lifted":  {One: &lifted, Steps: triage.Steps},
		"nothing": {One: &portal.MeasureWaits{Key: "k"}, Steps: triage.Steps},
	} {
		for _, lang := range languages {
			page, err := s.execute(lang, "waiting", frame{Lang: lang, Title: "nav.waiting", Here: "/x?", Body: b})
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			checkPage(t, name+", "+lang, page)
		}
	}
}

// A case to which hundreds answered shows the latest, and says how many more
// there are.
func TestACaseShowsTheLatestAnswers(t *testing.T) {
	s := bareSite()
	for _, c := range []struct {
		answers, shown int
		zh, en         string
	}{{0, 0, "", ""}, {1, 1, "", ""}, {answerRows, answerRows, "", ""}, {answerRows + 7, answerRows, "另有 7 条更早的反馈", "not listed: 7"}} {
		b := sample{"多"}.caseBody()
		b.Responses = nil
		for i := range c.answers {
			b.Responses = append(b.Responses, view.ResponseRow{Response: trade.Response{Kind: trade.Receipt, At: "2026-03-02T08:00:00Z"}, Name: fmt.Sprintf("firm-%03d", i)})
		}
		for lang, want := range map[string]string{"zh": c.zh, "en": c.en} {
			page, err := s.execute(lang, "case", frame{Lang: lang, Title: "case.title", Here: "/x?", Body: b})
			if err != nil {
				t.Fatal(err)
			}
			checkPage(t, "case", page)
			text := string(page)
			if n := strings.Count(text, "firm-"); n != c.shown || c.shown > 0 && !strings.Contains(text, fmt.Sprintf("firm-%03d", c.answers-1)) {
				t.Errorf("%d answers, %s: %d are shown, or not the latest", c.answers, lang, n)
			}
			if said := strings.Contains(text, "更早的反馈") || strings.Contains(text, "Earlier answers"); !strings.Contains(text, want) || said != (want != "") {
				t.Errorf("%d answers, %s: the page does not say %q, or says too much", c.answers, lang, want)
			}
		}
	}
}
