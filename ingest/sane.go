package ingest

import (
	"fmt"
	"strings"
	"time"

	"tbtwatch/internal/prose"
	"tbtwatch/internal/trade"
)

// What a notice may hold at most.
const maxNoticeText = 512 << 10 // bytes of all its texts and fields together

// suspect says in words why n is not to be believed, or "". It looks at what a
// reader would see; now bounds what dates are possible.
func suspect(n *trade.Notice, now time.Time) string {
	if err := n.Validate(); err != nil {
		return err.Error()
	}
	if size := weigh(n); size > maxNoticeText {
		return fmt.Sprintf("the notice holds %v of text, more than %v", Size(size), Size(maxNoticeText))
	}
	if strings.TrimSpace(n.Title) == "" && len(n.Symbols) == 0 {
		return "the notice has neither a title nor a WTO symbol"
	}
	if why := prose.Suspect(n.Text()); why != "" {
		return why
	}
	if why := truncated(n); why != "" {
		return why
	}
	return impossible(n.Dates, now)
}

func weigh(n *trade.Notice) int {
	size := len(n.Title) + len(n.Description) + len(n.Products)
	for k, v := range n.Fields {
		size += len(k) + len(v)
	}
	for _, list := range [][]string{n.HS, n.ICS, n.Keywords, n.Objectives, n.Members, n.Markets, n.Affected, n.Excepted, n.Symbols} {
		for _, s := range list {
			size += len(s)
		}
	}
	return size
}

// truncated looks for a title that breaks off while nothing else says the rest.
func truncated(n *trade.Notice) string {
	title := strings.TrimSpace(n.Title)
	stem := strings.TrimRight(title, " .…[]")
	if !strings.HasSuffix(title, "…") && !strings.HasSuffix(title, "...") && !strings.HasSuffix(title, "…]") {
		return ""
	}
	if strings.Contains(n.Description, stem) || len(n.Description)+len(n.Products) > len(title) {
		return ""
	}
	return fmt.Sprintf("the title breaks off (%q)", clip(title, 80))
}

// Days outside these are misread, not far away.
const (
	firstYear   = 1980
	yearsAhead  = 50
	publishSlip = 7 * 24 * time.Hour // of clocks and time zones
)

func impossible(dates []trade.Date, now time.Time) string {
	for _, d := range dates {
		for _, day := range []string{d.From, d.To} {
			if day == "" {
				continue
			}
			t, err := time.Parse(trade.Day, day)
			if err != nil || t.Year() < firstYear || t.Year() > now.Year()+yearsAhead {
				return fmt.Sprintf("%s is %q (written %q), which is no possible day", d.What, day, clip(d.Text, 40))
			}
			if d.What == trade.DatePublished && t.After(now.Add(publishSlip)) {
				return fmt.Sprintf("published %s lies in the future (written %q)", day, clip(d.Text, 40))
			}
		}
		if d.From != "" && d.To != "" && d.From > d.To {
			return fmt.Sprintf("%s ends on %s before it begins on %s", d.What, d.To, d.From)
		}
	}
	return ""
}

// shrunken says why a run's number of rows is not to be believed, or "". A
// list that was long does not become short overnight; its site did change.
func shrunken(rows, minRows, lastRows int) string {
	switch {
	case minRows > 0 && rows < minRows:
		return fmt.Sprintf("the run has %d rows; min_rows asks for %d", rows, minRows)
	case minRows == 0 && rows == 0:
		return "the run has no rows, which is a fault of the source and no quiet day"
	case minRows == 0 && lastRows >= 20 && rows*10 < lastRows:
		return fmt.Sprintf("the run has %d rows, less than a tenth of the last one's %d", rows, lastRows)
	}
	return ""
}
