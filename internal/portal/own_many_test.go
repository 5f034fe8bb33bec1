package portal

import (
	"fmt"
	"strings"
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

// What a firm said is read by its own keys once the book has all answers about
// the measure, and is the same before.
func TestAFirmsAnswersAreReadByItsKeys(t *testing.T) {
	w := joinedWorld(t)
	for i, firm := range []string{"E1", "E2", "E3"} {
		w.say(early, firm, trade.Receipt, 4+i)
		w.say(late, firm, trade.Relevant, 5+i)
		w.say(late, firm, trade.Commented, 6+i)
	}
	w.settled()
	unread := New(w.portal.o) // does not run: it has read nothing
	roots := []string{early, late}
	last, err := w.bus.Responses.LastSeq(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		p    *Portal
		keys int // -1: not from the book
	}{{"read", w.portal, 3}, {"not read", unread, -1}} {
		if keys, current := c.p.book.answersOf("E2", roots, last); current != (c.keys >= 0) || current && len(keys) != c.keys {
			t.Errorf("%s: the book has %d keys of E2, current %v, want %d", c.name, len(keys), current, c.keys)
		}
		for firm, want := range map[string]string{"E2": "receipt relevant comment", "E5": "", "E99": ""} {
			said, err := c.p.ownResponses(t.Context(), firm, roots)
			var kinds []string
			for _, r := range said {
				if r.Exporter != firm {
					t.Errorf("%s: %s is shown what %s said", c.name, firm, r.Exporter)
				}
				kinds = append(kinds, string(r.Kind))
			}
			if got := strings.Join(kinds, " "); err != nil || got != want {
				t.Errorf("%s: %s said %q, %v, want %q", c.name, firm, got, err, want)
			}
		}
	}
}
