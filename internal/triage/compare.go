package triage

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"tbtwatch/internal/trade"
)

// What a case keeps of comparisons, in characters and rows.
const (
	MostCompared    = 2000
	MostComparisons = 50
	mostNamed       = 200
)

// Compare writes down how the domestic requirement of a standard differs from
// the foreign one, in place of what the case says about that standard; words
// that are all empty take it out. seq is the case's sequence that the person
// saw; trade.ErrConflict if it has changed since.
func (d *Desk) Compare(ctx context.Context, family string, seq uint64, row trade.Comparison, by string) error {
	row, err := compared(row)
	if err != nil {
		return err
	}
	return d.decide(ctx, family, seq, func(c *trade.Case) error {
		at := slices.IndexFunc(c.Comparisons, func(o trade.Comparison) bool { return strings.EqualFold(o.Standard, row.Standard) })
		rows := slices.Clone(c.Comparisons)
		said := trade.Text{ZH: "编辑了国内外标准比对：" + row.Standard, EN: "comparison of domestic and foreign standards edited: " + row.Standard}
		switch empty := row.Domestic+row.Foreign+row.Gap == ""; {
		case empty && at < 0:
			return trade.Refusef("write at least one of domestic requirement, foreign requirement and gap; 国内要求、国外要求、差异至少填写一项")
		case empty:
			rows = slices.Delete(rows, at, at+1)
			said = trade.Text{ZH: "删除了国内外标准比对：" + row.Standard, EN: "comparison of domestic and foreign standards removed: " + row.Standard}
		case at >= 0:
			rows[at] = row
		case len(rows) >= MostComparisons:
			return trade.Refusef("the case has %d comparisons, which is the most: remove one first; 本案已有 %d 条比对，已达上限，请先删除一条", MostComparisons, MostComparisons)
		default:
			rows = append(rows, row)
		}
		c.Comparisons = rows
		d.line(c, by, said)
		return nil
	})
}

// compared is the row as it is kept, or says what cannot be.
func compared(row trade.Comparison) (trade.Comparison, error) {
	for _, f := range []struct {
		text   *string
		en, zh string
		most   int
	}{
		{&row.Standard, "standard", "标准", mostNamed}, {&row.Domestic, "domestic requirement", "国内要求", MostCompared},
		{&row.Foreign, "foreign requirement", "国外要求", MostCompared}, {&row.Gap, "gap", "差异", MostCompared},
	} {
		text := strings.TrimSpace(strings.ReplaceAll(strings.ToValidUTF8(*f.text, "\uFFFD"), "\r\n", "\n"))
		if n := utf8.RuneCountInString(text); n > f.most {
			return row, trade.Refusef("%s has %d characters, more than %d: shorten it; “%s”有 %d 个字符，超过 %d 个，请缩短", f.en, n, f.most, f.zh, n, f.most)
		}
		*f.text = text
	}
	if row.Standard == "" {
		return row, trade.Refusef("name the standard that is compared; 请填写所比对的标准")
	}
	return row, nil
}
