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

// Joint papers that close on two days are open until the later one, and no page
// says that a day has passed beside it.
func TestTheNextDayOfAnInterval(t *testing.T) {
	w := trade.Warning{Family: family, Dates: []trade.Date{{What: trade.DateCommentDeadline, From: "2026-03-01", To: "2026-03-20"}}, Audience: []trade.Match{match(family, "A", "P1")}}
	for today, want := range map[string]string{"2026-02-28": "2026-03-01", "2026-03-01": "2026-03-01", "2026-03-10": "2026-03-20", "2026-03-20": "2026-03-20", "2026-03-21": ""} {
		clock := func() time.Time { day, _ := time.Parse(trade.Day, today); return day }
		p := &Portal{o: Options{Now: clock, View: &view.View{Options: view.Options{Policy: triage.DefaultConfig(), Now: clock}}}}
		if row := p.row("A", w, nil, answers{}); row.Next != want || row.Open != (want != "") {
			t.Errorf("on %s: next %q, open %v, want %q", today, row.Next, row.Open, want)
		}
	}
}
