package notify

// Labels are the fixed words of a message.
type Labels struct {
	Changed, You, Products, Firms, Markets, Why, Dates, AsWritten, Actions, Measure, Symbols, Kind string
	Link, Page, Original, Papers, HS, Level, Issued, Rest, Receipt, Stop, Identity                 string
	Colon, Open, Close, Semicolon                                                                  string // between our words, as the language prints them
}

func labels(lang string) Labels {
	if lang == "en" {
		return Labels{
			Changed: "What changed", You: "What it means to you", Products: "Your products concerned", Firms: "Firms concerned",
			Markets: "Markets", Why: "Why", Dates: "What happens when", AsWritten: "as written", Actions: "What to do",
			Measure: "The measure", Symbols: "Numbers", Kind: "Kind", Link: "The authority's own page", Page: "This warning on our pages",
			Original: "Original text", Papers: "Papers so far", Receipt: "Confirm that you have read this", Stop: "Unsubscribe", HS: "HS", Level: "Level", Issued: "Issued",
			Rest: "The message was cut to fit; see the page for the rest.", Identity: "Message", Colon: ": ", Open: " (", Close: ")", Semicolon: "; ",
		}
	}
	return Labels{
		Changed: "本次变化", You: "与您的关系", Products: "您的相关产品", Firms: "涉及企业",
		Markets: "涉及市场", Why: "匹配依据", Dates: "时间安排", AsWritten: "原文", Actions: "应对建议",
		Measure: "措施信息", Symbols: "文件编号", Kind: "类型", Link: "官方原文链接", Page: "本预警网页",
		Original: "原文", Papers: "历次文件", Receipt: "确认已阅（回执）", Stop: "退订", HS: "税号", Level: "等级", Issued: "发布日期",
		Rest: "内容较长，已截短，其余请见网页。", Identity: "消息编号", Colon: "：", Open: "（", Close: "）", Semicolon: "；",
	}
}
