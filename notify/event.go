package notify

import (
	"tbtwatch/internal/trade"
)

// event is a warning release as machines get it: a CloudEvents 1.0 structure.
type event struct {
	SpecVersion string    `json:"specversion"`
	ID          string    `json:"id"` // the delivery's key, as in webhook-id
	Source      string    `json:"source"`
	Type        string    `json:"type"`
	Time        string    `json:"time,omitempty"`
	Subject     string    `json:"subject"` // the measure family
	ContentType string    `json:"datacontenttype"`
	Data        eventData `json:"data"`
}

// The types of event. Their version changes when a field changes its meaning.
const (
	eventReleased = "tbtwatch.warning.released.v1"
	eventUpdated  = "tbtwatch.warning.updated.v1"
	eventLifted   = "tbtwatch.warning.lifted.v1"
	eventReminded = "tbtwatch.warning.reminded.v1" // told before: mark and lead say why again
	eventTest     = "tbtwatch.test.v1"             // no warning
)

type eventData struct {
	Number     string           `json:"number"`
	Family     string           `json:"family"`
	Release    int              `json:"release"`
	Level      Level            `json:"level"`
	Lifted     bool             `json:"lifted"`
	Corrects   int              `json:"corrects,omitempty"` // the release that was wrong: this one takes its place
	Exercise   bool             `json:"exercise,omitempty"` // a drill: nothing is in force
	Mark       trade.Text       `json:"mark,omitzero"`      // of a reminder: what it is
	Lead       []trade.Text     `json:"lead,omitempty"`     // of a reminder: what is said first
	Recalls    int              `json:"recalls,omitempty"`  // the release that should not have been sent
	Kind       trade.Kind       `json:"kind"`
	Symbols    []string         `json:"symbols"`
	Markets    []string         `json:"markets"` // of the measure
	Title      string           `json:"title"`
	Lang       string           `json:"lang,omitempty"`
	Original   string           `json:"original,omitempty"`
	Headline   trade.Text       `json:"headline"`
	Summary    trade.Text       `json:"summary"`
	Machine    bool             `json:"machine_translated"`
	Changed    []trade.Text     `json:"changed,omitempty"`
	Dates      []trade.Date     `json:"dates,omitempty"`
	Centre     *trade.CentreDay `json:"centre,omitempty"` // the centre's own day for comments
	Link       string           `json:"link,omitempty"`
	Page       string           `json:"page,omitempty"`
	Papers     []eventPaper     `json:"papers,omitempty"`
	ReleasedAt string           `json:"released_at"`
	Concerned  []string         `json:"concerned_markets"` // where the recipient is concerned
	Products   []ProductView    `json:"products,omitempty"`
	Firms      []FirmView       `json:"firms,omitempty"`
	Sums       *trade.Sums      `json:"sums,omitempty"`
}

type eventPaper struct {
	ID        string     `json:"id"`
	Kind      trade.Kind `json:"kind"`
	Published string     `json:"published,omitempty"`
	Title     string     `json:"title,omitempty"`
}

// eventOf says in fields what Compose says in words, from the same View.
// Foreign text is made as inert as there: receivers will show it.
func eventOf(m Message, source string, env Env) event {
	v, w := m.View, m.View.Warning
	d := eventData{
		Number: line(w.Number, 60), Family: line(w.Family, 200), Release: w.Release, Level: v.Level, Lifted: w.Lifted, Corrects: w.Corrects, Recalls: w.Recalls, Exercise: w.Exercise, Kind: w.Kind,
		Symbols: inertList(w.Symbols), Markets: inertList(w.Markets), Title: line(w.Title, maxBlock), Lang: line(w.Lang, 20),
		Original: block(w.Original, 4*maxBlock), Headline: inertText(w.Headline), Summary: inertText(w.Summary), Machine: w.Machine,
		Link: safeLink(w.Link), Page: env.filled().page(m), ReleasedAt: w.At,
		Centre: w.Centre, Concerned: inertList(v.Markets), Products: inertProducts(v.Products), Firms: v.Firms, Sums: v.Sums,
	}
	if m.Words.Mark != (trade.Text{}) {
		d.Mark = inertText(m.Words.Mark)
		for _, t := range m.Words.Lead {
			d.Lead = append(d.Lead, inertText(t))
		}
	}
	for _, t := range w.Changed {
		d.Changed = append(d.Changed, inertText(t))
	}
	for _, x := range w.Dates {
		d.Dates = append(d.Dates, inertDate(x))
	}
	for _, p := range w.Papers {
		d.Papers = append(d.Papers, eventPaper{line(p.ID, 200), p.Kind, line(p.Published, 20), line(p.Title, maxLine)})
	}
	kind := eventReleased
	switch {
	case m.Test:
		kind = eventTest
	case m.Words.Mark != (trade.Text{}):
		kind = eventReminded
	case w.Lifted:
		kind = eventLifted
	case w.Release > 1:
		kind = eventUpdated
	}
	return event{
		SpecVersion: "1.0", ID: m.Key, Source: source, Type: kind, Time: w.At, Subject: line(first(w.Family, m.Key), 200),
		ContentType: "application/json", Data: d,
	}
}

func inertText(t trade.Text) trade.Text {
	return trade.Text{ZH: block(t.ZH, maxBlock), EN: block(t.EN, maxBlock)}
}

func inertProducts(products []ProductView) []ProductView {
	var out []ProductView
	for _, p := range products {
		var why []trade.Evidence
		for _, e := range p.Evidence {
			why = append(why, trade.Evidence{Kind: e.Kind, Notice: line(e.Notice, 200), Product: line(e.Product, 200), Where: line(e.Where, 120)})
		}
		p.Evidence, p.Name = why, inertText(p.Name)
		out = append(out, p)
	}
	return out
}

// inertList is never nil: receivers expect a list.
func inertList(list []string) []string {
	out := []string{}
	for _, s := range list {
		out = append(out, line(s, 200))
	}
	return out
}
