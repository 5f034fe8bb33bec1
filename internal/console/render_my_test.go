package console

import (
	"tbtwatch/internal/portal"
	"tbtwatch/internal/registry"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
	"tbtwatch/internal/view"
)

func (s sample) ownRow(open bool) portal.OwnRow {
	said := trade.Response{Kind: trade.NotRelevant, By: s.text, At: s.text}
	is := trade.Response{Kind: trade.Relevant, By: s.text, At: s.text}
	return portal.OwnRow{
		Key: "k", Number: s.text, Release: 2, Level: "red", Headline: s.t(), Markets: []string{"BR", s.text}, At: "2026-03-02T08:00:00Z",
		Products: []portal.OwnProduct{
			{ID: s.text, Name: s.t(), HS: []string{s.text}, Registered: true, Grade: trade.Direct, Inferred: true, Markets: []string{"BR"}, Why: []trade.Text{s.t()}},
			{ID: s.text, Name: s.t(), Grade: trade.Likely, Said: &said, Silent: true}, {ID: s.text, Name: s.t(), Registered: true, Said: &is},
		},
		Next: "2026-03-10", NextWhat: trade.DateCommentDeadline, Centre: s.centre(), Late: s.t(), Advice: []trade.Text{s.t()}, Open: open, Answered: open, Received: &said,
	}
}

func (s sample) centre() trade.CentreDay {
	return trade.CentreDay{Day: "2026-03-05", Close: "2026-03-19", Basis: s.t(), Languages: []string{"es", s.text}, Route: s.t()}
}

func (s sample) rowError() *registry.RowError {
	p := registry.Problem{Column: s.text, Value: s.text, Why: s.text, WhyZH: s.text, Fix: s.text, FixZH: s.text}
	return &registry.RowError{Line: 7, Problem: p, Also: []registry.Problem{p}}
}

// myBodies are the pages of an exporter.
func (s sample) myBodies() map[string]any {
	product := s.firms()[0].Products[0].Product
	values := map[string]string{"address": s.text, "name": s.text, "markets": s.text}
	for _, name := range portal.ProductFields {
		values[name] = s.text
	}
	survey := trade.Survey{Affected: 1e6, Cost: 2000, Difficulties: []string{"cost"}, Needs: []string{"training"}, Words: s.text}
	row := s.ownRow(true)
	row.Surveyed = &trade.Response{Survey: &survey, By: s.text, At: s.text}
	remark := registry.Remark{Line: 3, Column: s.text, Value: s.text, Text: s.text, TextZH: s.text}
	planned := portal.Planned{Product: product, Changes: []portal.FieldChange{{Field: "hs", Was: s.text, Is: s.text}, {Field: s.text}}}
	plan := &portal.Plan{Rows: 9, Errors: []registry.RowError{*s.rowError()}, Remarks: []registry.Remark{remark}, Added: []portal.Planned{{Product: product}}, Changed: []portal.Planned{planned}, Same: 2, Missing: []trade.Product{product}, CanRemove: true, Stamp: s.text}
	sub := trade.Subscriber{ID: s.text, Name: s.text, Channel: "email", Address: s.text, Cadence: "daily", LowestLevel: "red", Language: "en"}
	return map[string]any{
		"my": myBody{portal.OwnHome{Firm: trade.Exporter{ID: s.text, Name: s.text}, Open: []portal.OwnRow{row, s.ownRow(true)}, Past: []portal.OwnRow{s.ownRow(false)}, More: 3}},
		"mywarning": myWarningBody{
			OwnWarning: portal.OwnWarning{OwnRow: row, Warning: trade.Warning{Number: s.text, Release: 2, Symbols: []string{s.text}, Markets: []string{"EU"}, Title: s.text, Lang: s.text, Original: s.text, Headline: s.t(), Summary: s.t(), Machine: true, Changed: []trade.Text{s.t()}, Dates: s.dates(), Link: s.text, Papers: s.caseBody().Family.Papers},
				Releases: []portal.OwnRelease{{Release: 1, Level: "red", At: s.text}}, Published: 1, Answers: []portal.OwnAnswer{{Kind: trade.Commented, Product: s.text, By: s.text, At: s.text, Why: s.t()}, {}}},
			Form: s.surveyForm(&survey), Problem: s.text,
		},
		"myproducts": myProductsBody{view.Page[trade.Product]{Rows: []trade.Product{product, {ID: s.text}}, Total: 2}, "/my/products?before=3"},
		"myproduct": myProductBody{Seq: 3, Values: values, Bad: s.rowError(), Remarks: []registry.Remark{remark}, Suggested: true, Suggestions: []portal.Suggestion{{Field: "hs", Value: s.text, Name: s.t(), Words: s.text}}, Previewed: true,
			Touching: []trade.Touching{{Family: s.text, Notice: s.text, Title: s.text, Grade: trade.Direct, Markets: []string{"BR"}, Why: []trade.Text{s.t()}}}, Conflict: planned.Changes, Gone: true, Taken: true, Problem: s.text},
		"myimport":   myImportBody{Problem: s.text, Stale: true, Plan: plan, Good: s.text, Refused: s.text, Kept: s.text, Changes: true, Most: mostListed},
		"stop":       stopBody{trade.Subscriber{Name: s.text, Channel: "email", Address: s.text, Stopped: "2026-03-02T08:00:00Z"}, true},
		"receipt":    receiptBody{portal.Receivable{Key: "k", Number: s.text, Headline: s.t(), Firm: s.text, At: "2026-03-02T08:00:00Z"}, true},
		"mychannels": myChannelsBody{Subscriptions: []trade.Subscriber{sub, {ID: s.text}}, Feed: trade.FeedLink{Sum: "set", By: s.text, At: now}, Calendar: s.text, Atom: s.text, Tested: s.text, Failed: true},
		"mychannel": myChannelBody{ID: s.text, Seq: 3, Masked: s.text, Values: values, Channels: []string{"email", s.text}, Levels: triage.DefaultConfig().Levels, Bad: s.rowError(), Conflict: true, Problem: s.text,
			Preview: &portal.OwnPreview{Since: "2025-03-02", Sent: 14, Kept: 2, Examples: []trade.PreviewExample{{Number: s.text, Release: 1, Family: s.text, Level: "red", At: s.text, Headline: s.t(), Why: s.t()}}}},
	}
}

func emptyMy() map[string]any {
	return map[string]any{
		"my": myBody{}, "mywarning": myWarningBody{Form: surveyForm{Action: "/my/warnings/k/answer"}}, "myproducts": myProductsBody{}, "myproduct": myProductBody{New: true, Suggested: true, Previewed: true}, "myimport": myImportBody{},
		"stop": stopBody{}, "receipt": receiptBody{},
		"mychannels": myChannelsBody{}, "mychannel": myChannelBody{Preview: &portal.OwnPreview{}},
	}
}
