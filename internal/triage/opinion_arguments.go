package triage

import (
	"slices"
	"strings"

	"tbtwatch/internal/trade"
)

// arguments are what the measure's days give, what firms said, and how domestic
// and foreign requirements differ.
func (o *opinion) arguments() []Block {
	var out []Block
	for _, a := range o.args {
		out = append(out, Block{Text: say("%s（依据：%s）", "%s (basis: %s)", a.Text, a.Basis)})
	}
	out = append(out, o.difficulties()...)
	out = append(out, o.comparisons()...)
	for _, q := range o.quotes {
		if q.Quoted {
			out = append(out, Block{Text: say("%s 表示：“%s”", "%s says: “%s”", q.Name, q.Text)})
		}
	}
	if len(out) == 0 {
		return []Block{{Text: toFill}}
	}
	return out
}

// difficulties are those that firms named. Of fewer than three surveys no counts
// are told.
func (o *opinion) difficulties() []Block {
	if len(o.impact.Difficulties) == 0 {
		return nil
	}
	if o.impact.Surveys < FewestFirms {
		var zh, en []string
		for _, d := range o.impact.Difficulties {
			n := DifficultyName(d.Code)
			zh, en = append(zh, n.ZH), append(en, n.EN)
		}
		return []Block{{Text: say("企业反映的困难：%s。", "Difficulties that exporters named: %s.", trade.Text{ZH: strings.Join(zh, "、"), EN: strings.Join(en, ", ")})}}
	}
	var rows [][]trade.Text
	for _, d := range o.impact.Difficulties {
		rows = append(rows, row(DifficultyName(d.Code), say("%s 家", "%s", d.Firms)))
	}
	head := row(trade.Text{ZH: "困难", EN: "Difficulty"}, trade.Text{ZH: "企业数", EN: "Exporters"})
	return []Block{para("影响调查（%s 家企业）反映的困难：", "Difficulties named in the survey of %s exporters:", o.impact.Surveys), {Table: &Table{Head: head, Rows: rows}}}
}

// comparisons are those that people of the centre wrote, in their own words.
func (o *opinion) comparisons() []Block {
	if len(o.Case.Comparisons) == 0 {
		return nil
	}
	var rows [][]trade.Text
	for _, c := range o.Case.Comparisons {
		rows = append(rows, row(same(c.Standard), or(same(c.Domestic), toFill), or(same(c.Foreign), toFill), or(same(c.Gap), toFill)))
	}
	head := row(trade.Text{ZH: "标准", EN: "Standard"}, trade.Text{ZH: "国内要求", EN: "Domestic requirement"}, trade.Text{ZH: "国外要求", EN: "Foreign requirement"}, trade.Text{ZH: "差异", EN: "Gap"})
	return []Block{para("国内外要求的差异：", "Differences between domestic and foreign requirements, as this centre wrote them down (translate what is in Chinese before sending):"), {Table: &Table{Head: head, Rows: rows}}}
}

// requests follow from the arguments and from what firms need.
func (o *opinion) requests() []Block {
	var out []Block
	add := func(zh, en string, args ...any) { out = append(out, para(zh, en, args...)) }
	has := func(code string) bool {
		return slices.ContainsFunc(o.args, func(a Argument) bool { return a.Code == code })
	}
	named := func(codes ...string) bool {
		return slices.ContainsFunc(o.impact.Difficulties, func(c Coded) bool { return slices.Contains(codes, c.Code) })
	}
	if has(ArgumentPeriod) {
		add("请将评议期延长至自通报分发之日起不少于 %s 天。", "Please extend the comment period to at least %s days from circulation.", commentDays)
	}
	if has(ArgumentTransition) || named("time", "technology") {
		add("请在公布与生效之间留出不少于 %s 个月的过渡期，并允许过渡期内生产或进口的产品继续销售。", "Please leave a transition of at least %s months between publication and entry into force, and let goods made or imported before its end be sold.", transitionMonths)
	}
	if has(ArgumentUrgency) {
		add("请说明紧急问题的性质和证据，并在紧急情况消除后复审该措施。", "Please state the nature and evidence of the urgent problem, and review the measure once it has passed.")
	}
	if named("information") {
		add("请澄清适用范围、要求与实施程序，并提供措施全文（必要时提供英文本）。", "Please clarify scope, requirements and procedures, and provide the full text of the measure, in English where there is one.")
	}
	if named("testing", "cost", "registration") {
		text := say("请接受出口成员有资质机构的检测、认证结果，避免重复检测（《TBT协定》第6.1条）。", "Please accept results of competent bodies in the exporting Member, so that nothing is tested twice (Article 6.1 of the TBT Agreement).")
		if o.sps() {
			text = say("请简化检验、批准程序，并接受出口成员主管部门的检验结果（《SPS协定》附件C）。", "Please keep control and approval procedures simple, and accept results of the exporting Member's authority (Annex C of the SPS Agreement).")
		}
		out = append(out, Block{Text: text})
	}
	if len(o.Case.Comparisons) > 0 || len(o.cited()) > 0 {
		text := say("请说明与有关国际标准的差异及其理由，并考虑承认等效的标准与技术法规（《TBT协定》第2.4、2.5、2.7条）。", "Please explain where the measure differs from relevant international standards and why, and consider accepting equivalent standards and technical regulations (Articles 2.4, 2.5 and 2.7 of the TBT Agreement).")
		if o.sps() {
			text = say("请说明与有关国际标准、准则和建议的差异及其科学依据，并考虑承认等效措施（《SPS协定》第3、4、5.8条）。", "Please explain where the measure differs from international standards, guidelines and recommendations and on what scientific grounds, and consider accepting equivalent measures (Articles 3, 4 and 5.8 of the SPS Agreement).")
		}
		out = append(out, Block{Text: text})
	}
	if len(out) == 0 {
		out = []Block{{Text: toFill}}
	}
	if o.passed() {
		add("评议期已结束：请仍对以上意见予以考虑并书面答复。", "The comment period has ended: please take these comments into account all the same, and reply in writing.")
	} else {
		add("请对以上意见予以考虑并书面答复。", "Please take these comments into account, and reply in writing.")
	}
	return out
}
