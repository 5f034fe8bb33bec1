package view

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
)

// PrecisionRow counts what recipients said about the matches of one rule and
// grade, market or sector. A match that nobody complained about is no answer:
// it is never counted as right.
type PrecisionRow struct {
	Rule        string      `json:"rule,omitempty" doc:"kind of evidence that brought the match; a match that several brought counts for each; absent: every match once"`
	Grade       trade.Grade `json:"grade,omitempty"`
	Market      string      `json:"market,omitempty"`
	Sector      string      `json:"sector,omitempty"`
	Relevant    int         `json:"relevant" doc:"matches that a recipient called relevant"`
	NotRelevant int         `json:"not_relevant" doc:"matches that a recipient called not relevant"`
	NoAnswer    int         `json:"no_answer" doc:"matches that a warning spoke to and nobody answered"`
	Precision   *float64    `json:"precision" doc:"relevant / (relevant + not_relevant); null without an answer"`
}

// Precision is how often matches were right, as far as recipients said.
type Precision struct {
	Overall PrecisionRow   `json:"overall"`
	Rules   []PrecisionRow `json:"rules" doc:"by rule and grade"`
	Markets []PrecisionRow `json:"markets,omitempty" doc:"absent where one market or sector was asked for"`
	Sectors []PrecisionRow `json:"sectors,omitempty"`
}

// cell names one count: by rule and grade, within a market, a sector or
// neither.
type cell struct {
	rule           string
	grade          trade.Grade
	market, sector string
}

type tally struct{ relevant, notRelevant, noAnswer int }

func (t *tally) add(o tally, sign int) {
	t.relevant += sign * o.relevant
	t.notRelevant += sign * o.notRelevant
	t.noAnswer += sign * o.noAnswer
}

// precision follows warnings and responses and keeps the counts of each family
// that has either.
type precision struct {
	b        *bus.Bus
	products products
	watch    func(bus.Entry[trade.Response]) // also told of every answer
	gathered chan struct{}                   // closed when the answers that were stored at the start are known

	mu       sync.RWMutex
	answers  map[string]*trade.Answers // by family key
	answered uint64                    // sequence up to which they are counted, or were gathered at the start
	counts   map[string]map[cell]tally // of each family
	total    map[cell]tally
	release  map[string]int    // counted last, of each family
	lead     map[string]string // the family that a family was joined to by a later paper; counted with it
	ready    bool              // every release that was stored at the start is counted
}

// products are the registered ones, as far as they are counted here.
type products interface {
	// known returns when all of them are.
	known(ctx context.Context) error
	// tagOf is 1 + the place of the product's sector, 0 for none.
	tagOf(key string) uint8
}

func newPrecision(b *bus.Bus, p products) *precision {
	return &precision{b: b, products: p, gathered: make(chan struct{}), answers: map[string]*trade.Answers{}, counts: map[string]map[cell]tally{}, total: map[cell]tally{}, release: map[string]int{}, lead: map[string]string{}}
}

func (p *precision) isReady() bool {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.ready
}

func (p *precision) hasGathered() bool {
	select {
	case <-p.gathered:
		return true
	default:
		return false
	}
}

// followWarnings counts every release with what was said about it. It begins
// when products and answers are known: each release is counted once then, and
// not once for each of its answers.
func (p *precision) followWarnings(ctx context.Context) error {
	if err := p.products.known(ctx); err != nil {
		return err
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-p.gathered:
	}
	var stored errgroup.Group // counts while the next is read: a start waits for it, when all else is done
	stored.SetLimit(runtime.GOMAXPROCS(0))
	defer func() { _ = stored.Wait() }() // counting does not fail
	caughtUp := false
	return p.b.Warnings.FollowAll(ctx, func() {
		_ = stored.Wait()
		p.caughtUp()
		caughtUp = true
	}, func(e bus.Entry[trade.Warning]) error {
		if caughtUp {
			p.recount(e.Key, &e.Value)
			return nil
		}
		stored.Go(func() error {
			p.recount(e.Key, &e.Value)
			return nil
		})
		return nil
	})
}

// caughtUp counts the answers about families without a release, too.
func (p *precision) caughtUp() {
	p.mu.Lock()
	var silent []string
	for key := range p.answers {
		if p.counts[key] == nil {
			silent = append(silent, key)
		}
	}
	p.mu.Unlock()
	for _, key := range silent {
		p.recount(key, &trade.Warning{})
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ready = true
}

// followAnswers gathers what was said, and counts what is said from then on.
func (p *precision) followAnswers(ctx context.Context) error {
	if !p.hasGathered() { // else a fault of the connection broke it off
		if _, err := p.b.Responses.Scan(ctx, func(e bus.Entry[trade.Response]) error {
			p.gather(e)
			p.counted(e.Seq)
			return nil
		}); err != nil {
			return err
		}
		close(p.gathered)
	}
	p.mu.RLock()
	from := p.answered
	p.mu.RUnlock()
	return p.b.Responses.Follow(ctx, from, func(e bus.Entry[trade.Response]) error {
		key := p.gather(e)
		w, err := p.b.Warnings.Get(ctx, key)
		if err != nil && !errors.Is(err, trade.ErrNotFound) {
			return fmt.Errorf("view: precision: %w", err)
		}
		p.recount(key, &w.Value)
		p.counted(e.Seq) // not before: what a fault breaks off comes again
		return nil
	})
}

func (p *precision) counted(seq uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.answered = max(p.answered, seq)
}

// gather takes an answer in and returns the family with which it counts.
func (p *precision) gather(e bus.Entry[trade.Response]) (key string) {
	key = trade.FamilyKey(e.Value.Family)
	if p.watch != nil {
		p.watch(e)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	key = p.leading(key)
	p.said(key).Add(e.Value, e.Seq)
	return key
}

// said are the answers about a family; whoever calls holds the lock.
func (p *precision) said(key string) *trade.Answers {
	if p.answers[key] == nil {
		p.answers[key] = &trade.Answers{}
	}
	return p.answers[key]
}

// leading is the family that the one with that key is counted with.
func (p *precision) leading(key string) string {
	for range 10 { // joined, and joined again
		next, joined := p.lead[key]
		if !joined {
			break
		}
		key = next
	}
	return key
}

// join makes the families that papers of the release joined to its own count
// with it only: their matches are among its own.
func (p *precision) join(key string, w *trade.Warning) {
	for _, root := range trade.Roots(w.Symbols) {
		other := trade.FamilyKey(root)
		if other == key || p.lead[other] == key {
			continue
		}
		p.lead[other] = key
		p.sum(p.counts[other], -1)
		delete(p.counts, other)
		if a := p.answers[other]; a != nil {
			p.said(key).Join(a)
			delete(p.answers, other)
		}
	}
}

// recount replaces what a family adds to the counts: every match of its last
// release by what was said about it, and the answers about others.
func (p *precision) recount(key string, w *trade.Warning) {
	judged := p.released(w)
	p.mu.Lock()
	defer p.mu.Unlock()
	if w.Release < p.release[key] || p.leading(key) != key {
		return // the other follower was quicker, with a later release; or it counts with another
	}
	p.release[key] = w.Release
	p.join(key, w)
	counts := map[cell]tally{}
	said := p.answers[key]
	if said == nil {
		said = &trade.Answers{}
	}
	seen := map[[2]string]bool{}
	for i, m := range w.Audience {
		seen[[2]string{m.Exporter, m.Product}] = true
		r, _ := said.About(m.Exporter, m.Product)
		count(counts, &judged[i], r.Kind)
	}
	said.Each(func(r trade.Response, j trade.Judged) {
		if !seen[[2]string{r.Exporter, j.Product}] {
			count(counts, &j, r.Kind)
		}
	})
	p.sum(p.counts[key], -1)
	p.sum(counts, 1)
	p.counts[key] = counts
}

// released are the matches of a release as they are counted, in the sectors of
// the products as registered now.
func (p *precision) released(w *trade.Warning) []trade.Judged {
	out := make([]trade.Judged, len(w.Audience))
	for i := range w.Audience {
		out[i] = triage.JudgedOf(&w.Audience[i])
		if tag := int(p.products.tagOf(productOf(w.Audience[i]).Key())); tag > 0 && tag <= len(sectors()) {
			out[i].Sector = sectors()[tag-1].ID
		}
	}
	return out
}

func count(counts map[cell]tally, j *trade.Judged, said trade.ResponseKind) {
	one := tally{noAnswer: 1}
	switch said {
	case trade.Relevant:
		one = tally{relevant: 1}
	case trade.NotRelevant:
		one = tally{notRelevant: 1}
	}
	within := []cell{{}}
	for _, m := range j.Markets {
		within = append(within, cell{market: m})
	}
	if j.Sector != "" {
		within = append(within, cell{sector: j.Sector})
	}
	for _, rule := range append([]string{""}, j.Rules...) {
		for _, c := range within {
			c.rule, c.grade = rule, j.Grade
			t := counts[c]
			t.add(one, 1)
			counts[c] = t
		}
	}
}

func (p *precision) sum(counts map[cell]tally, sign int) {
	for c, n := range counts {
		t := p.total[c]
		if t.add(n, sign); t == (tally{}) {
			delete(p.total, c)
		} else {
			p.total[c] = t
		}
	}
}

// Precision counts what recipients said, within a market or a sector where one
// is named.
func (v *View) Precision(market, sector string) Precision {
	p := v.precision
	p.mu.RLock()
	defer p.mu.RUnlock()
	out := Precision{Rules: []PrecisionRow{}}
	var overall tally
	markets, sectors := map[string]tally{}, map[string]tally{}
	add := func(to map[string]tally, name string, n tally) { t := to[name]; t.add(n, 1); to[name] = t }
	for c, n := range p.total {
		switch {
		case c.market == market && c.sector == sector && c.rule != "":
			out.Rules = append(out.Rules, rowOf(PrecisionRow{Rule: c.rule, Grade: c.grade}, n))
		case c.market == market && c.sector == sector:
			overall.add(n, 1)
		}
		if c.rule == "" && c.market != "" {
			add(markets, c.market, n)
		}
		if c.rule == "" && c.sector != "" {
			add(sectors, c.sector, n)
		}
	}
	out.Overall = rowOf(PrecisionRow{Market: market, Sector: sector}, overall)
	if market == "" && sector == "" {
		for name, n := range markets {
			out.Markets = append(out.Markets, rowOf(PrecisionRow{Market: name}, n))
		}
		for name, n := range sectors {
			out.Sectors = append(out.Sectors, rowOf(PrecisionRow{Sector: name}, n))
		}
	}
	for _, rows := range [][]PrecisionRow{out.Rules, out.Markets, out.Sectors} {
		slices.SortFunc(rows, func(a, b PrecisionRow) int {
			return cmp.Or(cmp.Compare(a.Rule, b.Rule), cmp.Compare(b.Grade.Rank(), a.Grade.Rank()), cmp.Compare(a.Market, b.Market), cmp.Compare(a.Sector, b.Sector))
		})
	}
	return out
}

func rowOf(r PrecisionRow, n tally) PrecisionRow {
	r.Relevant, r.NotRelevant, r.NoAnswer = n.relevant, n.notRelevant, n.noAnswer
	if said := n.relevant + n.notRelevant; said > 0 {
		share := float64(n.relevant) / float64(said)
		r.Precision = &share
	}
	return r
}
