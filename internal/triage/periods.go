package triage

import (
	"fmt"
	"time"

	"tbtwatch/internal/trade"
)

// FewestFirms is the smallest number of firms whose sum tells nothing about
// one of them.
const FewestFirms = 3

// The intervals that the WTO's agreements and committees ask of a member; a
// shorter one is an argument in a comment.
const (
	commentDays    = 60  // from notification to the end of comments
	transitionDays = 180 // from adoption to entry into force: "not less than six months"
)

// exact returns the day of that kind, when the notices state one.
func exact(dates []trade.Date, what string) (time.Time, bool) {
	for _, d := range dates {
		if d.What != what || d.From == "" || d.From != d.To {
			continue
		}
		if t, err := time.Parse(trade.Day, d.From); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// daysBetween counts the days between two dates; ok is false unless the notices
// state both as days, in that order.
func daysBetween(dates []trade.Date, from, to string) (n int, ok bool) {
	a, okA := exact(dates, from)
	b, okB := exact(dates, to)
	return int(b.Sub(a).Hours() / 24), okA && okB && b.After(a)
}

// ShortPeriods says which periods are shorter than members should leave.
// Intervals are judged only between days that the notices state; the comment
// period began with the first of the papers.
func ShortPeriods(dates []trade.Date, papers []trade.Paper) []trade.Text {
	var out []trade.Text
	if len(papers) > 0 && papers[0].Published != "" {
		first := trade.Date{What: trade.DatePublished, From: papers[0].Published, To: papers[0].Published}
		dates = append([]trade.Date{first}, dates...)
	}
	if n, ok := daysBetween(dates, trade.DatePublished, trade.DateCommentDeadline); ok && n < commentDays {
		out = append(out, trade.Text{
			ZH: fmt.Sprintf("评议期只有 %d 天，短于建议的 %d 天，可作为评议理由。", n, commentDays),
			EN: fmt.Sprintf("The comment period is %d days, less than the recommended %d: an argument for a comment.", n, commentDays),
		})
	}
	if n, ok := daysBetween(dates, trade.DateAdoption, trade.DateEntryIntoForce); ok && n < transitionDays {
		out = append(out, trade.Text{
			ZH: fmt.Sprintf("拟批准至拟生效只有 %d 天，不足六个月，可作为评议理由。", n),
			EN: fmt.Sprintf("Only %d days lie between adoption and entry into force, less than six months: an argument for a comment.", n),
		})
	}
	return out
}
