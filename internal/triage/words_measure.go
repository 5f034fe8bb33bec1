package triage

import "tbtwatch/internal/trade"

var measureStateNames = map[trade.MeasureState]trade.Text{
	trade.StateDraft:          {ZH: "草案征求意见", EN: "draft, open to comments"},
	trade.StateCommentsClosed: {ZH: "征求意见截止", EN: "draft, comments closed"},
	trade.StateAdopted:        {ZH: "通过", EN: "adopted"},
	trade.StatePublished:      {ZH: "公布", EN: "published"},
	trade.StateInForce:        {ZH: "生效", EN: "in force"},
	trade.StateRevised:        {ZH: "修订", EN: "under revision"},
	trade.StateWithdrawn:      {ZH: "撤销", EN: "withdrawn"},
}

// MeasureStateName names the state of a measure for people.
func MeasureStateName(s trade.MeasureState) trade.Text {
	if t, ok := measureStateNames[s]; ok {
		return t
	}
	return same(string(s))
}

var effectNames = map[string]trade.Text{
	trade.EffectCommentPeriod: {ZH: "评议期变更", EN: "comment period changed"},
	trade.EffectAdopted:       {ZH: "措施通过", EN: "adopted"},
	trade.EffectPublished:     {ZH: "措施公布", EN: "published"},
	trade.EffectInForce:       {ZH: "措施生效", EN: "enters into force"},
	trade.EffectWithdrawn:     {ZH: "措施撤销", EN: "withdrawn or revoked"},
	trade.EffectScope:         {ZH: "内容或范围变更", EN: "content or scope changed"},
	trade.EffectGuidance:      {ZH: "发布解释性指南", EN: "interpretive guidance issued"},
	trade.EffectTranslation:   {ZH: "译文", EN: "translation"},
	trade.EffectOther:         {ZH: "其他", EN: "other"},
}

// EffectName names what a follow-up changes for people.
func EffectName(what string) trade.Text {
	if t, ok := effectNames[what]; ok {
		return t
	}
	return same(what)
}

var mentionNames = map[string]trade.Text{
	trade.MentionSame:     {ZH: "同一措施", EN: "the same measure"},
	trade.MentionReplaces: {ZH: "取代关系", EN: "replacement"},
	trade.MentionRelated:  {ZH: "相关通报", EN: "related"},
}

// MentionName names how a paper names an earlier notification.
func MentionName(how string) trade.Text {
	if t, ok := mentionNames[how]; ok {
		return t
	}
	return same(how)
}

var fieldNames = map[string]trade.Text{
	"state":       {ZH: "措施状态", EN: "state of the measure"},
	"hs":          {ZH: "税号", EN: "HS codes"},
	"ics":         {ZH: "ICS 分类", EN: "ICS codes"},
	"products":    {ZH: "产品范围", EN: "products covered"},
	"markets":     {ZH: "适用市场", EN: "markets"},
	"title":       {ZH: "标题", EN: "title"},
	"translation": {ZH: "译文数", EN: "translations"},
}

// FieldName names a field of a measure that papers change; see Difference.
func FieldName(field string) trade.Text {
	if t, ok := fieldNames[field]; ok {
		return t
	}
	return DateName(field)
}
