package notify

import (
	"fmt"
	"strings"

	"tbtwatch/internal/trade"
)

// Content is one message in one language, every string in it inert: what the
// reader has to know first stands first. All channels render it; none of them
// looks further.
type Content struct {
	Lang      string
	L         Labels
	Subject   string // one line: level, number, headline
	Level     Level
	Bulletin  string // number and release in words
	Issued    string // day of release
	Sender    string
	Headline  string
	Chinese   string // the headline for who reads the rest in English: colleagues speak of it by this
	Summary   string
	Machine   string   // "机器翻译" in words, when headline and summary are a machine's
	Lead      []string // why this comes, where it is not the release itself
	Changed   []string
	You       []string // what it means to this recipient, in sentences
	Products  []ProductLine
	Firms     []string
	More      string // how many products or firms are not listed
	Markets   string
	Dates     []DateLine
	Remarks   []string // what the dates themselves say, such as a short transition
	Actions   []string
	Link      string // the authority's own page, or ""
	Page      string // ours, or ""
	Receipt   string // where a firm confirms that it has read this, or ""
	Stop      string // where the recipient unsubscribes, or ""
	Symbols   string
	Kind      string
	Original  string // original title
	Text      string // original description
	OrigLang  string
	Papers    []string // the family's papers, oldest first
	Groups    []Group  // of a digest: the measures, by product or market
	Health    string   // of a digest: how the sources are doing
	Provision string   // why the recipient gets this, and how to stop it
}

// ProductLine is one of the recipient's products.
type ProductLine struct {
	Name, ID, HS, Markets, Grade string
	Why                          []string
}

// DateLine is a date of the measure.
type DateLine struct{ What, When, AsWritten, Basis string }

// Note says beside the day how it stands in the notice and how that was read;
// "" where there is nothing to say.
func (d DateLine) Note(l Labels) string {
	var notes []string
	if d.AsWritten != "" {
		notes = append(notes, l.AsWritten+l.Colon+"“"+d.AsWritten+"”")
	}
	if d.Basis != "" {
		notes = append(notes, d.Basis)
	}
	return strings.Join(notes, l.Semicolon)
}

// Compose says what m's recipient may see, in the recipient's language. The
// same message gives the same content at every attempt.
func Compose(m Message, env Env) Content {
	env = env.filled()
	if m.Digest != nil {
		return composeDigest(m, env)
	}
	v, lang := m.View, "zh"
	if v.Lang == "en" {
		lang = "en"
	}
	w := v.Warning
	c := Content{
		Lang: lang, L: labels(lang), Level: v.Level,
		Sender:   line(env.Centre.In(lang), 120),
		Issued:   trade.DayOf(line(w.At, 40), env.Zone),
		Summary:  block(w.Summary.In(lang), maxBlock),
		Headline: line(first(w.Headline.In(lang), w.Title, joined(w.Symbols, lang), w.Family), 300),
		Markets:  short(marketNames(v.Markets, lang), maxListed, lang),
		Link:     safeLink(w.Link), Page: env.page(m),
		Stop: safeLink(env.Stop(m.To)), Receipt: safeLink(env.Receipt(m.To, w.Family, w.Release)),
		Symbols: line(strings.Join(w.Symbols, " · "), maxLine), Kind: kindName(w.Kind, lang),
		Original: line(w.Title, maxLine), Text: block(w.Original, maxBlock), OrigLang: line(w.Lang, 20),
	}
	c.Level.Name = trade.Text{ZH: line(v.Level.Name.ZH, 20), EN: line(v.Level.Name.EN, 20)}
	if lang == "en" && w.Headline.ZH != w.Headline.EN {
		c.Chinese = line(w.Headline.ZH, 300)
	}
	today := first(m.Words.Day, c.Issued)
	c.Bulletin = bulletin(w, lang)
	c.Subject = subject(c, w)
	if m.Words.Mark == (trade.Text{}) {
		c.stand(standing(&w))
	}
	if mark := m.Words.Mark.In(lang); mark != "" {
		c.Subject = line(fmt.Sprintf(in(lang, "【%s】%s", "[%s] %s"), mark, c.Subject), maxSubject)
	}
	for _, t := range m.Words.Lead {
		c.Lead = append(c.Lead, line(t.In(lang), maxLine))
	}
	if w.Machine {
		c.Machine = in(lang, "机器翻译，未经人工校对，以原文为准", "machine translation (机器翻译), not checked by a person; the original prevails")
	}
	for _, t := range w.Changed {
		c.Changed = append(c.Changed, line(t.In(lang), maxLine))
	}
	for _, d := range w.Dates {
		c.Dates = append(c.Dates, dateLine(d, lang))
		if d.What == trade.DateCommentDeadline {
			c.Dates = append(c.Dates, centreLine(w, lang, today)...)
		}
	}
	for _, p := range w.Papers {
		c.Papers = append(c.Papers, line(strings.Join([]string{p.Published, p.ID, kindName(p.Kind, lang)}, " "), 200))
	}
	c.Papers = c.Papers[max(0, len(c.Papers)-maxListed):]
	c.Remarks = remarks(v, lang)
	c.concern(v)
	c.Actions = actions(v, lang, today)
	c.Provision = provision(v, lang)
	if m.Test {
		c.test()
	}
	return c
}

// concern fills in what the warning means to the recipient.
func (c *Content) concern(v View) {
	lang := c.Lang
	for _, p := range v.Products[:min(len(v.Products), maxListed)] {
		c.Products = append(c.Products, productLine(p, lang))
	}
	for _, f := range v.Firms[:min(len(v.Firms), maxListed)] {
		c.Firms = append(c.Firms, fmt.Sprintf(in(lang, "%s：%d 个产品", "%s (products: %d)"), line(f.Name, 120), f.Products))
	}
	if n := max(len(v.Products), len(v.Firms)) - maxListed; n > 0 {
		c.More = fmt.Sprintf(in(lang, "另有 %d 个未逐一列出", "%d more are not listed"), n)
	}
	if n := len(v.Products); n > 0 {
		c.You = append(c.You, fmt.Sprintf(in(lang, "涉及您的 %d 个产品", "Your products concerned: %d"), n))
	}
	if n := len(v.Firms); n > 0 && v.Sums == nil {
		c.You = append(c.You, fmt.Sprintf(in(lang, "涉及本区县 %d 家企业", "Firms of your district concerned: %d"), n))
	}
	if v.Sums != nil {
		c.You = append(c.You, sumWords(v, lang)...)
	}
}

func sumWords(v View, lang string) []string {
	where := in(lang, "登记企业", "registered firms")
	switch {
	case v.Kind == trade.SubDistrict:
		where = in(lang, "本区县登记企业", "registered firms of your district")
	case v.Kind == trade.SubAssociation && v.Sector != "":
		where = fmt.Sprintf(in(lang, "“%s”登记企业", "registered firms of the sector %s"), line(sectorName(v.Sector, lang), 60))
	}
	if v.Sums.Few {
		return []string{fmt.Sprintf(in(lang, "涉及%s：不足三家，或与其他合计相减可推知不足三家的情况，不列数字", "Concerned %s: no numbers are given, they would tell about fewer than three firms, by themselves or beside other sums"), where)}
	}
	value := in(lang, "所涉产品未登记出口额", "No export value is registered for these products")
	if b := v.Sums.Value; b.To > 0 {
		value = fmt.Sprintf(in(lang, "所涉产品年出口额合计：%s 至 %s 美元（企业登记数，全部市场）", "Exports of these products: US$ %s to %s a year (as registered by the firms, all markets)"), grouped(b.From), grouped(b.To))
	}
	return []string{fmt.Sprintf(in(lang, "涉及%s：%d 家", "Concerned %s: %d"), where, v.Sums.Firms), value}
}

func productLine(p ProductView, lang string) ProductLine {
	l := ProductLine{
		Name: line(first(p.Name.In(lang), p.ID), 120), ID: line(p.ID, 60),
		HS: line(strings.Join(p.HS, ", "), 120), Markets: short(marketNames(p.Markets, lang), 12, lang), Grade: gradeName(p.Grade, lang),
	}
	for _, e := range worthSaying(p.Evidence) {
		l.Why = append(l.Why, why(e, lang))
	}
	if p.Inferred {
		l.Why = append(l.Why, in(lang, "其中有推断的成分：通报未直接写明产品代码", "part of this is inferred: the notice does not state the code itself"))
	}
	return l
}

// bulletin is the warning's number and release in words.
func bulletin(w trade.Warning, lang string) string {
	s := fmt.Sprintf(in(lang, "预警 %s", "Warning %s"), line(first(w.Number, w.Family), 60))
	if w.Release > 1 && !w.Exercise { // a second drill is one of its own
		s += fmt.Sprintf(in(lang, "（第 %d 次更新）", " (update %d)"), w.Release-1)
	}
	return s
}

func subject(c Content, w trade.Warning) string {
	mark := fmt.Sprintf(in(c.Lang, "【%s】", "[%s] "), c.Level.Name.In(c.Lang))
	return line(mark+bulletin(w, c.Lang)+in(c.Lang, "：", ": ")+c.Headline, maxSubject)
}

func provision(v View, lang string) string {
	if v.Name == "" {
		return in(lang, "本消息按登记的产品与订阅自动发送。", "Sent automatically, by the products and subscriptions registered.")
	}
	return fmt.Sprintf(in(lang, "本消息按登记的产品与订阅自动发送给：%s。", "Sent automatically to %s, by the products and subscriptions registered."), line(v.Name, 120))
}

// grouped writes a sum in whole units with its thousands apart.
func grouped(v float64) string {
	s := fmt.Sprintf("%.0f", v)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
