package portal

import (
	"testing"
	"time"

	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
	"tbtwatch/internal/view"
)

// The centre's day stands on a firm's pages as long as comments are open, with
// words once it has come.
func TestTheCentresDayOfAFirmsWarning(t *testing.T) {
	w := trade.Warning{
		Family: family, Dates: []trade.Date{{What: trade.DateCommentDeadline, From: "2026-04-30", To: "2026-04-30"}},
		Centre: &trade.CentreDay{Day: "2026-04-16", Close: "2026-04-30"},
	}
	for _, c := range []struct {
		today       string
		lifted      bool
		shown, late bool
	}{
		{"2026-04-15", false, true, false}, {"2026-04-16", false, true, true}, {"2026-04-17", false, true, true},
		{"2026-04-30", false, true, true}, {"2026-05-01", false, false, false}, {"2026-04-15", true, false, false},
	} {
		clock := func() time.Time { day, _ := time.Parse(trade.Day, c.today); return day }
		p := &Portal{o: Options{Now: clock, View: &view.View{Options: view.Options{Policy: triage.DefaultConfig(), Now: clock}}}}
		w.Lifted = c.lifted
		row := p.row("A", w, nil, answers{})
		if (row.Centre.Day != "") != c.shown || (row.Late != trade.Text{}) != c.late {
			t.Errorf("on %s, lifted %v: %+v, %q", c.today, c.lifted, row.Centre, row.Late.ZH)
		}
	}
}
