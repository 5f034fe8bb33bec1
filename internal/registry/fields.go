package registry

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"tbtwatch/internal/export"
)

// Limits of what one row may hold; a record has to fit into one message.
const (
	maxID   = 100 // characters
	maxName = 300 // characters, also of a term, a standard or a substance
	maxList = 200 // items
)

// reader reads the cells of one row and collects what is wrong with them.
type reader struct {
	row      Row
	problems []Problem
	remarks  []Remark
}

func (r *reader) fail(column, value string, why, fix two) {
	r.problems = append(r.problems, *problem(column, value, why, fix))
}

func (r *reader) remark(column, value string, text two) {
	r.remarks = append(r.remarks, Remark{Line: r.row.Line, Column: column, Value: shorten(value), Text: text.en, TextZH: text.zh})
}

// err is the row's outcome: nil when nothing is wrong.
func (r *reader) err() *RowError {
	if len(r.problems) == 0 {
		return nil
	}
	return &RowError{Line: r.row.Line, Problem: r.problems[0], Also: r.problems[1:]}
}

// text reads a cell: blanks folded, invisible marks dropped, the quote removed
// that an export puts before a formula. Formula signs are data here.
func (r *reader) text(column string, limit int) string {
	raw := r.row.Get(column)
	value := clean(raw)
	switch {
	case strings.ContainsRune(value, unicode.ReplacementChar):
		r.fail(column, value, twof("holds U+FFFD, left by reading a text in the wrong encoding", "含有 U+FFFD，说明文字曾按错误编码读取"),
			twof("enter the text again and save as UTF-8", "请重新填写并另存为 UTF-8"))
	case strings.ContainsFunc(value, forbidden):
		r.fail(column, value, twof("holds a control character", "含有控制字符"), twof("remove it", "请删除该字符"))
	case excelErrors[value]:
		r.fail(column, value, twof("is an error of the spreadsheet", "是电子表格的错误值"),
			twof("mend the formula or enter the value itself", "请修正公式或直接填写数值"))
	case len(value) > limit && len([]rune(value)) > limit:
		r.fail(column, value, twof("is too long", "内容过长"), twof("use at most %d characters", "最多 %d 个字符", limit))
	default:
		return value
	}
	return ""
}

// id reads an identifier that must be there.
func (r *reader) id(column string) string {
	before := len(r.problems)
	value := r.text(column, maxID)
	switch {
	case len(r.problems) > before:
	case value == "":
		r.fail(column, "", twof("is empty", "为空"), twof("every row needs it", "每行都必须填写"))
	case scientific.MatchString(value):
		r.fail(column, value, twof("was turned into a rounded number by a spreadsheet", "已被电子表格改写为近似数"),
			twof("format the column as text and enter the digits again", "请将该列设为文本格式后重新填写"))
	}
	return value
}

// list reads a list separated by ";" or its full-width form, each item once.
func (r *reader) list(column string) []string {
	value := r.text(column, maxList*maxName)
	var out []string
	for _, item := range strings.FieldsFunc(value, func(c rune) bool { return c == ';' || c == '；' }) {
		if item = strings.TrimSpace(item); item == "" || slices.Contains(out, item) {
			continue
		}
		if len([]rune(item)) > maxName {
			r.fail(column, item, twof("an item is too long", "单项内容过长"), twof("use at most %d characters for each, and ; between them", "每项最多 %d 个字符，各项之间用 ; 分隔", maxName))
			continue
		}
		out = append(out, item)
	}
	if len(out) > maxList {
		r.fail(column, value, twof("has %d items", "共 %d 项", len(out)), twof("give at most %d", "最多 %d 项", maxList))
		return nil
	}
	return out
}

// scientific is what a spreadsheet makes of a long number: 9.15001E+17.
var scientific = regexp.MustCompile(`^\d(\.\d+)?[eE]\+\d+$`)

var excelErrors = map[string]bool{
	"#N/A": true, "#REF!": true, "#VALUE!": true, "#NAME?": true, "#DIV/0!": true, "#NULL!": true, "#NUM!": true, "#SPILL!": true, "#CALC!": true,
}

// Clean is a cell as it is stored: see clean.
func Clean(cell string) string { return clean(cell) }

// clean folds blanks and line ends into one blank and drops marks without
// width, which are left by copying from web pages.
func clean(s string) string {
	s = strings.Map(func(c rune) rune {
		switch c {
		case '\u200B', '\uFEFF', '\u00AD', '\u2060':
			return -1
		}
		return c
	}, export.Restore(s))
	return norm.NFC.String(strings.Join(strings.Fields(s), " "))
}

// forbidden are control characters and the marks that turn the direction of
// text, with which one name can be made to look like another.
func forbidden(c rune) bool {
	return unicode.IsControl(c) || c >= '\u202A' && c <= '\u202E' || c >= '\u2066' && c <= '\u2069'
}
