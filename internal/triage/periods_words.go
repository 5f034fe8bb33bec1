package triage

import (
	"time"

	"tbtwatch/internal/trade"
)

// legal is what the agreements say of one interval, by area: in words, and as
// the list of articles.
type legal struct{ zh, en, basis string }

// The two agreements say the same in different places. Where no symbol tells
// which of them a measure falls under, both are named.
var (
	onPeriod = map[string]legal{
		"TBT": {"《TBT协定》第2.9.4条（合格评定程序为第5.6.4条）要求为其他成员提出书面意见留出合理时间，TBT委员会建议至少60天（G/TBT/1）",
			"Article 2.9.4 of the TBT Agreement (5.6.4 for conformity assessment procedures) asks for reasonable time for other Members' comments in writing, and the TBT Committee recommends at least 60 days (G/TBT/1)",
			"TBT Art. 2.9.4, 5.6.4; G/TBT/1"},
		"SPS": {"《SPS协定》附件B第5(d)款要求为其他成员提出书面意见留出合理时间，SPS委员会的推荐程序为自通报分发之日起至少60天（G/SPS/7）",
			"Annex B, paragraph 5(d), of the SPS Agreement asks for reasonable time for other Members' comments in writing, and the SPS Committee's recommended procedures give at least 60 days from circulation (G/SPS/7)",
			"SPS Annex B para. 5(d); G/SPS/7"},
		"": {"《TBT协定》第2.9.4条、《SPS协定》附件B第5(d)款要求为其他成员提出书面意见留出合理时间，两委员会建议至少60天（G/TBT/1、G/SPS/7）",
			"Article 2.9.4 of the TBT Agreement and Annex B, paragraph 5(d), of the SPS Agreement ask for reasonable time for other Members' comments in writing; both Committees recommend at least 60 days (G/TBT/1, G/SPS/7)",
			"TBT Art. 2.9.4, G/TBT/1; SPS Annex B para. 5(d), G/SPS/7"},
	}
	onTransition = map[string]legal{
		"TBT": {"《TBT协定》第2.12条（合格评定程序为第5.9条）要求在公布与生效之间留出合理间隔，使出口成员的生产者有时间调整，多哈部长决定将其解释为通常不少于6个月（WT/MIN(01)/17第5.2段）",
			"Article 2.12 of the TBT Agreement (5.9 for conformity assessment procedures) asks for a reasonable interval between publication and entry into force, so that producers in exporting Members can adapt; the Doha Ministerial Decision understands it as normally not less than six months (WT/MIN(01)/17, paragraph 5.2)",
			"TBT Art. 2.12, 5.9; WT/MIN(01)/17 para. 5.2"},
		"SPS": {"《SPS协定》附件B第2款要求在公布与生效之间留出合理间隔，使出口成员的生产者有时间调整，多哈部长决定将其解释为通常不少于6个月（WT/MIN(01)/17第3.2段）",
			"Annex B, paragraph 2, of the SPS Agreement asks for a reasonable interval between publication and entry into force, so that producers in exporting Members can adapt; the Doha Ministerial Decision understands it as normally not less than six months (WT/MIN(01)/17, paragraph 3.2)",
			"SPS Annex B para. 2; WT/MIN(01)/17 para. 3.2"},
		"": {"《TBT协定》第2.12条、《SPS协定》附件B第2款要求在公布与生效之间留出合理间隔，多哈部长决定将其解释为通常不少于6个月（WT/MIN(01)/17第3.2、5.2段）",
			"Article 2.12 of the TBT Agreement and Annex B, paragraph 2, of the SPS Agreement ask for a reasonable interval between publication and entry into force; the Doha Ministerial Decision understands it as normally not less than six months (WT/MIN(01)/17, paragraphs 3.2 and 5.2)",
			"TBT Art. 2.12; SPS Annex B para. 2; WT/MIN(01)/17 paras. 3.2, 5.2"},
	}
	onUrgency = map[string]legal{
		"TBT": {"《TBT协定》第2.10.1条（合格评定程序为第5.7.1条）要求说明紧急问题的性质，第2.10.3条（第5.7.3条）要求允许其他成员提出书面意见并予以考虑",
			"Article 2.10.1 of the TBT Agreement (5.7.1 for conformity assessment procedures) asks for the nature of the urgent problems, and Article 2.10.3 (5.7.3) lets other Members comment in writing and have their comments taken into account",
			"TBT Art. 2.10.1, 2.10.3, 5.7.1, 5.7.3"},
		"SPS": {"《SPS协定》附件B第6(a)款要求说明紧急问题的性质，第6(c)款要求允许其他成员提出书面意见并予以考虑",
			"Annex B, paragraph 6(a), of the SPS Agreement asks for the nature of the urgent problem, and paragraph 6(c) lets other Members comment in writing and have their comments taken into account",
			"SPS Annex B para. 6(a), 6(c)"},
		"": {"《TBT协定》第2.10.1条、《SPS协定》附件B第6(a)款要求说明紧急问题的性质，并允许其他成员提出书面意见",
			"Article 2.10.1 of the TBT Agreement and Annex B, paragraph 6(a), of the SPS Agreement ask for the nature of the urgent problem, and let other Members comment in writing",
			"TBT Art. 2.10.1; SPS Annex B para. 6(a)"},
	}
)

// law is what is said of the measure's area.
func (p periods) law(of map[string]legal) (trade.Text, string) {
	l, ok := of[p.area]
	if !ok {
		l = of[""]
	}
	return trade.Text{ZH: l.zh, EN: l.en}, l.basis
}

func written(t time.Time) string { return t.Format(trade.Day) }

func (p periods) comment(days int) Argument {
	law, basis := p.law(onPeriod)
	return Argument{
		Code: ArgumentPeriod, Basis: basis,
		Brief: say("评议期只有 %s 天，短于建议的 %s 天", "the comment period is %s days, less than the recommended %s", days, commentDays),
		Text: say("%s 于 %s 发布，评议于 %s 截止，评议期只有 %s 天。%s。请将评议期延长至 %s 或更晚。",
			"%s was circulated on %s and comments close on %s, a period of %s days only. %s. Please extend the period to %s or later.",
			p.name, written(p.circulated), written(p.close), days, law, written(p.circulated.AddDate(0, 0, commentDays))),
	}
}

func (p periods) transition(days int) Argument {
	law, basis := p.law(onTransition)
	from := trade.Text{ZH: "拟批准", EN: "adoption"}
	if p.published {
		from = trade.Text{ZH: "公布", EN: "publication"}
	}
	return Argument{
		Code: ArgumentTransition, Basis: basis,
		Brief: say("%s至生效只有 %s 天，不足六个月", "only %[2]s days lie between %[1]s and entry into force, less than six months", from, days),
		Text: say("%s 的%s日为 %s，生效日为 %s，过渡期只有 %s 天，不足六个月。%s。请将生效日推迟至 %s 或更晚。",
			"Of %s, the day of %s is %s and it enters into force on %s, which leaves %s days, less than six months. %s. Please postpone the entry into force to %s or later.",
			p.name, from, written(p.begin), written(p.force), days, law, written(monthsAfter(p.begin, transitionMonths))),
	}
}

func (p periods) urgency() Argument {
	law, basis := p.law(onUrgency)
	return Argument{
		Code: ArgumentUrgency, Basis: basis,
		Brief: trade.Text{ZH: "以紧急措施通报，没有评议期可言，可要求说明紧急的理由", EN: "notified as urgent, so there is no period to argue about: ask for the reason of the urgency"},
		Text: say("%s 以紧急措施通报。%s。请说明所针对的紧急问题及其依据、不能按常规程序通报的理由、措施拟实施多久，并对本方意见予以考虑。",
			"%s was notified as an urgent measure. %s. Please state the urgent problem and the evidence for it, why the regular procedure could not be followed and how long the measure is meant to last, and take our comments into account.",
			p.name, law),
	}
}
