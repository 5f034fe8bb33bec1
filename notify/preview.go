package notify

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
)

const previewExamples = 5

// previewing collects what one subscription would have been sent.
type previewing struct {
	to      trade.Subscriber
	out     trade.Preview
	months  map[string]int
	reasons reasonCounts
}

func newPreview(to trade.Subscriber, since time.Time) *previewing {
	return &previewing{to: to, months: map[string]int{}, reasons: reasonCounts{},
		out: trade.Preview{Subscriber: to.ID, Since: since.Format(trade.Day), ByMonth: []trade.PreviewMonth{}, Examples: []trade.PreviewExample{}, NotSent: []trade.PreviewReason{}}}
}

// take looks at a release; they come in the order in which they went out.
func (p *previewing) take(w *trade.Warning, facts Facts) {
	p.out.Releases++
	_, why, ok := ViewFor(p.to, w, facts)
	if !ok {
		p.reasons.add(why)
		return
	}
	p.out.Sent++
	p.months[w.At[:min(len(w.At), len("2006-01"))]]++
	p.out.Examples = append(p.out.Examples, trade.PreviewExample{
		Number: w.Number, Release: w.Release, Family: w.Family, Level: w.Level, At: w.At, Headline: w.Headline, Why: why})
	if len(p.out.Examples) > previewExamples {
		p.out.Examples = p.out.Examples[1:]
	}
}

// reasonCounts counts why something is not sent, by kind of reason.
type reasonCounts map[string]*trade.PreviewReason

// add counts the reason; of each kind the latest is the example.
func (c reasonCounts) add(why trade.Text) {
	kind, _, _ := strings.Cut(why.EN, ":") // "market", "sector", "level" …
	r := c[kind]
	if r == nil {
		r = &trade.PreviewReason{Kind: kind}
		c[kind] = r
	}
	r.Count++
	r.Example = why
}

// sorted are the counts, the most frequent first.
func (c reasonCounts) sorted() []trade.PreviewReason {
	out := []trade.PreviewReason{}
	for _, r := range c {
		out = append(out, *r)
	}
	slices.SortFunc(out, func(a, b trade.PreviewReason) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), strings.Compare(a.Kind, b.Kind))
	})
	return out
}

func (p *previewing) done() trade.Preview {
	for month, n := range p.months {
		p.out.ByMonth = append(p.out.ByMonth, trade.PreviewMonth{Month: month, Sent: n})
	}
	slices.SortFunc(p.out.ByMonth, func(a, b trade.PreviewMonth) int { return strings.Compare(a.Month, b.Month) })
	p.out.NotSent = p.reasons.sorted()
	slices.Reverse(p.out.Examples)
	return p.out
}

// Preview says what the subscription would have been sent of the warnings of
// the last twelve months, judged by the registry and the answers as they are
// now. Nothing is written.
func (n *Notifier) Preview(ctx context.Context, to trade.Subscriber) (trade.Preview, error) {
	since := n.Now().AddDate(-1, 0, 0)
	p := newPreview(to, since)
	err := n.Bus.Warnings.Since(ctx, since, func(e bus.Entry[trade.Warning]) error {
		w := &e.Value
		if e.Deleted || parseStamp(w.At).Before(since) {
			return nil
		}
		about := newBriefing(e)
		facts, err := n.facts(ctx, telling{to, about})
		if err != nil {
			return err
		}
		w = about.to(&to)
		p.take(w, facts.about(&to, w))
		return nil
	})
	return p.done(), err
}
