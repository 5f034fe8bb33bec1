package triage

import (
	"fmt"
	"strings"

	"tbtwatch/internal/trade"
)

var linkNames = map[string]trade.Text{
	"notice": {ZH: "通报", EN: "Notice"}, "text": {ZH: "措施原文", EN: "Text of the measure"},
	"source": {ZH: "来源", EN: "Source"}, "page": {ZH: "网页", EN: "Page"},
}

// texts is part 11: the papers, and where they can be read.
func (w *author) texts() []Block {
	var papers, links [][]trade.Text
	translations := 0
	for _, p := range w.Family.Papers {
		papers = append(papers, row(or(same(p.Published), trade.Text{ZH: "日期不详", EN: "day not known"}), same(p.ID), KindName(p.Kind), same(cut(p.Title, 200))))
		if p.Kind == trade.KindSupplement {
			translations++
		}
	}
	for _, n := range w.whole {
		for _, l := range n.Links {
			links = append(links, row(say("%s（%s）", "%s (%s)", or(linkNames[l.Rel], same(l.Rel)), n.ID), same(cut(l.URL, 500))))
		}
	}
	var out []Block
	if len(papers) > 0 {
		head := row(trade.Text{ZH: "发布", EN: "Published"}, trade.Text{ZH: "文件", EN: "Paper"}, trade.Text{ZH: "类型", EN: "Kind"}, trade.Text{ZH: "标题", EN: "Title"})
		out = append(out, Block{Table: &Table{head, papers}})
	}
	if len(links) > 0 {
		out = append(out, facts(links...))
	} else {
		out = append(out, para("来源没有给出原文链接。", "The source gives no link to the original."))
	}
	if translations > 0 {
		return append(out, para("其中非官方译文 %s 份。", "Unofficial translations among them: %s.", translations))
	}
	return append(out, para("没有随附的译文。", "No translation comes with it."))
}

// basis is part 12: why products match. The public is told the method only.
func (w *author) basis() []Block {
	how := para("通报的税号、ICS 分类、产品名称、标准与物质，与登记产品及其出口市场逐项比对，并由人员或既定规则决定是否发布。", "Codes, names, standards and substances of the notice are compared with the registered products and their markets; a person, or a set rule, decides what is released.")
	if w.to == Public {
		return []Block{how, para("所涉企业和产品不对外公开。", "Which firms and products are concerned is not made public.")}
	}
	out := []Block{how}
	var rows [][]trade.Text
	listed, all := 0, 0
	for _, f := range w.Firms {
		for _, p := range f.Products {
			if all++; listed == mostReasons {
				continue
			}
			listed++
			rows = append(rows, row(
				same(f.Exporter.Name), same(firstText(p.Product.NameZH, p.Product.NameEN, p.Product.ID)), gradeOf(p.Match), reasonsOf(p.Match)))
		}
	}
	if len(rows) == 0 {
		return append(out, para("没有匹配的登记产品。", "No registered product matches."))
	}
	head := row(trade.Text{ZH: "企业", EN: "Firm"}, trade.Text{ZH: "产品", EN: "Product"}, trade.Text{ZH: "程度", EN: "How surely"}, trade.Text{ZH: "依据", EN: "Why"})
	out = append(out, Block{Table: &Table{head, rows}})
	if all > listed || w.MoreFirms > 0 {
		out = append(out, para("其余产品未逐项列出，见研判页。", "Further products are not listed here; see the case."))
	}
	return out
}

func gradeOf(m trade.Match) trade.Text {
	if m.Inferred {
		return say("%s（推断）", "%s (inferred)", GradeName(m.Grade))
	}
	return GradeName(m.Grade)
}

func reasonsOf(m trade.Match) trade.Text {
	var zh, en []string
	for _, e := range m.Evidence {
		t := Evidence(e, ToStaff)
		zh, en = append(zh, t.ZH), append(en, t.EN)
	}
	return or(trade.Text{ZH: strings.Join(zh, "；"), EN: strings.Join(en, "; ")}, trade.Text{ZH: "没有记录依据", EN: "no reason is on record"})
}

// record is part 13.
func (w *author) record() []Block {
	var rows [][]trade.Text
	for _, r := range w.Releases {
		level := w.Config.Level(r.Level)
		day := trade.DayOf(r.At, w.Now.Location())
		rows = append(rows, row(same(r.Number), same(fmt.Sprint(r.Release)), same(day), trade.Text{ZH: level.ZH, EN: level.EN}))
	}
	var out []Block
	switch {
	case len(rows) > 0:
		head := row(trade.Text{ZH: "编号", EN: "Number"}, trade.Text{ZH: "发布次序", EN: "Release"}, trade.Text{ZH: "日期", EN: "Day"}, trade.Text{ZH: "等级", EN: "Level"})
		out = append(out, Block{Table: &Table{head, rows}})
	case w.Case.Release > 0:
		out = append(out, para("接续已并入的措施，其发布记录在该措施名下。", "It goes on with a measure that it took over; the releases are on that one's record."))
	default:
		out = append(out, para("尚未发布，没有更新记录。", "Nothing has been released yet."))
	}
	if w.lifted {
		return append(out, para("措施已撤销，此前预警解除。", "The measure was withdrawn; earlier warnings are lifted."))
	}
	return append(out, para("没有解除。", "It has not been lifted."))
}

// issued is part 14. Names of staff are not for the public.
func (w *author) issued() []Block {
	if w.to == Public {
		return []Block{facts(row(trade.Text{ZH: "签发", EN: "Issued by"}, w.centre()))}
	}
	signed := trade.Text{ZH: "尚未签发", EN: "not issued yet"}
	if n := len(w.Releases); n > 0 {
		if signed = ByName(w.Releases[n-1].By); w.Releases[n-1].By == ByRule {
			signed = trade.Text{ZH: "按规则自动发布，无签发人", EN: "released by rule, signed by nobody"}
		}
	}
	var people []string
	for _, h := range w.Case.History {
		if h.By != ByRule && h.By != "" {
			people = append(people, h.By)
		}
	}
	worked := or(same(strings.Join(trade.Distinct(people), ", ")), trade.Text{ZH: "没有人员经办的记录", EN: "nobody is on record"})
	return []Block{facts(
		row(trade.Text{ZH: "签发人", EN: "Issued by"}, or(signed, trade.Text{ZH: "未登记", EN: "not on record"})),
		row(trade.Text{ZH: "审核人", EN: "Reviewed by"}, trade.Text{ZH: "未登记", EN: "not on record"}),
		row(trade.Text{ZH: "经办人", EN: "Worked on by"}, worked),
	)}
}
