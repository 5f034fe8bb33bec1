package ingest

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/PuerkitoBio/goquery"

	"tbtwatch/internal/prose"
	"tbtwatch/internal/trade"
)

// fieldValue is what a declaration reads for one field of one row.
type fieldValue struct {
	name    string
	field   *pageField
	given   string // as on the page, before regexp
	value   string
	problem string // "" or why value is not what was meant
}

const noMatch = "matches nothing"

// read finds the field within row; links are made whole from base.
func (f *pageField) read(name string, row *goquery.Selection, base *url.URL) fieldValue {
	v := fieldValue{name: name, field: f}
	if f.Const != "" {
		v.given, v.value = f.Const, f.Const
		return v
	}
	found := row
	if f.matcher != nil {
		found = row.FindMatcher(f.matcher)
	}
	var texts []string
	for i, node := range found.Nodes {
		text := ""
		if f.Attr == "" {
			text = nodeText(node)
		} else {
			text, _ = found.Eq(i).Attr(f.Attr)
			text = strings.TrimSpace(strings.ToValidUTF8(text, "\uFFFD"))
		}
		if text != "" {
			texts = append(texts, text)
		}
		if text != "" && !f.All {
			break
		}
	}
	v.given = strings.Join(texts, "\n")
	v.value = v.given
	switch {
	case len(found.Nodes) == 0:
		v.problem = noMatch
		return v
	case v.given == "" && f.Attr != "":
		v.problem = fmt.Sprintf("matches, but has no attribute %q", f.Attr)
		return v
	case v.given == "":
		v.problem = "matches, but is empty"
		return v
	}
	if f.pattern != nil {
		m := f.pattern.FindStringSubmatch(v.value)
		if m == nil {
			v.value, v.problem = "", fmt.Sprintf("the regexp does not match %q", clip(v.given, 60))
			return v
		}
		v.value = strings.TrimSpace(m[min(1, len(m)-1)])
	}
	if f.Attr == "href" || f.Attr == "src" || slices.Contains([]string{"link", "text", "next", "detail.link"}, name) {
		v.value = absolute(base, v.value)
	}
	return v
}

// absolute makes each of the lines a whole address where it can.
func absolute(base *url.URL, text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if u, err := base.Parse(strings.TrimSpace(line)); err == nil && (u.Scheme == "http" || u.Scheme == "https") {
			u.Fragment = ""
			lines[i] = u.String()
		}
	}
	return strings.Join(lines, "\n")
}

// date reads the value by the field's formats, else as any notice's date.
func (v *fieldValue) date(what, published string) []trade.Date {
	text := prose.Line(v.value)
	for _, layout := range v.field.Format {
		for _, t := range []string{text, prose.Narrow(text)} {
			if day, err := time.Parse(layout, t); err == nil {
				d := day.Format(trade.Day)
				return []trade.Date{{What: what, Text: text, From: d, To: d, Basis: "as given"}}
			}
		}
	}
	dates := addDate([]trade.Date{{What: trade.DatePublished, From: published}}, what, text, "")[1:]
	if len(dates) > 0 && dates[0].From == "" {
		v.problem = fmt.Sprintf("date not understood: %q (%s)", clip(text, 60), dates[0].Basis)
	}
	return dates
}
