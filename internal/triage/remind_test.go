package triage

import (
	"fmt"
	"testing"
	"time"

	"tbtwatch/internal/trade"
)

// reminded is every reminder of the warning from day to day, as a sender that
// looks each hour sends them, each key once.
func reminded(t *testing.T, w *trade.Warning, from, to string, sent map[string]bool) (out []string) {
	t.Helper()
	zone := time.FixedZone("CST", 8*3600)
	at, err := time.ParseInLocation(trade.Day, from, zone)
	if err != nil {
		t.Fatal(err)
	}
	for ; at.Format(trade.Day) <= to; at = at.Add(time.Hour) {
		r, ok := DueReminder(w, DefaultConfig(), at)
		if !ok || sent[r.ID+r.To] {
			continue
		}
		sent[r.ID+r.To] = true
		out = append(out, fmt.Sprintf("%s %s to %s, %d left", at.Format(trade.Day), r.ID, r.To, r.Left))
		if r.Due > at.Format(trade.Day) || r.Centre != (r.To != closing(w.Dates).From && r.To != closing(w.Dates).To) {
			t.Errorf("the reminder is %+v", r)
		}
	}
	return out
}

func TestReminders(t *testing.T) {
	const vn, us = "G/TBT/N/VNM/1", "G/TBT/N/USA/1"
	tests := []struct {
		name, symbol, at, close string
		from, to                string
		want                    []string
	}{
		{"over a month's end", vn, "2026-06-25T08:00:00Z", "2026-08-07", "2026-06-25", "2026-08-31", []string{ // the centre's day is 07-24
			"2026-07-10 remind-10 to 2026-07-24, 10 left", "2026-07-17 remind-5 to 2026-07-24, 5 left", "2026-07-22 remind-2 to 2026-07-24, 2 left",
			"2026-07-27 remind-10 to 2026-08-07, 9 left", "2026-07-31 remind-5 to 2026-08-07, 5 left", "2026-08-05 remind-2 to 2026-08-07, 2 left",
		}},
		{"over National Day", us, "2026-08-01T08:00:00Z", "2026-10-14", "2026-08-01", "2026-10-31", []string{ // the centre's day is 10-10, a Saturday that is worked
			"2026-09-20 remind-10 to 2026-10-10, 10 left", "2026-09-28 remind-5 to 2026-10-10, 5 left", "2026-10-08 remind-2 to 2026-10-10, 2 left",
			"2026-10-12 remind-2 to 2026-10-14, 2 left",
		}},
		{"over Spring Festival", us, "2026-01-10T08:00:00Z", "2026-02-27", "2026-01-10", "2026-03-31", []string{ // the centre's day is 02-24
			"2026-02-03 remind-10 to 2026-02-24, 10 left", "2026-02-10 remind-5 to 2026-02-24, 5 left", "2026-02-13 remind-2 to 2026-02-24, 2 left",
			"2026-02-25 remind-2 to 2026-02-27, 2 left",
		}},
		{"released five working days before the centre's day", us, "2026-03-16T08:00:00Z", "2026-03-26", "2026-03-16", "2026-03-31", []string{ // 03-23
			"2026-03-19 remind-2 to 2026-03-23, 2 left", "2026-03-24 remind-2 to 2026-03-26, 2 left",
		}},
		{"a day later by the centre's clock", us, "2026-03-15T17:00:00Z", "2026-03-26", "2026-03-16", "2026-03-23", []string{
			"2026-03-19 remind-2 to 2026-03-23, 2 left",
		}},
		{"closed", vn, "2026-03-01T08:00:00Z", "2026-02-27", "2026-03-01", "2026-03-31", nil},
		{"no day is known", vn, "2026-03-01T08:00:00Z", "", "2026-03-01", "2026-03-31", nil},
		{"a sender that was down until the eve", us, "2026-02-01T08:00:00Z", "2026-03-26", "2026-03-20", "2026-03-23", []string{
			"2026-03-20 remind-2 to 2026-03-23, 1 left",
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := &trade.Warning{Family: test.symbol, Symbols: []string{test.symbol}, At: test.at, Dates: []trade.Date{stated(trade.DateCommentDeadline, test.close)}}
			got := reminded(t, w, test.from, test.to, map[string]bool{})
			if fmt.Sprintf("%q", got) != fmt.Sprintf("%q", test.want) {
				t.Errorf("got\n%q, want\n%q", got, test.want)
			}
			w.Lifted = true
			if got := reminded(t, w, test.from, test.to, map[string]bool{}); got != nil {
				t.Errorf("a lifted warning is reminded of: %q", got)
			}
		})
	}
}

// A release that moves the day begins its reminders anew; those of the day that
// holds no longer stop.
func TestRemindersOfAMovedDeadline(t *testing.T) {
	w := &trade.Warning{Family: "f", Symbols: []string{"G/TBT/N/USA/1"}, At: "2026-02-01T08:00:00Z", Dates: []trade.Date{stated(trade.DateCommentDeadline, "2026-03-26")}}
	sent := map[string]bool{}
	first := reminded(t, w, "2026-03-01", "2026-03-17", sent)
	w.Release, w.At, w.Dates = 2, "2026-03-18T01:00:00Z", []trade.Date{stated(trade.DateCommentDeadline, "2026-04-20")}
	second := reminded(t, w, "2026-03-18", "2026-04-30", sent)
	want := `["2026-03-09 remind-10 to 2026-03-23, 10 left" "2026-03-16 remind-5 to 2026-03-23, 5 left"]` +
		`["2026-03-31 remind-10 to 2026-04-15, 10 left" "2026-04-08 remind-5 to 2026-04-15, 5 left" "2026-04-13 remind-2 to 2026-04-15, 2 left" "2026-04-16 remind-2 to 2026-04-20, 2 left"]`
	if got := fmt.Sprintf("%q%q", first, second); got != want {
		t.Errorf("got\n%s, want\n%s", got, want)
	}
	// The same day again, moved back: what was sent for it stays sent.
	w.Release, w.At, w.Dates = 3, "2026-03-18T02:00:00Z", []trade.Date{stated(trade.DateCommentDeadline, "2026-03-26")}
	if got := reminded(t, w, "2026-03-18", "2026-03-23", sent); fmt.Sprintf("%q", got) != `["2026-03-19 remind-2 to 2026-03-23, 2 left"]` {
		t.Errorf("got %q", got)
	}
}

// A release that is news to one firm takes nobody else's reminder away.
func TestAReleaseForOneFirmTakesNoReminderAway(t *testing.T) {
	w := &trade.Warning{Family: "G/TBT/N/USA/1", Symbols: []string{"G/TBT/N/USA/1"}, At: "2026-03-16T08:00:00Z", Dates: []trade.Date{stated(trade.DateCommentDeadline, "2026-03-26")}}
	for _, c := range []struct {
		news []string
		want string
	}{{nil, "[]"}, {[]string{"EX2/P9"}, `["2026-03-16 remind-5 to 2026-03-23, 5 left"]`}} {
		w.News = c.news
		if got := fmt.Sprintf("%q", reminded(t, w, "2026-03-16", "2026-03-18", map[string]bool{})); got != c.want {
			t.Errorf("news to %q: %s, want %s", c.news, got, c.want)
		}
	}
}

// Of joint papers that close on two days the later one is reminded of once the
// earlier has passed.
func TestTheLaterOfTwoDaysIsRemindedOf(t *testing.T) {
	w := &trade.Warning{Family: "G/TBT/N/USA/1", Symbols: []string{"G/TBT/N/USA/1"}, At: "2026-02-01T08:00:00Z", Dates: []trade.Date{{What: trade.DateCommentDeadline, From: "2026-03-02", To: "2026-03-20"}}}
	want := `["2026-03-06 remind-10 to 2026-03-20, 10 left" "2026-03-13 remind-5 to 2026-03-20, 5 left" "2026-03-18 remind-2 to 2026-03-20, 2 left"]`
	if got := fmt.Sprintf("%q", reminded(t, w, "2026-03-03", "2026-03-31", map[string]bool{})); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
