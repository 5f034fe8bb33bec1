package triage

import (
	"strings"

	"tbtwatch/internal/trade"
)

// kindWords names a kind of notice; a is its English name as what somebody
// published.
type kindWords struct {
	trade.Text
	a string
}

var kindNames = map[trade.Kind]kindWords{
	trade.KindNew:         {trade.Text{ZH: "新措施", EN: "new measure"}, "a new measure"},
	trade.KindUrgent:      {trade.Text{ZH: "紧急措施", EN: "urgent measure"}, "an urgent measure"},
	trade.KindAddendum:    {trade.Text{ZH: "补遗", EN: "addendum"}, "an addendum"},
	trade.KindCorrigendum: {trade.Text{ZH: "勘误", EN: "corrigendum"}, "a corrigendum"},
	trade.KindRevision:    {trade.Text{ZH: "修订", EN: "revision"}, "a revision"},
	trade.KindSupplement:  {trade.Text{ZH: "增补（译文）", EN: "supplement (translation)"}, "a supplement (translation)"},
	trade.KindRule:        {trade.Text{ZH: "法规公告", EN: "rule"}, "a rule"},
	trade.KindRecall:      {trade.Text{ZH: "召回与安全警示", EN: "recall or safety alert"}, "a recall or safety alert"},
	trade.KindReport:      {trade.Text{ZH: "监管动态", EN: "regulator's news"}, "news"},
}

// KindName names a kind of notice for people.
func KindName(k trade.Kind) trade.Text {
	if w, ok := kindNames[k]; ok {
		return w.Text
	}
	return same(string(k))
}

// published is a kind of notice as the object of a sentence.
func published(k trade.Kind) trade.Text {
	if w, ok := kindNames[k]; ok {
		return trade.Text{ZH: w.ZH, EN: w.a}
	}
	return trade.Text{ZH: string(k), EN: "a paper of the kind " + string(k)}
}

var dateNames = map[string]trade.Text{
	trade.DatePublished:       {ZH: "发布", EN: "published"},
	trade.DateCommentDeadline: {ZH: "评议截止", EN: "comments close"},
	trade.DateAdoption:        {ZH: "拟批准", EN: "adoption"},
	trade.DateEntryIntoForce:  {ZH: "拟生效", EN: "entry into force"},
}

// DateName names a kind of date for people; in English in lower case, as inside
// a sentence.
func DateName(what string) trade.Text {
	if t, ok := dateNames[what]; ok {
		return t
	}
	return same(strings.ReplaceAll(what, "_", " "))
}

var gradeNames = map[trade.Grade]trade.Text{
	trade.Direct:    {ZH: "直接涉及", EN: "named directly"},
	trade.Likely:    {ZH: "很可能涉及", EN: "probably concerned"},
	trade.Reference: {ZH: "供参考", EN: "for reference"},
	trade.NoGrade:   {ZH: "不涉及", EN: "not concerned"},
}

// GradeName names how surely a product is touched.
func GradeName(g trade.Grade) trade.Text {
	if t, ok := gradeNames[g]; ok {
		return t
	}
	return same(string(g))
}

var stateNames = map[trade.CaseState]trade.Text{
	trade.CaseOpen:       {ZH: "待研判", EN: "to be judged"},
	trade.CaseInReview:   {ZH: "研判中", EN: "in review"},
	trade.CaseReleased:   {ZH: "已发布", EN: "released"},
	trade.CaseIrrelevant: {ZH: "不涉及", EN: "irrelevant"},
	trade.CaseClosed:     {ZH: "已关闭", EN: "closed"},
}

// StateName names a state of a case for people.
func StateName(s trade.CaseState) trade.Text {
	if t, ok := stateNames[s]; ok {
		return t
	}
	return same(string(s))
}

var deliveryNames = map[trade.DeliveryState]trade.Text{
	trade.Planned:    {ZH: "待发送", EN: "planned"},
	trade.Bundled:    {ZH: "随摘要发送", EN: "in a digest"},
	trade.Sending:    {ZH: "发送中", EN: "being sent"},
	trade.Accepted:   {ZH: "已送达渠道", EN: "accepted"},
	trade.Rejected:   {ZH: "被拒绝", EN: "rejected"},
	trade.RetryAt:    {ZH: "等待重试", EN: "to be tried again"},
	trade.Unknown:    {ZH: "结果不明", EN: "unknown"},
	trade.Held:       {ZH: "待人工决定", EN: "held: a person decides"},
	trade.Suppressed: {ZH: "不发送", EN: "not to be sent"},
}

// DeliveryStateName names a state of a delivery for people.
func DeliveryStateName(s trade.DeliveryState) trade.Text {
	if t, ok := deliveryNames[s]; ok {
		return t
	}
	return same(string(s))
}

var channelNames = map[string]trade.Text{
	"email":    {ZH: "邮件", EN: "e-mail"},
	"webhook":  {ZH: "系统推送", EN: "webhook"},
	"slack":    {ZH: "Slack 消息", EN: "Slack"},
	"wecom":    {ZH: "企业微信", EN: "WeCom"},
	"dingtalk": {ZH: "钉钉", EN: "DingTalk"},
	"feishu":   {ZH: "飞书", EN: "Feishu"},
}

// ChannelName names the way over which a subscriber hears.
func ChannelName(channel string) trade.Text {
	if t, ok := channelNames[channel]; ok {
		return t
	}
	return same(channel)
}

var ruleNames = map[string]trade.Text{
	trade.EvidenceHS:        {ZH: "HS 编码", EN: "HS code"},
	trade.EvidenceICS:       {ZH: "ICS 编码", EN: "ICS code"},
	trade.EvidenceTerm:      {ZH: "产品名称", EN: "product's name"},
	trade.EvidenceConcept:   {ZH: "同类商品", EN: "kind of goods"},
	trade.EvidenceStandard:  {ZH: "标准", EN: "standard"},
	trade.EvidenceSubstance: {ZH: "物质", EN: "substance"},
	trade.EvidenceParent:    {ZH: "沿用原通报", EN: "inherited from the parent"},
}

// RuleName names a kind of evidence for people.
func RuleName(kind string) trade.Text {
	if t, ok := ruleNames[kind]; ok {
		return t
	}
	return same(kind)
}

// ByRule stands for a person's name where policy acted without one.
const ByRule = "rule"

// ByName names who did something: a person, or the rule.
func ByName(by string) trade.Text {
	if by == ByRule {
		return trade.Text{ZH: "按规则自动", EN: "by rule"}
	}
	return same(by)
}

// same is what has one form in both languages: a name, or words of a person.
func same(words string) trade.Text { return trade.Text{ZH: words, EN: words} }
