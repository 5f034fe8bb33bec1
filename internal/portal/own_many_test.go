package portal

import (
	"fmt"
	"testing"
	"time"

	"tbtwatch/internal/trade"
)

// A firm that was warned more often than a page shows still has before it, on
// every way, what is open: the oldest of its warnings is due next.
func TestOpenWarningsAreNeverCut(t *testing.T) {
	r := newRig(t)
	const past = mostWarnings + 5
	for i := range past {
		id := fmt.Sprintf("G/TBT/N/VNM/%d", i+1)
		put(t, r.bus.Warnings, trade.FamilyKey(id), trade.Warning{
			Number: fmt.Sprintf("2026-1%03d", i), Family: id, Symbols: []string{id}, Release: 1, Level: "blue", At: now.Add(time.Duration(i) * time.Minute).Format(time.RFC3339),
			Dates: []trade.Date{{What: trade.DateCommentDeadline, From: "2026-01-10", To: "2026-01-10"}}, Audience: []trade.Match{match(id, "A", "P1")},
		}, 0)
	}
	r.wait("the view", func() bool { return len(r.portal.o.View.WarningsOf("A")) == past+1 })
	home, err := r.portal.OwnWarnings(t.Context(), scope(t, "A"))
	if err != nil || len(home.Open) != 1 || home.Open[0].Key != trade.FamilyKey(family) {
		t.Errorf("open: %+v, %v, want %s", home.Open, err, family)
	}
	if len(home.Past) != mostWarnings || home.More != past-mostWarnings {
		t.Errorf("%d are past and %d more, want %d and %d", len(home.Past), home.More, mostWarnings, past-mostWarnings)
	}
}
