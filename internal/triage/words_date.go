package triage

import (
	"strings"

	"tbtwatch/internal/trade"
)

// DateText says a date as precisely as it is known and no more, with the words
// of the notice where it names no day.
func DateText(d trade.Date) trade.Text {
	switch {
	case d.From == "" && d.To == "" && d.Text == "":
		return trade.Text{ZH: "未说明", EN: "not stated"}
	case d.From == "" && d.To == "":
		state := openText(d)
		return trade.Text{ZH: state.ZH + "（原文：" + d.Text + "）", EN: state.EN + " (as written: " + d.Text + ")"}
	}
	return dayText(d)
}

// dayText is the day or the interval by itself.
func dayText(d trade.Date) trade.Text {
	switch {
	case d.From == "" && d.To == "":
		if d.Text == "" {
			return trade.Text{ZH: "未说明", EN: "not stated"}
		}
		return openText(d)
	case d.From == "":
		return trade.Text{ZH: "不晚于 " + d.To, EN: "by " + d.To}
	case d.To != "" && d.From != d.To:
		return trade.Text{ZH: d.From + " 至 " + d.To, EN: d.From + " to " + d.To}
	}
	return same(d.From)
}

// openText says that there is no day.
func openText(d trade.Date) trade.Text {
	if d.Basis == noDay+": not applicable" {
		return BasisText("not applicable")
	}
	return trade.Text{ZH: "未定", EN: "open"}
}

// noDay begins the basis of a date that names no day.
const noDay = "not a day"

// DateRow is a date as a row of a table.
type DateRow struct {
	Name    trade.Text // what happens then
	When    trade.Text
	Written string     // the notice's words, empty where they are the same day
	Basis   trade.Text // how they were read, empty where that goes without saying
}

// RowOf makes the row. Words that name the very day that is shown say nothing
// more, however they are printed (2026-11-20T00:00:00+00:00, 46346), so neither
// they nor their basis are in it.
func RowOf(d trade.Date) DateRow {
	r := DateRow{Name: DateName(d.What), When: dayText(d)}
	if plain(d) {
		return r
	}
	why, none := strings.CutPrefix(d.Basis, noDay)
	if why = strings.TrimPrefix(why, ": "); !none {
		why = d.Basis
	} else if why == "" || BasisText(why) == r.When {
		why = "no day is named"
	}
	r.Written = d.Text
	if !strings.EqualFold(d.Text, why) { // else it would only repeat them
		r.Basis = BasisText(why)
	}
	return r
}

// plain reports whether the words of d name its day without any doubt.
func plain(d trade.Date) bool {
	if d.From == "" || d.From != d.To {
		return false
	}
	switch d.Basis {
	case "", "as given", "as given, in UTC", "Excel serial":
	default:
		return false
	}
	if d.Text == "" || strings.Contains(d.Text, d.From) {
		return true
	}
	again := trade.ResolveDate(d.What, d.Text, "")
	return again.From == d.From && again.To == d.From
}
