package view

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/registry"
	"tbtwatch/internal/search"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
)

// Options are what a View stands on.
type Options struct {
	Bus       *bus.Bus
	Dir       string              // the data folder, for what spares the next start reading; "" for none
	Directory *registry.Directory // whoever makes it runs it
	Policy    triage.Config
	Sources   []Source // the declared ones, in the order of the configuration
	Now       func() time.Time
	Zone      *time.Location // the centre's: its days and months count, whatever the process's are; nil for Now's
	Log       *slog.Logger
	Finder    *search.Index // whoever makes it runs it; nil for none: lists look through what they hold in memory

	// WhyNot says why a product that has no match has none: the matcher's own
	// words. nil says only that there is none.
	WhyNot func(n *trade.Notice, p *trade.Product) []trade.Text
	// WhyNotTold says why the notifier planned nothing for a subscriber.
	WhyNotTold func(ctx context.Context, s trade.Subscriber, w *trade.Warning) (reason trade.Text, told bool, err error)
}

// View is the projection. All its methods are safe for concurrent use and
// cheap, unless they say that they read the bus.
type View struct {
	Options
	notices     *list[trade.Notice, NoticeRow]
	texts       *texts
	cases       *cases
	warnings    *list[trade.Warning, WarningRow]
	deliveries  *list[trade.Delivery, DeliveryRow]
	products    *list[trade.Product, trade.Product]
	audit       *list[trade.Audit, trade.Audit]
	quarantine  *list[trade.Quarantine, QuarantineRow]
	deadLetters *list[bus.DeadLetter, DeadLetterRow]
	sources     *sources
	precision   *precision
	figures     *figures
	standards   *standards
	concerned   *concerned
	voices      *voices
	flows       *flows
	firms       *numbers // exporters, in the list of products
}

// warningRows of releases are kept ready: a release is long, as it names
// everybody whom it concerns, and pages ask for its row only.
const warningRows = 20_000

// New makes a view that knows nothing before Run.
func New(o Options) *View {
	o.Now = InZone(o.Now, o.Zone)
	v := &View{Options: o, texts: &texts{}, cases: newCases(o.Bus.Cases, o.Policy), sources: newSources(o), standards: newStandards(o.Bus.Measures), concerned: newConcerned(), voices: newVoices(), firms: newNumbers()}
	v.flows = newFlows(func(id string) trade.SubscriberKind {
		s, _ := v.Directory.Subscriber(id)
		return s.Kind
	})
	v.figures = newFigures(v.Now().Location())
	v.notices = newList(o.Bus.Notices, "notices", false, noticeRow, v.texts.describe)
	v.notices.fromZero = true // when a paper was first seen stands in its first revision
	v.notices.watch = []func(bus.Entry[trade.Notice]){v.figures.takeNotice, v.standards.takeNotice}
	v.cases.watch = v.figures.takeCase
	v.warnings = newList(o.Bus.Warnings, "warnings", true, warningRow, nil)
	v.warnings.kept = warningRows
	v.warnings.watch = []func(bus.Entry[trade.Warning]){v.concerned.take, v.flows.takeWarning}
	v.deliveries = newList(o.Bus.Deliveries, "deliveries", true, deliveryRow, func(e bus.Entry[trade.Delivery]) (uint8, uint32) {
		return indexOf(DeliveryStates, e.Value.State), groupOf(e.Value.Family)
	})
	v.deliveries.moved = v.flows.moved
	v.deliveries.watch = []func(bus.Entry[trade.Delivery]){v.figures.takeDelivery}
	v.products = newList(o.Bus.Products, "products", false, func(e bus.Entry[trade.Product]) trade.Product { return e.Value }, func(e bus.Entry[trade.Product]) (uint8, uint32) {
		return sectorTag(&e.Value), v.firms.number(e.Value.Exporter)
	})
	v.precision = newPrecision(o.Bus, v.products)
	v.precision.watch = v.voices.take
	v.products.watch = []func(bus.Entry[trade.Product]){v.standards.takeProduct}
	v.quarantine = newList(o.Bus.Quarantine, "quarantine", false, quarantineRow, nil)
	v.audit = newList(o.Bus.Audit, "audit", true, func(e bus.Entry[trade.Audit]) trade.Audit { return e.Value }, nil)
	v.audit.log = true
	v.deadLetters = newList(o.Bus.DeadLetters, "dead letters", false, deadLetterRow, nil)
	return v
}

// part is one follower of the view.
type part struct {
	name   string
	follow func(context.Context) error
	ready  func() bool
}

func (v *View) parts() []part {
	return []part{
		{"notices", v.followNotices, v.notices.isReady},
		{"cases", func(ctx context.Context) error { return v.cases.follow(ctx, v.Today) }, v.cases.isReady},
		{"warnings", v.warnings.follow, v.warnings.isReady},
		{"deliveries", v.deliveries.follow, v.deliveries.isReady},
		{"products", v.products.follow, v.products.isReady},
		{"measures", v.standards.follow, v.standards.isReady},
		{"quarantine", v.quarantine.follow, v.quarantine.isReady},
		{"dead letters", v.deadLetters.follow, v.deadLetters.isReady},
		{"audit", v.audit.follow, v.audit.isReady},
		{"runs", v.sources.runs.follow, v.sources.runs.isReady},
		{"released matches", v.precision.followWarnings, v.precision.isReady},
		{"answers", v.precision.followAnswers, v.precision.hasGathered},
		{"sources", v.sources.followStates, v.sources.isReady},
	}
}

// followNotices begins when the products are known: matches are counted after
// those, one after the other, and a start would wait for that with a processor
// idle.
func (v *View) followNotices(ctx context.Context) error {
	if err := v.products.known(ctx); err != nil {
		return err
	}
	return v.notices.follow(ctx)
}

// Run follows the bus until ctx ends, through faults of the connection.
func (v *View) Run(ctx context.Context) error {
	v.products.journal = openJournal(v.Dir, productForm, v.Log)
	defer v.products.journal.close()
	v.notices.journal = openJournal(v.Dir, noticeForm, v.Log)
	defer v.notices.journal.close()
	v.deliveries.journal = openJournal(v.Dir, deliveryForm, v.Log)
	defer v.deliveries.journal.close()
	v.cases.journal = openJournal(v.Dir, caseForm, v.Log)
	defer v.cases.journal.close()
	v.standards.journal = openJournal(v.Dir, measureForm, v.Log)
	defer v.standards.journal.close()
	var wg sync.WaitGroup
	for _, p := range v.parts() {
		wg.Go(func() { _ = v.Bus.Keep(ctx, "view: "+p.name, p.follow) })
	}
	wg.Wait()
	return nil
}

// Ready says whether everything that was stored when Run began is shown; if
// not, the error names what is still being read.
func (v *View) Ready() error {
	var waiting []string
	for _, p := range v.parts() {
		if !p.ready() {
			waiting = append(waiting, p.name)
		}
	}
	if len(waiting) > 0 {
		return fmt.Errorf("view: still reading %s", strings.Join(waiting, ", "))
	}
	return nil
}

// InZone is a clock that tells the moments of now in that zone, as they are
// for nil: whoever takes the day from it takes the zone's.
func InZone(now func() time.Time, zone *time.Location) func() time.Time {
	if zone == nil {
		return now
	}
	return func() time.Time { return now().In(zone) }
}

// Today is the centre's day, which deadlines are compared with, YYYY-MM-DD.
func (v *View) Today() string { return v.Now().Format(trade.Day) }

// Counts are the numbers of the first page and of the metrics.
type Counts struct {
	Notices     int            `json:"notices" doc:"papers, each counted once however often it was revised"`
	BySource    map[string]int `json:"notices_by_source"`
	Outcomes    trade.Tally    `json:"outcomes" doc:"of the rows of all recorded runs: rows equals the sum of the others"`
	Runs        int            `json:"runs"`
	Cases       map[string]int `json:"cases_by_state"`
	Overdue     int            `json:"cases_overdue"`
	Warnings    int            `json:"warnings"`
	Deliveries  map[string]int `json:"deliveries_by_state"`
	Quarantine  int            `json:"quarantine"`
	DeadLetters int            `json:"dead_letters"`
	Exporters   int            `json:"exporters"`
	Products    int            `json:"products"`
	Subscribers int            `json:"subscribers"`
}

// Counts counts what the view holds.
func (v *View) Counts() Counts {
	c := v.Directory.Counts()
	states := make([]string, len(DeliveryStates))
	for i, s := range DeliveryStates {
		states[i] = string(s)
	}
	tally, runs := v.sources.runs.totals()
	byState, overdue := v.cases.counts(v.Today())
	return Counts{
		Notices: v.notices.size(), BySource: v.notices.countBy(v.texts.sourceNames()), Outcomes: tally, Runs: runs,
		Cases: byState, Overdue: overdue, Warnings: v.warnings.size(), Deliveries: v.deliveries.countBy(states),
		Quarantine: v.quarantine.size(), DeadLetters: v.deadLetters.size(),
		Exporters: c.Exporters, Products: v.products.size(), Subscribers: c.Subscribers,
	}
}
