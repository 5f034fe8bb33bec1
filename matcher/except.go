package matcher

import "strings"

// Words that except what follows them in the clause, and what stands before
// them.
var (
	exceptNext = []string{
		"except", "excepting", "excluding", "exclude", "excludes", "other than", "not including", "not apply to", "not include", "not cover",
		"exempt", "exempts", "excepto", "salvo", "excluyendo", "excluye", "exceto", "excluindo", "sauf", "à l'exception de", "à l'exclusion de", "hormis",
		"不包括", "不包含", "不适用于", "不適用於", "不涉及", "排除", "豁免",
	}
	exceptPrev = []string{"is excluded", "are excluded", "is not covered", "are not covered", "is exempt", "are exempt", "除外", "不在此列", "不适用"}
	// resumed ends an exception within its clause.
	resumed = []string{" but ", " including ", "但"}
)

// exceptReach is how far around the words a clause is looked through, in bytes.
const exceptReach = 160

// exceptedAt reports whether text[start:end] is named only to be left out. In
// doubt it says no: a person will look.
func exceptedAt(text string, start, end int) bool {
	before := text[max(0, start-exceptReach):start]
	for _, mark := range []string{". ", ";", ":", "\n", "。", "；", "："} {
		if i := strings.LastIndex(before, mark); i >= 0 {
			before = before[i+len(mark):]
		}
	}
	before = strings.ToLower(before)
	after := strings.ToLower(text[end:min(len(text), end+exceptReach)])
	for _, cue := range exceptPrev {
		if strings.HasPrefix(strings.TrimLeft(after, " )）"), cue) {
			return true
		}
	}
	for _, cue := range exceptNext {
		i := strings.LastIndex(before, cue)
		if i >= 0 && alone(before, i, i+len(cue)) && !containsAny(before[i:], resumed) {
			return true
		}
	}
	return exceptedFrame(before, after)
}

// exceptedFrame knows 除…外, which closes behind the words; with 还 or 也 after
// it the frame means "besides".
func exceptedFrame(before, after string) bool {
	open := strings.LastIndex(before, "除")
	if open < 0 || strings.Contains(before[open:], "外") {
		return false
	}
	end := strings.Index(after, "外")
	if end < 0 || containsAny(after[:end], []string{"。", "；", ";", "\n"}) {
		return false
	}
	rest := strings.TrimLeft(after[end+len("外"):], "，, ")
	return !strings.HasPrefix(rest, "还") && !strings.HasPrefix(rest, "也") && !strings.HasPrefix(rest, "還")
}

// alone reports whether s[from:to] is no part of a longer Latin word.
func alone(s string, from, to int) bool {
	letter := func(i int) bool { return i >= 0 && i < len(s) && s[i] >= 'a' && s[i] <= 'z' }
	return !(letter(from) && letter(from-1)) && !(letter(to-1) && letter(to))
}

func containsAny(s string, words []string) bool {
	for _, w := range words {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}
