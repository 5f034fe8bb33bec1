package ingest

import (
	"testing"
	"time"

	"tbtwatch/internal/trade"
)

func TestAddDate(t *testing.T) {
	published := []trade.Date{{What: trade.DatePublished, Text: "45814", From: "2025-06-06", To: "2025-06-06", Basis: "Excel serial"}}
	cases := []struct {
		name, value, words string
		from, to, text     string
		basis              string
	}{
		{"serial", "45874", "", "2025-08-05", "2025-08-05", "45874", "Excel serial"},
		{"serial with a time", "45874.75", "", "2025-08-05", "2025-08-05", "45874.75", "Excel serial"},
		{"the first serial that is believed", "32874", "", "1990-01-01", "1990-01-01", "32874", "Excel serial"},
		{"ISO day", "2026-07-02", "", "2026-07-02", "2026-07-02", "2026-07-02", "as given"},
		{"ISO moment keeps its own day", "2026-07-02T23:59:59-08:00", "", "2026-07-02", "2026-07-02", "2026-07-02T23:59:59-08:00", "as given"},
		{"words beside a value", "2026-07-02T00:00:00Z", "2 July 2026 (tentative)", "2026-07-02", "2026-07-02", "2 July 2026 (tentative)", "as given"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := addDate(published, trade.DateCommentDeadline, c.value, c.words)
			if len(got) != 2 {
				t.Fatalf("%+v", got)
			}
			d := got[1]
			if d.From != c.from || d.To != c.to || d.Text != c.text || d.Basis != c.basis || d.What != trade.DateCommentDeadline {
				t.Errorf("got %+v", d)
			}
		})
	}
	if got := addDate(published, trade.DateAdoption, " ", ""); len(got) != 1 {
		t.Errorf("where nothing is said a date was made: %+v", got[1:])
	}
	open := addDate(published, trade.DateEntryIntoForce, "", "To be determined")
	if len(open) != 2 || open[1].From != "" || open[1].Text != "To be determined" {
		t.Errorf("an open date became %+v", open)
	}
	relative := addDate(published, trade.DateCommentDeadline, "", "60 days from notification")
	if len(relative) != 2 || relative[1].From != "2025-08-05" {
		t.Errorf("60 days from 2025-06-06 is %+v", relative)
	}
	if bad := addDate(nil, trade.DateCommentDeadline, "2026-02-30T00:00:00Z", ""); len(bad) != 1 || bad[0].From != "" {
		t.Errorf("30 February became %+v", bad)
	}
}

func TestSince(t *testing.T) {
	now := time.Date(2026, 8, 18, 23, 0, 0, 0, time.FixedZone("", 8*3600))
	cases := []struct{ name, watermark, want string }{
		{"first run", "", "2026-07-19"},
		{"day", "2026-08-14", "2026-08-11"},
		{"moment", "2026-08-14T10:00:00Z", "2026-08-11"},
		{"over the end of a month", "2026-03-01", "2026-02-26"},
		{"nonsense", "yesterday!", "2026-07-19"},
		{"in the future", "2030-01-01", "2026-07-19"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := since(c.watermark, now, 3, 30); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}
