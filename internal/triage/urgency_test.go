package triage

import (
	"testing"
	"time"

	"tbtwatch/internal/trade"
)

// Days to the next one are whole days of the centre, at any hour of its day.
func TestUrgencyCountsTheCentresDays(t *testing.T) {
	beijing := time.FixedZone("Beijing", 8*3600)
	f := &trade.Family{Papers: []trade.Paper{{Dates: []trade.Date{{What: trade.DateCommentDeadline, From: "2026-03-01", To: "2026-03-24"}}}}}
	for _, c := range []struct {
		at   time.Time
		want string
	}{
		{time.Date(2026, 3, 9, 23, 59, 0, 0, beijing), "15 days to 2026-03-24"},
		{time.Date(2026, 3, 10, 0, 1, 0, 0, beijing), "14 days to 2026-03-24"},
		{time.Date(2026, 3, 10, 12, 0, 0, 0, beijing), "14 days to 2026-03-24"},
		{time.Date(2026, 3, 24, 0, 1, 0, 0, beijing), "0 days to 2026-03-24"},
		{time.Date(2026, 3, 25, 0, 1, 0, 0, beijing), "no date ahead"},
	} {
		if got := urgency(f, c.at); got.why.EN != c.want {
			t.Errorf("at %s: %s, want %s", c.at.Format(time.RFC3339), got.why.EN, c.want)
		}
	}
}
