package registry

import (
	"fmt"
	"net/url"
	"strings"

	"tbtwatch/internal/trade"
)

// Problem is what is wrong with one cell, in both languages. Column is empty
// when the whole line is meant.
type Problem struct {
	Column string `json:"column,omitempty"`
	Value  string `json:"value,omitempty"` // as read, at most 80 characters
	Why    string `json:"why"`
	Fix    string `json:"fix"` // what would be right
	WhyZH  string `json:"why_zh"`
	FixZH  string `json:"fix_zh"`
}

// RowError is the outcome of a refused row: its first problem and, in Also,
// the further ones.
type RowError struct {
	Line int `json:"line"` // first line of the row in a CSV file, row number in a workbook; the first is 1
	Problem
	Also []Problem `json:"also,omitempty"`
}

// Remark tells of something in a row or file that was taken, but that its
// sender may want to mend. Line 0 means the whole file.
type Remark struct {
	Line   int    `json:"line,omitempty"`
	Column string `json:"column,omitempty"`
	Value  string `json:"value,omitempty"`
	Text   string `json:"text"`
	TextZH string `json:"text_zh"`
}

// two is one statement in English and Chinese.
type two struct{ en, zh string }

func twof(en, zh string, args ...any) two {
	return two{fmt.Sprintf(en, args...), fmt.Sprintf(zh, args...)}
}

// refuse keeps a whole file out; both forms take the same args.
func refuse(en, zh string, args ...any) error {
	t := twof(en, zh, args...)
	return &trade.Refused{Reason: t.en, ZH: t.zh}
}

func problem(column, value string, why, fix two) *Problem {
	return &Problem{Column: column, Value: shorten(value), Why: why.en, WhyZH: why.zh, Fix: fix.en, FixZH: fix.zh}
}

// Error prints the row's problems on one line of English.
func (e *RowError) Error() string {
	return e.join("; also ", Problem.english)
}

// ZH is Error in Chinese.
func (e *RowError) ZH() string {
	return e.join("；另外，", Problem.chinese)
}

func (e *RowError) join(glue string, print func(Problem, int) string) string {
	out := print(e.Problem, e.Line)
	for _, p := range e.Also {
		out += glue + print(p, 0)
	}
	return out
}

func (p Problem) english(line int) string {
	return place(line, p.Column, p.Value, "line %d", "column %s", "value %q", ", ", ": ") + p.Why + "; " + p.Fix
}

func (p Problem) chinese(line int) string {
	return place(line, p.Column, p.Value, "第 %d 行", "%s 列", "值 %q", "，", "：") + p.WhyZH + "；" + p.FixZH
}

// String prints the remark on one line of English.
func (r Remark) String() string {
	return place(r.Line, r.Column, r.Value, "line %d", "column %s", "value %q", ", ", ": ") + r.Text
}

// ZH is String in Chinese.
func (r Remark) ZH() string {
	return place(r.Line, r.Column, r.Value, "第 %d 行", "%s 列", "值 %q", "，", "：") + r.TextZH
}

// place prints where something is: the parts that are known, in that order.
func place(line int, column, value, lineForm, columnForm, valueForm, comma, colon string) string {
	var parts []string
	if line > 0 {
		parts = append(parts, fmt.Sprintf(lineForm, line))
	}
	if column != "" {
		parts = append(parts, fmt.Sprintf(columnForm, column))
	}
	if value != "" {
		parts = append(parts, fmt.Sprintf(valueForm, value))
	}
	if len(parts) == 0 {
		return ""
	}
	return strings.Join(parts, comma) + colon
}

// shorten keeps a value printable: 80 characters, the rest counted.
func shorten(value string) string {
	r := []rune(value)
	if len(r) <= 80 {
		return value
	}
	return fmt.Sprintf("%s… (%d characters)", string(r[:80]), len(r))
}

// withoutSecret drops path and query of a web address: a webhook's address is
// its password and must not reach logs.
func withoutSecret(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		switch {
		case strings.ContainsAny(address, "/?"): // also one whose https:// was left out
			return "(a web address)"
		case len(address) >= 22 && !strings.ContainsAny(address, "@#. "): // a robot's key without its address
			return "…"
		}
		return address
	}
	return u.Scheme + "://" + u.Host + "/…"
}
