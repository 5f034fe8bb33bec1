package api

import (
	"strconv"
	"strings"
	"time"

	"tbtwatch/internal/export"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
	"tbtwatch/internal/view"
)

// plain is a column that says the same in both languages.
func plain[R any](zh, en string, cell func(r *R) string) export.Column[R] {
	return export.Column[R]{Title: trade.Text{ZH: zh, EN: en}, Cell: func(r *R, _ string) string { return cell(r) }}
}

// worded is a column whose words are in the reader's language.
func worded[R any](zh, en string, cell func(r *R) trade.Text) export.Column[R] {
	return export.Column[R]{Title: trade.Text{ZH: zh, EN: en}, Cell: func(r *R, lang string) string { return cell(r).In(lang) }}
}

// counted is a column of whole numbers.
func counted[R any](zh, en string, cell func(r *R) int) export.Column[R] {
	return plain(zh, en, func(r *R) string { return strconv.Itoa(cell(r)) })
}

// joined are several values in one cell, as files to import have them.
func joined(values []string) string { return strings.Join(values, ";") }

func money(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

func yes(b bool) trade.Text {
	if b {
		return trade.Text{ZH: "是", EN: "yes"}
	}
	return trade.Text{ZH: "否", EN: "no"}
}

// level names a level as the policy does.
func (s *server) level(id string) trade.Text {
	l := s.View.Policy.Level(id)
	return trade.Text{ZH: l.ZH, EN: l.EN}
}

func (s *server) caseTable() export.Table[view.CaseRow] {
	type row = view.CaseRow
	return export.Table[row]{Name: "cases", Columns: []export.Column[row]{
		plain("措施", "Measure", func(r *row) string { return r.Family }),
		plain("编号", "Number", func(r *row) string { return r.Number }),
		worded("标题", "Headline", func(r *row) trade.Text { return r.Headline }),
		worded("状态", "State", func(r *row) trade.Text { return triage.StateName(r.State) }),
		worded("等级", "Level", func(r *row) trade.Text { return s.level(r.Level) }),
		worded("最近文件类型", "Kind of latest paper", func(r *row) trade.Text { return triage.KindName(r.Kind) }),
		plain("市场", "Markets", func(r *row) string { return joined(r.Markets) }),
		plain("行业", "Sectors", func(r *row) string { return joined(r.Sectors) }),
		plain("经办人", "Assignee", func(r *row) string { return r.Assignee }),
		plain("期限", "Due", func(r *row) string { return r.Due }),
		counted("直接涉及产品", "Direct", func(r *row) int { return r.Direct }),
		counted("很可能涉及产品", "Likely", func(r *row) int { return r.Likely }),
		counted("仅供参考产品", "Reference", func(r *row) int { return r.Reference }),
		counted("涉及企业", "Firms", func(r *row) int { return r.Exporters }),
		plain("出口额（美元/年）", "Exposure (USD a year)", func(r *row) string { return money(r.Exposure) }),
		counted("发布次数", "Releases", func(r *row) int { return r.Release }),
		worded("待处理", "Pending", func(r *row) trade.Text { return r.Pending }),
		plain("立案时间", "Opened", func(r *row) string { return r.Opened }),
		plain("最近变动", "Changed", func(r *row) string { return moment(r.ChangedAt) }),
		plain("键", "Key", func(r *row) string { return r.Key }),
	}}
}

func noticeTable() export.Table[view.NoticeRow] {
	type row = view.NoticeRow
	return export.Table[row]{Name: "notices", Columns: []export.Column[row]{
		plain("文号", "Symbol", func(r *row) string { return r.ID }),
		plain("其他文号", "Symbols", func(r *row) string { return joined(r.Symbols) }),
		plain("来源", "Source", func(r *row) string { return r.Source }),
		worded("类型", "Kind", func(r *row) trade.Text { return triage.KindName(r.Kind) }),
		plain("市场", "Markets", func(r *row) string { return joined(r.Markets) }),
		plain("标题（原文）", "Title", func(r *row) string { return r.Title }),
		plain("发布日", "Published", func(r *row) string { return r.Published }),
		plain("评议截止日", "Comments until", func(r *row) string { return r.Comment }),
		plain("收到时间", "Seen", func(r *row) string { return moment(r.SeenAt) }),
		worded("历史导入", "History", func(r *row) trade.Text { return yes(r.Backfill) }),
		plain("键", "Key", func(r *row) string { return r.Key }),
	}}
}

func (s *server) warningTable() export.Table[view.WarningRow] {
	type row = view.WarningRow
	return export.Table[row]{Name: "warnings", Columns: []export.Column[row]{
		plain("编号", "Number", func(r *row) string { return r.Number }),
		plain("措施", "Measure", func(r *row) string { return r.Family }),
		counted("第几次发布", "Release", func(r *row) int { return r.Release }),
		worded("等级", "Level", func(r *row) trade.Text { return s.level(r.Level) }),
		worded("解除", "Lifted", func(r *row) trade.Text { return yes(r.Lifted) }),
		worded("标题", "Headline", func(r *row) trade.Text { return r.Headline }),
		plain("市场", "Markets", func(r *row) string { return joined(r.Markets) }),
		counted("企业", "Firms", func(r *row) int { return r.Firms }),
		counted("产品", "Products", func(r *row) int { return r.Products }),
		worded("发布人", "By", func(r *row) trade.Text { return triage.ByName(r.By) }),
		plain("发布时间", "At", func(r *row) string { return r.At }),
		plain("键", "Key", func(r *row) string { return r.Key }),
	}}
}

func deliveryTable() export.Table[view.DeliveryRow] {
	type row = view.DeliveryRow
	return export.Table[row]{Name: "deliveries", Columns: []export.Column[row]{
		plain("收件方编号", "Subscriber", func(r *row) string { return r.Subscriber }),
		plain("收件方", "Recipient", func(r *row) string { return r.Name }),
		worded("渠道", "Channel", func(r *row) trade.Text { return triage.ChannelName(r.Channel) }),
		plain("措施", "Measure", func(r *row) string { return r.Family }),
		counted("第几次发布", "Release", func(r *row) int { return r.Release }),
		worded("状态", "State", func(r *row) trade.Text { return triage.DeliveryStateName(r.State) }),
		counted("尝试次数", "Attempts", func(r *row) int { return r.Attempt }),
		worded("原因", "Reason", func(r *row) trade.Text { return triage.ReasonText(r.Reason) }),
		plain("渠道回执", "Receipt", func(r *row) string { return r.Provider }),
		plain("时间", "At", func(r *row) string { return r.At }),
		plain("键", "Key", func(r *row) string { return r.Key }),
	}}
}
