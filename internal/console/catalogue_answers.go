package console

import "tbtwatch/internal/trade"

// waitingWords are of the pages about who has not answered.
var waitingWords = map[string]trade.Text{
	"nav.waiting":         {ZH: "催办", EN: "Not answered"},
	"waiting.h1":          {ZH: "未反馈企业的跟进", EN: "Who has not answered, and who asks"},
	"waiting.policy":      {ZH: "预警首次送达企业后，企业未作任何反馈的：第 %v 个工作日后由协会跟进，第 %v 个工作日后由区县跟进，第 %v 个工作日后报部门；最高等级的预警减半。企业任何一次反馈即止，后续发布不重新计算。", EN: "Where a firm says nothing after a warning first reached it, the association of its sector takes it up after %v working days, the district after %v, the departments after %v; half of them for the most serious level. Any answer ends it, and a later release begins nothing anew."},
	"waiting.told":        {ZH: "已送达企业", EN: "Firms told"},
	"waiting.answered":    {ZH: "已反馈", EN: "Answered"},
	"waiting.with":        {ZH: "未反馈，在%v", EN: "not answered, with the %v"},
	"waiting.measures":    {ZH: "各项措施", EN: "Measure by measure"},
	"waiting.measure":     {ZH: "预警", EN: "Warning"},
	"waiting.step":        {ZH: "现由谁跟进", EN: "With"},
	"waiting.since":       {ZH: "起始日", EN: "Since"},
	"waiting.firsttold":   {ZH: "首次送达", EN: "First told"},
	"waiting.due":         {ZH: "反馈期限", EN: "Due"},
	"waiting.more":        {ZH: "另有 %v 项措施未列出，请下载表格。", EN: "%v more {measure|measures} are not listed; the table has them."},
	"waiting.minute":      {ZH: "数字每分钟更新一次。", EN: "Counted once a minute."},
	"waiting.all":         {ZH: "所有措施", EN: "All measures"},
	"waiting.none":        {ZH: "没有等待反馈的企业：还没有预警送达，或收到的企业都已反馈。预警送达后、企业未作任何反馈的，会显示在这里。", EN: "No firm has an answer to give: no warning has reached one, or all have answered. Firms stand here from when a warning reaches them until they say anything."},
	"waiting.allanswered": {ZH: "收到该预警的企业都已反馈。", EN: "Every firm that this warning reached has answered."},
	"waiting.nobodytold":  {ZH: "该预警尚未送达任何企业。", EN: "This warning has reached no firm yet."},
	"waiting.lifted":      {ZH: "该预警已解除，不再要求反馈。", EN: "The warning was lifted: nobody is asked any more."},

	"rules.escalation": {ZH: "未反馈的跟进", EN: "Who asks when nobody answers"},

	"case.waiting":      {ZH: "谁还没有反馈", EN: "Who has not answered"},
	"case.waiting.sums": {ZH: "已送达 %v 家，已反馈 %v 家。", EN: "Told: %v {firm|firms}; answered: %v."},
	"case.waiting.all":  {ZH: "全部 %v 家", EN: "all %v {firm|firms}"},

	"area.waiting":      {ZH: "现由本区县跟进", EN: "With the district now"},
	"area.waiting.none": {ZH: "目前没有需要本区县跟进的企业。预警送达后超过期限仍未反馈的企业会显示在这里。", EN: "No firm has to be asked by the district now. Firms stand here when they have not answered in the time that they have."},
	"area.waiting.wait": {ZH: "另有 %v 项未反馈，尚在企业；%v 项由协会跟进。", EN: "Not answered beside these: %v still with the firm, %v with its association."},
	"group.with":        {ZH: "现由部门跟进", EN: "With departments"},
	"report.with":       {ZH: "其中：未反馈，现由协会跟进", EN: "of these: not answered, with the association now"},
	"measures.with":     {ZH: "未反馈、现由协会跟进（企业 × 措施）：", EN: "Not answered, with the association now (firms × measures):"},
}
