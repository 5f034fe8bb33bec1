package triage

import (
	"fmt"
	"slices"
	"time"

	"tbtwatch/internal/trade"
)

// Changes says what a family has that the last release did not know, in the
// order of importance: empty means nothing material, and nobody is disturbed.
// Material are a further paper that is no mere correction or translation, the
// material differences between what the papers say now and what they said then
// (see Difference), and newly touched products.
func Changes(before *trade.Warning, f *trade.Family, level string, now time.Time) []trade.Text {
	var out []trade.Text
	if level == LevelLifted && !before.Lifted {
		out = append(out, trade.Text{ZH: "措施已撤销，解除此前预警", EN: "the measure was withdrawn; earlier warnings are lifted"})
	}
	for _, d := range differences(standingOf(before.Papers, now), standingOf(f.Papers, now)) {
		if d.Material && (d.Field != "state" || level != LevelLifted) {
			out = append(out, d.Sentence())
		}
	}
	out = append(out, newPapers(before, f)...)
	if len(newlyMatched(before, f)) > 0 { // no number: every recipient reads this
		out = append(out, Further)
	}
	return out
}

// Further says that more registered products are touched, without a number.
var Further = trade.Text{ZH: "涉及的登记产品有增加", EN: "further registered products are touched"}

// newsFor lists the products that a release is news to, where it says nothing
// but that they are touched, too: a firm that registers a product must not make
// a mail to everybody else. nil when it is news to everybody.
func newsFor(changed []trade.Text, before *trade.Warning, f *trade.Family) []string {
	if len(changed) != 1 || changed[0] != Further {
		return nil
	}
	var out []string
	for _, m := range newlyMatched(before, f) {
		p := trade.Product{ID: m.Product, Exporter: m.Exporter}
		out = append(out, p.Key())
	}
	return out
}

// newPapers names the papers since the release that matter by themselves.
func newPapers(before *trade.Warning, f *trade.Family) []trade.Text {
	var out []trade.Text
	for _, p := range f.Papers {
		known := slices.ContainsFunc(before.Papers, func(q trade.Paper) bool {
			return q.Notice == p.Notice || len(p.Symbols) > 0 && slices.Equal(trade.SortedUnique(q.Symbols), trade.SortedUnique(p.Symbols))
		})
		if known || p.Backfill || p.Kind == trade.KindCorrigendum || p.Kind == trade.KindSupplement {
			continue
		}
		kind := KindName(p.Kind)
		out = append(out, trade.Text{
			ZH: fmt.Sprintf("发布%s %s：%s", kind.ZH, p.ID, cut(p.Title, 80)),
			EN: fmt.Sprintf("%s %s: %s", kind.EN, p.ID, cut(p.Title, 80)),
		})
	}
	return out
}

// newlyMatched are the direct matches of products that the release did not
// warn about.
func newlyMatched(before *trade.Warning, f *trade.Family) []trade.Match {
	warned := map[string]bool{}
	for _, m := range before.Audience {
		warned[m.Exporter+"\x00"+m.Product] = true
	}
	var out []trade.Match
	for m := range f.All() {
		if m.Grade == trade.Direct && !warned[m.Exporter+"\x00"+m.Product] {
			out = append(out, m)
		}
	}
	return out
}

func familyMarkets(f *trade.Family) []string { return marketsOf(f.Papers) }
