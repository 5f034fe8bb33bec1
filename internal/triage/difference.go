package triage

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"tbtwatch/internal/nomenclature"
	"tbtwatch/internal/trade"
)

// Difference is a field that a paper has changed, and whether that matters to
// those who were warned.
type Difference struct {
	Field    string     `json:"field"` // state, comment_deadline, adoption, entry_into_force, hs, ics, products, markets, title or translation
	Before   trade.Text `json:"before"`
	After    trade.Text `json:"after"`
	Material bool       `json:"material"`
	Why      trade.Text `json:"why"` // it is material, or not
}

// PaperChange is a paper and what it changed.
type PaperChange struct {
	Paper       string          `json:"paper"` // its symbol as given
	Kind        trade.Kind      `json:"kind"`
	Published   string          `json:"published,omitempty"`
	Effects     []trade.Effect  `json:"effects,omitempty"`
	Mentions    []trade.Mention `json:"mentions,omitempty"`
	Differences []Difference    `json:"differences,omitempty"`
}

// PaperChanges tells the family's history: each paper against what stood before it.
func PaperChanges(f *trade.Family, now time.Time) []PaperChange {
	var out []PaperChange
	before := standingOf(nil, now)
	for i, p := range f.Papers {
		after := standingOf(f.Papers[:i+1], now)
		s := PaperChange{Paper: p.ID, Kind: p.Kind, Published: p.Published, Effects: p.Changes, Mentions: p.Mentions}
		if i > 0 {
			s.Differences = differences(before, after)
		}
		out = append(out, s)
		before = after
	}
	return out
}

// standing is what papers say together.
type standing struct {
	state            trade.MeasureState
	dates            map[string]trade.Date
	hs, ics, markets []string
	title, products  string
	translations     int
}

// dateFields are the dates that a later paper may move.
var dateFields = []string{trade.DateCommentDeadline, trade.DateAdoption, trade.DateEntryIntoForce}

// standingOf folds papers, in order: a date is that of the latest one, codes
// and markets add up, a revision replaces. Title and products are those of a
// first paper or revision, as follow-ups print words of their own there, unless
// they say that the scope has changed.
func standingOf(papers []trade.Paper, now time.Time) standing {
	s := standing{state: StateOf(papers, now), dates: map[string]trade.Date{}, markets: marketsOf(papers)}
	for _, what := range dateFields {
		s.dates[what] = currentDate(papers, what)
	}
	for _, p := range papers {
		if p.Kind == trade.KindRevision && len(p.HS)+len(p.ICS) > 0 {
			s.hs, s.ics = nil, nil
		}
		s.hs, s.ics = trade.SortedUnique(append(s.hs, p.HS...)), trade.SortedUnique(append(s.ics, p.ICS...))
		if p.Kind == trade.KindSupplement {
			s.translations++
		}
		whole := !p.Kind.FollowUp() || p.Kind == trade.KindRevision
		if whole && p.Title != "" {
			s.title = p.Title
		}
		if (whole || says([]trade.Paper{p}, trade.EffectScope, nil)) && p.Products != "" {
			s.products = p.Products
		}
	}
	return s
}

// differences compares field by field, the most important first.
func differences(a, b standing) []Difference {
	var out []Difference
	add := func(field string, before, after trade.Text, material bool, why trade.Text) {
		out = append(out, Difference{field, before, after, material, why})
	}
	if a.state != b.state {
		why := trade.Text{ZH: "措施的状态决定义务", EN: "the state decides what is owed"}
		if b.state == trade.StateWithdrawn {
			why = trade.Text{ZH: "措施已撤销", EN: "the measure is gone"}
		}
		add("state", MeasureStateName(a.state), MeasureStateName(b.state), true, why)
	}
	for _, what := range dateFields {
		if was, is := a.dates[what], b.dates[what]; moved(was, is) {
			add(what, DateText(was), DateText(is), true, trade.Text{ZH: "期限有变", EN: "a day to act by has moved"})
		}
	}
	scope := trade.Text{ZH: "涉及的商品范围有变", EN: "other goods are covered"}
	for _, list := range []struct {
		field string
		a, b  []string
	}{{"hs", a.hs, b.hs}, {"ics", a.ics, b.ics}} {
		if !slices.Equal(list.a, list.b) {
			add(list.field, codesText(list.a), codesText(list.b), true, scope)
		}
	}
	if !slices.Equal(a.markets, b.markets) {
		add("markets", MarketList(a.markets), MarketList(b.markets), true, trade.Text{ZH: "适用市场有变", EN: "it holds in other markets"})
	}
	if a.products != "" && a.products != b.products {
		material, why := worded(a.products, b.products)
		add("products", same(a.products), same(b.products), material, why)
	}
	if a.title != "" && a.title != b.title {
		material, why := worded(a.title, b.title)
		add("title", same(a.title), same(b.title), material, why)
	}
	if a.translations != b.translations {
		add("translation", same(fmt.Sprint(a.translations)), same(fmt.Sprint(b.translations)), false, trade.Text{ZH: "译文不改变措施", EN: "a translation changes nothing of the measure"})
	}
	return out
}

// moved reports whether a date says something else now. A paper that says
// nothing of it leaves it.
func moved(was, is trade.Date) bool {
	return is.What != "" && (was.From != is.From || was.To != is.To || is.From == "" && was.Text != is.Text)
}

// worded tells a change of print from one of goods.
func worded(a, b string) (material bool, why trade.Text) {
	if nomenclature.Normalize(a) == nomenclature.Normalize(b) {
		return false, trade.Text{ZH: "仅排印不同", EN: "printed otherwise, the same words"}
	}
	if was, is := goods(a), goods(b); slices.Equal(was, is) {
		return false, trade.Text{ZH: "措辞不同，所指商品相同", EN: "other words for the same goods"}
	}
	return true, trade.Text{ZH: "所指商品有变", EN: "other goods are named"}
}

// goods are the kinds of goods that a text names.
func goods(text string) []string {
	var out []string
	for _, h := range nomenclature.FindConcepts(text) {
		if !h.Negated {
			out = append(out, h.Concept.ID)
		}
	}
	return trade.SortedUnique(out)
}

func codesText(codes []string) trade.Text {
	if len(codes) == 0 {
		return trade.Text{ZH: "未说明", EN: "not stated"}
	}
	return trade.Text{ZH: strings.Join(codes, "、"), EN: strings.Join(codes, ", ")}
}

// Sentence says the difference in words.
func (d Difference) Sentence() trade.Text {
	name := FieldName(d.Field)
	return trade.Text{
		ZH: fmt.Sprintf("%s由“%s”改为“%s”", name.ZH, d.Before.ZH, d.After.ZH),
		EN: fmt.Sprintf("%s: %s, was %s", name.EN, d.After.EN, d.Before.EN),
	}
}
