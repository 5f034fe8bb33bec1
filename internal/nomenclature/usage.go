package nomenclature

import (
	"strings"
	"sync"
	"unicode/utf8"
)

// usage is a word of the mainland and what Taiwan and Hong Kong say instead,
// all in the form in which names are compared.
type usage struct {
	word   string
	others []string
	inside []string // count inside longer names only
}

var loadUsage = sync.OnceValue(func() []usage {
	var out []usage
	for _, r := range readTable("usage.txt") {
		u := usage{word: comparable(r.text("mainland"))}
		for _, o := range r.list("other") {
			if word, ok := strings.CutPrefix(o, "+"); ok {
				u.inside = append(u.inside, comparable(word))
			} else {
				u.others = append(u.others, comparable(o))
			}
		}
		out = append(out, u)
	}
	return out
})

// usageDepth bounds how many words of one name are exchanged.
const usageDepth = 2

// usageNames lists the ways in which a Chinese name, in the form in which
// names are compared, is said in Taiwan or Hong Kong.
func usageNames(name string) []string {
	var out []string
	seen := map[string]bool{name: true}
	next := []string{name}
	for range usageDepth {
		var more []string
		for _, n := range next {
			for _, u := range loadUsage() {
				if !strings.Contains(n, u.word) {
					continue
				}
				words := u.others
				if n != u.word {
					words = append(append([]string{}, words...), u.inside...)
				}
				for _, w := range words {
					said := strings.ReplaceAll(n, u.word, w)
					if strings.Contains(w, u.word) || seen[said] || utf8.RuneCountInString(said) < 2 {
						continue // 電動單車 from 單車 would never end
					}
					seen[said] = true
					more = append(more, said)
				}
			}
		}
		out, next = append(out, more...), more
	}
	return out
}

// addUsage makes concepts findable by the words of Taiwan and Hong Kong. A
// word that is a name of some concept, or an exception, stays what it is; one
// that follows from the names of two concepts belongs to the first. These names
// are not shown. Texts are not rewritten, so offsets of hits are those of the
// text.
func (v *vocabulary) addUsage() {
	taken := map[string]bool{}
	for i := range v.concepts {
		for _, n := range allNames(&v.concepts[i]) {
			taken[n] = true
		}
		for _, phrase := range v.concepts[i].Unless {
			taken[comparable(phrase)] = true
		}
	}
	for i := range v.concepts {
		for _, name := range v.concepts[i].Names["zh"] {
			for _, said := range usageNames(comparable(name)) {
				if !taken[said] {
					taken[said] = true
					v.finder.Add(said, i)
				}
			}
		}
	}
}
