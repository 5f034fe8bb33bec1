package triage

import (
	"cmp"
	"strings"
	"unicode"

	"tbtwatch/internal/trade"
)

// author writes the parts of one bulletin.
type author struct {
	BulletinFacts
	to       Audience
	lifted   bool
	says     standing        // what the papers say together
	dates    []trade.Date    // as they stand now
	own      trade.CentreDay // the centre's own day for comments
	whole    []*trade.Notice // the papers that are read as a whole, older first
	headline trade.Text
	told     bool // how many firms may be said
	valued   bool // what they export may be said
}

const (
	mostText     = 4000 // characters of a paragraph
	mostCodes    = 40   // rows of a table of codes
	mostInferred = 6
	mostReasons  = 30 // products with their reasons
)

func newAuthor(facts BulletinFacts, to Audience) *author {
	if facts.Latest == nil {
		facts.Latest = &trade.Notice{}
	}
	w := &author{BulletinFacts: facts, to: to, says: standingOf(facts.Family.Papers, facts.Now), dates: CurrentDates(facts.Family)}
	if w.whole = []*trade.Notice{facts.Latest}; facts.Draft != nil {
		w.whole = []*trade.Notice{facts.Draft, facts.Latest}
	}
	w.own = facts.Config.CentreDay(w.dates, w.symbols(), w.says.markets)
	w.lifted = facts.Case.Level == LevelLifted
	c := facts.Case
	w.headline = trade.Text{ZH: tidy(c.HeadlineZH), EN: tidy(c.HeadlineEN)}
	if to == Public && !c.Edited {
		// A follow-up without words of its own takes its subject from the products
		// that it touches: the public has it from the papers alone.
		papers := trade.Family{ID: facts.Family.ID, Papers: facts.Family.Papers}
		w.headline = tidyText(Compose(&papers, facts.Family.Codes.On(facts.Latest)).Headline)
	}
	// A sum of three firms of which one alone exports is that one's secret.
	valued := 0
	for _, f := range facts.Firms {
		if _, usd := concerned(f); usd > 0 {
			valued++
		}
	}
	w.told = to == Internal || c.Exporters >= FewestFirms
	w.valued = to == Internal || w.told && valued >= FewestFirms
	return w
}

// concerned counts a firm's products that are touched directly or likely, and
// what they export a year.
func concerned(f Touched) (products int, usd float64) {
	for _, p := range f.Products {
		if p.Match.Grade == trade.Direct || p.Match.Grade == trade.Likely {
			products++
			usd += p.Product.ExportValue
		}
	}
	return products, usd
}

func (w *author) name() trade.Text {
	switch {
	case w.to == Public && w.lifted:
		return trade.Text{ZH: "技术性贸易措施预警解除通告", EN: "Public notice: warning lifted"}
	case w.to == Public:
		return trade.Text{ZH: "技术性贸易措施预警通告", EN: "Public notice: trade measure warning"}
	case w.lifted:
		return trade.Text{ZH: "技术性贸易措施预警解除通报", EN: "Internal bulletin: warning lifted"}
	}
	return trade.Text{ZH: "技术性贸易措施预警通报", EN: "Internal bulletin: trade measure warning"}
}

func (w *author) centre() trade.Text {
	return tidyText(trade.Text{ZH: w.Config.Centre, EN: w.Config.CentreEN})
}

// day is the day of the last release.
func (w *author) day() string {
	if n := len(w.Releases); n > 0 {
		return tidy(trade.DayOf(w.Releases[n-1].At, w.Now.Location()))
	}
	return ""
}

func (w *author) status() trade.Text {
	n := w.Case.Release
	switch {
	case n == 0:
		return trade.Text{ZH: "草稿，尚未发布", EN: "draft, not released yet"}
	case len(w.Changed) > 0:
		return say("第 %s 次发布之后有变化，以下为尚未发布的草稿", "draft: there is news since release %s", n)
	}
	return say("第 %s 次发布", "release %s", n)
}

// say fills both forms; a trade.Text among args gives each language its own.
func say(zh, en string, args ...any) trade.Text {
	return trade.Text{ZH: fill(zh, args, "zh"), EN: fill(en, args, "en")}
}

// para is a paragraph.
func para(zh, en string, args ...any) Block { return Block{Text: say(zh, en, args...)} }

// facts is a table whose first column names the rows.
func facts(rows ...[]trade.Text) Block { return Block{Table: &Table{Rows: rows}} }

func row(cells ...trade.Text) []trade.Text { return cells }

// or is the text, or what to say when there is none.
func or(t, none trade.Text) trade.Text {
	return trade.Text{ZH: cmp.Or(t.ZH, t.EN, none.ZH), EN: cmp.Or(t.EN, t.ZH, none.EN)}
}

var unstated = trade.Text{ZH: "通报未写明", EN: "not stated in the notice"}

// tidied makes the blocks fit to be shown and stored: what an authority or a
// firm wrote stands in them as it came.
func (w *author) tidied(blocks []Block) []Block {
	for i := range blocks {
		b := &blocks[i]
		b.Text = tidyText(b.Text)
		if b.Table == nil {
			continue
		}
		for _, cells := range append([][]trade.Text{b.Table.Head}, b.Table.Rows...) {
			for j := range cells {
				cells[j] = tidyText(cells[j])
			}
		}
	}
	return blocks
}

func tidyText(t trade.Text) trade.Text { return trade.Text{ZH: tidy(t.ZH), EN: tidy(t.EN)} }

// tidy drops what nobody can see or XML cannot hold, keeps line ends, and cuts.
func tidy(s string) string {
	if most := 8 * mostText; len(s) > most {
		s = s[:most]
	}
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case unicode.IsSpace(r):
			return ' '
		case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs), r >= 0xFDD0 && r <= 0xFDEF, r&0xFFFE == 0xFFFE:
			return -1
		}
		return r
	}, strings.ToValidUTF8(strings.ReplaceAll(s, "\r\n", "\n"), ""))
	r := []rune(strings.TrimSpace(s))
	if len(r) <= mostText {
		return string(r)
	}
	return string(r[:mostText]) + "…"
}

// ahead reports whether a date has not passed; an interval counts to its end.
func (w *author) ahead(d trade.Date) bool {
	return cmp.Or(d.To, d.From) >= w.Now.Format(trade.Day)
}

// date is the date of that kind as it stands now; the zero Date if there is
// none.
func (w *author) date(what string) trade.Date {
	for _, d := range w.dates {
		if d.What == what {
			return d
		}
	}
	return trade.Date{}
}

// late says that the centre's own day has come or passed while comments are
// still open.
func (w *author) late() (Block, bool) {
	t := LateText(w.own, w.Now.Format(trade.Day))
	return Block{Text: t, Daily: true}, t != trade.Text{} && !w.lifted
}
