package console

import "tbtwatch/internal/trade"

// caseWords are of the case page and the warnings.
var caseWords = map[string]trade.Text{
	"case.title":      {ZH: "研判", EN: "Case"},
	"case.state":      {ZH: "状态", EN: "State"},
	"case.level":      {ZH: "等级", EN: "Level"},
	"case.due":        {ZH: "期限 %v", EN: "due %v"},
	"case.nodue":      {ZH: "未写明期限", EN: "no day stated"},
	"case.next":       {ZH: "下一日期：", EN: "next:"},
	"case.hits":       {ZH: "涉及企业 %v 家（直接 %v 项、很可能 %v 项产品）", EN: "%v {firm|firms} (%v {product|products} direct, %v likely)"},
	"case.reach":      {ZH: "将通知：企业 %v 家，直接 %v 项、很可能 %v 项产品", EN: "Tells %v {firm|firms}: %v {product|products} direct, %v likely"},
	"case.actions":    {ZH: "处理", EN: "Decide"},
	"case.remark":     {ZH: "说明（可不填）", EN: "Remark (optional)"},
	"case.reason":     {ZH: "理由（必填）", EN: "Reason (required)"},
	"case.do.release": {ZH: "发布预警", EN: "Release the warning"},
	"case.do.again":   {ZH: "再次发布（更新）", EN: "Release an update"},
	"case.do.dismiss": {ZH: "判为不涉及", EN: "Judge irrelevant"},
	"case.do.review":  {ZH: "开始研判", EN: "Take into review"},
	"case.do.reopen":  {ZH: "重新打开", EN: "Open again"},
	"case.do.edit":    {ZH: "编辑标题与摘要", EN: "Edit headline and summary"},
	"case.changed":    {ZH: "本次变化", EN: "What changed"},
	"case.unchanged":  {ZH: "上次发布以来没有实质变化。", EN: "Nothing material since the last release."},
	"case.first":      {ZH: "首次出现，尚未发布过。", EN: "New: nothing has been released yet."},
	"case.summary":    {ZH: "标题与摘要", EN: "Headline and summary"},
	"case.edited":     {ZH: "人工编辑", EN: "edited by a person"},
	"case.original":   {ZH: "原文", EN: "Original text"},
	"case.dates":      {ZH: "时间安排", EN: "Dates"},
	"case.papers":     {ZH: "历次文件", EN: "Papers"},
	"case.matches":    {ZH: "涉及的企业与产品", EN: "Firms and products touched"},
	"case.grading":    {ZH: "定级依据", EN: "How the level came about"},
	"case.told":       {ZH: "通知情况", EN: "Who was told"},
	"case.review":     {ZH: "让其他人知道此件已有人在研判", EN: "Lets the others know that somebody is at it"},
	"case.forgo":      {ZH: "不再通知任何人；可以重新打开", EN: "Nobody further is told; it can be opened again"},
	"case.history":    {ZH: "经过", EN: "History"},
	"case.refused":    {ZH: "未执行：", EN: "Not done:"},
	"case.conflict":   {ZH: "您打开之后，这件事已被他人或系统更新，您的操作没有执行。下面是现在的内容，请核对后再操作。", EN: "This case changed after you opened it, so nothing was done. Below is how it stands now: compare and decide again."},
	"case.yours":      {ZH: "您刚才填写的内容：", EN: "What you wrote:"},

	"edit.headline.zh": {ZH: "标题（中文）", EN: "Headline (Chinese)"},
	"edit.summary.zh":  {ZH: "摘要（中文）", EN: "Summary (Chinese)"},
	"edit.headline.en": {ZH: "标题（英文）", EN: "Headline (English)"},
	"edit.summary.en":  {ZH: "摘要（英文）", EN: "Summary (English)"},

	"date.what":     {ZH: "事项", EN: "What"},
	"date.computed": {ZH: "日期", EN: "Day"},
	"date.written":  {ZH: "原文写法", EN: "As written"},
	"date.basis":    {ZH: "依据", EN: "Basis"},

	"firm.products": {ZH: "%v 项产品", EN: "%v {product|products}"},
	"firm.more":     {ZH: "另有 %v 家企业未列出。", EN: "%v {more firm is|more firms are} not listed."},

	"warning.title":    {ZH: "预警", EN: "Warning"},
	"warning.reach":    {ZH: "%v 家企业、%v 项产品", EN: "%v {firm|firms}, %v {product|products}"},
	"warning.audience": {ZH: "对象与依据", EN: "Whom it concerns, and why"},
}
