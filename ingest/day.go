package ingest

import (
	"time"

	"tbtwatch/internal/prose"
	"tbtwatch/internal/trade"
)

// addDate appends what the source says of a date, read against the dates that
// are there (see trade.AddDate). words stand beside value where the source
// gives both; a value that is a day counts, and the words are kept. Nothing is
// appended where nothing is said.
func addDate(dates []trade.Date, what, value, words string) []trade.Date {
	value, words = prose.Line(value), prose.Line(words)
	if value == "" {
		value, words = words, ""
	}
	n := len(dates)
	dates = trade.AddDate(dates, what, value)
	if words != "" && len(dates) > n && dates[n].From != "" {
		dates[n].Text = words
	}
	return dates
}

// since is the first day of a run's window: overlap days before the latest day
// that earlier runs have seen, or first days before now when there is none.
func since(watermark string, now time.Time, overlap, first int) string {
	if len(watermark) >= len(trade.Day) {
		if t, err := time.Parse(trade.Day, watermark[:len(trade.Day)]); err == nil && !t.After(now) {
			return t.AddDate(0, 0, -overlap).Format(trade.Day)
		}
	}
	return now.UTC().AddDate(0, 0, -first).Format(trade.Day)
}
