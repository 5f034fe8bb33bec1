package notify

import (
	"fmt"
	"strings"
)

// in picks the words for readers of that language.
func in(lang, zh, en string) string {
	if lang == "en" {
		return en
	}
	return zh
}

// sentence begins as one: English words have a capital.
func sentence(s string) string {
	if s == "" || s[0] < 'a' || s[0] > 'z' {
		return s
	}
	return string(s[0]-'a'+'A') + s[1:]
}

func first(words ...string) string {
	for _, w := range words {
		if w != "" {
			return w
		}
	}
	return ""
}

func marketNames(codes []string, lang string) []string {
	var out []string
	for _, c := range codes {
		if c == "*" {
			out = append(out, in(lang, "所有市场", "all markets"))
			continue
		}
		name := marketName(c, lang)
		if name == "" {
			name = c
		}
		out = append(out, line(name, 80))
	}
	return out
}

// joined writes a list as the language does.
func joined(words []string, lang string) string {
	return strings.Join(words, in(lang, "、", ", "))
}

// short lists the first few and says how many there are.
func short(words []string, most int, lang string) string {
	if len(words) <= most {
		return joined(words, lang)
	}
	return joined(words[:most], lang) + fmt.Sprintf(in(lang, " 等 %d 个", " and others, %d in all"), len(words))
}
