package api

import (
	"cmp"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/export"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
	"tbtwatch/internal/view"
)

// The registry's columns are named as files to import name them, so that what
// was exported can be imported.

func exporterTable() export.Table[trade.Exporter] {
	type row = trade.Exporter
	return export.Table[row]{Name: "exporters", Columns: []export.Column[row]{
		plain("企业编号", "exporter_id", func(r *row) string { return r.ID }),
		plain("企业名称", "exporter_name", func(r *row) string { return r.Name }),
		plain("区县", "district", func(r *row) string { return r.District }),
	}}
}

func (s *server) productTable() export.Table[trade.Product] {
	type row = trade.Product
	firm := func(r *row) trade.Exporter { e, _ := s.View.Directory.Exporter(r.Exporter); return e }
	return export.Table[row]{Name: "products", Columns: []export.Column[row]{
		plain("企业编号", "exporter_id", func(r *row) string { return r.Exporter }),
		plain("企业名称", "exporter_name", func(r *row) string { return firm(r).Name }),
		plain("区县", "district", func(r *row) string { return firm(r).District }),
		plain("产品编号", "product_id", func(r *row) string { return r.ID }),
		plain("产品名称", "name_zh", func(r *row) string { return r.NameZH }),
		plain("英文名称", "name_en", func(r *row) string { return r.NameEN }),
		plain("海关编码", "hs", func(r *row) string { return joined(r.HS) }),
		plain("ICS", "ics", func(r *row) string { return joined(r.ICS) }),
		plain("别名", "terms", func(r *row) string { return joined(r.Terms) }),
		plain("执行标准", "standards", func(r *row) string { return joined(r.Standards) }),
		plain("物质", "substances", func(r *row) string { return joined(r.Substances) }),
		plain("出口市场", "markets", func(r *row) string { return joined(r.Markets) }),
		plain("年出口额（美元）", "export_value_usd", func(r *row) string {
			if r.ExportValue == 0 {
				return ""
			}
			return money(r.ExportValue)
		}),
	}}
}

func subscriberTable() export.Table[trade.Subscriber] {
	type row = trade.Subscriber
	return export.Table[row]{Name: "subscribers", Columns: []export.Column[row]{
		plain("订阅编号", "subscriber_id", func(r *row) string { return r.ID }),
		plain("类型", "kind", func(r *row) string { return string(r.Kind) }),
		plain("名称", "name", func(r *row) string { return r.Name }),
		plain("企业编号", "exporter_id", func(r *row) string { return r.Exporter }),
		plain("区县", "district", func(r *row) string { return r.District }),
		plain("行业", "sector", func(r *row) string { return r.Sector }),
		plain("市场", "markets", func(r *row) string { return joined(r.Markets) }),
		plain("语言", "language", func(r *row) string { return r.Language }),
		plain("渠道", "channel", func(r *row) string { return r.Channel }),
		plain("地址", "address", func(r *row) string { return r.Address }),
		plain("频率", "cadence", func(r *row) string { return r.Cadence }),
		plain("最低等级", "lowest_level", func(r *row) string { return r.LowestLevel }),
		plain("时区", "timezone", func(r *row) string { return r.Timezone }),
		plain("免打扰时段", "quiet_hours", func(r *row) string { return r.QuietHours }),
		plain("休息日", "rest_days", func(r *row) string { return r.RestDays }),
		plain("暂停至", "paused_until", func(r *row) string { return r.PausedUntil }),
		plain("静音的措施", "muted", func(r *row) string { return r.Muted }),
	}}
}

func standardTable() export.Table[view.StandardRow] {
	type row = view.StandardRow
	latest := func(r *row) *view.StandardMeasure { return cmp.Or(r.Latest, &view.StandardMeasure{}) }
	return export.Table[row]{Name: "standards", Columns: []export.Column[row]{
		plain("标准", "Standard", func(r *row) string { return r.Name }),
		plain("发布机构代码", "Body", func(r *row) string { return r.Body }),
		worded("发布机构", "Issuing body", func(r *row) trade.Text { return r.BodyName }),
		counted("引用的措施", "Measures", func(r *row) int { return r.Measures }),
		counted("执行的产品", "Products", func(r *row) int { return r.Products }),
		worded("最近引用的措施", "Latest measure", func(r *row) trade.Text { return latest(r).Headline }),
		plain("该措施文号", "Its paper", func(r *row) string { return latest(r).Notice }),
		plain("该措施发布日", "Published", func(r *row) string { return latest(r).Published }),
		plain("键", "Key", func(r *row) string { return r.Key }),
	}}
}

func responseTable() export.Table[view.ResponseRow] {
	type row = view.ResponseRow
	return export.Table[row]{Name: "responses", Columns: []export.Column[row]{
		plain("措施", "Measure", func(r *row) string { return r.Family }),
		plain("企业编号", "Exporter", func(r *row) string { return r.Exporter }),
		plain("企业名称", "Exporter's name", func(r *row) string { return r.Name }),
		plain("产品编号", "Product", func(r *row) string { return r.Product }),
		worded("答复", "Answer", func(r *row) trade.Text { return triage.ResponseName(r.Kind) }),
		worded("理由", "Reason", func(r *row) trade.Text { return r.Why }),
		plain("答复人", "By", func(r *row) string { return r.By }),
		plain("时间", "At", func(r *row) string { return r.At }),
	}}
}

// outcomes are the columns of a tally.
func outcomes[R any](of func(r *R) trade.Tally) []export.Column[R] {
	return []export.Column[R]{
		counted("行数", "Rows", func(r *R) int { return of(r).Rows }),
		counted("采集", "Published", func(r *R) int { return of(r).Notices }),
		counted("重复", "Duplicates", func(r *R) int { return of(r).Duplicates }),
		counted("未变", "Unchanged", func(r *R) int { return of(r).Unchanged }),
		counted("隔离", "Quarantined", func(r *R) int { return of(r).Quarantined }),
		counted("拒收", "Refused", func(r *R) int { return of(r).Refused }),
	}
}

func sourceTable() export.Table[view.SourceRow] {
	type row = view.SourceRow
	return export.Table[row]{Name: "sources", Columns: append([]export.Column[row]{
		plain("来源", "Source", func(r *row) string { return r.Name }),
		plain("种类", "Kind", func(r *row) string { return r.Kind }),
		plain("状况", "Health", func(r *row) string { return string(r.Health) }),
		plain("最近成功", "Last success", func(r *row) string { return r.LastOK }),
		plain("最近运行", "Last run", func(r *row) string { return r.LastRun }),
		counted("连续失败", "Failures in a row", func(r *row) int { return r.Fails }),
		plain("错误", "Error", func(r *row) string { return r.Error }),
	}, outcomes(func(r *row) trade.Tally { return r.Outcome })...)}
}

func runTable() export.Table[bus.Run] {
	type row = bus.Run
	return export.Table[row]{Name: "runs", Columns: append([]export.Column[row]{
		plain("来源", "Source", func(r *row) string { return r.Source }),
		plain("开始", "Started", func(r *row) string { return r.Started }),
		plain("结束", "Ended", func(r *row) string { return r.Ended }),
		plain("触发", "Trigger", func(r *row) string { return r.Trigger }),
		plain("错误", "Error", func(r *row) string { return r.Error }),
		counted("文件数", "Documents", func(r *row) int { return r.Fetched }),
	}, outcomes(func(r *row) trade.Tally { return r.Tally })...)}
}

func quarantineTable() export.Table[view.QuarantineRow] {
	type row = view.QuarantineRow
	return export.Table[row]{Name: "quarantine", Columns: []export.Column[row]{
		plain("来源", "Source", func(r *row) string { return r.Source }),
		plain("位置", "Where", func(r *row) string { return r.Where }),
		plain("原因", "Reason", func(r *row) string { return r.Reason }),
		worded("整个文件", "Whole document", func(r *row) trade.Text { return yes(r.Whole) }),
		plain("原始文件 SHA-256", "Raw capture", func(r *row) string { return r.Raw }),
		plain("时间", "At", func(r *row) string { return r.At }),
		plain("键", "Key", func(r *row) string { return r.Key }),
	}}
}

func deadLetterTable() export.Table[view.DeadLetterRow] {
	type row = view.DeadLetterRow
	return export.Table[row]{Name: "dead-letters", Columns: []export.Column[row]{
		plain("环节", "Stage", func(r *row) string { return r.Consumer }),
		plain("主题", "Subject", func(r *row) string { return r.Subject }),
		plain("原因", "Reason", func(r *row) string { return r.Reason }),
		counted("尝试次数", "Attempts", func(r *row) int { return int(r.Attempts) }),
		plain("时间", "At", func(r *row) string { return r.At }),
		plain("键", "Key", func(r *row) string { return r.Key }),
	}}
}
