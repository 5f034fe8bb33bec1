package triage

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"tbtwatch/internal/nomenclature"
	"tbtwatch/internal/trade"
)

// head is part 1.
func (w *author) head() []Block {
	c := w.Case
	level := w.Config.Level(c.Level)
	name := trade.Text{ZH: level.ZH, EN: level.EN}
	switch {
	case w.to == Public || c.LevelWhy.ZH == "": // the rule counts firms and what they export
	case strings.HasPrefix(c.LevelWhy.ZH, name.ZH):
		name = c.LevelWhy
	default:
		name = say("%s：%s", "%s: %s", name, c.LevelWhy)
	}
	number := say("%s（%s）", "%s (%s)", c.Number, w.status())
	if c.Number == "" {
		number = trade.Text{ZH: "发布时编号", EN: "given when it is released"}
	}
	return []Block{facts(
		row(trade.Text{ZH: "标题", EN: "Title"}, w.headline),
		row(trade.Text{ZH: "等级", EN: "Level"}, name),
		row(trade.Text{ZH: "编号", EN: "Number"}, number),
		row(trade.Text{ZH: "发布单位", EN: "Issued by"}, w.centre()),
		row(trade.Text{ZH: "发布时间", EN: "Issued on"}, or(same(w.day()), trade.Text{ZH: "尚未发布", EN: "not released yet"})),
		row(trade.Text{ZH: "有效期", EN: "Valid until"}, trade.Text{ZH: "未设定期限；以后续更新或解除为准", EN: "no day is set; a later release or a lifting ends it"}),
	)}
}

// brief is part 2: who, what, where, what to do and by when.
func (w *author) brief() []Block {
	if w.lifted {
		return []Block{para("%s。此前预警解除，不需要进一步行动。", "%s. Earlier warnings are lifted; nothing more needs to be done.", w.headline)}
	}
	return []Block{{Text: say("%s。%s%s", "%s. %s %s", w.headline, w.reach(), w.deeds()[0].firm)}}
}

// reach says how many are hit, as far as the reader may know.
func (w *author) reach() trade.Text {
	c := w.Case
	switch {
	case w.to == Internal && c.Exporters == 0:
		return trade.Text{ZH: "登记库中没有直接或很可能涉及的企业。", EN: "No registered firm is touched directly or likely."}
	case !w.told:
		return trade.Text{ZH: "涉及的登记企业少于三家，不列数字。", EN: "Fewer than three registered firms are concerned, so no numbers are given."}
	}
	return say("涉及登记企业 %s 家、产品 %s 项。", "Registered firms concerned: %s, with products: %s.", c.Exporters, c.Direct+c.Likely)
}

// measure is part 3.
func (w *author) measure() []Block {
	n := w.Latest
	symbols := w.symbols()
	var members []string
	for _, p := range w.whole {
		members = append(members, p.Members...)
		for _, m := range p.Joint {
			members = append(members, m.Member)
		}
	}
	title, lang := firstText(w.says.title, n.Title), n.Lang
	titleZH := trade.Text{ZH: "没有译文；提示与摘要由系统依据事实编写", EN: "no translation; brief and summary are composed from facts"}
	if strings.HasPrefix(strings.ToLower(lang), "zh") {
		titleZH = trade.Text{ZH: "原文即中文", EN: "the original is Chinese"}
	} else if _, machine, ok := strings.Cut(w.Case.SummaryZH, machineTitle); ok && w.Case.Machine {
		titleZH = say("%s（机器翻译，未经人工校对，以原文为准）", "%s (machine translation, 机器翻译, not checked by a person; the original prevails)", strings.TrimSuffix(machine, "。"))
	}
	none := say("%s（按适用市场）", "%s (by the markets that it holds in)", MarketList(w.says.markets))
	return []Block{facts(
		row(trade.Text{ZH: "通报号", EN: "Symbols"}, or(same(strings.Join(symbols, ", ")), trade.Text{ZH: "没有通报号", EN: "it has none"})),
		row(trade.Text{ZH: "通报成员", EN: "Notified by"}, or(memberNames(members), none)),
		row(trade.Text{ZH: "条款", EN: "Article"}, or(w.field(articleField), unstated)),
		row(trade.Text{ZH: "类型", EN: "Kind"}, say("%s%s", "%s%s", area(n.Area), KindName(w.kind()))),
		row(trade.Text{ZH: "措施状态", EN: "State"}, MeasureStateName(w.says.state)),
		row(trade.Text{ZH: "标题（原文）", EN: "Title (original)"}, or(same(title), unstated)),
		row(trade.Text{ZH: "标题（中文）", EN: "Title (Chinese)"}, titleZH),
		row(trade.Text{ZH: "主管机构", EN: "Authority"}, or(w.field(agencyField), unstated)),
	)}
}

// kind is that of the measure: of the paper that the others follow, if there is
// one.
func (w *author) kind() trade.Kind {
	for _, p := range w.Family.Papers {
		if !p.Kind.FollowUp() {
			return p.Kind
		}
	}
	return cmp.Or(w.Latest.Kind, w.Case.Kind)
}

// symbols are those of all papers, joint ones whole, else the numbers that
// they carry.
func (w *author) symbols() []string {
	var out []string
	for _, p := range w.Family.Papers {
		out = append(out, p.Symbols...)
	}
	if len(out) == 0 {
		out = w.Case.Symbols
	}
	return trade.Distinct(out)
}

func memberNames(codes []string) trade.Text {
	var zh, en []string
	for _, c := range trade.Distinct(codes) {
		for one := range strings.SplitSeq(c, ",") {
			if one = strings.TrimSpace(one); one != "" {
				zh, en = append(zh, cmp.Or(nomenclature.MarketName(one, "zh"), one)), append(en, cmp.Or(nomenclature.MarketName(one, "en"), one))
			}
		}
	}
	return trade.Text{ZH: strings.Join(trade.Distinct(zh), "、"), EN: strings.Join(trade.Distinct(en), ", ")}
}

func area(a string) trade.Text {
	if a == "" {
		return trade.Text{}
	}
	return trade.Text{ZH: a + " ", EN: a + ", "}
}

var (
	articleField = regexp.MustCompile(`(?i)\barticles?\b|notified under|条款`)
	agencyField  = regexp.MustCompile(`(?i)\bagenc(y|ies)\b|responsible (body|authority)|主管机构`)
)

// field is what the source says in fields of such a name.
func (w *author) field(name *regexp.Regexp) trade.Text {
	var out []string
	for _, n := range w.whole {
		for _, key := range slices.Sorted(maps.Keys(n.Fields)) {
			if v := strings.TrimSpace(n.Fields[key]); v != "" && name.MatchString(key) {
				out = append(out, v)
			}
		}
	}
	return same(cut(strings.Join(trade.Distinct(out), "; "), 400))
}

// goods is part 4: the words of the notice, its codes, and codes that are ours.
func (w *author) goods() []Block {
	words := firstText(w.says.products, w.Latest.Products)
	out := []Block{para("原文：%s", "As written: %s", or(same(words), unstated))}
	given := trade.Text{ZH: "通报所列", EN: "given in the notice"}
	hs, ics := w.codes(w.says.hs, w.Latest.HS), w.codes(w.says.ics, w.Latest.ICS)
	if c := w.Family.Codes; c.Any() {
		hs, ics, given = c.HS, c.ICS, trade.Text{ZH: "本中心研判确定", EN: "set by this centre"}
	}
	var rows [][]trade.Text
	for _, code := range hs[:min(len(hs), mostCodes)] {
		rows = append(rows, row(same("HS "+code), codeName(code, nomenclature.NearestHSName), given))
	}
	for _, code := range ics[:min(len(ics), mostCodes)] {
		rows = append(rows, row(same("ICS "+code), codeName(code, nomenclature.ICSName), given))
	}
	inferred := w.inferred(hs, words)
	rows = append(rows, inferred...)
	if len(hs) == 0 && !w.Family.Codes.Any() {
		out = append(out, para("通报未列 HS 税号。", "The notice gives no HS code."))
	}
	if len(ics) == 0 && !w.Family.Codes.Any() {
		out = append(out, para("通报未列 ICS 分类号。", "The notice gives no ICS code."))
	}
	if more := max(0, len(hs)-mostCodes) + max(0, len(ics)-mostCodes); more > 0 {
		out = append(out, para("另有 %s 个代码未列出，见原文。", "%s further codes are not listed here; see the original.", more))
	}
	if len(rows) > 0 {
		head := row(trade.Text{ZH: "代码", EN: "Code"}, trade.Text{ZH: "名称", EN: "Name"}, trade.Text{ZH: "来源", EN: "Source"})
		out = append(out, Block{Table: &Table{head, rows}})
	}
	if len(inferred) > 0 {
		out = append(out, para("标明“推断”的代码由本系统依据通报文字推断，通报中没有，仅供参考。", "Codes marked as inferred are ours, read out of the notice's words; the notice does not give them."))
	}
	return out
}

// codes are those that the papers give, else those of the latest notice.
func (w *author) codes(papers, latest []string) []string {
	if len(papers) > 0 {
		return papers
	}
	return trade.SortedUnique(latest)
}

func codeName(code string, name func(code, lang string) string) trade.Text {
	return or(trade.Text{ZH: name(code, "zh"), EN: name(code, "en")}, trade.Text{ZH: "（代码表中没有名称）", EN: "(the table has no name for it)"})
}

// inferred are the codes of the kinds of goods that the words name, where the
// notice gives no code of theirs.
func (w *author) inferred(given []string, words string) [][]trade.Text {
	var out [][]trade.Text
	seen := map[string]bool{}
	for _, h := range nomenclature.FindConcepts(firstText(w.says.title, w.Latest.Title) + "\n" + words) {
		codes := h.Concept.HS[:min(len(h.Concept.HS), max(1, h.Concept.Typical))]
		for _, code := range codes {
			if h.Negated || seen[code] || len(out) == mostInferred || slices.ContainsFunc(given, func(g string) bool {
				return strings.HasPrefix(code, g) || strings.HasPrefix(g, code)
			}) {
				continue
			}
			seen[code] = true
			out = append(out, row(same("HS "+code), codeName(code, nomenclature.NearestHSName), say("推断（依据“%s”）", "inferred (from “%s”)", cut(h.Words, 60))))
		}
	}
	return out
}

// times is part 5.
func (w *author) times() []Block {
	var rows [][]trade.Text
	for _, what := range append([]string{trade.DatePublished}, dateFields...) {
		d := w.date(what)
		d.What = what
		r := RowOf(d)
		if d.From+d.To+d.Text == "" {
			r.Basis = unstated
		}
		basis := r.Basis
		if basis == (trade.Text{}) {
			basis = BasisText("as given")
		}
		rows = append(rows, row(capital(r.Name), r.When, same(cmp.Or(r.Written, "—")), basis))
		if what == trade.DateCommentDeadline {
			rows = append(rows, w.centreRow())
		}
	}
	rows = append(rows, w.transition())
	head := row(trade.Text{ZH: "事项", EN: "What"}, trade.Text{ZH: "日期", EN: "Day"}, trade.Text{ZH: "原文写法", EN: "As written"}, trade.Text{ZH: "依据", EN: "Basis"})
	out := []Block{{Table: &Table{head, rows}}}
	if b, ok := w.late(); ok {
		out = append(out, b)
	}
	if !w.lifted {
		for _, a := range CommentArguments(w.dates, w.Family.Papers) {
			out = append(out, para("%s，可作为评议理由（见第十部分）。", "%s: an argument for a comment, see part 10.", trade.Text{ZH: a.Brief.ZH, EN: upperFirst(a.Brief.EN)}))
		}
	}
	return append(out, w.countdown())
}

func capital(t trade.Text) trade.Text { return trade.Text{ZH: t.ZH, EN: upperFirst(t.EN)} }

// centreRow is the centre's own last day for comments.
func (w *author) centreRow() []trade.Text {
	name := trade.Text{ZH: "本中心截止", EN: "Our own last day"}
	if w.own.Day == "" {
		return row(name, trade.Text{ZH: "无法计算", EN: "cannot be computed"}, same("—"), trade.Text{ZH: "评议截止日未定", EN: "the day on which comments close is not known"})
	}
	return row(name, same(w.own.Day), same("—"), w.own.Basis)
}

func (w *author) transition() []trade.Text {
	name := trade.Text{ZH: "过渡期", EN: "Transition"}
	n := transition(w.dates)
	if n == 0 {
		return row(name, trade.Text{ZH: "无法计算", EN: "cannot be computed"}, same("—"), trade.Text{ZH: "未写明确切的拟批准日和拟生效日", EN: "adoption and entry into force are not both stated as days"})
	}
	return row(name, say("%s 天", "%s days", n), same("—"), trade.Text{ZH: "自拟批准日至拟生效日", EN: "from adoption to entry into force"})
}

// countdown says how long there is to the next day, as of today.
func (w *author) countdown() Block {
	today := w.Now.Format(trade.Day)
	b := para("截至 %s，没有未到的日期。", "As of %s no date lies ahead.", today)
	if next, err := time.Parse(trade.Day, NextDay(w.Family, w.Now)); err == nil && !w.lifted {
		from, _ := time.Parse(trade.Day, today)
		b = para("截至 %s，距下一日期 %s 还有 %s 天。", "As of %[1]s, days left to the next date (%[2]s): %[3]s.", today, next.Format(trade.Day), int(next.Sub(from).Hours()/24))
	}
	b.Daily = true
	return b
}
