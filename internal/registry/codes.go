package registry

import (
	"regexp"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"
)

var (
	digitsOnly = regexp.MustCompile(`^[0-9]+$`)
	icsForm    = regexp.MustCompile(`^[0-9]{2}(\.[0-9]{3}(\.[0-9]{2})?)?$`)
	icsCut     = regexp.MustCompile(`^([0-9]{1,2})\.([0-9]{1,3})$`) // a spreadsheet's number: 43.14 for 43.140, 1.04 for 01.040
)

// hs reads HS codes: 2 to 10 digits each, dots and blanks dropped.
func (r *reader) hs() []string {
	const column = "hs"
	var out []string
	for _, item := range r.list(column) {
		code := strings.NewReplacer(".", "", " ", "").Replace(norm.NFKC.String(item))
		fix := twof("give 2 to 10 digits such as 871120, several separated by ;", "请填写 2 至 10 位数字，例如 871120，多个之间用 ; 分隔")
		switch {
		case !digitsOnly.MatchString(code):
			r.fail(column, item, twof("not digits", "含有非数字字符"), fix)
			continue
		case len(code) < 2 || len(code) > 10:
			r.fail(column, item, twof("the number of digits is %d", "数字位数为 %d", len(code)), fix)
			continue
		case strings.HasPrefix(code, "00"):
			r.fail(column, item, twof("there is no chapter 00", "不存在第 00 章"), fix)
			continue
		}
		if len(code)%2 == 1 {
			r.remark(column, item, twof("%d digits, an odd number: taken as %s; if a spreadsheet dropped a zero, write %s or 0%s",
				"共 %d 位，为奇数：按 %s 读取；如电子表格丢失了 0，请写作 %s 或 0%s", len(code), code, code+"0", code))
		} else if len(code) < 6 {
			r.remark(column, item, twof("%d digits only: taken, but it matches broadly; 6 digits match better", "仅 %d 位：已接受，但匹配范围较宽，建议填写 6 位", len(code)))
		}
		if !slices.Contains(out, code) {
			out = append(out, code)
		}
	}
	return out
}

// ics reads ICS codes: field, group and subgroup as dotted digits.
func (r *reader) ics() []string {
	const column = "ics"
	var out []string
	for _, item := range splitAlso(r.list(column)) {
		code := strings.ReplaceAll(norm.NFKC.String(item), " ", "")
		if m := icsCut.FindStringSubmatch(code); m != nil && !icsForm.MatchString(code) {
			field, group := m[1], m[2]
			if len(field) == 1 {
				field = "0" + field
			}
			code = field + "." + (group + "00")[:3]
			r.remark(column, item, twof("taken as %s: a spreadsheet drops such zeros", "按 %s 读取：电子表格会丢失其中的 0", code))
		}
		if !icsForm.MatchString(code) {
			r.fail(column, item, twof("not an ICS code", "不是 ICS 分类号"), twof("write it like 43.140 or 43.040.10, several separated by ;", "请写作 43.140 或 43.040.10，多个之间用 ; 分隔"))
			continue
		}
		if !slices.Contains(out, code) {
			out = append(out, code)
		}
	}
	return out
}

// splitAlso cuts items at commas too, where these cannot be part of an item.
func splitAlso(items []string) []string {
	var out []string
	for _, item := range items {
		for _, part := range strings.FieldsFunc(item, func(c rune) bool { return c == ',' || c == '，' || c == '、' }) {
			if part = strings.TrimSpace(part); part != "" {
				out = append(out, part)
			}
		}
	}
	return out
}
