package notify

import (
	"cmp"
	"context"
	"log/slog"
	"maps"
	"slices"

	"tbtwatch/internal/trade"
)

// firstRecipients bounds whom the preview of a release names.
const firstRecipients = 20

// PreviewRelease says whom a release would be sent to if it were made now: by
// the planner's own verdicts. Nothing is written.
func (n *Notifier) PreviewRelease(ctx context.Context, w *trade.Warning) (trade.ReleasePreview, error) {
	about := briefingOf(w)
	p := releasing{
		out: trade.ReleasePreview{
			Family: w.Family, Number: w.Number, Release: w.Release, Level: w.Level, Lifted: w.Lifted, Headline: w.Headline,
			Changed: append([]trade.Text{}, w.Changed...), First: []trade.PreviewRecipient{},
		},
		channels: map[string]int{}, kinds: map[string]int{}, when: map[string]int{}, reasons: reasonCounts{},
	}
	for part := range slices.Chunk(n.Directory.Subscribers(), planChunk) {
		outcomes, err := n.outcomes(ctx, about, part)
		if err != nil {
			return trade.ReleasePreview{}, err
		}
		for i := range outcomes {
			p.take(n, w, &outcomes[i])
		}
	}
	out, err := p.done(), error(nil)
	if out.Waits, err = n.braked(ctx, w, out.Recipients, out.Subscribers); err != nil {
		return out, err
	}
	if p.sample == nil {
		return out, nil
	}
	out.Sample, err = n.sampleOf(ctx, about, p.sample)
	return out, err
}

// releasing counts whom a release would be sent to.
type releasing struct {
	out                   trade.ReleasePreview
	channels, kinds, when map[string]int
	reasons               reasonCounts
	sample                *outcome // whose message is shown: the first firm's, else the first
}

func (p *releasing) take(n *Notifier, w *trade.Warning, o *outcome) {
	p.out.Subscribers++
	if !o.told() {
		p.reasons.add(o.why)
		return
	}
	s, when := o.to, n.when(o.to, w, o.delivery.NotBefore)
	p.out.Recipients++
	p.channels[s.Channel]++
	p.kinds[string(s.Kind)]++
	p.when[when]++
	if p.sample == nil || p.sample.to.Kind != trade.SubExporter && s.Kind == trade.SubExporter {
		p.sample = o
	}
	if len(p.out.First) < firstRecipients {
		p.out.First = append(p.out.First, trade.PreviewRecipient{
			Subscriber: s.ID, Name: cmp.Or(s.Name, s.ID), Kind: s.Kind, Channel: s.Channel, When: when, NotBefore: o.delivery.NotBefore, Why: o.why, Concerned: concernedOf(&o.view),
		})
	}
}

// concernedOf are the first products or firms that the recipient would read of.
func concernedOf(v *View) (out []trade.Text) {
	const few = 3
	for _, p := range v.Products[:min(few, len(v.Products))] {
		out = append(out, p.Name)
	}
	for _, f := range v.Firms[:min(few, len(v.Firms))] {
		out = append(out, trade.Text{ZH: f.Name, EN: f.Name})
	}
	return out
}

func (p *releasing) done() trade.ReleasePreview {
	if p.out.Subscribers > 0 {
		p.out.Share = float64(p.out.Recipients) / float64(p.out.Subscribers)
	}
	p.out.Channels, p.out.Kinds, p.out.NotTold = countsOf(p.channels), countsOf(p.kinds), p.reasons.sorted()
	p.out.When = []trade.Counted{}
	for _, name := range trade.WhenNames {
		if p.when[name] > 0 {
			p.out.When = append(p.out.When, trade.Counted{Name: name, Count: p.when[name]})
		}
	}
	return p.out
}

// countsOf are the counts, the largest first.
func countsOf(m map[string]int) []trade.Counted {
	out := []trade.Counted{}
	for _, name := range slices.Sorted(maps.Keys(m)) {
		out = append(out, trade.Counted{Name: name, Count: m[name]})
	}
	slices.SortStableFunc(out, func(a, b trade.Counted) int { return cmp.Compare(b.Count, a.Count) })
	return out
}

// when says why a delivery of the release waits until notBefore, or that it
// does not.
func (n *Notifier) when(s *trade.Subscriber, w *trade.Warning, notBefore string) string {
	if notBefore == "" {
		return trade.WhenAtOnce
	}
	if n.Config.hours(s).paused.After(n.Now()) {
		return trade.WhenPaused
	}
	switch cadence := s.Cadences().For(w.Level); cadence {
	case trade.Daily, trade.Weekly:
		return map[string]string{trade.Daily: trade.WhenDaily, trade.Weekly: trade.WhenWeekly}[cadence]
	}
	return trade.WhenQuiet
}

// drafter is a channel that shows a message as its recipient would read it.
type drafter interface {
	draft(m Message) (subject, text string)
}

// sampleOf is the release as a mail to that subscriber, over whatever channel
// it is told. Sums of firms that are not named are reckoned when the release is
// made; here they are left out.
func (n *Notifier) sampleOf(ctx context.Context, about *briefing, o *outcome) (*trade.PreviewMessage, error) {
	t := telling{*o.to, about}
	facts, err := n.facts(ctx, t)
	if err != nil {
		return nil, err
	}
	w := about.to(&t.to)
	view, _, _ := ViewFor(t.to, w, facts.about(&t.to, w))
	m := Message{Key: o.delivery.Key, To: t.to, Warning: w, View: view}
	form, ok := n.Channels["email"].(drafter)
	if !ok {
		form = drafts{newRenderer(Env{Log: slog.New(slog.DiscardHandler), Now: n.Now})}
	}
	subject, text := form.draft(m)
	return &trade.PreviewMessage{Subscriber: t.to.ID, Name: cmp.Or(t.to.Name, t.to.ID), Lang: view.Lang, Subject: subject, Text: text}, nil
}

// drafts are messages as mails that nobody sends. They leave out the links that
// answer for their recipient.
type drafts struct{ render *renderer }

func (d drafts) draft(m Message) (subject, text string) {
	r := *d.render
	r.env.Stop, r.env.Receipt = nil, nil
	r.env = r.env.filled()
	c := r.content(m)
	return c.Subject, r.plain(m, c)
}

// draft is the mail's subject and text part.
func (e *email) draft(m Message) (subject, text string) { return drafts{e.form.render}.draft(m) }
