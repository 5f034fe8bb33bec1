package portal

import (
	"testing"
	"time"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
	"tbtwatch/internal/view"
)

// From midnight on a firm's page counts from the centre's new day, though it is
// still the day before where the process runs.
func TestAFirmsDaysAreTheCentres(t *testing.T) {
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	const last = "2026-03-01"
	w := trade.Warning{Family: family, Audience: []trade.Match{match(family, "A", "P1")}, Dates: []trade.Date{{What: trade.DateCommentDeadline, From: last, To: last}}}
	for _, c := range []struct {
		at    string
		zone  *time.Location
		today string
		open  bool
	}{
		{"2026-03-01T15:59:59Z", zone, "2026-03-01", true},
		{"2026-03-01T16:00:00Z", zone, "2026-03-02", false},
		{"2026-03-01T23:59:59Z", zone, "2026-03-02", false},
		{"2026-03-01T23:59:59Z", nil, "2026-03-01", true},
	} {
		at, err := time.Parse(time.RFC3339, c.at)
		if err != nil {
			t.Fatal(err)
		}
		clock := func() time.Time { return at }
		v := view.New(view.Options{Bus: &bus.Bus{}, Policy: triage.DefaultConfig(), Now: clock, Zone: c.zone})
		p := New(Options{View: v, Now: clock})
		row := p.row("A", w, nil, answers{})
		if v.Today() != c.today || p.o.Now().Format(trade.Day) != c.today || row.Open != c.open {
			t.Errorf("at %s in %v the day is %s, in the portal %s, and the warning open: %v", c.at, c.zone, v.Today(), p.o.Now().Format(trade.Day), row.Open)
		}
	}
}
