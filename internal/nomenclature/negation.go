package nomenclature

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// How far before and after a mention the words are looked for that except it, in bytes.
const (
	reachBefore = 160
	reachAfter  = 60
)

// exceptBefore are the words after which goods are named that are not meant.
var exceptBefore = []string{
	"except", "excepting", "excluding", "excludes", "exclude", "excluded are", "exclusion of", "excl.", "other than", "not including",
	"not include", "not apply to", "not applicable to", "not applying to", "not cover", "exempt", "exempts", "exempting", "apart from", "non-",
	"with the exception of", "not intended for", "out of scope:",
	"excepto", "salvo", "excluyendo", "excluidos", "excluidas", "excluye", "con exclusión de", "a excepción de", "no se aplica a", "distintos de", "distintas de",
	"sauf", "à l'exclusion de", "à l'exception de", "hormis", "autres que", "excluant", "ne s'applique pas aux",
	"exceto", "excluindo", "com exceção de", "com exclusão de", "não se aplica a", "exclui",
	"不包括", "不包含", "不含", "不适用于", "不適用於", "不涉及", "排除", "豁免", "不包括在内的", "非",
}

// exceptAfter are the words that except goods named before them.
var exceptAfter = []string{
	"-free", "excluded", "are excluded", "is excluded", "are not covered", "is not covered", "are exempt", "is exempt", "not included",
	"is outside the scope", "are outside the scope", "falls outside", "fall outside", "is not in scope", "are not in scope",
	"quedan excluid", "queda fuera", "quedan fuera", "ne sont pas couvert", "n'est pas couvert", "sont exclu", "est exclu", "fica excluíd", "ficam excluíd", "não está abrang",
	"除外", "不在此列", "不在范围", "不适用", "excluidos", "excluidas", "exclus", "exclues", "excetuados",
}

// resume are the words after which an exception is over.
var resume = []string{
	" including ", " but ", " which ", ", and ", " shall ", " must ", " are covered", " is covered", " and parts", " incluid", " y sus partes",
	" et leurs parties", " e suas partes", "但", "包括", "应",
}

// notResume are exceptions that contain a word of resume.
var notResume = strings.NewReplacer("不包括", "", "不应", "")

// Exceptions knows which words of one text are named only to be left out.
type Exceptions struct {
	text          string   // in ASCII lower case: offsets are those of the text itself
	before, after []string // the cues that stand in the text at all
	chinese       bool
}

// ReadExceptions looks for the words that except others in text.
func ReadExceptions(text string) *Exceptions {
	e := &Exceptions{text: lower(text)}
	for _, cue := range exceptBefore {
		if strings.Contains(e.text, cue) {
			e.before = append(e.before, cue)
		}
	}
	for _, cue := range exceptAfter {
		if strings.Contains(e.text, cue) {
			e.after = append(e.after, cue)
		}
	}
	e.chinese = strings.Contains(e.text, "除")
	return e
}

// Excepts reports whether text[start:end] is named only to be left out:
// "except motorcycles", 除摩托车外. It reads the clause around it; in doubt it
// says no, because a person will look.
func (e *Exceptions) Excepts(start, end int) bool {
	if len(e.before) == 0 && len(e.after) == 0 && !e.chinese {
		return false
	}
	before, after := clauseBefore(e.text, start), clauseAfter(e.text, end)
	for _, cue := range e.before {
		i := strings.LastIndex(before, cue)
		if i < 0 || !wordStart(before, i) {
			continue
		}
		rest := before[i+len(cue):]
		apart := (cue == "non-" || cue == "非") && rest != ""
		if wordEnd(cue, rest) && !apart && !resumes(rest) {
			return true
		}
	}
	next := strings.TrimLeft(after, " ()（")
	for _, cue := range e.after {
		if strings.HasPrefix(after, cue) || cue[0] != '-' && strings.HasPrefix(next, cue) {
			return true
		}
	}
	return e.chinese && exceptedChinese(before, after)
}

// lower is ASCII lower case, so that offsets stay.
func lower(s string) string {
	b := []byte(s)
	for i, c := range b {
		b[i] = lowerASCII(c)
	}
	return string(b)
}

// exceptedChinese knows the frame 除…外, which closes after the goods; with
// 还 or 也 behind it the frame means "besides".
func exceptedChinese(before, after string) bool {
	i := strings.LastIndex(before, "除")
	if i < 0 || strings.ContainsAny(before[i:], "外") || strings.HasPrefix(before[i:], "除草") || strings.HasPrefix(before[i:], "除湿") {
		return false
	}
	j := strings.Index(after, "外")
	if j < 0 {
		return false
	}
	rest := strings.TrimLeft(after[j+len("外"):], "，, ")
	return !strings.HasPrefix(rest, "还") && !strings.HasPrefix(rest, "也") && !strings.HasPrefix(rest, "還")
}

func resumes(rest string) bool {
	rest = notResume.Replace(rest)
	for _, w := range resume {
		if strings.Contains(rest, w) {
			return true
		}
	}
	return false
}

func wordStart(s string, i int) bool {
	return i == 0 || s[i] >= utf8.RuneSelf || !letterOrDigit(s[i-1])
}

func wordEnd(cue, rest string) bool {
	return rest == "" || !letterOrDigit(cue[len(cue)-1]) || !letterOrDigit(rest[0])
}

func letterOrDigit(c byte) bool { return c < utf8.RuneSelf && asciiClass[c] == classWord }

// clauseBefore is the clause that leads up to offset i.
func clauseBefore(text string, i int) string {
	from := max(0, i-reachBefore)
	for from > 0 && from < i && !utf8.RuneStart(text[from]) {
		from++
	}
	s := text[from:i]
	if strings.ContainsAny(s, ")）") {
		s = closedBrackets.ReplaceAllString(s, " ")
	}
	for j := len(s); j > 0; {
		r, n := utf8.DecodeLastRuneInString(s[:j])
		switch r {
		case ';', ':', '。', '；', '：', '!', '?':
			return s[j:]
		case '.':
			if sentenceEnd(s, j) {
				return s[j:]
			}
		}
		j -= n
	}
	return s
}

// closedBrackets are asides that end before the mention: what they except is not the mention.
var closedBrackets = regexp.MustCompile(`\([^()]*\)|（[^（）]*）`)

// sentenceEnd reports whether the point before s[j] ends a sentence rather
// than an abbreviation such as "excl.".
func sentenceEnd(s string, j int) bool {
	return !strings.HasSuffix(s[:j], "excl.") && !strings.HasSuffix(s[:j], "incl.") && (j >= len(s) || !isDigit(s[j]))
}

// clauseAfter is the clause that follows offset i.
func clauseAfter(text string, i int) string {
	to := min(len(text), i+reachAfter)
	for to < len(text) && !utf8.RuneStart(text[to]) {
		to++
	}
	s := text[i:to]
	if j := strings.IndexAny(s, ";:。；：\n"); j >= 0 {
		s = s[:j]
	}
	return s
}
