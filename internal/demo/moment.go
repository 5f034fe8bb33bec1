package demo

import (
	"fmt"
	"regexp"
	"strconv"
	"time"
)

// placeholder is a date that is counted from the moment the world was opened
// at: {day+60} "15 January 2027", {month+4} "March 2027", {year+1}, {yy},
// {br+60} "15/01/2027", {zhday+60} "2027年1月15日", {zhmonth+4} "2027年3月". Numbers
// count days, months or years, as the word says.
var placeholder = regexp.MustCompile(`\{(day|month|year|yy|br|zhday|zhmonth)([+-]\d+)?\}`)

// fill writes the dates of now into text.
func fill(text string, now time.Time) string {
	return placeholder.ReplaceAllStringFunc(text, func(found string) string {
		m := placeholder.FindStringSubmatch(found)
		n, _ := strconv.Atoi(m[2]) // empty: 0
		return written(m[1], n, now.UTC())
	})
}

func written(word string, n int, now time.Time) string {
	day := now.AddDate(0, 0, n)
	// Counted from the first of the month: 31 January and a month is February.
	month := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, time.UTC).AddDate(0, n, 0)
	switch word {
	case "day":
		return day.Format("2 January 2006")
	case "br":
		return day.Format("02/01/2006")
	case "zhday":
		return fmt.Sprintf("%d年%d月%d日", day.Year(), day.Month(), day.Day())
	case "month":
		return month.Format("January 2006")
	case "zhmonth":
		return fmt.Sprintf("%d年%d月", month.Year(), month.Month())
	case "yy":
		return strconv.Itoa((now.Year() + n) % 100)
	}
	return strconv.Itoa(now.Year() + n)
}

// midnight is the beginning of t's day, UTC.
func midnight(t time.Time) time.Time { return t.UTC().Truncate(24 * time.Hour) }

// hoursBefore is the moment n hours before now, UTC.
func hoursBefore(now time.Time, n int) time.Time { return now.UTC().Add(-time.Duration(n) * time.Hour) }
