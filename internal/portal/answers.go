package portal

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"tbtwatch/internal/auth"
	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
)

// answers are what the firm said about one measure.
type answers struct {
	about              trade.Answers
	received, surveyed *trade.Response
}

// said reads the firm's answers to several warnings at once. It asks for the
// firm's own keys and for no other.
func (p *Portal) said(ctx context.Context, exporter string, warnings []trade.Warning) ([]answers, error) {
	keysOf := func(w *trade.Warning) (keys []string) {
		for _, root := range w.Roots() {
			add := func(product string, kind trade.ResponseKind) {
				keys = append(keys, (&trade.Response{Family: root, Exporter: exporter, Product: product, Kind: kind}).Key())
			}
			add("", trade.Receipt)
			add("", trade.Surveyed)
			add("", trade.Relevant)
			for _, m := range w.Audience {
				add(m.Product, trade.Relevant)
			}
		}
		return keys
	}
	var all []string
	for i := range warnings {
		all = append(all, keysOf(&warnings[i])...)
	}
	got, err := p.o.Bus.Responses.GetMany(ctx, trade.SortedUnique(all))
	if err != nil {
		return nil, err
	}
	out := make([]answers, len(warnings))
	for i := range warnings {
		for _, key := range keysOf(&warnings[i]) {
			if e, ok := got[key]; ok && !e.Deleted {
				out[i].take(e)
			}
		}
	}
	return out, nil
}

func (a *answers) take(e bus.Entry[trade.Response]) {
	switch e.Value.Kind {
	case trade.Receipt:
		a.received = &e.Value
	case trade.Surveyed:
		a.surveyed = &e.Value
	default:
		a.about.Add(e.Value, e.Seq)
	}
}

// OwnAnswer is one answer of the firm that stands.
type OwnAnswer struct {
	Kind    trade.ResponseKind `json:"kind"`
	Product string             `json:"product,omitempty"`
	By      string             `json:"by"`
	At      string             `json:"at"`
	Why     trade.Text         `json:"why"`
}

// spokenAnswers lists the firm's answers about a measure, oldest first.
func (p *Portal) spokenAnswers(ctx context.Context, exporter string, w *trade.Warning) ([]OwnAnswer, error) {
	all, err := p.ownResponses(ctx, exporter, w.Roots())
	if err != nil {
		return nil, err
	}
	var out []OwnAnswer
	for _, r := range all {
		out = append(out, OwnAnswer{r.Kind, r.Product, r.By, r.At, triage.ResponseWhy(&r)})
	}
	slices.SortStableFunc(out, func(a, b OwnAnswer) int { return strings.Compare(a.At, b.At) })
	return out, nil
}

// ownResponses reads what the firm said about the families, in the order in
// which it was written: by the keys that the book has of it, where the book has
// read all that was said about them, and else from among everybody's answers.
func (p *Portal) ownResponses(ctx context.Context, exporter string, roots []string) ([]trade.Response, error) {
	var last uint64
	for _, root := range roots {
		seq, err := p.o.Bus.Responses.LastUnder(ctx, trade.FamilyKey(root))
		if err != nil {
			return nil, err
		}
		last = max(last, seq)
	}
	keys, current := p.book.answersOf(exporter, roots, last)
	if !current {
		all, err := triage.Responses(ctx, p.o.Bus, roots...)
		return slices.DeleteFunc(all, func(r trade.Response) bool { return r.Exporter != exporter }), err
	}
	got, err := p.o.Bus.Responses.GetMany(ctx, keys)
	if err != nil {
		return nil, err
	}
	var out []trade.Response
	for _, e := range slices.SortedFunc(maps.Values(got), func(a, b bus.Entry[trade.Response]) int { return cmp.Compare(a.Seq, b.Seq) }) {
		if !e.Deleted {
			out = append(out, e.Value)
		}
	}
	return out, nil
}

// errNoDesk: this process does not run triage.
var errNoDesk = trade.Refusef("answers are not taken by this process, ask the administrator; 本进程不受理反馈，请联系管理员")

// Answer keeps what the firm says about a warning that concerns it. Kind,
// Product, Code, Reason and Survey count; the rest is filled in here. A later
// answer takes the place of an earlier one; all are kept.
func (p *Portal) Answer(ctx context.Context, t auth.TenantScope, key string, r trade.Response) error {
	exporter, err := ownOf(t)
	if err != nil {
		return err
	}
	if !isKey(key) || !p.o.View.SpeaksTo(key, exporter) {
		return trade.ErrNotFound
	}
	if p.o.Desk == nil {
		return errNoDesk
	}
	if r.Kind == trade.Receipt || r.Kind == trade.Surveyed || r.Kind == trade.Commented {
		r.Product = ""
	}
	if r.Kind != trade.NotRelevant {
		r.Code = ""
	}
	r.Exporter, r.By, r.Judged = exporter, t.Person().Name, nil
	_, err = p.o.Desk.Respond(ctx, key, r)
	return err
}
