package triage

import (
	"fmt"
	"iter"
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

// changes is what the release says that the one before did not: what is
// material in the family, products that a person lets in, and that a release
// that was taken back is made again.
func (d *Desk) changes(w, before *trade.Warning, f *trade.Family) []trade.Text {
	out := Changes(before, f, w.Level, d.Now())
	if len(added(before, w.Audience)) > 0 && !slices.Contains(out, Further) {
		out = append(out, Further)
	}
	if before.Recalls > 0 {
		out = append(out, trade.Text{
			ZH: fmt.Sprintf("第 %d 次发布撤回之后，重新发布", before.Recalls), EN: fmt.Sprintf("released again, after release %d was recalled", before.Recalls),
		})
	}
	return out
}

// newsFor lists the products that a release is news to, where it says nothing
// but that they are touched, too: a firm that registers a product must not make
// a mail to everybody else. nil when it is news to everybody, as it is to those
// who were told that there is nothing to do any more.
func newsFor(w, before *trade.Warning) []string {
	if len(w.Changed) != 1 || w.Changed[0] != Further || before.Lifted {
		return nil
	}
	var out []string
	for _, m := range added(before, w.Audience) {
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
	direct := func(yield func(trade.Match) bool) {
		for m := range f.All() {
			if m.Grade == trade.Direct && !yield(m) {
				return
			}
		}
	}
	return unwarned(before, direct)
}

// added are the matches of an audience that the release before did not have.
func added(before *trade.Warning, audience []trade.Match) []trade.Match {
	return unwarned(before, slices.Values(audience))
}

func unwarned(before *trade.Warning, matches iter.Seq[trade.Match]) (out []trade.Match) {
	warned := map[[2]string]bool{}
	for _, m := range before.Audience {
		warned[[2]string{m.Exporter, m.Product}] = true
	}
	for m := range matches {
		if !warned[[2]string{m.Exporter, m.Product}] {
			out = append(out, m)
		}
	}
	return out
}

func familyMarkets(f *trade.Family) []string { return marketsOf(f.Papers) }
