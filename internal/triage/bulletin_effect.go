package triage

import (
	"fmt"
	"strings"

	"tbtwatch/internal/nomenclature"
	"tbtwatch/internal/trade"
)

// content is part 6: what the notice says, and each later paper against what
// stood before it.
func (w *author) content() []Block {
	c := w.Case
	var out []Block
	if c.Edited { // a composed summary says nothing that the parts do not say
		out = append(out, para("摘要：%s", "Summary: %s", or(trade.Text{ZH: c.SummaryZH, EN: c.SummaryEN}, trade.Text{ZH: "没有", EN: "none"})))
	}
	for _, n := range w.whole {
		out = append(out, para("内容（%s 原文）：%s", "Content (original, %s): %s", or(same(n.ID), KindName(n.Kind)), or(same(n.Description), unstated)))
	}
	var rows [][]trade.Text
	for _, p := range PaperChanges(w.Family, w.Now) {
		for _, d := range p.Differences {
			weight := trade.Text{ZH: "非实质", EN: "not material"}
			if d.Material {
				weight = trade.Text{ZH: "实质", EN: "material"}
			}
			rows = append(rows, row(same(p.Paper), capital(FieldName(d.Field)), short(d.Before), short(d.After), say("%s：%s", "%s: %s", weight, d.Why)))
		}
	}
	switch {
	case len(rows) > 0:
		head := row(trade.Text{ZH: "文件", EN: "Paper"}, trade.Text{ZH: "项目", EN: "What"}, trade.Text{ZH: "此前", EN: "Before"}, trade.Text{ZH: "现在", EN: "Now"}, trade.Text{ZH: "性质", EN: "Weight"})
		out = append(out, para("变化对比：", "What later papers changed:"), Block{Table: &Table{head, rows}})
	case len(w.Family.Papers) > 1:
		out = append(out, para("后续文件没有改变日期、范围或状态。", "Later papers changed no date, scope or state."))
	default:
		out = append(out, para("这是首份文件，没有可对比的前一版本。", "This is the first paper: there is nothing to compare it with."))
	}
	return out
}

func short(t trade.Text) trade.Text { return trade.Text{ZH: cut(t.ZH, 200), EN: cut(t.EN, 200)} }

// standards is part 7: what the notice cites. Nobody has compared them here.
func (w *author) standards() []Block {
	text := []string{w.says.title, w.says.products}
	for _, n := range w.whole {
		text = append(text, n.Text())
	}
	cited := nomenclature.Standards(strings.Join(text, "\n"))
	out := []Block{para("通报没有引用标准。", "The notice cites no standard.")}
	if len(cited) > 0 {
		out = []Block{para("通报引用的标准：%s。", "Standards that the notice cites: %s.", trade.Text{ZH: strings.Join(cited, "、"), EN: strings.Join(cited, ", ")})}
	}
	if len(w.Case.Comparisons) == 0 {
		return append(out, para("与国家标准、国际标准的差异尚未比对。", "Its differences from national and international standards have not been looked into."))
	}
	head := row(trade.Text{ZH: "标准", EN: "Standard"}, trade.Text{ZH: "国内要求", EN: "Domestic requirement"}, trade.Text{ZH: "国外要求", EN: "Foreign requirement"}, trade.Text{ZH: "差异", EN: "Gap"})
	var rows [][]trade.Text
	for _, c := range w.Case.Comparisons {
		rows = append(rows, row(same(c.Standard), or(same(c.Domestic), same("—")), or(same(c.Foreign), same("—")), or(same(c.Gap), same("—"))))
	}
	return append(out, Block{Table: &Table{head, rows}})
}

// impact is part 8: sums, and for departments the firms.
func (w *author) impact() []Block {
	c := w.Case
	if !w.told || c.Exporters == 0 {
		return []Block{{Text: w.reach()}}
	}
	value := trade.Text{ZH: "所涉产品没有登记出口额。", EN: "No export value is registered for these products."}
	switch {
	case !w.valued:
		value = trade.Text{ZH: "登记了出口额的企业少于三家，不列金额。", EN: "Fewer than three of the firms have registered an export value, so no amount is given."}
	case w.Family.Exposure > 0:
		value = say("所涉产品年出口额合计 %s 美元。", "These products are exported for US$ %s a year in all.", dollars(w.Family.Exposure))
	}
	out := []Block{
		{Text: w.reach()}, {Text: value},
		para("来源：企业登记数，全部市场，登记库不分目标市场和年份。", "Source: as registered by the firms, all markets; the registry tells neither market nor year apart."),
		para("占比：没有全部出口总额，无法计算。", "Share: cannot be computed, as total exports are not on record."),
	}
	if w.to == Public {
		return out
	}
	var rows [][]trade.Text
	for _, f := range w.Firms {
		n, usd := concerned(f)
		if n == 0 {
			continue
		}
		amount := trade.Text{ZH: "未登记", EN: "not registered"}
		if usd > 0 {
			amount = same(dollars(usd))
		}
		rows = append(rows, row(same(f.Exporter.Name), or(same(f.Exporter.District), trade.Text{ZH: "未登记", EN: "not registered"}), same(fmt.Sprint(n)), amount))
	}
	if len(rows) > 0 {
		head := row(trade.Text{ZH: "企业", EN: "Firm"}, trade.Text{ZH: "区县", EN: "District"}, trade.Text{ZH: "产品数", EN: "Products"}, trade.Text{ZH: "年出口额（美元）", EN: "Exports a year (US$)"})
		out = append(out, Block{Table: &Table{head, rows}})
	}
	if w.MoreFirms > 0 {
		out = append(out, para("另有 %s 家企业未列出。", "Firms that are not listed: %s.", w.MoreFirms))
	}
	return out
}

// dollars writes an amount in whole dollars, thousands apart.
func dollars(v float64) string {
	s := fmt.Sprintf("%.0f", v)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// deed is what each of the four sides should do.
type deed struct{ firm, association, district, department trade.Text }

// deeds is the advice for where the measure stands; there is always one.
func (w *author) deeds() []deed {
	if w.lifted {
		none := trade.Text{ZH: "预警已解除，不需要进一步行动。", EN: "The warning is lifted; nothing more needs to be done."}
		return []deed{{none, none, none, none}}
	}
	var out []deed
	if d := w.date(trade.DateCommentDeadline); d.From != "" && w.ahead(d) {
		by, end := w.commentBy(), dayText(d)
		out = append(out, deed{
			say("请对照原文评估影响，如有意见在 %s 前报送本中心（评议截止：%s）。", "Read the original, judge its effect, and send us comments by %s (comments close: %s).", by, end),
			say("请征集会员意见，在 %s 前汇总报送本中心。", "Collect your members' views and send them to us by %s.", by),
			say("请提醒辖区内涉及的企业在 %s 前反馈意见，并跟踪办理。", "Remind the firms of the district to answer by %s, and follow it up.", by),
			say("请会同研判，在 %s 前提出对外评议的意见。", "Join in judging it, and say by %s what should be commented.", by),
		})
	}
	force := w.date(trade.DateEntryIntoForce)
	switch {
	case w.says.state == trade.StateInForce:
		out = append(out, deed{
			trade.Text{ZH: "措施已生效或可能已生效：请立即核对在产、在途的货物。", EN: "The measure is, or may be, in force: check goods in production and in transit now."},
			trade.Text{ZH: "请立即转告会员，收集受阻情况。", EN: "Tell your members at once and collect cases of goods held up."},
			trade.Text{ZH: "请立即转告涉及的企业，了解受影响的订单。", EN: "Tell the firms concerned at once and ask which orders are hit."},
			trade.Text{ZH: "请了解企业困难，提供检测、认证与注册方面的帮助。", EN: "Ask what the firms need, and help with testing, certification and registration."},
		})
	case force.From != "" && w.ahead(force):
		day := dayText(force)
		out = append(out, deed{
			say("请在拟生效日（%s）前核对产品、标签、认证与合同是否符合新要求。", "Check products, labels, certificates and contracts before it enters into force (%s).", day),
			say("请组织会员在拟生效日（%s）前对照新要求做好准备。", "Help your members to prepare before it enters into force (%s).", day),
			say("请督促涉及的企业在拟生效日（%s）前做好准备。", "See that the firms concerned prepare before it enters into force (%s).", day),
			say("请在拟生效日（%s）前安排检测、认证与注册方面的帮助。", "Arrange help with testing, certification and registration before it enters into force (%s).", day),
		})
	}
	if len(out) == 0 {
		out = []deed{{
			trade.Text{ZH: "原文尚未写明可以行动的日期：请先阅读原文并评估影响。", EN: "The text names no day to act by yet: read it and judge its effect."},
			trade.Text{ZH: "请转告会员关注，日期明确后另行更新。", EN: "Tell your members to watch it; an update follows when a day is named."},
			trade.Text{ZH: "请转告涉及的企业关注，日期明确后另行更新。", EN: "Tell the firms concerned to watch it; an update follows when a day is named."},
			trade.Text{ZH: "请继续跟踪，日期明确后另行更新。", EN: "Keep watching it; an update follows when a day is named."},
		}}
	}
	return out
}

// commentBy is the day by which the centre wants comments: its own last day
// until that has passed, then the authority's.
func (w *author) commentBy() string { return w.own.By(w.Now.Format(trade.Day)) }

// advice is part 9, for each of the four sides.
func (w *author) advice() []Block {
	deeds := w.deeds()
	all := func(of func(deed) trade.Text) trade.Text {
		var zh, en []string
		for _, d := range deeds {
			zh, en = append(zh, of(d).ZH), append(en, of(d).EN)
		}
		return trade.Text{ZH: strings.Join(zh, "\n"), EN: strings.Join(en, "\n")}
	}
	return []Block{facts(
		row(trade.Text{ZH: "企业", EN: "Firms"}, all(func(d deed) trade.Text { return d.firm })),
		row(trade.Text{ZH: "行业协会", EN: "Associations"}, all(func(d deed) trade.Text { return d.association })),
		row(trade.Text{ZH: "区县", EN: "Districts"}, all(func(d deed) trade.Text { return d.district })),
		row(trade.Text{ZH: "政府部门", EN: "Departments"}, all(func(d deed) trade.Text { return d.department })),
	)}
}

// comment is part 10.
func (w *author) comment() []Block {
	b, d := w.Config.Bulletin, w.date(trade.DateCommentDeadline)
	how := para("评议截止日未写明，意见请尽早报送本中心。", "No day is stated on which comments close; send us yours soon.")
	switch {
	case w.lifted:
		how = para("措施已撤销，不再征求意见。", "The measure is withdrawn; comments are no longer asked for.")
	case d.From != "" && w.ahead(d):
		how = para("意见请在 %s 前报送本中心，由本中心汇总后按程序提交（评议截止：%s）。", "Send us comments by %s; we hand them in together (comments close: %s).", w.commentBy(), dayText(d))
	case d.From != "":
		how = para("评议期已于 %s 结束。", "Comments closed on %s.", dayText(trade.Date{From: d.To, To: d.To}))
	}
	notSet := trade.Text{ZH: "未设置", EN: "not set"}
	out := []Block{how}
	if b, ok := w.late(); ok {
		out = append(out, b)
	}
	if args := CommentArguments(w.dates, w.Family.Papers); len(args) > 0 && !w.lifted {
		var rows [][]trade.Text
		for _, a := range args {
			rows = append(rows, row(same(a.Basis), a.Text))
		}
		head := row(trade.Text{ZH: "依据", EN: "Basis"}, trade.Text{ZH: "内容", EN: "What to say"})
		out = append(out, para("可提出的评议理由（由系统依据通报所写日期编写）：", "Arguments for a comment, composed from the days that the notice states:"), Block{Table: &Table{head, rows}})
	}
	return append(out, facts(
		row(trade.Text{ZH: "报送途径", EN: "How they go there"}, or(w.own.Route, notSet)),
		row(trade.Text{ZH: "评议语言", EN: "Languages"}, or(LanguagesText(w.own.Languages), notSet)),
		row(trade.Text{ZH: "问卷", EN: "Survey"}, or(same(b.Survey), notSet)),
		row(trade.Text{ZH: "联系人", EN: "Contact"}, or(trade.Text{ZH: b.Contact, EN: b.ContactEN}, notSet)),
	))
}
