package nomenclature

import (
	"regexp"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// StandardBody is who issues the standards whose names begin with Code.
type StandardBody struct {
	Code   string
	ZH, EN string
}

var loadBodies = sync.OnceValue(func() map[string]StandardBody {
	out := map[string]StandardBody{}
	for _, r := range readTable("standardbodies.txt") {
		b := StandardBody{Code: r.text("body"), ZH: r.text("zh"), EN: r.text("en")}
		out[b.Code] = b
	}
	return out
})

// otherBodies are the names that their beginning alone does not tell.
var otherBodies = []struct {
	re   *regexp.Regexp
	code string
}{
	{regexp.MustCompile(`^\d+ CFR `), "CFR"},
	{regexp.MustCompile(`^T/[A-Z]`), "T/"},
	{regexp.MustCompile(`^KS [A-Z]{1,2} \d`), "KS-KR"}, // Korean ones have a division, Kenyan ones none
}

// BodyOf finds who issues the standard of that name, which StandardBase gave.
// ok is false where we do not know.
func BodyOf(name string) (b StandardBody, ok bool) {
	bodies := loadBodies()
	for _, o := range otherBodies {
		if o.re.MatchString(name) {
			return bodies[o.code], true
		}
	}
	for end := min(len(name), longestForm); end > 0; end-- {
		if next, _ := utf8.DecodeRuneInString(name[end:]); unicode.IsLetter(next) && name[end-1] != ' ' {
			continue
		}
		if b, ok := bodies[strings.TrimRight(name[:end], " -")]; ok {
			return b, true
		}
	}
	return StandardBody{}, false
}

// StandardBodyOf is the body with that code.
func StandardBodyOf(code string) (b StandardBody, ok bool) {
	b, ok = loadBodies()[code]
	return b, ok
}
