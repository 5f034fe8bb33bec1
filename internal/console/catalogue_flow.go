package console

import "tbtwatch/internal/trade"

// flowWords are of the delivery statistics.
var flowWords = map[string]trade.Text{
	"flow.h1":       {ZH: "通知送达统计", EN: "How deliveries went"},
	"flow.lead":     {ZH: "每条通知计一次，按所属预警的发布日归入日、周、月，按现在的状态计。", EN: "Every delivery counts once, on the day on which its release went out, as it stands now."},
	"flow.by":       {ZH: "按", EN: "By"},
	"flow.by.day":   {ZH: "日", EN: "day"},
	"flow.by.week":  {ZH: "周", EN: "week"},
	"flow.by.month": {ZH: "月", EN: "month"},
	"flow.from":     {ZH: "从", EN: "From"},
	"flow.to":       {ZH: "到", EN: "To"},
	"flow.kind":     {ZH: "接收人", EN: "Recipients"},
	"flow.planned":  {ZH: "计划", EN: "Planned"},
	"flow.waiting":  {ZH: "待发送", EN: "Waiting"},
	"flow.median":   {ZH: "发布到送达（中位数）", EN: "From release to acceptance (median)"},
	"flow.p95":      {ZH: "95 百分位", EN: "95th percentile"},
	"flow.share":    {ZH: "企业反馈率", EN: "Share of firms that answered"},
	"flow.ofasked":  {ZH: "%v / %v，其中回执 %v", EN: "%v of %v, receipts: %v"},
	"flow.receipts": {ZH: "回执", EN: "Receipts"},
	"flow.rate":     {ZH: "反馈率", EN: "Share"},
	"flow.seconds":  {ZH: "%v 秒", EN: "%v s"},
	"flow.periods":  {ZH: "按时间", EN: "By period"},
	"flow.channels": {ZH: "按渠道", EN: "By channel"},
	"flow.levels":   {ZH: "按等级", EN: "By level"},
	"flow.kinds":    {ZH: "按接收人", EN: "By recipients"},
	"flow.reasons":  {ZH: "不发送的原因", EN: "Why deliveries were suppressed"},
	"flow.about":    {ZH: "反馈按企业 × 措施计：某次发布首次送达企业后，企业是否作过任何反馈，归入该次发布的渠道和等级，每分钟更新一次。用时的误差不超过 3%。提醒和催办不是发布，不计入。", EN: "Answers count firms × measures: whether a firm said anything after a release first reached it, under that release's channel and level, counted once a minute. Times are right within 3 %. Reminders and messages about missing answers are no releases and do not count."},
	"flow.none":     {ZH: "这段时间没有通知：没有发布预警，或没有符合条件的接收人。发布预警后会显示在这里。", EN: "No delivery in that time: no warning was released, or nobody was to be told. Deliveries stand here once a warning is released."},
	"stats.flow":    {ZH: "通知送达统计", EN: "Deliveries"},
}
