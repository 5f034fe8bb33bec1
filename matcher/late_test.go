package matcher

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/index"
	"tbtwatch/internal/trade"
)

var lateNow = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// newLate is one process's matcher over a bus that others use, too.
func newLate(t *testing.T, b *bus.Bus) *Late {
	t.Helper()
	store, err := index.Open(t.Context(), index.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	log := slog.New(slog.DiscardHandler)
	return &Late{Stage: &Stage{Bus: b, Copy: &Copy{Bus: b, Store: store, Log: log}, Now: func() time.Time { return lateNow }, Log: log}}
}

func openBus(t *testing.T) *bus.Bus {
	t.Helper()
	b, err := bus.Open(t.Context(), bus.Config{Dir: t.TempDir(), MaxStore: "512MiB", NoSync: true}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	return b
}

func openNotice(r *rand.Rand, n int) trade.Notice {
	notice := madeNotice(r, n)
	notice.Title = madeText(r)
	notice.Dates = []trade.Date{{What: trade.DateCommentDeadline, From: "2026-04-30", To: "2026-04-30"}}
	return notice
}

// runMatchers runs two matchers, as two processes would, until the test ends.
func runMatchers(t *testing.T, b *bus.Bus) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	for range 2 {
		l := newLate(t, b)
		running.Go(func() { _ = l.Stage.Run(ctx) })
		running.Go(func() { _ = l.Run(ctx) })
	}
	t.Cleanup(running.Wait)
	t.Cleanup(stop)
}

// Notices and products come, change and go at the same time, under two
// matchers; in the end every family touches what it would touch had all
// products been there first.
func TestNoPairIsMissedWhicheverComesFirst(t *testing.T) {
	b := openBus(t)
	ctx := t.Context()
	runMatchers(t, b)
	var writing sync.WaitGroup
	writing.Go(func() {
		r := rand.New(rand.NewPCG(1, 2))
		for i := range 80 {
			n := openNotice(r, i%60) // some twice: edited
			n.ID, n.Symbols = fmt.Sprintf("G/TBT/N/USA/%d", i%60+1), []string{fmt.Sprintf("G/TBT/N/USA/%d", i%60+1)}
			e, _ := b.Notices.Get(ctx, n.Key())
			if _, err := b.Notices.Put(ctx, n.Key(), n, e.Seq); err != nil {
				t.Error(err)
			}
		}
	})
	writing.Go(func() {
		r := rand.New(rand.NewPCG(3, 4))
		for i := range 120 {
			p := madeProduct(r, i%80)
			e, _ := b.Products.Get(ctx, p.Key())
			var err error
			if i%11 == 10 && e.Seq > 0 && !e.Deleted {
				err = b.Products.Delete(ctx, p.Key(), e.Seq)
			} else {
				_, err = b.Products.Put(ctx, p.Key(), p, e.Seq)
			}
			if err != nil {
				t.Error(err)
			}
		}
	})
	writing.Wait()
	rest(t, b)
	compareFamilies(t, b)
}

// rest waits until both consumers have nothing to do.
func rest(t *testing.T, b *bus.Bus) {
	t.Helper()
	deadline, tick := time.After(60*time.Second), time.NewTicker(20*time.Millisecond)
	defer tick.Stop()
	for calm := 0; calm < 3; {
		notices, err := b.Notices.Lag(t.Context(), bus.ConsumerMatcher)
		products, err2 := b.Products.Lag(t.Context(), bus.ConsumerProducts)
		if err = errors.Join(err, err2); err != nil {
			t.Fatal(err)
		}
		if calm++; notices+products > 0 {
			calm = 0
		}
		select {
		case <-deadline:
			t.Fatalf("%d notices and %d products still wait", notices, products)
		case <-tick.C:
		}
	}
}

func compareFamilies(t *testing.T, b *bus.Bus) {
	t.Helper()
	set := index.NewSet()
	if _, err := b.Products.Scan(t.Context(), func(e bus.Entry[trade.Product]) error {
		if !e.Deleted {
			set.Put(e.Value, e.Seq)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	papers := map[string]*trade.Notice{}
	if _, err := b.Notices.Scan(t.Context(), func(e bus.Entry[trade.Notice]) error { papers[e.Key] = &e.Value; return nil }); err != nil {
		t.Fatal(err)
	}
	families, touched := 0, 0
	verdicts := func(f *trade.Family) (out []string) {
		for m := range f.All() {
			out = append(out, m.Exporter+"/"+m.Product+" "+string(m.Grade))
		}
		slices.Sort(out)
		return out
	}
	if _, err := b.Families.Scan(t.Context(), func(e bus.Entry[trade.Family]) error {
		got := verdicts(&e.Value)
		want := e.Value
		Assemble(&want, papers, set)
		families, touched = families+1, touched+len(got)
		if w := verdicts(&want); !slices.Equal(got, w) || e.Value.Exposure != want.Exposure {
			t.Errorf("%s touches %v, want %v; exposure %v, want %v", e.Value.ID, got, w, e.Value.Exposure, want.Exposure)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if families != len(papers) || touched == 0 {
		t.Errorf("%d families of %d notices, %d matches", families, len(papers), touched)
	}
}

// What is over is not looked at again.
func TestAFamilyWhoseDatesHavePassedIsLeftAlone(t *testing.T) {
	b := openBus(t)
	l := newLate(t, b)
	past := trade.Notice{Source: importSource, ID: "G/TBT/N/USA/1", Symbols: []string{"G/TBT/N/USA/1"}, Title: "Motorcycles", HS: []string{"8711"}, Markets: []string{"US"}, Kind: trade.KindNew,
		Dates: []trade.Date{{What: trade.DateCommentDeadline, From: "2026-03-01", To: "2026-03-01"}}}
	open := past
	open.ID, open.Symbols = "G/TBT/N/USA/2", []string{"G/TBT/N/USA/2"}
	open.Dates = []trade.Date{{What: trade.DateEntryIntoForce, From: "2026-03-02", To: "2026-03-02"}}
	for _, n := range []trade.Notice{past, open} {
		seq, err := b.Notices.Put(t.Context(), n.Key(), n, 0)
		if err != nil {
			t.Fatal(err)
		}
		if err := l.Stage.handle(t.Context(), []bus.Entry[trade.Notice]{{Key: n.Key(), Seq: seq, Value: n}}); err != nil {
			t.Fatal(err)
		}
	}
	p := trade.Product{ID: "P1", Exporter: "E1", HS: []string{"871120"}, Markets: []string{"US"}}
	touched, err := l.Preview(t.Context(), p)
	if err != nil || len(touched) != 1 || touched[0].Match.Family != open.ID {
		t.Errorf("%+v, %v", touched, err)
	}
	tomorrow := lateNow.AddDate(0, 0, 1)
	l.shelves.now = func() time.Time { return tomorrow }
	if touched, err := l.Preview(t.Context(), p); err != nil || len(touched) != 0 || l.shelves.archive.Len() != 0 {
		t.Errorf("a day later %+v, %v, %d notices held", touched, err, l.shelves.archive.Len())
	}
}

// overtaken is a copy of the products of before: each time, after it was given,
// the registry changes and another process has dealt with that.
type overtaken struct {
	*Copy
	then []func() error
}

func (o *overtaken) Current(ctx context.Context) (*index.Set, error) {
	set, err := o.Copy.Current(ctx)
	if err == nil && len(o.then) > 0 {
		then := o.then[0]
		o.then = o.then[1:]
		err = then()
	}
	return set, err
}

// A product goes after the matcher has looked at the products and before the
// new family stands anywhere: that it is in it, nobody else can know.
func TestWhatGoesWhileAFamilyIsMadeIsNotInIt(t *testing.T) {
	errDied := errors.New("the process dies")
	for name, died := range map[string]error{"it looks again": nil, "and the process dies before it looks again": errDied} {
		t.Run(name, func(t *testing.T) {
			s := stageOf(t)
			other := newLate(t, s.Bus)
			p := trade.Product{ID: "moto", Exporter: "A"}
			moto, err := s.Bus.Products.Get(t.Context(), p.Key())
			if err != nil {
				t.Fatal(err)
			}
			goes := func() error {
				if err := s.Bus.Products.Delete(t.Context(), moto.Key, moto.Seq); err != nil {
					return err
				}
				last, err := s.Bus.Products.LastWrite(t.Context())
				if err != nil {
					return err
				}
				return other.handle(t.Context(), []bus.Entry[trade.Product]{{Key: moto.Key, Seq: last, Deleted: true}})
			}
			s.Copy = &overtaken{s.Copy.(*Copy), []func() error{goes, func() error { return died }}}
			n := openNotice(rand.New(rand.NewPCG(1, 2)), 0)
			n.Title, n.HS, n.Markets = "Motorcycles and helmets", []string{"8711", "6506"}, []string{"UG"}
			seq, err := s.Bus.Notices.Put(t.Context(), n.Key(), n, 0)
			if err != nil {
				t.Fatal(err)
			}
			batch := []bus.Entry[trade.Notice]{{Key: n.Key(), Seq: seq, Value: n}}
			if err := s.handle(t.Context(), batch); !errors.Is(err, died) {
				t.Fatal(err)
			}
			if died != nil { // then the batch comes again
				if err := s.handle(t.Context(), batch); err != nil {
					t.Fatal(err)
				}
			}
			if _, got := reached(t, s, n.ID); !slices.Equal(got, []string{"B helmet direct"}) {
				t.Errorf("the family has %q", got)
			}
		})
	}
}
