package view

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
)

// ledgerWorld has so many deliveries of four releases, each with some moves.
type ledgerWorld struct {
	warnings   []trade.Warning
	deliveries []bus.Entry[trade.Delivery] // transitions in order
}

func newLedgerWorld(seed uint64, n int) *ledgerWorld {
	r := rand.New(rand.NewPCG(seed, 5))
	w := &ledgerWorld{}
	for i := range 4 {
		at := time.Date(2026, 2, 1+9*i, 8, 0, 0, 0, time.UTC)
		w.warnings = append(w.warnings, trade.Warning{Family: fmt.Sprint("F", i/2), Release: 1 + i%2, Level: []string{"red", "blue"}[i%2], At: at.Format(time.RFC3339)})
	}
	moves := map[trade.DeliveryState][]trade.DeliveryState{
		trade.Planned: {trade.Sending, trade.Suppressed}, trade.Sending: {trade.Accepted, trade.Rejected, trade.RetryAt, trade.Unknown}, trade.RetryAt: {trade.Sending},
		trade.Unknown: {trade.Held, trade.Sending}, trade.Suppressed: {trade.Planned}, trade.Accepted: {trade.RetryAt},
	}
	for range n {
		of := w.warnings[r.IntN(len(w.warnings))]
		d := trade.Delivery{Subscriber: fmt.Sprint("S", r.IntN(n)), Channel: []string{"email", "slack"}[r.IntN(2)], Family: of.Family, Release: of.Release, State: trade.Planned}
		if r.IntN(2) == 0 {
			d.Exporter = "E"
		}
		at, _ := time.Parse(time.RFC3339, of.At)
		key := fmt.Sprint(d.Subscriber, d.Channel, d.Family, d.Release, len(w.deliveries))
		for range 1 + r.IntN(9) {
			d.Reason, d.At = "", at.Format(time.RFC3339Nano)
			if d.State == trade.Suppressed {
				d.Reason = []string{"not relevant: said by x", "unsubscribed: the recipient", "a new reason"}[r.IntN(3)]
			}
			w.deliveries = append(w.deliveries, bus.Entry[trade.Delivery]{Key: key, Seq: uint64(len(w.deliveries) + 1), Value: d})
			at = at.Add(time.Duration(1+r.IntN(100_000)) * time.Second)
			if next := moves[d.State]; len(next) > 0 {
				d.State = next[r.IntN(len(next))]
			}
		}
	}
	return w
}

// plainly counts the same from the last transitions alone.
func (w *ledgerWorld) plainly(keep func(d *trade.Delivery, released time.Time, level string) bool) string {
	last, first := map[string]trade.Delivery{}, map[string]float64{}
	release := map[string]trade.Warning{}
	for _, x := range w.warnings {
		release[fmt.Sprint(x.Family, x.Release)] = x
	}
	for _, e := range w.deliveries {
		d := e.Value
		last[e.Key] = d
		if _, before := first[e.Key]; d.State == trade.Accepted && !before {
			at, _ := time.Parse(time.RFC3339, d.At)
			from, _ := time.Parse(time.RFC3339, release[fmt.Sprint(d.Family, d.Release)].At)
			first[e.Key] = at.Sub(from).Seconds()
		}
	}
	counts, reasons := map[trade.DeliveryState]int{}, map[string]int{}
	var took []float64
	for key, d := range last {
		x := release[fmt.Sprint(d.Family, d.Release)]
		at, _ := time.Parse(time.RFC3339, x.At)
		if !keep(&d, at, x.Level) {
			continue
		}
		counts[d.State]++
		if d.State == trade.Suppressed {
			class, _, _ := strings.Cut(d.Reason, " ")
			reasons[class]++
		}
		if s, ok := first[key]; ok {
			took = append(took, s)
		}
	}
	slices.Sort(took)
	median, p95 := "-", "-"
	if n := len(took); n > 0 {
		median, p95 = rough(took[(n+1)/2-1]), rough(took[(19*n+19)/20-1])
	}
	return fmt.Sprint(counts[trade.Planned]+counts[trade.Sending]+counts[trade.RetryAt], counts[trade.Accepted], counts[trade.Rejected], counts[trade.Unknown], counts[trade.Held], counts[trade.Suppressed], reasons["not"], reasons["unsubscribed:"], reasons["a"], median, p95)
}

// rough is the bucket of so many seconds.
func rough(s float64) string { return fmt.Sprint(tookBucket(int64(math.Round(s * 1000)))) }

func flowText(f Flow) string {
	r := f.Total
	if r.Planned != r.Waiting+r.Accepted+r.Rejected+r.Unknown+r.Held+r.Suppressed {
		return fmt.Sprintf("planned %d is not the sum of the others: %+v", r.Planned, r)
	}
	reasons := map[string]int{}
	for _, s := range f.Reasons {
		reasons[s.Reason] = s.Count
	}
	median, p95 := "-", "-"
	if r.Median != nil {
		median, p95 = rough(*r.Median), rough(*r.P95)
	}
	return fmt.Sprint(r.Waiting, r.Accepted, r.Rejected, r.Unknown, r.Held, r.Suppressed, reasons["not_relevant"], reasons["unsubscribed"], reasons["other"], median, p95)
}

// flowView follows the ledger through the list of deliveries, as the view does;
// releases may be read before or after.
func flowView(w *ledgerWorld, late bool) *View {
	v := bare()
	v.flows = newFlows(func(id string) trade.SubscriberKind {
		return map[bool]trade.SubscriberKind{true: trade.SubAssociation, false: trade.SubDistrict}[len(id)%2 == 0]
	})
	l := newList[trade.Delivery](nil, "deliveries", true, deliveryRow, func(e bus.Entry[trade.Delivery]) (uint8, uint32) { return indexOf(DeliveryStates, e.Value.State), 0 })
	l.moved = v.flows.moved
	warn := func() {
		for _, x := range w.warnings {
			v.flows.takeWarning(bus.Entry[trade.Warning]{Value: x})
		}
	}
	if !late {
		warn()
	}
	for _, e := range w.deliveries {
		_ = l.take(e)
		_ = l.take(e) // a fault of the connection brings it again
	}
	if late {
		warn()
	}
	return v
}

func TestDeliveriesAreCountedOnceAsTheyStand(t *testing.T) {
	everything := func(*trade.Delivery, time.Time, string) bool { return true }
	for seed := range uint64(20) {
		w := newLedgerWorld(seed, 300)
		for name, c := range map[string]struct {
			q    FlowQuery
			keep func(*trade.Delivery, time.Time, string) bool
		}{
			"all":       {FlowQuery{}, everything},
			"by day":    {FlowQuery{By: ByDay, From: "2026-01-01"}, everything},
			"some days": {FlowQuery{By: ByDay, From: "2026-02-02", To: "2026-02-19"}, func(_ *trade.Delivery, at time.Time, _ string) bool { return at.Day() == 10 || at.Day() == 19 }},
			"a channel": {FlowQuery{Channel: "slack"}, func(d *trade.Delivery, _ time.Time, _ string) bool { return d.Channel == "slack" }},
			"a level":   {FlowQuery{Level: "red"}, func(_ *trade.Delivery, _ time.Time, level string) bool { return level == "red" }},
			"firms":     {FlowQuery{Kind: trade.SubExporter}, func(d *trade.Delivery, _ time.Time, _ string) bool { return d.Exporter != "" }},
			"districts": {FlowQuery{Kind: trade.SubDistrict}, func(d *trade.Delivery, _ time.Time, _ string) bool {
				return d.Exporter == "" && len(d.Subscriber)%2 == 1
			}},
			"no channel": {FlowQuery{Channel: "fax"}, func(*trade.Delivery, time.Time, string) bool { return false }},
		} {
			for _, late := range []bool{false, true} {
				f, err := flowView(w, late).Flow(c.q, nil)
				if err != nil {
					t.Fatal(err)
				}
				if got, want := flowText(f), w.plainly(c.keep); got != want {
					t.Fatalf("seed %d, %s, releases late %v: %s, want %s", seed, name, late, got, want)
				}
				sum := 0
				for _, p := range f.Periods {
					sum += p.Planned
				}
				if sum != f.Total.Planned {
					t.Errorf("seed %d, %s: the periods have %d, the total %d", seed, name, sum, f.Total.Planned)
				}
			}
		}
	}
}

func TestPercentilesOfBuckets(t *testing.T) {
	for _, ms := range []int64{0, 1, 2, 10, 999, 1000, 86_400_000, 31_536_000_000} {
		if got := tookSeconds(tookBucket(ms)) * 1000; ms == 0 && got != 0 || ms > 2 && math.Abs(got-float64(ms)) > 0.03*float64(ms) {
			t.Errorf("%d ms are told as %.1f", ms, got)
		}
	}
	if tookBucket(-5) != 0 {
		t.Error("a clock that went back")
	}
}

func TestPeriodsOfDeliveries(t *testing.T) {
	v := flowView(&ledgerWorld{}, false) // a Monday, 2 March 2026
	for _, c := range []struct {
		name, first, last string
		q                 FlowQuery
		rows              int
	}{
		{"twelve months", "2025-04-01", "2026-03-01", FlowQuery{}, 12}, {"a month of days", "2026-01-31", "2026-03-02", FlowQuery{By: ByDay}, 31}, {"weeks begin on Monday", "2025-12-08", "2026-03-02", FlowQuery{By: ByWeek}, 13},
		{"a part of a week", "2026-02-23", "2026-03-02", FlowQuery{By: ByWeek, From: "2026-03-01"}, 2}, {"one day", "2026-03-01", "2026-03-01", FlowQuery{By: ByMonth, From: "2026-03-02", To: "2026-03-02"}, 1},
		{"a year of days", "2025-03-02", "2026-03-02", FlowQuery{By: ByDay, From: "2025-03-02"}, 366},
	} {
		f, err := v.Flow(c.q, nil)
		if err != nil || len(f.Periods) != c.rows || f.Periods[0].Name != c.first || f.Periods[len(f.Periods)-1].Name != c.last {
			t.Errorf("%s: %d rows from %s to %s, %v", c.name, len(f.Periods), f.Periods[0].Name, f.Periods[len(f.Periods)-1].Name, err)
		}
	}
	for name, q := range map[string]FlowQuery{"no period": {By: "year"}, "no day": {From: "yesterday"}, "backwards": {From: "2026-03-02", To: "2026-03-01"}, "too many": {By: ByDay, From: "2020-01-01"}} {
		if _, err := v.Flow(q, nil); err == nil {
			t.Errorf("%s is not refused", name)
		}
	}
	at := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC).Unix()
	answers := []FlowAnswers{{at, "email", "red", 4, 3, 1}, {at, "slack", "blue", 2, 0, 0}, {at - 99*86400*365, "email", "red", 9, 9, 9}}
	for name, c := range map[string]struct {
		q    FlowQuery
		want string
	}{"all": {FlowQuery{}, "6 3 1"}, "a channel": {FlowQuery{Channel: "email"}, "4 3 1"}, "firms": {FlowQuery{Kind: trade.SubExporter}, "6 3 1"}, "others": {FlowQuery{Kind: trade.SubDistrict}, "0 0 0"}, "a level": {FlowQuery{Level: "blue"}, "2 0 0"}} {
		f, _ := v.Flow(c.q, answers)
		if got := fmt.Sprint(f.Total.Asked, f.Total.Answered, f.Total.Receipts); got != c.want || f.Total.Asked > 0 && *f.Total.Share != float64(f.Total.Answered)/float64(f.Total.Asked) {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}
