package ingest

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
)

// replayable is what reading a capture again needs beyond its bytes.
type replayable struct {
	URL         string        `json:"url"`
	Role        string        `json:"role,omitempty"`
	Carry       *trade.Notice `json:"carry,omitempty"`
	ContentType string        `json:"content_type,omitempty"`
	Charset     string        `json:"charset,omitempty"`
	Backfill    bool          `json:"backfill,omitempty"`
}

// Replay reads a quarantined input again: a capture or row that a corrected
// parser now understands, or an item that a person believes (force). What
// other papers have been read since is left alone. On success the record
// leaves the quarantine; a *trade.Refused says that the fault is still there.
func (r *Runner) Replay(ctx context.Context, key string, force bool) (bus.Run, error) {
	e, err := r.bus.Quarantine.Get(ctx, key)
	if err != nil {
		return bus.Run{}, err
	}
	q := e.Value
	run := bus.Run{Source: q.Source, Trigger: "replay", Started: stamp(r.now())}
	in := NewPublisher(r.bus).Input()
	if in.notAfter, err = time.Parse(time.RFC3339, q.At); err != nil {
		return run, fmt.Errorf("ingest: quarantine %s: %w", key, err)
	}
	rows := &rowSpool{}
	defer rows.Close()
	if err := r.reread(ctx, q, force, rows); err != nil {
		return run, err
	}
	w := &ward{table: r.bus.Quarantine, now: r.now}
	run.Tally, _, err = store(ctx, in, w, rows, r.now().UTC().Format(trade.Day), nil)
	if err != nil {
		return run, err
	}
	run.Ended = stamp(r.now())
	if _, err := r.bus.Runs.Append(ctx, q.Source, run); err != nil {
		return run, err
	}
	return run, r.bus.Quarantine.Delete(ctx, key, e.Seq)
}

// reread fills rows with what q turns out to be.
func (r *Runner) reread(ctx context.Context, q trade.Quarantine, force bool, rows *rowSpool) error {
	var n trade.Notice
	if !q.Whole && json.Unmarshal(q.Bytes, &n) == nil && n.Source != "" && n.Kind != "" {
		if why := suspect(&n, r.now()); why != "" && !force {
			return trade.Refusef("still not believed: %s", why)
		}
		return rows.add(row{Notice: &n})
	}
	if q.Raw == "" {
		return trade.Refusef("there is no capture to read again; the source's next run will ask for %s", q.Where)
	}
	src, err := r.sourceNamed(q.Source)
	if err != nil {
		return err
	}
	var again replayable
	if !q.Whole || json.Unmarshal(q.Bytes, &again) != nil {
		at, _, _ := strings.Cut(q.Where, whereSep)
		again = replayable{URL: at, Backfill: true}
	}
	body, err := r.capture(ctx, q.Raw)
	if err != nil {
		return err
	}
	defer body.Close()
	header := http.Header{}
	if again.ContentType != "" {
		header.Set("Content-Type", again.ContentType)
	}
	f := &fetched{URL: again.URL, Header: header, Body: body, At: r.now()}
	doc, _, _, err := open(f, Request{URL: again.URL, Role: again.Role, Carry: again.Carry, Charset: again.Charset}, q.Raw)
	if err != nil {
		return err
	}
	from := origin{source: q.Source, where: again.URL, raw: q.Raw, backfill: again.Backfill, at: r.now()}
	if _, err := parseInto(rows, src, doc, from); err != nil {
		return trade.Refusef("still not understood: %v", err)
	}
	own := QuarantineKey(q)
	return rows.each(func(found row) error {
		if found.Bad != nil && QuarantineKey(*found.Bad) == own {
			return trade.Refusef("still not believed: %s", found.Bad.Reason)
		}
		return nil
	})
}

// sourceNamed is the configured source of that name, or the kind of that name
// as it comes: a file may be imported without the source being watched.
func (r *Runner) sourceNamed(name string) (Source, error) {
	if w, ok := r.sources[name]; ok {
		return w.source, nil
	}
	if k, ok := kinds[name]; ok {
		return k.New(nil)
	}
	return nil, trade.Refusef("source %q is no longer configured, so nothing can read its captures", name)
}

// capture copies a stored capture to a spool; the caller closes it.
func (r *Runner) capture(ctx context.Context, sha string) (*spool, error) {
	stored, err := r.bus.Raw.Get(ctx, sha)
	if err != nil {
		return nil, err
	}
	defer stored.Close()
	body := newSpool()
	if _, err := io.Copy(body, stored); err != nil {
		_ = body.Close()
		return nil, fmt.Errorf("ingest: capture %s: %w", sha, err)
	}
	return body, nil
}
