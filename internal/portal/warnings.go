package portal

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"tbtwatch/internal/auth"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
)

// OwnHome is the firm's first page.
type OwnHome struct {
	Firm          trade.Exporter `json:"firm"`
	Open          []OwnRow       `json:"open" doc:"something can still be done; soonest first"`
	Past          []OwnRow       `json:"past" doc:"over, lifted or called not relevant; latest first"`
	More          int            `json:"more_past,omitempty" doc:"earlier ones that are over and not listed"`
	Products      int            `json:"products"`
	Subscriptions int            `json:"subscriptions"`
}

// OwnWarnings lists the warnings that concern the firm.
func (p *Portal) OwnWarnings(ctx context.Context, t auth.TenantScope) (OwnHome, error) {
	exporter, err := ownOf(t)
	if err != nil {
		return OwnHome{}, err
	}
	h := OwnHome{Firm: p.firm(exporter), Subscriptions: len(p.subscribers(exporter))}
	products, err := p.o.View.Products(ctx, exporter, 0, 1)
	if err != nil {
		return h, err
	}
	h.Products = products.Total
	rows, more, err := p.rows(ctx, exporter)
	if err != nil {
		return h, err
	}
	h.More = more
	for _, r := range rows {
		if r.Open {
			h.Open = append(h.Open, r)
		} else {
			h.Past = append(h.Past, r)
		}
	}
	const never = "9999"
	slices.SortStableFunc(h.Open, func(a, b OwnRow) int { return strings.Compare(cmp.Or(a.Next, never), cmp.Or(b.Next, never)) })
	return h, nil
}

// firm is the exporter as registered.
func (p *Portal) firm(exporter string) trade.Exporter {
	e, _ := p.o.View.Directory.Exporter(exporter)
	e.ID, e.Name = exporter, cmp.Or(e.Name, exporter)
	return e
}

// OwnWarning is a warning as the firm may read it.
type OwnWarning struct {
	OwnRow
	Warning   trade.Warning `json:"warning" doc:"as released, but for what is about others"`
	Releases  []OwnRelease  `json:"releases" doc:"that spoke to the firm, oldest first"`
	Published int           `json:"published,omitempty" doc:"the latest release whose public bulletin can be read at /bulletins/KEY/RELEASE"`
	Answers   []OwnAnswer   `json:"answers" doc:"that stand, oldest first"`
	Known     triage.Known  `json:"known" doc:"what the impact survey begins with"`
}

// OwnRelease is one release of a warning.
type OwnRelease struct {
	Release  int    `json:"release"`
	Level    string `json:"level"`
	At       string `json:"at"`
	Corrects int    `json:"corrects,omitempty" doc:"the release whose words it corrects"`
	Recalls  int    `json:"recalls,omitempty" doc:"the release that it takes back"`
}

// OwnWarning reads one warning. One that does not concern the firm is
// trade.ErrNotFound, as one that there is not, found out in the same way.
func (p *Portal) OwnWarning(ctx context.Context, t auth.TenantScope, key string) (OwnWarning, error) {
	exporter, err := ownOf(t)
	if err != nil {
		return OwnWarning{}, err
	}
	if !isKey(key) || !p.o.View.SpeaksTo(key, exporter) {
		return OwnWarning{}, trade.ErrNotFound
	}
	key = p.leadFor(key, exporter) // links to a warning outlive that its measure is joined to another
	releases, err := p.o.View.Releases(ctx, key)
	if err != nil {
		return OwnWarning{}, err
	}
	var out OwnWarning
	var last trade.Warning
	for _, e := range releases {
		if own := public(e.Value, exporter); len(own.Audience) > 0 {
			last = own
			out.Releases = append(out.Releases, OwnRelease{own.Release, own.Level, own.At, own.Corrects, own.Recalls})
		}
	}
	if len(out.Releases) == 0 {
		return OwnWarning{}, trade.ErrNotFound
	}
	rows, err := p.describe(ctx, exporter, []trade.Warning{last})
	if err != nil {
		return out, err
	}
	out.OwnRow, out.Warning = rows[0], last
	if out.Known, err = p.known(ctx, exporter, last.Audience, out.Surveyed); err != nil {
		return out, err
	}
	out.Warning.Audience = nil // the products say it in words
	if out.Answers, err = p.spokenAnswers(ctx, exporter, &last); err != nil {
		return out, err
	}
	out.Published, err = p.published(ctx, key)
	return out, err
}

// known is what the firm's survey about matches of its own begins with.
func (p *Portal) known(ctx context.Context, exporter string, touched []trade.Match, previous *trade.Response) (triage.Known, error) {
	keyOf := func(product string) string { return (&trade.Product{ID: product, Exporter: exporter}).Key() }
	var keys []string
	for _, m := range touched {
		keys = append(keys, keyOf(m.Product))
	}
	products, err := p.o.View.Directory.Products(ctx, trade.SortedUnique(keys))
	if err != nil {
		return triage.Known{}, err
	}
	return triage.KnownOf(touched, func(product string) (trade.Product, bool) {
		known, ok := products[keyOf(product)]
		return known, ok
	}, previous), nil
}

// published is the latest release of the case that everybody may read, 0 for
// none.
func (p *Portal) published(ctx context.Context, key string) (release int, err error) {
	c, err := p.o.Bus.Cases.Get(ctx, key)
	if errors.Is(err, trade.ErrNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	for _, x := range c.Value.Public {
		if x.Withdrawn == "" {
			release = max(release, x.Release)
		}
	}
	return release, nil
}
