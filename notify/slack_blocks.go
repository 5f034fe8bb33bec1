package notify

import (
	"fmt"
	"strings"
	"unicode/utf16"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/slackutilsx"
)

// Slack's limits, in characters as it counts them: after escaping, in UTF-16
// units. The total is undocumented; answers turn bad at about 13,200.
const (
	slackMaxBlocks  = 50
	slackMaxSection = 3000
	slackMaxHeader  = 150
	slackMaxTotal   = 12000
	slackMaxText    = 3500
)

func slackBlockID(key string) string { return "tbtwatch-" + key }

func units(s string) int { return len(utf16.Encode([]rune(s))) }

// slackEscape makes text inert: no mention, no link, no command survives it.
func slackEscape(s string) string { return slackutilsx.EscapeMessage(s) }

// slackFit escapes s and shortens it to limit units, never inside an entity.
func slackFit(s string, limit int) string {
	if out := slackEscape(s); units(out) <= limit {
		return out
	}
	var b strings.Builder
	left := limit - 1
	for _, r := range s {
		e := slackEscape(string(r))
		if left -= units(e); left < 0 {
			break
		}
		b.WriteString(e)
	}
	return b.String() + "…"
}

// slackText is the text beside the blocks, shown in notifications, or the
// whole message when there are no blocks.
func slackText(c Content, body string) string {
	return slackFit(c.Subject, 300) + "\n" + slackFit(body, slackMaxText)
}

// slackBuilder adds blocks as long as they fit.
type slackBuilder struct {
	blocks []slack.Block
	left   int
	cut    bool
}

// section adds a paragraph under its label. Foreign words stand in plain_text
// objects only, where Slack reads no markup.
func (b *slackBuilder) section(label string, lines ...string) {
	text := strings.TrimSpace(strings.Join(lines, "\n"))
	if text == "" {
		return
	}
	if label != "" {
		text = "【" + label + "】\n" + text
	}
	room := min(slackMaxSection, b.left)
	if room < 40 {
		b.cut = true
		return
	}
	fitted := slackFit(text, room)
	b.cut = b.cut || fitted != slackEscape(text)
	b.add(plainText(fitted))
}

// links adds a line of links; it is whole or not there.
func (b *slackBuilder) links(pairs ...[2]string) {
	if text := slackLinks(pairs...); text != "" {
		b.add(slackMarkup(text))
	}
}

// add adds a section where there is room for it.
func (b *slackBuilder) add(text *slack.TextBlockObject) {
	const reserve = 2 // blocks kept for the closing lines
	if len(b.blocks) >= slackMaxBlocks-reserve || units(text.Text) > b.left {
		b.cut = true
		return
	}
	b.left -= units(text.Text)
	b.blocks = append(b.blocks, slack.NewSectionBlock(text, nil, nil))
}

func slackMarkup(s string) *slack.TextBlockObject {
	return slack.NewTextBlockObject(slack.MarkdownType, s, false, true)
}

func plainText(s string) *slack.TextBlockObject {
	return slack.NewTextBlockObject(slack.PlainTextType, s, false, false)
}

// slackBlocks lays the content out, most important first. The first block's
// ID carries the delivery's key.
func slackBlocks(key string, c Content) []slack.Block {
	header := slackFit(c.Headline, slackMaxHeader)
	status := slackFit(fmt.Sprintf("%s%s%s · %s · %s %s · %s", c.L.Level, c.L.Colon, c.Level.Name.In(c.Lang), c.Bulletin, c.L.Issued, c.Issued, c.Sender), 500)
	links := slackLinks([2]string{c.Link, c.L.Link}, [2]string{c.Page, c.L.Page})
	rest := slackFit(c.L.Rest, 200)
	b := &slackBuilder{left: slackMaxTotal - units(header) - units(status) - units(links) - units(rest)}
	b.blocks = append(b.blocks,
		slack.NewHeaderBlock(plainText(header), slack.HeaderBlockOptionBlockID(slackBlockID(key))),
		slack.NewContextBlock("", plainText(status)))
	if c.Machine != "" {
		b.section("", c.Machine)
	}
	b.section("", c.Lead...)
	b.section(c.L.Changed, bullets(c.Changed)...)
	b.section("", c.Summary)
	for _, g := range c.Groups {
		label := g.Name // stands over the first
		for _, item := range g.Items {
			b.section(label, item.lines()...)
			b.links([2]string{item.Receipt, c.L.Receipt})
			label = ""
		}
	}
	b.section(c.L.You, bullets(c.You)...)
	b.section(c.L.Dates, dateBullets(c)...)
	b.section(c.L.Actions, bullets(c.Actions)...)
	b.links([2]string{c.Receipt, c.L.Receipt})
	for i, p := range c.Products {
		label := ""
		if i == 0 {
			label = c.L.Products
		}
		b.section(label, append([]string{fmt.Sprintf("%s (%s) %s %s · %s · %s", p.Name, p.ID, c.L.HS, p.HS, p.Markets, p.Grade)}, bullets(p.Why)...)...)
	}
	b.section(c.L.Firms, bullets(c.Firms)...)
	b.section("", c.More)
	b.section(c.L.Markets, c.Markets)
	b.section(c.L.Measure, c.Symbols, c.Kind)
	b.section("", c.Health)
	b.section(c.L.Original, c.Original, c.Text)
	if b.cut {
		b.blocks = append(b.blocks, slack.NewContextBlock("", plainText(rest)))
	}
	if links != "" {
		b.blocks = append(b.blocks, slack.NewSectionBlock(slackMarkup(links), nil, nil))
	}
	return b.blocks
}

// dateBullets is what happens when, a line each.
func dateBullets(c Content) []string {
	var out []string
	for _, d := range c.Dates {
		l := "• " + d.What + c.L.Colon + d.When
		if note := d.Note(c.L); note != "" {
			l += c.L.Open + note + c.L.Close
		}
		out = append(out, l)
	}
	return append(out, bullets(c.Remarks)...)
}

// slackLinks is the one piece of markup: our words around checked addresses.
func slackLinks(pairs ...[2]string) string {
	out := ""
	for _, l := range pairs {
		piece := fmt.Sprintf("<%s|%s>  ", slackEscape(l[0]), l[1])
		if l[0] != "" && units(out+piece) <= slackMaxSection {
			out += piece
		}
	}
	return strings.TrimSpace(out)
}

func bullets(lines []string) []string {
	var out []string
	for _, l := range lines {
		out = append(out, "• "+l)
	}
	return out
}
