package triage

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"tbtwatch/internal/nomenclature"
	"tbtwatch/internal/trade"
)

// Opinion is the draft of a comment on a measure (评议意见), in parts. It names
// no firm but those whose words a person chose to quote, and makes up no figure:
// what is not known says that it has to be filled in.
type Opinion struct {
	Family    string     `json:"family"`
	Name      trade.Text `json:"name"`
	Centre    trade.Text `json:"centre" doc:"who comments"`
	Member    trade.Text `json:"member" doc:"who notified"`
	Texts     []string   `json:"texts" doc:"languages that the draft is for: zh, and en where the member's rule wants English"`
	Missing   trade.Text `json:"missing_languages,omitzero" doc:"further languages that the member's rule wants: they have to be translated"`
	Parts     []Part     `json:"parts" doc:"in order"`
	Open      int        `json:"to_be_filled_in" doc:"places that say that something has to be filled in"`
	Available []Quote    `json:"comments" doc:"comments of firms that may be quoted; not part of the draft unless quoted"`
}

// Quote is a firm's comment that a person may choose to quote by its name.
type Quote struct {
	Key    string `json:"key" doc:"pass it as quote to have it quoted"`
	Firm   string `json:"exporter" doc:"its id"`
	Name   string `json:"exporter_name"`
	At     string `json:"at"`
	Text   string `json:"text"`
	Quoted bool   `json:"quoted"`
}

// OpinionFacts is all that a draft is written from.
type OpinionFacts struct {
	BulletinFacts
	Answers []trade.Response             // that stand, oldest first
	Quoted  []string                     // keys of the comments that are quoted
	NameOf  func(exporter string) string // of a firm, for quotes
}

// toFill stands wherever something is not known.
var toFill = trade.Text{ZH: "待补充", EN: "[to be filled in]"}

// MostQuotes bounds the comments that a draft offers and quotes.
const MostQuotes = 50

// opinionParts is the order of the parts, with what writes each.
var opinionParts = []struct {
	key     string
	heading trade.Text
	write   func(*opinion) []Block
}{
	{"measure", trade.Text{ZH: "所评议的措施", EN: "The measure"}, (*opinion).measure},
	{"facts", trade.Text{ZH: "所涉贸易", EN: "Trade concerned"}, (*opinion).trade},
	{"arguments", trade.Text{ZH: "评议理由", EN: "Comments"}, (*opinion).arguments},
	{"requests", trade.Text{ZH: "请求", EN: "Requests"}, (*opinion).requests},
	{"sender", trade.Text{ZH: "提交单位", EN: "Submitted by"}, (*opinion).sender},
}

// opinion writes the parts.
type opinion struct {
	*author
	impact Impact
	rule   trade.CentreDay
	args   []Argument
	quotes []Quote
}

// OpinionOf writes the draft of the comment on a case.
func OpinionOf(f OpinionFacts) Opinion {
	o := &opinion{author: newAuthor(f.BulletinFacts, Public), impact: ImpactOf(f.Answers)}
	o.rule = f.Config.CentreDay(o.dates, f.Case.Symbols, f.Case.Markets)
	if !o.lifted {
		o.args = CommentArguments(o.dates, o.Family.Papers)
	}
	o.quotes = quotesOf(&f)
	symbols := or(same(strings.Join(o.symbols(), ", ")), same(tidy(f.Case.Family)))
	out := Opinion{
		Family: tidy(f.Case.Family), Name: say("关于 %s 的评议意见（草稿）", "Comments on %s (draft)", symbols), Centre: o.centre(), Member: or(o.members(), toFill),
		Texts: []string{"zh"}, Available: o.quotes,
	}
	var others []string
	for _, l := range o.rule.Languages {
		switch l {
		case "zh":
		case "en":
			out.Texts = append(out.Texts, l)
		default:
			others = append(others, l)
		}
	}
	if len(others) > 0 {
		out.Missing = LanguagesText(others)
	}
	for _, p := range opinionParts {
		part := Part{Key: p.key, Heading: p.heading, Blocks: o.tidied(p.write(o))}
		out.Open += strings.Count(part.Plain("zh"), toFill.ZH)
		out.Parts = append(out.Parts, part)
	}
	return out
}

// quotesOf are the comments and surveys' words of firms, as far as they may be
// quoted.
func quotesOf(f *OpinionFacts) []Quote {
	out := []Quote{}
	for i := range f.Answers {
		r := &f.Answers[i]
		words := r.Reason
		switch {
		case r.Kind == trade.Surveyed && r.Survey != nil:
			words = r.Survey.Words
		case r.Kind != trade.Commented:
			continue
		}
		if words = tidy(words); words == "" || len(out) == MostQuotes {
			continue
		}
		name := r.Exporter
		if f.NameOf != nil {
			name = cmp.Or(f.NameOf(r.Exporter), name)
		}
		key := trade.Key("quote", r.Key())
		out = append(out, Quote{Key: key, Firm: r.Exporter, Name: name, At: r.At, Text: words, Quoted: slices.Contains(f.Quoted, key)})
	}
	return out
}

// members are those who notified it.
func (o *opinion) members() trade.Text {
	var codes []string
	for _, p := range o.whole {
		codes = append(codes, p.Members...)
		for _, m := range p.Joint {
			codes = append(codes, m.Member)
		}
	}
	if len(codes) == 0 {
		codes = notifying(o.Case.Symbols, nil)
	}
	return memberNames(codes)
}

// measure says which notices are commented on.
func (o *opinion) measure() []Block {
	n := o.Latest
	title := firstText(o.says.title, n.Title)
	rows := [][]trade.Text{
		row(trade.Text{ZH: "通报号", EN: "Symbols"}, or(same(strings.Join(o.symbols(), ", ")), toFill)),
		row(trade.Text{ZH: "通报成员", EN: "Notifying member"}, or(o.members(), toFill)),
		row(trade.Text{ZH: "标题（原文）", EN: "Title (original)"}, or(same(title), toFill)),
		row(trade.Text{ZH: "类型", EN: "Kind"}, say("%s%s", "%s%s", area(n.Area), KindName(o.kind()))),
	}
	for _, what := range []string{trade.DatePublished, trade.DateCommentDeadline, trade.DateAdoption, trade.DateEntryIntoForce} {
		d := o.date(what)
		d.What = what
		r := RowOf(d)
		when := r.When
		if d.From+d.To+d.Text == "" {
			when = unstated
		}
		rows = append(rows, row(capital(r.Name), when))
	}
	return []Block{facts(rows...)}
}

// trade is sums, by the rule of three firms.
func (o *opinion) trade() []Block {
	c := o.Case
	firms, products, exports := toFill, toFill, toFill
	if o.told && c.Exporters > 0 {
		firms, products = say("%s 家", "%s", c.Exporters), say("%s 项", "%s", c.Direct+c.Likely)
	}
	if o.valued && o.Family.Exposure > 0 {
		exports = say("%s 美元", "US$ %s", dollars(o.Family.Exposure))
	}
	surveyed := func(sum float64, firms int) trade.Text {
		if firms < FewestFirms {
			return toFill // it would tell what one of them said
		}
		return say("%s 美元（%s 家企业的调查）", "US$ %s (survey of %s firms)", dollars(sum), firms)
	}
	affected, cost := surveyed(o.impact.Affected, o.impact.Affecting), surveyed(o.impact.Cost, o.impact.Costing)
	return []Block{facts(
		row(trade.Text{ZH: "涉及的登记企业", EN: "Registered exporters concerned"}, firms),
		row(trade.Text{ZH: "涉及的产品", EN: "Products concerned"}, products),
		row(trade.Text{ZH: "年出口额（登记数，全部市场）", EN: "Exports a year (as registered, all markets)"}, exports),
		row(trade.Text{ZH: "占出口的比重", EN: "Share of exports"}, toFill),
		row(trade.Text{ZH: "受影响的年出口额", EN: "Exports affected, a year"}, affected),
		row(trade.Text{ZH: "新增成本", EN: "Added cost"}, cost),
		row(trade.Text{ZH: "适用市场", EN: "Markets"}, or(MarketList(o.says.markets), toFill)),
	)}
}

// sender says who comments, and by which way it goes.
func (o *opinion) sender() []Block {
	b, c := o.Config.Bulletin, o.rule
	day := toFill
	if c.Day != "" {
		day = say("%s（%s）", "%s (%s)", c.Day, c.Basis)
	}
	return []Block{facts(
		row(trade.Text{ZH: "提交单位", EN: "Submitted by"}, or(o.centre(), toFill)),
		row(trade.Text{ZH: "联系人", EN: "Contact"}, or(trade.Text{ZH: b.Contact, EN: b.ContactEN}, toFill)),
		row(trade.Text{ZH: "提交途径", EN: "Way of submission"}, or(c.Route, toFill)),
		row(trade.Text{ZH: "本中心截止", EN: "The centre's own last day"}, day),
		row(trade.Text{ZH: "起草日期", EN: "Drawn up on"}, same(o.Now.Format(trade.Day))),
	)}
}

// passed reports whether comments have closed.
func (o *opinion) passed() bool {
	end := o.date(trade.DateCommentDeadline)
	t, err := time.Parse(trade.Day, cmp.Or(end.To, end.From))
	return err == nil && t.Format(trade.Day) < o.Now.Format(trade.Day)
}

// sps reports whether the measure is about SPS.
func (o *opinion) sps() bool { return o.Latest.Area == "SPS" }

// cited are the standards that the papers cite.
func (o *opinion) cited() []string {
	text := []string{o.says.title, o.says.products}
	for _, n := range o.whole {
		text = append(text, n.Text())
	}
	return nomenclature.Standards(strings.Join(text, "\n"))
}
