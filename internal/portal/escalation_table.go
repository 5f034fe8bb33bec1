package portal

import (
	"tbtwatch/internal/export"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
)

// WaitingTable is a list of firms that have not answered, as a file; level
// names a level.
func WaitingTable(level func(id string) triage.Level) export.Table[Waiting] {
	type row = Waiting
	column := func(zh, en string, cell func(r *row, lang string) string) export.Column[row] {
		return export.Column[row]{Title: trade.Text{ZH: zh, EN: en}, Cell: cell}
	}
	return export.Table[row]{Name: "waiting", Columns: []export.Column[row]{
		column("编号", "Number", func(r *row, _ string) string { return r.Number }),
		column("措施", "Measure", func(r *row, _ string) string { return r.Family }),
		column("标题", "Headline", func(r *row, lang string) string { return r.Headline.In(lang) }),
		column("等级", "Level", func(r *row, lang string) string {
			l := level(r.Level)
			return trade.Text{ZH: l.ZH, EN: l.EN}.In(lang)
		}),
		column("企业编号", "Firm's id", func(r *row, _ string) string { return r.Firm }),
		column("企业", "Firm", func(r *row, _ string) string { return r.Name }),
		column("区县", "District", func(r *row, _ string) string { return r.District }),
		column("首次送达", "First told", func(r *row, _ string) string { return r.Told }),
		column("反馈期限", "Due", func(r *row, _ string) string { return r.Due }),
		column("现由谁跟进", "With", func(r *row, lang string) string { return triage.StepName(r.Step).In(lang) }),
		column("起始日", "Since", func(r *row, _ string) string { return r.Since }),
		column("键", "Key", func(r *row, _ string) string { return r.Key }),
	}}
}
