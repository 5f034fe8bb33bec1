package ingest

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"tbtwatch/internal/trade"
)

var isoStamp = regexp.MustCompile(`^(\d{4}-\d{2}-\d{2})(?:$|[T ]\d{2}:\d{2})`)

// addDate appends what the source says of a date: an ISO day or moment, an
// Excel serial, or words that trade.ResolveDate reads against the day of
// publication. words stand beside value where the source gives both. Nothing
// is appended where nothing is said.
func addDate(dates []trade.Date, what, value, words string) []trade.Date {
	value, words = plainLine(value), plainLine(words)
	if value == "" && words == "" {
		return dates
	}
	published := ""
	for _, d := range dates {
		if d.What == trade.DatePublished {
			published = d.From
		}
	}
	d, ok := isoDate(what, value)
	if !ok {
		d, ok = serialDate(what, value)
	}
	switch {
	case ok && words != "":
		d.Text = words
	case !ok:
		text := value
		if text == "" {
			text = words
		}
		d = trade.ResolveDate(what, text, published)
	}
	return append(dates, d)
}

// isoDate reads 2026-07-02 and 2026-07-02T00:00:00+00:00: the day as printed,
// whatever its time zone.
func isoDate(what, text string) (trade.Date, bool) {
	m := isoStamp.FindStringSubmatch(text)
	if m == nil {
		return trade.Date{}, false
	}
	if _, err := time.Parse(trade.Day, m[1]); err != nil {
		return trade.Date{}, false
	}
	return trade.Date{What: what, Text: text, From: m[1], To: m[1], Basis: "as given"}, true
}

// excelEpoch is day 0 of Excel's serials; they count a 29 February 1900 that
// never was, so it holds from March 1900 on.
var excelEpoch = time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)

// serialDate reads an Excel serial from 1980 to 2119: 45814 is 2025-06-06.
// Smaller numbers are years or counts, not days of this trade.
func serialDate(what, text string) (trade.Date, bool) {
	v, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if err != nil || !(v >= 29221 && v <= 80000) { // so that NaN is out as well
		return trade.Date{}, false
	}
	day := excelEpoch.AddDate(0, 0, int(math.Floor(v))).Format(trade.Day)
	return trade.Date{What: what, Text: text, From: day, To: day, Basis: "Excel serial"}, true
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
