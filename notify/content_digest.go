package notify

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"tbtwatch/internal/trade"
)

// Digest is several warnings in one message, or none: then it says that there
// is nothing new.
type Digest struct {
	Items  []Message  // one for each release, none of them itself a digest
	Since  string     // of one without items: the day from which on nothing was new
	Health trade.Text // how the sources are doing
	At     time.Time  // in the recipient's time zone
}

// lasts are of each measure the last release in the digest: as it stands now.
func (d *Digest) lasts() (out []Message) {
	for _, m := range inOrder(d.Items) {
		if n := len(out) - 1; n >= 0 && out[n].View.Warning.Family == m.View.Warning.Family {
			out[n] = m
		} else {
			out = append(out, m)
		}
	}
	return out
}

// inOrder puts the releases of each measure together, the oldest first.
func inOrder(messages []Message) []Message {
	messages = slices.Clone(messages)
	slices.SortStableFunc(messages, func(a, b Message) int {
		return cmp.Or(cmp.Compare(a.View.Warning.Family, b.View.Warning.Family), cmp.Compare(a.View.Warning.Release, b.View.Warning.Release))
	})
	return messages
}

// Group is a part of a digest: the measures about one product of a firm, or
// about one market.
type Group struct {
	Name  string
	Items []GroupItem
}

// GroupItem is a measure in a digest.
type GroupItem struct {
	Level         Level
	Title, About  string
	Lines         []string // what changed, what it means, the next day
	Page, Receipt string
}

// lines is the measure as plain lines, for chats.
func (i GroupItem) lines() []string {
	out := []string{"• " + i.Title, "   " + i.About}
	for _, l := range i.Lines {
		out = append(out, "   – "+l)
	}
	return out
}

// mostItems bounds what a digest tells of. One that was put together with more
// counts the rest.
const mostItems = 20

// composeDigest says what the digest's recipient may see, each measure once:
// of several releases the last, with what changed in all of them.
func composeDigest(m Message, env Env) Content {
	lang := langOf(m.To)
	at := m.Digest.At.Format(trade.Day)
	c := Content{
		Lang: lang, L: labels(lang), Sender: line(env.Centre.In(lang), 120), Issued: at, Level: noLevel,
		Bulletin: in(lang, "预警摘要", "Digest of warnings"), Page: safeLink(env.Home(m.To)), Stop: safeLink(env.Stop(m.To)),
		Provision: provision(m.View, lang), Health: line(m.Digest.Health.In(lang), maxLine),
	}
	c.L.Page = in(lang, "全部预警", "All your warnings")
	items := measures(m.Digest.Items, env)
	if len(items) == 0 {
		c.Headline = in(lang, "没有新的预警", "No new warnings")
		c.Summary = fmt.Sprintf(in(lang, "自 %s 起没有涉及您的新预警。监测照常进行，有新情况会及时通知。", "Since %s there was no new warning that concerns you. Watching goes on, and you will be told."), line(m.Digest.Since, 20))
		c.Subject = line(fmt.Sprintf(in(lang, "【无新预警】%s", "[Nothing new] %s"), at), maxSubject)
		return c
	}
	inForce := slices.DeleteFunc(slices.Clone(items), measure.exercise)
	c.Level = slices.Concat(inForce, items)[0].content.Level // a drill's where there is nothing else
	c.Headline = fmt.Sprintf(in(lang, "预警摘要：%d 项措施", "Digest: measures that concern you: %d"), len(items))
	if n := len(inForce); n > 0 && n < len(items) {
		c.Headline += in(lang, "（含演练）", " (with exercises)")
	}
	c.Subject = line(fmt.Sprintf(in(lang, "【%s】%s %s", "[%s] %s %s"), c.Level.Name.In(lang), c.Headline, at), maxSubject)
	if len(inForce) == 0 {
		c.stand(Words{Mark: standing(&items[0].message.View.Warning).Mark}) // each of them tells the rest
	}
	c.Summary = in(lang, "每项措施只列一次，等级高的在前。", "Each measure stands here once, the highest level first.")
	if rest := len(items) - mostItems; rest > 0 {
		c.More = fmt.Sprintf(in(lang, "另有 %d 项措施未逐一列出", "%d more measures are not listed"), rest)
		items = items[:mostItems]
	}
	c.Groups = groupsOf(items, lang)
	return c
}

// noLevel is that of a message without warnings.
var noLevel = Level{Name: trade.Text{ZH: "无", EN: "none"}}

// measure is a measure of a digest: its last release, as it would be sent alone.
type measure struct {
	message Message
	content Content
	changed []string // by all releases that the digest holds
}

func (m measure) exercise() bool { return m.message.View.Warning.Exercise }

// measures puts the releases about the same measure together and sorts by
// level, the highest first, then by number.
func measures(messages []Message, env Env) []measure {
	var out []measure
	for _, m := range inOrder(messages) {
		c := Compose(m, env)
		if n := len(out) - 1; n >= 0 && out[n].message.View.Warning.Family == m.View.Warning.Family {
			c.Lead = append(out[n].content.Lead, c.Lead...)
			out[n] = measure{m, c, append(out[n].changed, c.Changed...)}
			continue
		}
		out = append(out, measure{m, c, slices.Clone(c.Changed)})
	}
	slices.SortStableFunc(out, func(a, b measure) int {
		return cmp.Or(cmp.Compare(b.message.View.Rank, a.message.View.Rank), cmp.Compare(b.message.View.Warning.Number, a.message.View.Warning.Number))
	})
	return out
}

// groupsOf puts the measures under the product that each concerns most, or for
// who has no products of its own under the market.
func groupsOf(items []measure, lang string) []Group {
	var out []Group
	for _, i := range items {
		name := groupName(i.content, lang)
		at := slices.IndexFunc(out, func(g Group) bool { return g.Name == name })
		if at < 0 {
			at = len(out)
			out = append(out, Group{Name: name})
		}
		out[at].Items = append(out[at].Items, i.item(lang))
	}
	return out
}

func groupName(c Content, lang string) string {
	if len(c.Products) > 0 {
		p := c.Products[0]
		return p.Name + c.L.Open + p.ID + c.L.Close
	}
	return first(c.Markets, in(lang, "其他", "Others"))
}

// item says a measure in a few lines.
func (m measure) item(lang string) GroupItem {
	c := m.content
	i := GroupItem{Level: c.Level, Title: fmt.Sprintf(in(lang, "【%s】%s", "[%s] %s"), c.Level.Name.In(lang), c.Headline), Page: c.Page, Receipt: c.Receipt}
	i.About = strings.Join(slices.DeleteFunc([]string{c.Bulletin, c.Symbols, c.Markets}, func(s string) bool { return s == "" }), " · ")
	i.Lines = append(i.Lines, c.Lead...)
	for _, t := range trade.Distinct(m.changed) {
		i.Lines = append(i.Lines, c.L.Changed+c.L.Colon+t)
	}
	var others []string
	for _, p := range c.Products[min(1, len(c.Products)):] {
		others = append(others, p.Name)
	}
	if len(others) > 0 {
		i.Lines = append(i.Lines, in(lang, "还涉及：", "Also: ")+short(others, 5, lang))
	}
	if len(c.Products) == 0 {
		i.Lines = append(i.Lines, c.You...)
	}
	for _, d := range datesAhead(m.message.View.Warning, lang, m.message.Words.Day) {
		i.Lines = append(i.Lines, d.What+c.L.Colon+d.When)
	}
	i.Lines = append(i.Lines, c.Actions[:min(len(c.Actions), 1)]...)
	return i
}

// datesAhead are the days that a measure's short form tells: those that are
// known, and not when it was published.
func datesAhead(w trade.Warning, lang, today string) (out []DateLine) {
	for _, d := range w.Dates {
		if d.What == trade.DatePublished || d.From == "" {
			continue
		}
		out = append(out, dateLine(d, lang))
		if d.What == trade.DateCommentDeadline {
			out = append(out, centreLine(w, lang, today)...)
		}
	}
	return out
}

// bareDigest needs nothing that could have failed.
func bareDigest(m Message, lang string) Content {
	c := Content{Lang: lang, L: labels(lang), Level: noLevel, Headline: in(lang, "预警摘要", "Digest of warnings"), Bulletin: in(lang, "预警摘要", "Digest of warnings")}
	g := Group{Name: c.Headline}
	for _, i := range m.Digest.Items {
		b := bareContent(i)
		g.Items = append(g.Items, GroupItem{Level: b.Level, Title: b.Subject, About: b.Bulletin, Page: b.Link})
	}
	c.Groups, c.Subject = []Group{g}, fmt.Sprintf("%s (%d)", c.Headline, len(g.Items))
	return c
}
