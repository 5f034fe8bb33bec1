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
