package ingest

import (
	"context"
	"log/slog"

	"tbtwatch/internal/bus"
)

// CheckSource fetches up to pages documents of the declared source, as a first
// run would, and tells field by field what it reads in them. It stores nothing.
func CheckSource(ctx context.Context, client ClientConfig, sources []Config, name string, pages int) ([]Reading, error) {
	c, err := NewClient(client, slog.New(slog.DiscardHandler))
	if err != nil {
		return nil, err
	}
	defer c.Close()
	r, err := NewRunner(nil, c, sources, slog.New(slog.DiscardHandler))
	if err != nil {
		return nil, err
	}
	return r.tryOut(ctx, name, pages)
}

func (r *Runner) tryOut(ctx context.Context, name string, pages int) ([]Reading, error) {
	w, err := r.named(name)
	if err != nil {
		return nil, err
	}
	t := &tour{r: r, w: w, state: bus.SourceState{Source: name}, over: r.client.cfg.override(w.Name, w.Kind), started: r.now(), seen: map[string]bool{}}
	if err := t.makePlan(); err != nil {
		return nil, err
	}
	var out []Reading
	for n := 0; n < pages && len(t.queue) > 0; n++ {
		s := t.queue[0]
		t.queue = t.queue[1:]
		readings, next, err := t.tryOne(ctx, s)
		out = append(out, readings...)
		if err != nil {
			return out, err
		}
		for i := len(next) - 1; i >= 0; i-- { // details of the first page before its next page
			t.enqueue(next[i], s.depth+1)
		}
	}
	return out, nil
}

func (t *tour) tryOne(ctx context.Context, s stop) ([]Reading, []Request, error) {
	f, err := t.fetch(ctx, s)
	if err != nil {
		return nil, nil, err
	}
	defer f.Body.Close()
	doc, _, _, err := open(f, s.Request, "")
	if err != nil {
		return nil, nil, err
	}
	return Check(t.w.source, doc)
}
