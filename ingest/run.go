package ingest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
)

const (
	fetchTries    = 3                // of one document within a run
	shortWait     = 15 * time.Second // a server may make us wait so long within a run
	maxPages      = 200              // documents of one run
	maxFaults     = 3                // documents that may fail before a run gives up
	maxCaptures   = 1000             // that a run's record lists
	maxNotes      = 50
	maxErrorBytes = 4 << 10
)

// Runner runs sources: it fetches what they plan, keeps every capture, lets
// them parse, and publishes or quarantines what they found.
type Runner struct {
	bus     *bus.Bus
	client  *Client
	sources map[string]*watched
	log     *slog.Logger
	now     func() time.Time
	wait    func(context.Context, time.Duration) error
}

// watched is a configured source, made.
type watched struct {
	Config
	kind   Kind
	source Source
	every  time.Duration
}

// NewRunner makes the sources, or says what is wrong with their declarations.
func NewRunner(b *bus.Bus, c *Client, sources []Config, log *slog.Logger) (*Runner, error) {
	r := &Runner{bus: b, client: c, sources: map[string]*watched{}, log: log, now: time.Now, wait: pause}
	var errs []error
	for _, s := range sources {
		w, err := s.watch()
		switch {
		case err != nil:
			errs = append(errs, err)
		case r.sources[s.Name] != nil:
			errs = append(errs, fmt.Errorf("source %q is declared twice", s.Name))
		default:
			r.sources[s.Name] = w
		}
	}
	return r, errors.Join(errs...)
}

func (c Config) watch() (*watched, error) {
	if c.Name == "" || strings.Trim(c.Name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") != "" {
		return nil, fmt.Errorf("source %q: a name has letters, digits and \"-\"", c.Name)
	}
	src, kind, err := c.Open()
	if err != nil {
		return nil, err
	}
	w := &watched{Config: c, kind: kind, source: src, every: kind.Every}
	if c.Every != "" {
		if w.every, err = time.ParseDuration(c.Every); err != nil || w.every < time.Second {
			return nil, fmt.Errorf("source %q: every: %q is no interval; write 30m or 6h", c.Name, c.Every)
		}
	}
	if w.every <= 0 {
		w.every = 6 * time.Hour
	}
	if c.MinRows < 0 {
		return nil, fmt.Errorf("source %q: min_rows is %d", c.Name, c.MinRows)
	}
	return w, nil
}

func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// Run runs the source of that name once, now. trigger is "schedule" or
// "person". The record is stored before Run returns. The error is what keeps
// the run from being complete (its trade.RetryDelay is when to try again);
// what could be believed is published all the same, and the source's state
// moves on only when there is none.
func (r *Runner) Run(ctx context.Context, name, trigger string) (bus.Run, error) {
	w, err := r.named(name)
	if err != nil {
		return bus.Run{}, err
	}
	state, err := r.state(ctx, name)
	if err != nil {
		return bus.Run{}, err
	}
	t := &tour{r: r, w: w, state: state, over: r.client.cfg.override(w.Name, w.Kind), started: r.now(), seen: map[string]bool{}}
	t.record = bus.Run{Source: name, Trigger: trigger, Started: stamp(t.started), First: !state.Primed}
	t.ward = &ward{table: r.bus.Quarantine, now: r.now}
	defer t.rows.Close()
	t.travel(ctx)
	if err := t.finish(ctx); err != nil {
		t.fault(err)
	}
	if ctx.Err() != nil {
		return t.record, ctx.Err()
	}
	return t.record, errors.Join(t.err, r.settle(ctx, t))
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// tour is one run under way.
type tour struct {
	r       *Runner
	w       *watched
	state   bus.SourceState
	over    SourceOverride
	hosts   hostRule
	plan    []Request
	queue   []stop
	seen    map[string]bool
	rows    rowSpool
	ward    *ward
	record  bus.Run
	started time.Time

	docs      []document // that were read and believed
	wholes    int        // documents in quarantine
	unchanged int
	faults    int
	limited   bool
	watermark string
	err       error // why the run is not complete
}

// stop is a request with its distance from the plan.
type stop struct {
	Request
	depth int
}

// document is a capture of this run.
type document struct {
	req                Request
	from               origin
	contentType        string
	etag, lastModified string
	planned            bool
}

// fault records why the run is not complete. A server's wish to be left alone
// outweighs other faults.
func (t *tour) fault(err error) {
	t.faults++
	t.err = errors.Join(t.err, err)
}

func (t *tour) note(format string, args ...any) {
	if len(t.record.Notes) < maxNotes {
		t.record.Notes = append(t.record.Notes, clip(fmt.Sprintf(format, args...), 500))
	}
}

// travel fetches and reads documents until none is left.
func (t *tour) travel(ctx context.Context) {
	if err := t.makePlan(); err != nil {
		t.fault(err)
		return
	}
	limit := maxPages
	if t.over.MaxPages > 0 {
		limit = t.over.MaxPages
	}
	for n := 0; len(t.queue) > 0 && ctx.Err() == nil; n++ {
		s := t.queue[0]
		t.queue = t.queue[1:]
		if n >= limit {
			t.limited = true
			t.note("stopped after %d documents with %d left (limit max_pages)", limit, len(t.queue)+1)
			return
		}
		err := t.visit(ctx, s)
		if err == nil {
			continue
		}
		t.fault(err)
		if _, later := trade.RetryDelay(err); later || t.faults >= maxFaults {
			t.note("given up with %d documents left", len(t.queue))
			return
		}
	}
}

func (t *tour) makePlan() (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("source %s: planning panicked: %v", t.w.Name, p)
		}
	}()
	t.plan = t.w.source.Plan(t.state, t.started)
	t.hosts = newHostRule(t.plan, t.over.Hosts)
	for _, req := range t.plan {
		t.enqueue(req, 0)
	}
	return nil
}

// enqueue adds a request unless this run has made the same one: pages that
// lead to each other end somewhere.
func (t *tour) enqueue(req Request, depth int) {
	key := req.Method + " " + req.URL + "\x00" + string(req.Body)
	if !t.seen[key] {
		t.seen[key] = true
		t.queue = append(t.queue, stop{req, depth})
	}
}

// visit fetches one document, keeps it and reads it. An error means that the
// run is not complete; what concerns this document alone is in quarantine.
func (t *tour) visit(ctx context.Context, s stop) error {
	f, err := t.fetch(ctx, s)
	var odd *unbelieved
	if errors.As(err, &odd) {
		return t.disbelieve(ctx, s, odd)
	}
	if trade.IsPermanent(err) && s.depth > 0 {
		from := origin{source: t.w.Name, where: s.URL, backfill: !t.state.Primed}
		t.wholes++
		return t.ward.add(ctx, from.whole(s.Request, "", "could not be fetched: "+err.Error()))
	}
	if err != nil {
		return err
	}
	if f.Unchanged {
		t.unchanged++
		t.capture(bus.Capture{URL: s.URL, Status: http.StatusNotModified, At: stamp(f.At)})
		return nil
	}
	defer f.Body.Close()
	sha, err := keep(ctx, t.r.bus, f.Body)
	if err != nil {
		return err
	}
	t.record.Fetched++
	t.record.Bytes += f.Wire
	doc, charset, notes, err := open(f, s.Request, sha)
	if err != nil {
		return err
	}
	t.capture(bus.Capture{URL: f.URL, Status: f.Status, SHA256: sha, Bytes: f.Wire, Charset: charset, At: stamp(f.At)})
	d := document{
		req: s.Request, contentType: f.Header.Get("Content-Type"), etag: f.Header.Get("ETag"), lastModified: f.Header.Get("Last-Modified"),
		planned: s.depth == 0, from: origin{source: t.w.Name, where: s.URL, raw: sha, backfill: !t.state.Primed, at: t.started},
	}
	next, err := parseInto(&t.rows, t.w.source, doc, d.from)
	for _, n := range notes() {
		t.note("%s", n)
	}
	if err != nil {
		t.wholes++
		if kept := t.ward.add(ctx, d.from.whole(s.Request, d.contentType, err.Error())); kept != nil {
			return errors.Join(err, kept)
		}
		if s.Carry != nil {
			t.note("%s is in quarantine: %v", s.URL, err)
			return nil // one row's page; the others are as good as before
		}
		return fmt.Errorf("%s is in quarantine: %w", s.URL, err)
	}
	t.docs = append(t.docs, d)
	for _, req := range next {
		t.enqueue(req, s.depth+1)
	}
	return nil
}

func (t *tour) capture(c bus.Capture) {
	if len(t.record.Captures) < maxCaptures {
		t.record.Captures = append(t.record.Captures, c)
	}
}

// fetch asks for a document, again after a moment where that may help.
func (t *tour) fetch(ctx context.Context, s stop) (*fetched, error) {
	rules := fetchRules{hosts: t.hosts, limits: t.r.client.cfg.limits(t.over)}
	if s.depth == 0 {
		rules.etag, rules.lastModified = t.state.ETag[s.URL], t.state.LastModified[s.URL]
	}
	for try := 1; ; try++ {
		f, err := t.r.client.fetch(ctx, s.Request, rules)
		if err == nil || trade.IsPermanent(err) || ctx.Err() != nil || try == fetchTries {
			return f, err
		}
		d, said := trade.RetryDelay(err)
		if !said {
			d = time.Duration(try*try) * 2 * time.Second
		}
		if d > shortWait {
			return nil, err
		}
		var odd *unbelieved
		if errors.As(err, &odd) {
			_ = odd.body.Close() // the next try's answer counts
		}
		t.note("%s: tried again after %v: %v", s.URL, d, err)
		if err := t.r.wait(ctx, d); err != nil {
			return nil, err
		}
	}
}

// finish looks at the run as a whole and stores its rows.
func (t *tour) finish(ctx context.Context) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if why := t.unbelievable(); why != "" {
		if err := t.rows.rollback(mark{}); err != nil {
			return err
		}
		for _, d := range t.docs {
			t.wholes++
			if err := t.ward.add(ctx, d.from.whole(d.req, d.contentType, why)); err != nil {
				return err
			}
		}
		t.fault(trade.Refusef("%s: %s; its %d documents are in quarantine", t.w.Name, why, len(t.docs)))
	}
	tally, watermark, err := store(ctx, NewPublisher(t.r.bus).Input(), t.ward, &t.rows, t.started.UTC().Format(trade.Day), nil)
	t.record.Tally, t.watermark = tally, watermark
	for range t.wholes {
		t.record.Tally.Add(trade.Quarantined)
	}
	return err
}

// unbelievable says why a complete run's rows are not to be believed, or "".
func (t *tour) unbelievable() string {
	if t.err != nil || t.unchanged > 0 || len(t.plan) == 0 || !t.w.kind.Rows && t.w.MinRows == 0 {
		return ""
	}
	return shrunken(t.rows.rows+t.wholes, t.w.MinRows, t.state.LastRows)
}

// named finds a declared source.
func (r *Runner) named(name string) (*watched, error) {
	if w, ok := r.sources[name]; ok {
		return w, nil
	}
	return nil, fmt.Errorf("source %q: %w; declared are: %s", name, trade.ErrNotFound, strings.Join(r.names(), ", "))
}

// names lists the sources in order.
func (r *Runner) names() []string {
	var out []string
	for name := range r.sources {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}
