package registry

import (
	"math"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"
)

var (
	plainNumber   = regexp.MustCompile(`^-?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?$`)
	groupedNumber = regexp.MustCompile(`^-?[0-9]{1,3}([,' ][0-9]{3})+(\.[0-9]*)?$`)
)

// maxValue is more than the world's exports, in US dollars a year.
const maxValue = 1e14

// value reads a yearly export value in US dollars: a plain number, thousands
// separators and a dollar sign tolerated.
func (r *reader) value() float64 {
	const column = "export_value_usd"
	raw := r.text(column, 60)
	if raw == "" {
		return 0
	}
	text := strings.ToUpper(norm.NFKC.String(raw))
	for _, unit := range []string{"US$", "USD", "$", "美元"} {
		text = strings.TrimSpace(strings.TrimSuffix(strings.TrimPrefix(text, unit), unit))
	}
	if groupedNumber.MatchString(text) {
		text = strings.NewReplacer(",", "", "'", "", " ", "").Replace(text)
	}
	fix := twof("give US dollars a year as a number such as 1250000", "请填写年出口额（美元），例如 1250000")
	if !plainNumber.MatchString(text) {
		r.fail(column, raw, twof("not a number", "不是数字"), fix)
		return 0
	}
	v, err := strconv.ParseFloat(text, 64)
	switch {
	case err != nil || math.IsNaN(v) || math.IsInf(v, 0) || v > maxValue:
		r.fail(column, raw, twof("too large to be true", "数值过大，不合常理"), fix)
		return 0
	case v < 0:
		r.fail(column, raw, twof("negative", "为负数"), fix)
		return 0
	}
	return v + 0 // a written -0 becomes 0
}
