package view

import (
	"iter"
	"strconv"

	"tbtwatch/internal/export"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
)

// FlowLine is a row of the delivery statistics as a table has it.
type FlowLine struct {
	Section string `json:"section" enum:"total,period,channel,level,kind,reason"`
	FlowRow
}

// Lines are all rows of the statistics; a reason has its count as suppressed.
func (f *Flow) Lines() iter.Seq2[FlowLine, error] {
	return func(yield func(FlowLine, error) bool) {
		if !yield(FlowLine{"total", f.Total}, nil) {
			return
		}
		for _, part := range []struct {
			section string
			rows    []FlowRow
		}{{"period", f.Periods}, {"channel", f.Channels}, {"level", f.Levels}, {"kind", f.Kinds}} {
			for _, r := range part.rows {
				if !yield(FlowLine{part.section, r}, nil) {
					return
				}
			}
		}
		for _, r := range f.Reasons {
			if !yield(FlowLine{"reason", FlowRow{Name: r.Reason, Suppressed: r.Count}}, nil) {
				return
			}
		}
	}
}

var flowSections = map[string]trade.Text{
	"total": {ZH: "合计", EN: "total"}, "period": {ZH: "时间", EN: "period"}, "channel": {ZH: "渠道", EN: "channel"},
	"level": {ZH: "等级", EN: "level"}, "kind": {ZH: "接收人类别", EN: "recipients"}, "reason": {ZH: "不发送的原因", EN: "why suppressed"},
}

// FlowTable is the delivery statistics as a file; level names a level.
func FlowTable(level func(id string) triage.Level) export.Table[FlowLine] {
	type row = FlowLine
	column := func(zh, en string, cell func(r *row, lang string) string) export.Column[row] {
		return export.Column[row]{Title: trade.Text{ZH: zh, EN: en}, Cell: cell}
	}
	count := func(zh, en string, of func(r *row) int) export.Column[row] {
		return column(zh, en, func(r *row, _ string) string { return strconv.Itoa(of(r)) })
	}
	figure := func(zh, en string, factor float64, of func(r *row) *float64) export.Column[row] {
		return column(zh, en, func(r *row, _ string) string {
			if v := of(r); v != nil {
				return strconv.FormatFloat(*v*factor, 'f', 1, 64)
			}
			return ""
		})
	}
	name := func(r *row, lang string) string {
		switch r.Section {
		case "channel":
			return triage.ChannelName(r.Name).In(lang)
		case "level":
			l := level(r.Name)
			return trade.Text{ZH: l.ZH, EN: l.EN}.In(lang)
		case "kind":
			return KindName(trade.SubscriberKind(r.Name)).In(lang)
		case "reason":
			return triage.ReasonClassName(r.Name).In(lang)
		}
		return r.Name
	}
	return export.Table[row]{Name: "delivery-statistics", Columns: []export.Column[row]{
		column("分类", "Section", func(r *row, lang string) string { return flowSections[r.Section].In(lang) }),
		column("项目", "Item", name),
		column("代码", "Code", func(r *row, _ string) string { return r.Name }),
		count("计划", "Planned", func(r *row) int { return r.Planned }),
		count("待发送", "Waiting", func(r *row) int { return r.Waiting }),
		count("已送达", "Accepted", func(r *row) int { return r.Accepted }),
		count("被拒绝", "Rejected", func(r *row) int { return r.Rejected }),
		count("结果不明", "Unknown", func(r *row) int { return r.Unknown }),
		count("暂缓", "Held", func(r *row) int { return r.Held }),
		count("不发送", "Suppressed", func(r *row) int { return r.Suppressed }),
		figure("发布到送达中位数（秒）", "Median from release to acceptance (s)", 1, func(r *row) *float64 { return r.Median }),
		figure("发布到送达 95 百分位（秒）", "95th percentile (s)", 1, func(r *row) *float64 { return r.P95 }),
		count("应反馈", "To answer", func(r *row) int { return r.Asked }),
		count("已反馈", "Answered", func(r *row) int { return r.Answered }),
		count("回执", "Receipts", func(r *row) int { return r.Receipts }),
		figure("反馈率（%）", "Share of answers (%)", 100, func(r *row) *float64 { return r.Share }),
	}}
}

var kindNames = map[trade.SubscriberKind]trade.Text{
	trade.SubExporter: {ZH: "企业", EN: "exporters"}, trade.SubAssociation: {ZH: "行业协会", EN: "associations"}, trade.SubDistrict: {ZH: "区县", EN: "districts"},
	trade.SubDepartment: {ZH: "政府部门", EN: "departments"}, trade.SubMachine: {ZH: "系统对接", EN: "machines"}, "": {ZH: "已不在登记库", EN: "no longer registered"},
}

// KindName names a kind of recipient for people.
func KindName(k trade.SubscriberKind) trade.Text {
	if t, ok := kindNames[k]; ok {
		return t
	}
	return trade.Text{ZH: string(k), EN: string(k)}
}
