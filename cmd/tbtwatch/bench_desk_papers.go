package main

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/language"

	"tbtwatch/internal/trade"
	"tbtwatch/internal/workload"
)

// deskSources show the papers, most of them the first one.
var deskSources = []string{"eping", "eping", "eping", "eping", "federal-register", "safety-gate"}

// deskSource is the source that shows the i-th paper.
func deskSource(i int) string { return deskSources[i%len(deskSources)] }

// papers makes the store's papers: history of ten years first, then those that
// live cases rest on; every sixth is an addendum to an earlier one.
type papers struct {
	sizes deskSizes
	now   time.Time
	rnd   *rand.Rand
	made  []string // symbols of the measures so far, of the same half
}

// live is how many papers the live measures take.
func (s deskSizes) live() int { return (s.Open + s.Judged) * 6 / 5 }

// next is the i-th paper.
func (p *papers) next(i int, n *workload.Notice) trade.Notice {
	history := i < p.sizes.Notices-p.sizes.live()
	if i == p.sizes.Notices-p.sizes.live() {
		p.made = nil
	}
	symbol := symbolOf(n, i)
	kind := trade.KindNew
	if i%6 == 5 && len(p.made) > 0 {
		kind = trade.KindAddendum
		symbol = p.made[p.rnd.IntN(len(p.made))] + fmt.Sprintf("/Add.%d", i)
	} else {
		p.made = append(p.made, symbol)
	}
	// Live measures close for comments in the weeks to come; some have closed
	// and wait still. History closed long ago.
	published := p.now.AddDate(0, 0, -p.rnd.IntN(75))
	if history {
		published = p.now.AddDate(0, 0, -100-p.rnd.IntN(3500))
	}
	out := paperOf(n, symbol, published)
	out.Source, out.Kind, out.Backfill = deskSource(i), kind, history
	return out
}

// livePaper is a new paper as it is fed: it closes in sixty days.
func livePaper(n *workload.Notice, id string, now time.Time) trade.Notice {
	out := paperOf(n, id, now)
	out.Source, out.Symbols, out.Area = "bench", nil, ""
	return out
}

// symbolOf is a document symbol of the country that issued it.
func symbolOf(n *workload.Notice, i int) string {
	member := n.Issuer
	if region, err := language.ParseRegion(n.Issuer); err == nil && n.Issuer != "EU" {
		member = region.ISO3()
	}
	if i%5 == 4 {
		return fmt.Sprintf("G/SPS/N/%s/%d", member, i)
	}
	return fmt.Sprintf("G/TBT/N/%s/%d", member, i)
}

// paperOf is a paper of ordinary shape: a title, a description that names a
// standard in one of three, days, a link.
func paperOf(n *workload.Notice, symbol string, published time.Time) trade.Notice {
	day := func(after int) string { return published.AddDate(0, 0, after).Format(trade.Day) }
	title, text := n.Text, ""
	if at := strings.IndexAny(title[min(len(title), 120):], " ，。"); at >= 0 {
		title, text = n.Text[:120+at], n.Text[120+at:]
	}
	if name := deskStandard(int(n.ID)); n.ID%3 == 0 {
		text += ". It refers to " + name + fmt.Sprintf(":%d.", 1995+n.ID%30)
	}
	markets := n.Markets
	if n.Issuer == "EU" {
		markets = []string{"EU"}
	}
	area := "TBT"
	if strings.HasPrefix(symbol, "G/SPS") {
		area = "SPS"
	}
	return trade.Notice{
		ID: symbol, Symbols: []string{symbol}, Area: area, Kind: trade.KindNew, Members: []string{markets[0]}, Lang: n.Lang, Markets: slices.Clone(markets), HS: n.HS, ICS: n.ICS,
		Title: title, Description: text, Products: strings.Join(n.HS, ", "), SeenAt: published.Add(26 * time.Hour).UTC(),
		Dates: []trade.Date{
			{What: trade.DatePublished, From: day(0), To: day(0), Basis: "as given"},
			{What: trade.DateCommentDeadline, From: day(60), To: day(60), Basis: "as given"},
			{What: trade.DateEntryIntoForce, From: day(90), To: day(90), Basis: "as given"},
		},
		Links:  []trade.Link{{Rel: "notice", URL: "https://authority.example/" + symbol}},
		Fields: map[string]string{"Symbol": symbol, "Title": title, "Products covered": strings.Join(n.HS, ", "), "Distribution date": day(0), "Final date for comments": day(60)},
	}
}

// deskStandard is one of some thousand standards, few of which are named often.
func deskStandard(i int) string {
	bodies := []string{"IEC", "ISO", "EN", "GB/T", "ASTM D"}
	n := i * 7919 % 4000
	if i%4 > 0 {
		n %= 60
	}
	return fmt.Sprintf("%s %d", bodies[n%len(bodies)], 10000+n*7)
}

// registered is a product and its exporter as the registry has them; one in
// five claims standards.
func registered(p *workload.Product, exporters int) trade.Product {
	p.Exporter %= uint32(max(1, exporters)) //nolint:gosec // fewer than four billion firms
	out := p.Registered()
	out.NameEN = out.Terms[0]
	out.NameZH = out.Terms[len(out.Terms)-1]
	if p.ID%5 == 0 {
		out.Standards = []string{deskStandard(int(p.ID / 5)), fmt.Sprintf("%s:%d", deskStandard(int(p.ID/5+1)), 2000+p.ID%20)}
	}
	return out
}
