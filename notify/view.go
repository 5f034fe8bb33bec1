package notify

import (
	"cmp"
	"slices"
	"strings"

	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
)

// View is all that one recipient may see of one warning, and nothing else:
// channels render it and look at no other record. Exactly one of Products,
// Firms and Sums tells what the warning means to the recipient; a district
// with three firms or more has Firms and Sums.
type View struct {
	Kind     trade.SubscriberKind `json:"kind"`
	Name     string               `json:"name"` // the recipient's
	Lang     string               `json:"lang"` // zh or en
	Level    Level                `json:"level"`
	Rank     int                  `json:"-"`                  // of the level, the highest has the highest
	Warning  trade.Warning        `json:"warning"`            // its public part: no audience, no grading arithmetic, no issuer
	Markets  []string             `json:"markets"`            // where the recipient is concerned
	Sector   string               `json:"sector,omitempty"`   // the recipient's own
	District string               `json:"district,omitempty"` // the recipient's own
	Products []ProductView        `json:"products,omitempty"` // exporter: its own, best match first
	Firms    []FirmView           `json:"firms,omitempty"`    // district: its own, by name
	Sums     *trade.Sums          `json:"sums,omitempty"`

	// Silenced says, where nothing is to be sent, that it is because the
	// recipient called all of it not relevant.
	Silenced bool `json:"-"`
}

// ProductView is one of the recipient's own products and why it is concerned.
type ProductView struct {
	ID       string           `json:"id"`
	Name     trade.Text       `json:"name"`
	HS       []string         `json:"hs,omitempty"`
	Markets  []string         `json:"markets"` // the product's markets that the notice reaches
	Grade    trade.Grade      `json:"grade"`
	Score    float64          `json:"score"`
	Inferred bool             `json:"inferred,omitempty"`
	Evidence []trade.Evidence `json:"evidence"`
}

// FirmView is a firm of the recipient's district.
type FirmView struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Products int    `json:"products"` // how many of its products are concerned
}

// ViewFor reduces a warning to what that subscriber may see of it. When ok is
// false nothing is to be sent, and reason says why in an analyst's words (the
// ledger keeps its English form); when
// ok is true reason says what concerns the subscriber. It is pure.
func ViewFor(to trade.Subscriber, w *trade.Warning, facts Facts) (view View, reason trade.Text, ok bool) {
	if to.Stopped != "" {
		return View{}, triage.Reason("unsubscribed: the recipient stopped this subscription on %s", to.Stopped[:min(len(to.Stopped), len(trade.Day))]), false
	}
	if to.Gone != "" {
		return View{}, triage.Reason("gone: the endpoint said on %s that it takes nothing any more (410)", to.Gone[:min(len(to.Gone), len(trade.Day))]), false
	}
	if m, muted := to.MutedBy(w, facts.Today); muted {
		return View{}, triage.Reason("muted: the subscriber does not want to hear of %s", m.String()), false
	}
	if reason, ok := facts.reaches(to, w); !ok {
		return View{}, reason, false
	}
	hits, reason := audienceOf(to, w, facts)
	if reason.EN != "" {
		return View{}, reason, false
	}
	if hits, reason = facts.heard(to, hits); reason.EN != "" {
		return View{Silenced: true}, reason, false
	}
	if !news(to, w, hits) {
		return View{}, triage.Reason("nothing new: this release only adds products of others"), false
	}
	v := View{
		Kind: to.Kind, Name: to.Name, Lang: langOf(to), Level: facts.level(w.Level, w.Lifted), Rank: facts.rank(w.Level),
		Warning: public(w), Sector: to.Sector, District: to.District, Markets: w.Markets,
	}
	if wants := restriction(to.Markets); wants != nil {
		v.Markets = commonMarkets(w.Markets, wants)
	}
	switch to.Kind {
	case trade.SubExporter: // only a firm itself may know where it sells
		v.Sector, v.District, v.Markets = "", "", marketsOf(hits)
		v.Products = productViews(hits)
		return v, triage.Reason("products of the firm concerned: %s", len(v.Products)), true
	case trade.SubDistrict:
		v.Firms = firmViews(hits)
		if s := facts.sums(); !s.Few { // its firms are named; only the value is a secret
			v.Sums = s
		}
		return v, triage.Reason("firms of district %s concerned: %s", to.District, len(v.Firms)), true
	}
	v.Sums = facts.sums()
	return v, triage.Reason("products of registered firms concerned: %s", len(hits)), true
}

func langOf(to trade.Subscriber) string {
	if to.Language == "en" {
		return "en"
	}
	return "zh"
}

// hit is a match with the records it points to.
type hit struct {
	match    trade.Match
	product  trade.Product
	exporter trade.Exporter
}

// audienceOf picks the matches that concern the subscriber. reason is set when
// they leave nothing to tell; it names the first sieve that let nothing pass.
func audienceOf(to trade.Subscriber, w *trade.Warning, facts Facts) (hits []hit, reason trade.Text) {
	wants := restriction(to.Markets)
	everything := to.Kind == trade.SubDepartment || to.Kind == trade.SubMachine
	if everything && wants != nil && len(commonMarkets(w.Markets, wants)) == 0 {
		return nil, triage.Reason("market: the measure applies in %s, the subscriber asks for %s", triage.MarketList(w.Markets), triage.MarketList(wants))
	}
	all := knownHits(w, facts)
	mine, reason := ownHits(to, all)
	if reason.EN != "" {
		return nil, reason
	}
	inSector := slices.DeleteFunc(slices.Clone(mine), func(h hit) bool {
		return to.Sector != "" && sectorOf(h.product.HS) != to.Sector
	})
	if to.Sector != "" && len(inSector) == 0 {
		return nil, triage.Reason("sector: no product of the sector %s is among those this warning touches", trade.Text{ZH: sectorName(to.Sector, "zh"), EN: sectorName(to.Sector, "en")})
	}
	for _, h := range inSector {
		if wants != nil {
			h.match.Markets = commonMarkets(h.match.Markets, wants)
		}
		if len(h.match.Markets) > 0 || wants == nil {
			hits = append(hits, h)
		}
	}
	if len(hits) == 0 && len(inSector) > 0 && !everything {
		return nil, triage.Reason("market: the products are concerned in %s, the subscriber asks for %s", triage.MarketList(marketsOf(inSector)), triage.MarketList(wants))
	}
	if len(hits) == 0 && !everything {
		return nil, triage.Reason("not concerned: no registered product is among those this warning touches")
	}
	return hits, trade.Text{}
}

// knownHits joins the audience with its records, each product once with its
// best match. A product or firm that is no longer registered is no longer
// warned about.
func knownHits(w *trade.Warning, facts Facts) []hit {
	var out []hit
	seen := map[string]bool{}
	best := slices.Clone(w.Audience)
	slices.SortStableFunc(best, func(a, b trade.Match) int {
		return cmp.Or(cmp.Compare(b.Grade.Rank(), a.Grade.Rank()), cmp.Compare(b.Score, a.Score))
	})
	for _, m := range best {
		key := trade.Key(m.Exporter, m.Product)
		if seen[key] {
			continue
		}
		seen[key] = true
		p, known := facts.Product(m.Exporter, m.Product)
		if !known {
			continue
		}
		e, known := facts.Exporter(m.Exporter)
		if !known {
			continue
		}
		out = append(out, hit{m, p, e})
	}
	return out
}

func ownHits(to trade.Subscriber, all []hit) (mine []hit, reason trade.Text) {
	switch to.Kind {
	case trade.SubExporter:
		mine = filter(all, func(h hit) bool { return h.match.Exporter == to.Exporter })
		reason = triage.Reason("not concerned: no registered product of exporter %s is among those this warning touches", to.Exporter)
	case trade.SubDistrict:
		mine = filter(all, func(h hit) bool { return to.District != "" && h.exporter.District == to.District })
		reason = triage.Reason("district: no firm of the district %s is among those this warning touches", to.District)
	case trade.SubAssociation, trade.SubDepartment, trade.SubMachine:
		return all, trade.Text{}
	default:
		return nil, triage.Reason("not concerned: %s is no kind of subscriber that warnings are sent to", to.Kind)
	}
	if len(mine) > 0 {
		reason = trade.Text{}
	}
	return mine, reason
}

// public drops what only staff may see: who else is touched, and the grading
// rule, whose numbers count firms.
func public(w *trade.Warning) trade.Warning {
	c := *w
	c.Audience, c.News, c.LevelWhy, c.By = nil, nil, trade.Text{}, ""
	return c
}

func productViews(hits []hit) []ProductView {
	var out []ProductView
	for _, h := range hits {
		out = append(out, ProductView{
			ID: h.product.ID, Name: trade.Text{ZH: h.product.Name("zh"), EN: h.product.Name("en")},
			HS: h.product.HS, Markets: h.match.Markets, Grade: h.match.Grade, Score: h.match.Score,
			Inferred: h.match.Inferred, Evidence: h.match.Evidence,
		})
	}
	slices.SortStableFunc(out, func(a, b ProductView) int {
		return cmp.Or(cmp.Compare(b.Grade.Rank(), a.Grade.Rank()), cmp.Compare(b.Score, a.Score), cmp.Compare(a.ID, b.ID))
	})
	return out
}

func firmViews(hits []hit) []FirmView {
	products := map[string]int{}
	var out []FirmView
	for _, h := range hits {
		if products[h.exporter.ID]++; products[h.exporter.ID] == 1 {
			out = append(out, FirmView{ID: h.exporter.ID, Name: h.exporter.Name})
		}
	}
	for i := range out {
		out[i].Products = products[out[i].ID]
	}
	slices.SortFunc(out, func(a, b FirmView) int { return strings.Compare(a.Name+"\x00"+a.ID, b.Name+"\x00"+b.ID) })
	return out
}

func marketsOf(hits []hit) []string {
	var out []string
	for _, h := range hits {
		out = append(out, h.match.Markets...)
	}
	return trade.SortedUnique(out)
}

// restriction is the subscriber's list of markets, or nil for "all".
func restriction(markets []string) []string {
	if len(markets) == 0 || slices.Contains(markets, "*") {
		return nil
	}
	return markets
}

func filter(hits []hit, keep func(hit) bool) []hit {
	return slices.DeleteFunc(slices.Clone(hits), func(h hit) bool { return !keep(h) })
}
