package notify

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/singleflight"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
)

// briefing is a release as the messages to its recipients are made from it: a
// hundred thousand of them must not each read and sort what touches all.
type briefing struct {
	seq     uint64
	warning trade.Warning // its audience in the order of exporters
}

// newBriefing takes the release over: its audience is put in order where it is.
func newBriefing(e bus.Entry[trade.Warning]) *briefing {
	inOrder := func(x, y trade.Match) int { return strings.Compare(x.Exporter, y.Exporter) }
	if !slices.IsSortedFunc(e.Value.Audience, inOrder) {
		slices.SortStableFunc(e.Value.Audience, inOrder)
	}
	return &briefing{e.Seq, e.Value}
}

// briefingOf is one of a release that is its caller's.
func briefingOf(w *trade.Warning) *briefing {
	own := *w
	own.Audience = slices.Clone(w.Audience)
	return newBriefing(bus.Entry[trade.Warning]{Value: own})
}

// of are the matches of an exporter's products.
func (b *briefing) of(exporter string) []trade.Match {
	all := b.warning.Audience
	from, found := slices.BinarySearchFunc(all, exporter, func(m trade.Match, id string) int { return strings.Compare(m.Exporter, id) })
	if !found {
		return nil
	}
	n := 1
	for from+n < len(all) && all[from+n].Exporter == exporter {
		n++
	}
	return all[from : from+n : from+n]
}

// to is the release with no more of its audience than that subscriber may be
// told of: an exporter's own products, everything to others.
func (b *briefing) to(s *trade.Subscriber) *trade.Warning {
	w := b.warning
	if s.Kind == trade.SubExporter {
		w.Audience = b.of(s.Exporter)
	}
	return &w
}

// most is how many of the subscribers are told at most: firms of which it
// touches nothing are not.
func (b *briefing) most(all []trade.Subscriber) (n int) {
	for i := range all {
		if s := &all[i]; s.Kind != trade.SubExporter || len(b.of(s.Exporter)) > 0 {
			n++
		}
	}
	return n
}

// Kept are the last releases that were told, up to that many matches together.
const keptMatches = 400_000

// briefings keeps what is being told; the latest used is the first.
type briefings struct {
	mu      sync.Mutex
	list    []*briefing
	reading singleflight.Group // a release that many are told at once is read once
}

func (k *briefings) get(family string, seq uint64) *briefing {
	k.mu.Lock()
	defer k.mu.Unlock()
	i := slices.IndexFunc(k.list, func(b *briefing) bool { return b.seq == seq && b.warning.Exercise == trade.IsExercise(family) })
	if i < 0 {
		return nil
	}
	b := k.list[i]
	copy(k.list[1:i+1], k.list[:i])
	k.list[0] = b
	return b
}

func (k *briefings) put(b *briefing) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.list = slices.Insert(k.list, 0, b)
	matches := 0
	for i, b := range k.list {
		if matches += len(b.warning.Audience); i > 0 && matches > keptMatches || i == 64 {
			clear(k.list[i:])
			k.list = k.list[:i]
			return
		}
	}
}

// releases is where the releases of a family stand.
func (n *Notifier) releases(family string) *bus.Table[trade.Warning] {
	if trade.IsExercise(family) {
		return n.Bus.Exercises
	}
	return n.Bus.Warnings
}

// briefing is the release that the delivery tells of.
func (n *Notifier) briefing(ctx context.Context, d *trade.Delivery) (*briefing, error) {
	if b := n.told.get(d.Family, d.WarningSeq); b != nil {
		return b, nil
	}
	table := n.releases(d.Family)
	read, err, _ := n.told.reading.Do(fmt.Sprint(table == n.Bus.Exercises, d.WarningSeq), func() (any, error) {
		e, err := table.At(ctx, d.WarningSeq)
		if err != nil {
			return nil, err
		}
		b := newBriefing(e)
		n.told.put(b)
		return b, nil
	})
	if err != nil {
		return nil, err
	}
	return read.(*briefing), nil //nolint:forcetypeassert // the function above returns nothing else
}

// telling is one recipient of one release.
type telling struct {
	to    trade.Subscriber
	about *briefing
}

// facts reads what those recipients need, all of them in few requests: of an
// exporter its own products and answers, of all others every product.
func (n *Notifier) facts(ctx context.Context, those ...telling) (Facts, error) {
	var products, answers []string
	said := anyAnswer{n.Bus.Responses, map[string]bool{}}
	product := func(m trade.Match) string { return (&trade.Product{ID: m.Product, Exporter: m.Exporter}).Key() }
	for _, t := range those {
		w := t.about.to(&t.to)
		for _, m := range w.Audience {
			products = append(products, product(m))
		}
		if t.to.Kind == trade.SubExporter && len(w.Audience) > 0 {
			any, err := said.about(ctx, w)
			if err != nil {
				return Facts{}, err
			}
			if any {
				answers = append(answers, answerKeys(w)...)
			}
		}
	}
	known, err := n.Bus.Products.GetMany(ctx, trade.SortedUnique(products))
	if err != nil {
		return Facts{}, err
	}
	stand, err := n.Bus.Responses.GetMany(ctx, trade.SortedUnique(answers))
	if err != nil {
		return Facts{}, err
	}
	return Facts{
		answers: func(w *trade.Warning) *trade.Answers {
			a := &trade.Answers{}
			for _, k := range answerKeys(w) {
				if e, ok := stand[k]; ok && !e.Deleted {
					a.Add(e.Value, e.Seq)
				}
			}
			return a
		},
		Product: func(exporter, id string) (trade.Product, bool) {
			e, ok := known[product(trade.Match{Exporter: exporter, Product: id})]
			return e.Value, ok && !e.Deleted
		},
		Exporter: n.Directory.Exporter,
		Levels:   n.Config.Levels,
		Today:    n.today(),
	}, nil
}

// about narrows the facts to one release as that recipient is told of it.
func (f Facts) about(to *trade.Subscriber, w *trade.Warning) Facts {
	f.Peak = w.Peak
	if to.Kind == trade.SubExporter {
		f.Answers = f.answers(w)
	}
	return f
}

// anyAnswer remembers of which families anything was answered at all: of a new
// release nothing was, and nobody's answer has to be looked for.
type anyAnswer struct {
	responses *bus.Table[trade.Response]
	of        map[string]bool // by root
}

func (a anyAnswer) about(ctx context.Context, w *trade.Warning) (bool, error) {
	for _, root := range w.Roots() {
		any, known := a.of[root]
		if !known {
			var err error
			if any, err = a.responses.Any(ctx, trade.FamilyKey(root)); err != nil {
				return false, err
			}
			a.of[root] = any
		}
		if any {
			return true, nil
		}
	}
	return false, nil
}

// answerKeys is where the words on relevance stand of those whose products the
// release touches: for each product and for all of an exporter's.
func answerKeys(w *trade.Warning) []string {
	var out []string
	roots := w.Roots()
	before := ""
	for i, m := range w.Audience {
		for _, root := range roots {
			r := trade.Response{Family: root, Exporter: m.Exporter, Product: m.Product, Kind: trade.Relevant}
			out = append(out, r.Key())
			if i == 0 || m.Exporter != before {
				r.Product = ""
				out = append(out, r.Key())
			}
		}
		before = m.Exporter
	}
	return out
}
