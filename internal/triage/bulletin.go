package triage

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"tbtwatch/internal/trade"
)

// Audience is for whom a bulletin is written.
type Audience string

// The audiences of the regulations of 2001 (令第1号).
const (
	Internal Audience = "internal" // 通报: departments and staff, with firms by name
	Public   Audience = "public"   // 通告: everybody, with no firm's name and no sum of fewer than three firms
)

// Validate refuses words that are no audience.
func (a Audience) Validate() error {
	if a != Internal && a != Public {
		return trade.Refusef("%q is no audience of a bulletin: internal or public; 读者应为 internal 或 public", a)
	}
	return nil
}

// Bulletin is what a centre says of a case, in fourteen parts.
type Bulletin struct {
	Family   string     `json:"family"`
	Audience Audience   `json:"audience" enum:"internal,public"`
	Name     trade.Text `json:"name" doc:"通报 or 通告, or its lifting"`
	Number   string     `json:"number,omitempty"`
	Release  int        `json:"release" doc:"the last release; 0 when there is none"`
	Level    Level      `json:"level"`
	Lifted   bool       `json:"lifted,omitempty"`
	Headline trade.Text `json:"headline"`
	Centre   trade.Text `json:"centre"`
	Issued   string     `json:"issued,omitempty" doc:"YYYY-MM-DD: day of the last release"`
	Status   trade.Text `json:"status" doc:"draft or release"`
	Parts    []Part     `json:"parts" doc:"fourteen, in order"`
}

// Part is one of the fourteen.
type Part struct {
	Key     string     `json:"key"`
	Heading trade.Text `json:"heading"`
	Blocks  []Block    `json:"blocks" doc:"what the facts say"`
	Facts   trade.Text `json:"facts" doc:"digest of what the facts say, by language"`
	Written []Written  `json:"written,omitempty" doc:"a person's text, which stands in place of the blocks in its language"`
}

// Block is a paragraph or a table.
type Block struct {
	Text  trade.Text `json:"text,omitzero"`
	Table *Table     `json:"table,omitempty"`
	Daily bool       `json:"daily,omitempty" doc:"counts days from today, and so changes by itself"`
}

// Table has its rows by column. Without a head, the first column names the rows.
type Table struct {
	Head []trade.Text   `json:"head,omitempty"`
	Rows [][]trade.Text `json:"rows"`
}

// Written is a person's text of a part in one language.
type Written struct {
	Lang  string `json:"lang"`
	Text  string `json:"text"`
	By    string `json:"by,omitempty" doc:"not told to the public"`
	At    string `json:"at"`
	Stale bool   `json:"stale,omitempty" doc:"the facts have changed since this was written"`
}

// In is the person's text in that language, nil where the facts speak.
func (p Part) In(lang string) *Written {
	for i := range p.Written {
		if p.Written[i].Lang == lang {
			return &p.Written[i]
		}
	}
	return nil
}

// Plain is what the facts say as lines of text, rows of tables with bars.
func (p Part) Plain(lang string) string { return plainBlocks(p.Blocks, lang) }

func plainBlocks(blocks []Block, lang string) string {
	var lines []string
	for _, b := range blocks {
		if b.Table == nil {
			lines = append(lines, b.Text.In(lang))
			continue
		}
		for _, row := range append([][]trade.Text{b.Table.Head}, b.Table.Rows...) {
			var cells []string
			for _, c := range row {
				cells = append(cells, c.In(lang))
			}
			if len(cells) > 0 {
				lines = append(lines, strings.Join(cells, " | "))
			}
		}
	}
	return strings.Join(lines, "\n")
}

// digest tells what the facts said, except what counts days from today.
func digest(blocks []Block, lang string) string {
	lasting := slices.DeleteFunc(slices.Clone(blocks), func(b Block) bool { return b.Daily })
	sum := sha256.Sum256([]byte(plainBlocks(lasting, lang)))
	return hex.EncodeToString(sum[:8])
}

// Touched is an exporter with its matched products.
type Touched struct {
	Exporter trade.Exporter
	Products []TouchedProduct
}

// TouchedProduct is a product with its match.
type TouchedProduct struct {
	Product trade.Product
	Match   trade.Match
}

// Issue is a release of the warning, as the bulletin's record names it.
type Issue struct {
	Number  string
	Release int
	Level   string
	By, At  string
}

// BulletinFacts is all that a bulletin is written from.
type BulletinFacts struct {
	Case      trade.Case
	Family    *trade.Family
	Latest    *trade.Notice // the family's latest paper; may be empty
	Draft     *trade.Notice // the paper that the later ones follow; nil where that is the latest itself
	Firms     []Touched     // best first, perhaps not all
	MoreFirms int           // that are not in Firms
	Releases  []Issue       // oldest first
	Changed   []trade.Text  // since the last release
	Config    Config
	Now       time.Time
}

// PartKeys are the keys of the parts in their order.
var PartKeys = func() []string {
	var out []string
	for _, p := range partsOfBulletin {
		out = append(out, p.key)
	}
	return out
}()

// partsOfBulletin is the order of the fourteen parts, with what writes each.
var partsOfBulletin = []struct {
	key     string
	heading trade.Text
	write   func(*author) []Block
}{
	{"head", trade.Text{ZH: "标题、等级与编号", EN: "Title, level and number"}, (*author).head},
	{"brief", trade.Text{ZH: "提示", EN: "In brief"}, (*author).brief},
	{"measure", trade.Text{ZH: "措施信息", EN: "The measure"}, (*author).measure},
	{"goods", trade.Text{ZH: "覆盖产品", EN: "Products covered"}, (*author).goods},
	{"dates", trade.Text{ZH: "时间", EN: "Dates"}, (*author).times},
	{"content", trade.Text{ZH: "主要内容与变化对比", EN: "Content, and what changed"}, (*author).content},
	{"standards", trade.Text{ZH: "与国家标准、国际标准的差异", EN: "Differences from national and international standards"}, (*author).standards},
	{"impact", trade.Text{ZH: "影响分析", EN: "Impact"}, (*author).impact},
	{"advice", trade.Text{ZH: "应对建议", EN: "Advice"}, (*author).advice},
	{"comment", trade.Text{ZH: "评议方式与联系人", EN: "How to comment, and whom to ask"}, (*author).comment},
	{"texts", trade.Text{ZH: "原文与译文", EN: "Original and translations"}, (*author).texts},
	{"basis", trade.Text{ZH: "匹配依据", EN: "Why it concerns us"}, (*author).basis},
	{"record", trade.Text{ZH: "解除与更新记录", EN: "Releases and liftings"}, (*author).record},
	{"issued", trade.Text{ZH: "签发与审核", EN: "Issued and reviewed by"}, (*author).issued},
}

// BulletinOf writes the bulletin of a case for an audience. What is not known
// it says in words; no date is made up.
func BulletinOf(facts BulletinFacts, to Audience) Bulletin {
	w := newAuthor(facts, to)
	c := facts.Case
	b := Bulletin{
		Family: tidy(c.Family), Audience: to, Name: w.name(), Number: tidy(c.Number), Release: c.Release, Lifted: w.lifted,
		Level: facts.Config.Level(c.Level), Headline: w.headline, Centre: w.centre(), Issued: w.day(), Status: w.status(),
	}
	for _, p := range partsOfBulletin {
		part := Part{Key: p.key, Heading: p.heading, Blocks: w.tidied(p.write(w))}
		part.Facts = trade.Text{ZH: digest(part.Blocks, "zh"), EN: digest(part.Blocks, "en")}
		for _, o := range c.Overrides {
			if o.Part != p.key || o.Audience != string(to) {
				continue
			}
			says := Written{Lang: o.Lang, Text: o.Text, By: o.By, At: o.At, Stale: o.Facts != part.Facts.In(o.Lang)}
			if to == Public {
				says.By = ""
			}
			part.Written = append(part.Written, says)
		}
		b.Parts = append(b.Parts, part)
	}
	return b
}
