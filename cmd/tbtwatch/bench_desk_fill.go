package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"tbtwatch/internal/auth"
	"tbtwatch/internal/bus"
	"tbtwatch/internal/index"
	"tbtwatch/internal/nomenclature"
	"tbtwatch/internal/registry"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
	"tbtwatch/internal/view"
	"tbtwatch/internal/workload"
	"tbtwatch/matcher"
)

// deskKeys are keys of the prepared store with which pages are asked for. The
// file that holds them is written after each step, so that a store is finished
// by whoever comes after one that did not.
type deskKeys struct {
	Sizes      deskSizes `json:"sizes"`
	Steps      int       `json:"steps"` // done
	Open       int       `json:"open"`  // cases that wait
	Cases      []string  `json:"cases"`
	Released   []string  `json:"released"`
	Public     []string  `json:"public"`
	Notices    []string  `json:"notices"`
	Symbols    []string  `json:"symbols"`
	Deliveries []string  `json:"deliveries"`
	Mails      []string  `json:"mails"`
	Quarantine []string  `json:"quarantine"`
	Raw        []string  `json:"raw"`
	Exporters  []string  `json:"exporters"`
	Sectors    []string  `json:"sectors"`
	Markets    []string  `json:"markets"`
	Words      []string  `json:"words"`
	Sources    []string  `json:"sources"`
	Named      []string  `json:"named"`     // standards, as people write them
	Standards  []string  `json:"standards"` // their keys
}

const (
	deskFile = "bench-desk.json"
	mostKeys = 300 // of each kind
)

// sample notes one of all things in a list of at most mostKeys.
func sample(list *[]string, s string) {
	if len(*list) < mostKeys {
		*list = append(*list, s)
	}
}

// prepared returns the keys of the store in the folder, which it fills if
// there is none.
func (c benchDesk) prepared(ctx context.Context, dir string, out io.Writer) (keys deskKeys, err error) {
	path := filepath.Join(dir, deskFile)
	keys.Sizes = c.deskSizes
	if text, err := os.ReadFile(path); err == nil {
		if err := json.Unmarshal(text, &keys); err != nil {
			return keys, fmt.Errorf("%s: %w; remove the folder to prepare it anew", path, err)
		}
		if keys.Sizes != c.deskSizes {
			return keys, fmt.Errorf("%s holds a store of %+v, not of %+v: name another folder", dir, keys.Sizes, c.deskSizes)
		}
	}
	begin := time.Now()
	f, err := c.openFill(ctx, dir, out)
	if err != nil {
		return keys, err
	}
	defer f.close()
	f.keys = keys
	if keys.Steps == len(f.steps()) {
		return keys, f.indexAgain(ctx)
	}
	if err := f.all(ctx, path); err != nil {
		return keys, err
	}
	fmt.Fprintf(out, "prepared in %.0f s\n", time.Since(begin).Seconds())
	return f.keys, nil
}

// deskFill writes a store, without syncing each write.
type deskFill struct {
	sizes deskSizes
	dir   string // of the data
	out   io.Writer
	cfg   Config
	bus   *bus.Bus
	store *index.Store
	log   *slog.Logger
	rnd   *rand.Rand
	now   time.Time
	keys  deskKeys
}

func (c benchDesk) openFill(ctx context.Context, dir string, out io.Writer) (*deskFill, error) {
	f := &deskFill{sizes: c.deskSizes, dir: filepath.Join(dir, "data"), out: out, log: slog.New(slog.DiscardHandler), rnd: rand.New(rand.NewPCG(5, 6)), now: time.Now()}
	var err error
	if f.cfg, err = deskConfig(f.dir, c.Redis); err != nil {
		return nil, err
	}
	if err := f.cfg.finish(); err != nil {
		return nil, err
	}
	nomenclature.Load()
	f.cfg.NATS.NoSync = true
	if f.bus, err = bus.Open(ctx, f.cfg.NATS, f.log); err != nil {
		return nil, err
	}
	if f.store, err = index.Open(ctx, f.cfg.Redis.index()); err != nil {
		f.bus.Close()
		return nil, err
	}
	_, err = auth.LoadOrCreate(f.dir)
	return f, err
}

func (f *deskFill) close() {
	_ = f.store.Close()
	f.bus.Close()
}

// deskStep is a part of filling.
type deskStep struct {
	name string
	do   func(context.Context) error
}

func (f *deskFill) steps() []deskStep {
	return []deskStep{
		{"firms and subscribers", f.firms}, {"products", f.products}, {"index in Redis", f.index}, {"products seen by the matcher", f.late}, {"papers", f.papers},
		{"families, by the matcher", f.match}, {"cases, by triage", f.judge}, {"what people decided", f.decide}, {"deliveries and answers", f.deliver}, {"runs and quarantine", f.rest},
	}
}

// all fills the store step by step, from where it stands, and says how long
// each took. A step that was broken off in the middle cannot be continued where
// it writes what is new.
func (f *deskFill) all(ctx context.Context, path string) error {
	for _, step := range f.steps()[f.keys.Steps:] {
		begin := time.Now()
		if err := step.do(ctx); err != nil {
			return fmt.Errorf("%s: %w; the same command tries it again, or remove %s to begin anew", step.name, err, filepath.Dir(path))
		}
		fmt.Fprintf(f.out, "  %-36s %6.1f s\n", step.name, time.Since(begin).Seconds())
		f.keys.Steps++
		text, err := json.Marshal(f.keys)
		if err != nil {
			return err
		}
		if err := os.WriteFile(path, text, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// batch stores writes in portions.
type batch[T any] struct {
	table  *bus.Table[T]
	writes []bus.Write[T]
}

func (b *batch[T]) put(ctx context.Context, key string, v T, last uint64) error {
	if b.writes = append(b.writes, bus.Write[T]{Key: key, Value: v, Last: last}); len(b.writes) < 400 {
		return nil
	}
	return b.flush(ctx)
}

func (b *batch[T]) flush(ctx context.Context) error {
	err := b.table.PutBatch(ctx, b.writes)
	b.writes = b.writes[:0]
	return err
}

func (f *deskFill) firms(ctx context.Context) error {
	firms, subscribers := batch[trade.Exporter]{table: f.bus.Exporters}, batch[trade.Subscriber]{table: f.bus.Subscribers}
	for i := range f.sizes.Exporters {
		id := fmt.Sprint("E", i)
		e := trade.Exporter{ID: id, Name: fmt.Sprintf("第%d出口有限公司", i), District: fmt.Sprintf("第%d区", i%40)}
		if err := firms.put(ctx, registry.ExporterKey(id), e, 0); err != nil {
			return err
		}
		if i%max(1, f.sizes.Exporters/mostKeys) == 0 {
			sample(&f.keys.Exporters, id)
		}
		if i%50 > 0 {
			continue
		}
		s := trade.Subscriber{ID: "S" + id, Kind: trade.SubExporter, Name: e.Name, Exporter: id, Language: "zh", Channel: "email", Address: id + "@firm.example", Cadence: "immediate"}
		if err := subscribers.put(ctx, registry.SubscriberKey(s.ID), s, 0); err != nil {
			return err
		}
	}
	return errors.Join(firms.flush(ctx), subscribers.flush(ctx))
}

func (f *deskFill) products(ctx context.Context) error {
	b := batch[trade.Product]{table: f.bus.Products}
	err := workload.Source{}.Products(f.sizes.Products, func(p *workload.Product) error {
		r := registered(p, f.sizes.Exporters)
		if p.ID%max(1, uint32(f.sizes.Products/mostKeys)) == 0 { //nolint:gosec // sizes are small
			sample(&f.keys.Words, r.Terms[0])
		}
		return b.put(ctx, r.Key(), r, 0)
	})
	return errors.Join(err, b.flush(ctx))
}

func (f *deskFill) index(ctx context.Context) error {
	return (&matcher.Copy{Bus: f.bus, Store: f.store, Log: f.log}).Rebuild(ctx)
}

// indexAgain makes the index in a Redis that has lost it.
func (f *deskFill) indexAgain(ctx context.Context) error {
	_, err := f.store.Applied(ctx)
	if errors.Is(err, index.ErrEmpty) {
		return f.index(ctx)
	}
	return err
}

func (f *deskFill) matcher() *matcher.Late {
	return &matcher.Late{Stage: &matcher.Stage{Bus: f.bus, Copy: &matcher.Copy{Bus: f.bus, Store: f.store, Log: f.log}, Now: time.Now, Log: f.log}, Limit: f.cfg.Archive}
}

// workOff runs a stage until its consumer has nothing left. A server that is
// busy may leave the question unanswered for a while.
func workOff(ctx context.Context, run func(context.Context) error, lag func(context.Context) (uint64, error)) error {
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- run(ctx) }()
	stopped := false
	defer func() {
		if cancel(); !stopped {
			<-ended
		}
	}()
	for calm, silent := 0, 0; calm < 3; {
		select {
		case err := <-ended:
			stopped = true
			return fmt.Errorf("the stage ended: %w", err)
		case <-time.After(200 * time.Millisecond):
		}
		n, err := lag(ctx)
		if err != nil {
			if silent++; silent > 20 {
				return err
			}
			continue
		}
		silent = 0
		if calm++; n > 0 {
			calm = 0
		}
	}
	return nil
}

// late has the matcher see the products while there is no family yet.
func (f *deskFill) late(ctx context.Context) error {
	return workOff(ctx, f.matcher().Run, func(ctx context.Context) (uint64, error) { return f.bus.Products.Lag(ctx, bus.ConsumerProducts) })
}

func (f *deskFill) papers(ctx context.Context) error {
	notices, err := workload.Source{}.Notices(f.sizes.Notices)
	if err != nil {
		return err
	}
	b, p := batch[trade.Notice]{table: f.bus.Notices}, papers{sizes: f.sizes, now: f.now, rnd: f.rnd}
	for i := range notices {
		n := p.next(i, &notices[i])
		if i%max(1, f.sizes.Notices/mostKeys) == 0 {
			sample(&f.keys.Notices, n.Key())
			sample(&f.keys.Symbols, n.ID)
			if i%3 == 0 {
				sample(&f.keys.Named, deskStandard(int(notices[i].ID)/3*3))
				sample(&f.keys.Standards, view.StandardKey(nomenclature.StandardBase(deskStandard(int(notices[i].ID)/3*3))))
			}
		}
		if err := b.put(ctx, n.Key(), n, 0); err != nil {
			return fmt.Errorf("%s: %w", n.ID, err)
		}
	}
	f.keys.Sources = []string{"eping", "federal-register", "safety-gate"}
	f.keys.Markets = []string{"US", "EU", "JP", "KR", "VN", "BR"}
	return b.flush(ctx)
}

// match and judge have the papers worked on by those who do it in service.
func (f *deskFill) match(ctx context.Context) error {
	return workOff(ctx, f.matcher().Stage.Run, func(ctx context.Context) (uint64, error) { return f.bus.Notices.Lag(ctx, bus.ConsumerMatcher) })
}

func (f *deskFill) judge(ctx context.Context) error {
	return workOff(ctx, f.desk(f.now).Run, func(ctx context.Context) (uint64, error) { return f.bus.Families.Lag(ctx, bus.ConsumerTriage) })
}

// desk works as of that moment.
func (f *deskFill) desk(at time.Time) *triage.Desk {
	return &triage.Desk{Bus: f.bus, Config: f.cfg.Triage, Now: func() time.Time { return at }, Log: f.log}
}
