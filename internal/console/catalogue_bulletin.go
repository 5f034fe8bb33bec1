package console

import "tbtwatch/internal/trade"

// bulletinWords are of the bulletin's page around the bulletin itself, whose
// own words are written by triage.
var bulletinWords = map[string]trade.Text{
	"bulletin.title":         {ZH: "预警通报与通告", EN: "Bulletin"},
	"bulletin.audience":      {ZH: "读者", EN: "Audience"},
	"bulletin.internal":      {ZH: "通报（内部）", EN: "Internal bulletin"},
	"bulletin.public":        {ZH: "通告（公开）", EN: "Public notice"},
	"bulletin.internal.lead": {ZH: "供部门与工作人员使用，列有企业名称，请勿外传。", EN: "For departments and staff: it names firms and must not leave the house."},
	"bulletin.public.lead":   {ZH: "不含企业和产品的名称；少于三家企业时不列数字。人工改写的内容须同样遵守。", EN: "It names no firm and no product, and gives no numbers of fewer than three firms. What people write must keep to that too."},
	"bulletin.docx":          {ZH: "下载 Word 文件", EN: "Download for Word"},
	"bulletin.case":          {ZH: "回到研判", EN: "Back to the case"},
	"bulletin.number":        {ZH: "编号 %v", EN: "No. %v"},
	"bulletin.edit":          {ZH: "改写这一部分", EN: "Rewrite this part"},
	"bulletin.own":           {ZH: "由 %v 改写，%v", EN: "rewritten by %v, %v"},
	"bulletin.rewritten":     {ZH: "%v 改写", EN: "rewritten %v"},
	"bulletin.text":          {ZH: "内容（本页语言，最多 4000 字）", EN: "Text (in the language of this page, at most 4,000 characters)"},
	"bulletin.facts":         {ZH: "按事实生成的内容现在是：", EN: "What the facts say now:"},
	"bulletin.restore":       {ZH: "恢复为按事实生成", EN: "Let the facts speak again"},
	"bulletin.stale":         {ZH: "改写之后事实有变化，请核对这一部分。", EN: "Facts changed since this was written: check this part."},
	"bulletin.open":          {ZH: "对外公开", EN: "Open to the public"},
	"bulletin.is.public":     {ZH: "第 %v 次发布已作为通告公开：", EN: "Release %v is public:"},
	"bulletin.may.public":    {ZH: "公开后，任何人不登录即可读到第 %v 次发布的通告，内容固定为下面的样子。", EN: "Once it is public, everybody reads the notice of release %v without signing in, exactly as it stands below."},
	"bulletin.not.public":    {ZH: "现在不能公开：", EN: "It cannot be made public now:"},
	"bulletin.why.draft":     {ZH: "尚未发布，或已改判。请先在研判页发布预警。", EN: "it is not released, or was judged otherwise since. Release the warning on the case's page first."},
	"bulletin.why.news":      {ZH: "上次发布之后有变化。请先在研判页发布更新。", EN: "there is news since the last release. Release an update on the case's page first."},
	"bulletin.why.named":     {ZH: "其中出现企业名称“%v”。请先改写相应部分，或在研判页修改标题。", EN: "it names the firm “%v”. Rewrite that part, or change the headline on the case's page."},
	"bulletin.publish":       {ZH: "作为通告公开", EN: "Publish as a public notice"},
	"bulletin.withdraw":      {ZH: "撤回通告", EN: "Withdraw the notice"},
	"bulletin.withdrawn":     {ZH: "已撤回", EN: "withdrawn"},
	"bulletin.earlier":       {ZH: "此前公开的通告：", EN: "Public before:"},

	"published.title":     {ZH: "预警通告", EN: "Public notice"},
	"published.withdrawn": {ZH: "通告已撤回", EN: "This notice was withdrawn"},
	"published.why":       {ZH: "发布单位于 %v 撤回了这份通告，其内容不再有效。", EN: "Its issuer withdrew it on %v; what it said no longer holds."},
	"published.later":     {ZH: "已有更新的通告：第 %v 次发布", EN: "There is a later notice: release %v"},
}
