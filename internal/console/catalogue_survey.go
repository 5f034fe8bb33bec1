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

	"nav.leads":      {ZH: "贸易关注线索", EN: "Trade concerns"},
	"leads.h1":       {ZH: "特别贸易关注线索", EN: "Leads for specific trade concerns"},
	"leads.lead":     {ZH: "企业反映损失或提出意见的措施，以及日期本身可作评议理由、且涉及登记企业的措施，供在 WTO/TBT、SPS 委员会提出。受影响出口额高的在前；企业没有反映的，按登记的出口额。", EN: "Measures about which firms told of losses or commented, and those that touch registered firms and whose own days give arguments, to be raised in the WTO's TBT and SPS Committees. Those with the most exports affected come first; where no firm told, by the exports that are registered."},
	"leads.since":    {ZH: "发布日不早于", EN: "Circulated since"},
	"leads.measures": {ZH: "措施", EN: "Measures"},
	"leads.affected": {ZH: "企业反映受影响 %v", EN: "%v affected, as firms told"},
	"leads.exposed":  {ZH: "登记出口额 %v", EN: "%v of registered exports"},
	"leads.cost":     {ZH: "新增成本 %v", EN: "added cost %v"},
	"leads.answered": {ZH: "%v 家反映，涉及 %v 家", EN: "%v told us, of %v {firm|firms} concerned"},
	"leads.none":     {ZH: "没有线索：还没有企业反映损失或提出意见，也没有评议期、过渡期过短而涉及登记企业的措施。企业填写影响调查后会显示在这里。", EN: "No lead: no firm has told of losses or commented, and no measure that touches registered firms has too short a comment period or transition. Measures stand here once firms answer the impact survey."},

	"opinion.title":        {ZH: "评议意见草稿", EN: "Draft comment"},
	"opinion.language":     {ZH: "语种", EN: "Language"},
	"opinion.in.zh":        {ZH: "中文", EN: "Chinese"},
	"opinion.in.en":        {ZH: "英文", EN: "English"},
	"opinion.lead":         {ZH: "由本案的事实、企业反馈和比对汇编而成，供修改后按程序提交。不列企业名称，除非选择引用其意见。", EN: "Composed from the case, what firms answered and the comparisons, to be edited and handed in. It names no firm unless you choose to quote its comment."},
	"opinion.open":         {ZH: "其中 %v 处待补充。", EN: "%v {place is|places are} left to be filled in."},
	"opinion.missing":      {ZH: "该成员还希望收到：%v，须另行翻译。", EN: "The member also wants: %v; have it translated."},
	"opinion.quotes":       {ZH: "可引用的企业意见", EN: "Comments of firms that can be quoted"},
	"opinion.quotes.about": {ZH: "引用即公开企业名称和原话，请先征得企业同意。", EN: "To quote one tells the firm's name and its words: ask the firm first."},
	"opinion.quote":        {ZH: "按所选引用", EN: "Quote these"},
	"opinion.quotes.none":  {ZH: "还没有企业写下意见。企业在反馈、影响调查中写的话会列在这里，供选择引用。", EN: "No firm has written a comment yet. What firms write in answers and surveys is listed here, to be quoted if you choose."},

	"impact.firms":    {ZH: "已反馈企业", EN: "Firms that answered"},
	"impact.parts":    {ZH: "影响调查 %v 家，意见 %v 家，不相关 %v 家", EN: "surveys: %v, comments: %v, not relevant: %v"},
	"impact.affected": {ZH: "受影响的年出口额", EN: "Exports affected, a year"},
	"impact.cost":     {ZH: "新增成本", EN: "Added cost"},
	"impact.of":       {ZH: "%v 家企业的调查合计", EN: "sum of %v {survey|surveys}"},
}
