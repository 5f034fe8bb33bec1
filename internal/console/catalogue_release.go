package console

import "tbtwatch/internal/trade"

// releaseWords are of what happens around a release.
var releaseWords = map[string]trade.Text{
	"release.title":      {ZH: "发布预演", EN: "Preview of the release"},
	"release.preview":    {ZH: "预演：会通知谁", EN: "Preview: who would be told"},
	"release.nothing":    {ZH: "以下为现在发布会发生的情况；尚未发送或保存任何内容。", EN: "This is what releasing now would do. Nothing has been sent or stored."},
	"release.reach":      {ZH: "通知 %v 个接收人，占全部 %v 个接收人的 %v。", EN: "Tells %v of %v subscribers: %v."},
	"release.nobody":     {ZH: "没有接收人会收到。", EN: "No subscriber would be told."},
	"release.channels":   {ZH: "按渠道", EN: "By channel"},
	"release.kinds":      {ZH: "按接收人类别", EN: "By kind of subscriber"},
	"release.when":       {ZH: "按时间", EN: "By when"},
	"release.count":      {ZH: "接收人数", EN: "Subscribers"},
	"release.first":      {ZH: "最先的 %v 个接收人", EN: "The first %v {recipient|recipients}"},
	"release.concerns":   {ZH: "涉及", EN: "What concerns them"},
	"release.time":       {ZH: "时间", EN: "When"},
	"release.nottold":    {ZH: "不通知谁，为什么", EN: "Who would not be told, and why"},
	"release.why":        {ZH: "原因", EN: "Reason"},
	"release.example":    {ZH: "例", EN: "Example"},
	"release.sample":     {ZH: "%v 会读到的邮件", EN: "The mail as %v would read it"},
	"release.links":      {ZH: "一键确认和退订的链接在此略去。", EN: "Links that confirm or unsubscribe with one click are left out here."},
	"release.do":         {ZH: "按此发布", EN: "Release it so"},
	"release.back":       {ZH: "回到研判页，先不发布", EN: "Back to the case, do not release yet"},
	"release.impossible": {ZH: "现在不能发布：", EN: "It cannot be released now:"},

	"release.waits": {ZH: "超过紧急制动的界限：发布后先不发送，待负责人放行。", EN: "More than the brake lets pass: after the release nothing is sent until the lead lets it go."},

	"brake.h":       {ZH: "待负责人放行", EN: "Waits for the lead"},
	"brake.waiting": {ZH: "此次发布有 %v 条通知尚未发送。", EN: "%v {delivery|deliveries} of this release not sent yet."},
	"brake.lead":    {ZH: "由中心负责人或管理员放行或放弃。", EN: "The centre's lead or an administrator lets them go or gives them up."},
	"brake.pass":    {ZH: "放行 %v 条", EN: "Let %v go"},
	"brake.drop":    {ZH: "全部放弃", EN: "Give all of them up"},
	"brake.how":     {ZH: "放行后按每个接收人的时间设置发送；放弃后不通知任何人。理由记入每条通知。", EN: "Let go, each goes out when its recipient wants to hear; given up, nobody is told. The reason stays with every delivery."},
	"brake.case":    {ZH: "第 %v 次发布有 %v 条通知待负责人放行", EN: "Release %v: %v waiting for the lead to let them go"},
	"done.passed":   {ZH: "已放行，通知将按各接收人的设置发出。", EN: "Let go: each goes out when its recipient wants to hear."},
	"done.dropped":  {ZH: "已放弃，此次发布的这些通知不再发送。", EN: "Given up: these deliveries will not be sent."},

	"when.at_once":           {ZH: "立即", EN: "at once"},
	"when.daily":             {ZH: "随每日摘要", EN: "with the daily digest"},
	"when.weekly":            {ZH: "随每周摘要", EN: "with the weekly digest"},
	"when.after_quiet_hours": {ZH: "免打扰时段或休息日之后", EN: "after quiet hours or days of rest"},
	"when.paused":            {ZH: "暂停期结束后", EN: "when their pause ends"},

	"because.level":         {ZH: "等级不到", EN: "level"},
	"because.market":        {ZH: "市场不符", EN: "market"},
	"because.sector":        {ZH: "行业不符", EN: "sector"},
	"because.district":      {ZH: "区县不符", EN: "district"},
	"because.not concerned": {ZH: "与其无关", EN: "not concerned"},
	"because.nothing new":   {ZH: "没有新内容", EN: "nothing new"},
	"because.not relevant":  {ZH: "企业反馈不相关", EN: "called not relevant"},
	"because.unsubscribed":  {ZH: "已退订", EN: "unsubscribed"},
}
