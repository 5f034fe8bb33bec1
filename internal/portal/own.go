package portal

import (
	"context"
	"errors"
	"slices"
	"strings"

	"tbtwatch/internal/auth"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
)

// ownOf is the firm whose records the scope opens. A scope of another role has
// none, and finds nothing.
func ownOf(t auth.TenantScope) (string, error) {
	if t.Exporter() == "" {
		return "", trade.ErrNotFound
	}
	return t.Exporter(), nil
}

// OwnProduct is a product of the firm that a warning speaks of, and why.
type OwnProduct struct {
	ID         string          `json:"id"`
	Name       trade.Text      `json:"name"`
	HS         []string        `json:"hs,omitempty"`
	Registered bool            `json:"registered"` // still; its name is not known otherwise
	Grade      trade.Grade     `json:"grade"`
	Inferred   bool            `json:"inferred,omitempty" doc:"rests on codes or kinds of goods that the notice does not state"`
	Markets    []string        `json:"markets"`
	Why        []trade.Text    `json:"why"`
	Said       *trade.Response `json:"said,omitempty" doc:"whether it is relevant, as answered last"`
	Silent     bool            `json:"silent,omitempty" doc:"nothing more is sent about it"`
}

// NotRelevant reports whether the firm's last word was that it is not.
func (p OwnProduct) NotRelevant() bool { return p.Said != nil && p.Said.Kind == trade.NotRelevant }

// OwnRow is a warning as far as it concerns the firm.
type OwnRow struct {
	Key      string          `json:"key"`
	Number   string          `json:"number"`
	Release  int             `json:"release"`
	Level    string          `json:"level"`
	Lifted   bool            `json:"lifted,omitempty"`
	Corrects int             `json:"corrects,omitempty" doc:"the release whose words it corrects"`
	Recalls  int             `json:"recalls,omitempty" doc:"the release that it takes back"`
	Headline trade.Text      `json:"headline"`
	Markets  []string        `json:"markets"`
	At       string          `json:"at" doc:"of the release, RFC 3339"`
	Products []OwnProduct    `json:"products"`
	Next     string          `json:"next,omitempty" doc:"next day on which something ends or begins"`
	NextWhat string          `json:"next_what,omitempty"`
	Centre   trade.CentreDay `json:"centre" doc:"day by which the centre wants comments, as the release says it"`
	Late     trade.Text      `json:"centre_late,omitzero" doc:"that this day has come or passed while comments are still open"`
	Advice   []trade.Text    `json:"advice" doc:"what to do"`
	Open     bool            `json:"open" doc:"something can still be done"`
	Received *trade.Response `json:"received,omitempty"`
	Surveyed *trade.Response `json:"surveyed,omitempty"`
	Answered bool            `json:"answered" doc:"the firm has said something about every product, or what the measure costs"`

	warning trade.Warning // as released, audience reduced to the firm's own
}

// mostWarnings is how many warnings are read whatever became of them; of those
// before only what is open.
const mostWarnings = 200

// rows reads the warnings that speak to the firm, the latest first; more counts
// those that are left out.
func (p *Portal) rows(ctx context.Context, exporter string) (rows []OwnRow, more int, err error) {
	keys := slices.DeleteFunc(p.o.View.WarningsOf(exporter), func(key string) bool { return p.leadFor(key, exporter) != key })
	all := len(keys)
	if keys, err = p.worthReading(ctx, keys); err != nil {
		return nil, 0, err
	}
	got, err := p.o.Bus.Warnings.GetMany(ctx, keys)
	if err != nil {
		return nil, 0, err
	}
	var last []trade.Warning
	for _, key := range keys {
		e, ok := got[key]
		if !ok || e.Deleted {
			continue
		}
		w, err := p.spoken(ctx, key, e.Value, exporter)
		if errors.Is(err, trade.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, 0, err
		}
		last = append(last, w)
	}
	rows, err = p.describe(ctx, exporter, last)
	return rows, all - len(keys), err
}

// worthReading cuts the keys of warnings, the latest first, to so many, and to
// those before on which something can still be done.
func (p *Portal) worthReading(ctx context.Context, keys []string) ([]string, error) {
	n := min(len(keys), mostWarnings)
	early, err := p.o.Bus.Releases.GetMany(ctx, keys[n:])
	if err != nil {
		return nil, err
	}
	return append(slices.Clone(keys[:n]), slices.DeleteFunc(slices.Clone(keys[n:]), func(key string) bool {
		w := early[key].Value
		return w.Lifted || p.over(w.Dates)
	})...), nil
}

// spoken is the last release that speaks to the firm, reduced to it; w is the
// last one of all.
func (p *Portal) spoken(ctx context.Context, key string, w trade.Warning, exporter string) (trade.Warning, error) {
	if own := public(w, exporter); len(own.Audience) > 0 {
		return own, nil
	}
	all, err := p.o.View.Releases(ctx, key)
	if err != nil {
		return w, err
	}
	for _, e := range slices.Backward(all) {
		if own := public(e.Value, exporter); len(own.Audience) > 0 {
			return own, nil
		}
	}
	return trade.Warning{}, trade.ErrNotFound
}

// public drops of a warning what is for the centre's people and for other
// firms: whom else it touches, its grading, which counts firms, and who
// released it. The audience is left empty of a release that only told others
// that their products are touched, too.
func public(w trade.Warning, exporter string) trade.Warning {
	news := w.News
	w.News, w.LevelWhy, w.Peak, w.By, w.FamilySeq = nil, trade.Text{}, "", "", 0
	w.Changed = slices.DeleteFunc(slices.Clone(w.Changed), func(t trade.Text) bool { return t == triage.Further })
	w.Audience = slices.DeleteFunc(slices.Clone(w.Audience), func(m trade.Match) bool { return m.Exporter != exporter })
	if len(news) > 0 && !slices.ContainsFunc(w.Audience, func(m trade.Match) bool {
		return slices.Contains(news, (&trade.Product{ID: m.Product, Exporter: exporter}).Key())
	}) {
		w.Audience = nil
	}
	return w
}

// describe makes the rows of warnings that were reduced to the firm. All their
// products are read at once, and all answers.
func (p *Portal) describe(ctx context.Context, exporter string, warnings []trade.Warning) ([]OwnRow, error) {
	var keys []string
	for _, w := range warnings {
		for _, m := range w.Audience {
			keys = append(keys, (&trade.Product{ID: m.Product, Exporter: exporter}).Key())
		}
	}
	products, err := p.o.View.Directory.Products(ctx, trade.SortedUnique(keys))
	if err != nil {
		return nil, err
	}
	said, err := p.said(ctx, exporter, warnings)
	if err != nil {
		return nil, err
	}
	out := make([]OwnRow, 0, len(warnings))
	for i, w := range warnings {
		out = append(out, p.row(exporter, w, products, said[i]))
	}
	return out, nil
}

func (p *Portal) row(exporter string, w trade.Warning, products map[string]trade.Product, said answers) OwnRow {
	r := OwnRow{
		Key: trade.FamilyKey(w.Family), Number: w.Number, Release: w.Release, Level: w.Level, Lifted: w.Lifted, Corrects: w.Corrects, Recalls: w.Recalls, Headline: w.Headline, Markets: w.Markets, At: w.At,
		Received: said.received, Surveyed: said.surveyed, warning: w,
	}
	if w.Lifted {
		r.Level = triage.LevelLifted
	}
	r.Advice = triage.Advice(&w, trade.SubExporter, p.o.View.Policy, p.o.Now())
	spoken, silent := 0, 0
	for _, m := range w.Audience {
		own := p.product(exporter, m, products, said)
		if own.Said != nil {
			spoken++
		}
		if own.Silent {
			silent++
		}
		r.Products = append(r.Products, own)
	}
	slices.SortStableFunc(r.Products, func(a, b OwnProduct) int { return b.Grade.Rank() - a.Grade.Rank() })
	r.Answered = spoken == len(r.Products) || said.surveyed != nil
	r.Next, r.NextWhat = trade.NextDay(w.Dates, p.o.View.Today())
	if own := triage.CentreOf(&w, p.o.View.Policy); !w.Lifted && own.Open(p.o.View.Today()) {
		r.Centre, r.Late = own, triage.LateText(own, p.o.View.Today())
	}
	r.Open = !w.Lifted && silent < len(r.Products) && !p.over(w.Dates)
	return r
}

func (p *Portal) product(exporter string, m trade.Match, products map[string]trade.Product, said answers) OwnProduct {
	own := OwnProduct{ID: m.Product, Grade: m.Grade, Inferred: m.Inferred, Markets: m.Markets, Name: trade.Text{ZH: m.Product, EN: m.Product}}
	if known, ok := products[(&trade.Product{ID: m.Product, Exporter: exporter}).Key()]; ok {
		own.Registered, own.HS = true, known.HS
		if known.NameZH+known.NameEN != "" {
			own.Name = trade.Text{ZH: known.Name("zh"), EN: known.Name("en")}
		}
	}
	for _, e := range m.Evidence {
		own.Why = append(own.Why, triage.Evidence(e, triage.ToFirm))
	}
	if r, ok := said.about.About(exporter, m.Product); ok {
		own.Said = &r
	}
	_, own.Silent = said.about.Silence(&m)
	return own
}

// over reports whether days but that of publication are known, and all have passed.
func (p *Portal) over(dates []trade.Date) bool {
	next, _ := trade.NextDay(dates, p.o.View.Today())
	return next == "" && slices.ContainsFunc(dates, func(d trade.Date) bool { return d.What != trade.DatePublished && d.From != "" })
}

// isKey reports whether s could be a stream key, so that a stranger's words
// stay out of subjects.
func isKey(s string) bool {
	return len(s) == 26 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz234567") == ""
}
