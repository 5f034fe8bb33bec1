package console

import "tbtwatch/internal/trade"

// surveyWords are of the impact survey and of what firms answered together.
var surveyWords = map[string]trade.Text{
	"survey.h1":   {ZH: "影响调查：%v", EN: "Impact survey: %v"},
	"survey.lead": {ZH: "企业以电话、邮件等方式告知的，可代为登记。已知的内容已预先填入，请与企业核对。", EN: "For what a firm told by telephone or mail. What is known is filled in already: check it with the firm."},
	"survey.do":   {ZH: "代企业填写影响调查", EN: "Fill in the impact survey for a firm"},
	"survey.open": {ZH: "打开调查表", EN: "Open the survey"},

	"known.h":       {ZH: "登记库中已有的", EN: "What is registered"},
	"known.product": {ZH: "涉及的产品", EN: "Product concerned"},
	"known.value":   {ZH: "登记的年出口额", EN: "Exports registered, a year"},
	"known.only":    {ZH: "只出口到这些市场", EN: "exported to these markets only"},
	"known.more":    {ZH: "所有市场合计，不只这些市场", EN: "all markets, not these alone"},
	"known.none":    {ZH: "未登记", EN: "not registered"},
	"known.nothing": {ZH: "没有登记涉及的产品。", EN: "No product concerned is registered."},
	"known.filled":  {ZH: "已按只出口到这些市场的产品登记的出口额填入，请核对。", EN: "Filled in from what is registered of products that are exported to these markets only: please check."},

	"impact.firms":    {ZH: "已反馈企业", EN: "Firms that answered"},
	"impact.parts":    {ZH: "影响调查 %v 家，意见 %v 家，不相关 %v 家", EN: "surveys: %v, comments: %v, not relevant: %v"},
	"impact.affected": {ZH: "受影响的年出口额", EN: "Exports affected, a year"},
	"impact.cost":     {ZH: "新增成本", EN: "Added cost"},
	"impact.of":       {ZH: "%v 家企业的调查合计", EN: "sum of %v {survey|surveys}"},
}
