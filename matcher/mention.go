package matcher

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"tbtwatch/internal/index"
	"tbtwatch/internal/nomenclature"
)

// Mention is a concept that a field names.
type Mention struct {
	Concept    *nomenclature.Concept
	Words      string // as written
	Where      string
	Field      int
	Start, End int  // in the field
	Negated    bool // named to be left out
	Primary    bool // the goods themselves; false: what they are for or part of ("helmets for motorcyclists")
	Subject    bool // promoted from the description, see findSubject

	class bool // only introduces a narrower kind, see classOf
}

// Prominent reports whether the mention says what the notice is about.
func (m *Mention) Prominent() bool {
	return m.Primary && (m.Where == whereTitle || m.Where == whereProducts) || m.Subject
}

// mentionsIn finds the concepts of a field and tells the goods themselves from
// what they belong to.
func mentionsIn(field int, f index.Field, except *nomenclature.Exceptions) []Mention {
	hits := nomenclature.FindConceptsExcept(f.Text, except)
	slices.SortStableFunc(hits, func(a, b nomenclature.ConceptHit) int { return a.Start - b.Start })
	out := make([]Mention, len(hits))
	for i, h := range hits {
		out[i] = Mention{Concept: h.Concept, Words: h.Words, Where: f.Where, Field: field, Start: h.Start, End: h.End, Negated: h.Negated, Primary: true}
	}
	for i, h := range hits {
		if i > 0 {
			gap := f.Text[hits[i-1].End:max(h.Start, hits[i-1].End)]
			switch {
			case classOf(hits[i-1].Concept, h.Concept, gap):
				out[i].Primary, out[i-1].class = out[i-1].Primary, true
			case classAfter(hits[i-1], h, gap):
				out[i].class = true
			case holds(&out[i-1], gap):
				out[i-1].Primary = false
			case servesBefore(out[i-1], gap), inside.MatchString(gap), bracketed(&out[i-1], h.Concept, gap):
				out[i].Primary = standsAlone(f.Text, h)
			}
		}
		if i+1 < len(hits) && modifies(h, hits[i+1], f.Text) || belongings.MatchString(f.Text[h.End:]) {
			out[i].Primary = standsAlone(f.Text, h)
		}
	}
	out = slices.DeleteFunc(out, func(m Mention) bool { return m.class })
	acrossSpecies(out, f.Text)
	describeLists(out, f.Text)
	out = putTogether(out, f.Text)
	return exceptParts(out, f.Text)
}

// purpose are the words by which goods are tied to what they serve.
var purpose = regexp.MustCompile(`(?i)(^|\W)(for|of|on|in|to|with|para|pour|de|del|des|da|do|dos|du|d'|from|containing|using|destin[\p{L}]+ (a|à|ao|aos|às|au|aux))(\W|$)|用于|适用于|含|供|强化|添加`)

// listing are gaps between two members of the same list.
var listing = regexp.MustCompile(`(?i)^[\s,、/&()]*((and|or|y|o|e|ou|et|及|和|与|或|以及)(\s+(the|los|las|les|des|de|of|de los|de las|dos|das))?)?[\s,、/&()]*$`)

// servesBefore reports whether what follows gap belongs to the goods before
// it: "tyres for [motorcycles]", and further "and [mopeds]".
func servesBefore(before Mention, gap string) bool {
	if before.Negated || len(gap) > 60 || strings.ContainsAny(gap, ";:\n。；，") || strings.Contains(gap, ". ") {
		return false
	}
	if !before.Primary && listing.MatchString(gap) && strings.TrimSpace(gap) != "" {
		return true
	}
	return purpose.MatchString(gap) && !listing.MatchString(gap)
}

// glue are the gaps across which a word describes the next one: "motorcycle
// brakes", 摩托车用轮胎.
var glue = regexp.MustCompile(`^[\s-]*(用|车用|专用|的|驾驶员|驾驶人|乘员|骑手|内的|中的)?[\s-]*$`)

// phrase are the gaps inside one Chinese noun phrase, whose head is its last
// word: 粘土地板砖 are tiles. 茶叶中农药 is tea, and what is in it.
var phrase = regexp.MustCompile(`^[^\x00-\x{2fff}、，。；：（）《》“”和及与或等中内之为在对由将应须]{1,6}$`)

// inside are the gaps behind which something is named that is in the goods.
var inside = regexp.MustCompile(`^(中|中的|内|内的|里|里的)$`)

// belongings are words that, right behind the name of goods, name something
// else which goes with them, and for which the vocabulary has no concept.
var belongings = regexp.MustCompile(`(?i)^(产品)?(用|运输|储存|贮存)?(容器|包装|储罐|器具|炉具|取暖设备|设备|装置|机械|生产线|实验室|加油站)|^[ -](containers?|packag(es?|ing)|equipment|machines?|machinery|apparatus|laborator(y|ies))\b`)

// modifies reports whether a only describes b, which follows.
func modifies(a, b nomenclature.ConceptHit, text string) bool {
	if related(a.Concept, b.Concept) {
		return false
	}
	if b.Start < a.End {
		return !index.SameHeading(a.Concept.HS, b.Concept.HS) && reachesOver(a.Start, a.End, b.Start, b.End, text)
	}
	gap := text[a.End:b.Start]
	return glue.MatchString(gap) || phrase.MatchString(gap) && !purpose.MatchString(gap) || species.MatchString(gap)
}

// species are the gaps that hold the scientific name of what describes the
// next word: 芒果（Mangifera indica L.）插枝.
var species = regexp.MustCompile(`^\s*[(（]\s*[A-Z][a-z]+( [a-zA-Z.&]+){0,5}\s*[)）][ 的用]{0,3}$`)

// acrossSpecies joins a name and its head where a scientific name stands in
// between: 玉米（Zea mays）种子 are maize, as 玉米种子 are.
func acrossSpecies(all []Mention, text string) {
	for i := range len(all) - 1 {
		m, head := &all[i], &all[i+1]
		if m.Primary || head.Start < m.End || !species.MatchString(text[m.End:head.Start]) {
			continue
		}
		last, _, _ := strings.Cut(head.Words, ",") // of "seeds, for sowing"
		for _, whole := range []string{m.Words + last, m.Words + " " + last} {
			if hits := nomenclature.FindConcepts(whole); len(hits) == 1 && hits[0].Words == whole {
				head.Concept = hits[0].Concept
			}
		}
	}
}

// reachesOver reports whether two overlapping names of a script without spaces
// are one phrase with the second at its end: 公共汽车 and 汽车轮胎 in 公共汽车轮胎.
func reachesOver(start, end, nextStart, nextEnd int, text string) bool {
	return start < nextStart && nextStart < end && end < nextEnd && text[nextStart] >= utf8.RuneSelf
}

// standsAlone reports whether the same words stand elsewhere in the text as
// the first goods of a clause.
func standsAlone(text string, h nomenclature.ConceptHit) bool {
	lower, words := strings.ToLower(text), strings.ToLower(h.Words)
	if len(lower) != len(text) || words == "" {
		return false
	}
	// Where the clause begins, how far it was read, and whether its words so
	// far describe others: nothing is looked at twice.
	clause, read, described := 0, 0, false
	for at := h.End; ; {
		i := strings.Index(lower[at:], words)
		if i < 0 {
			return false
		}
		start, end := at+i, at+i+len(words)
		at = end
		if end < len(lower) && !strings.ContainsAny(lower[end:end+1], ";,.\n)") && !strings.HasPrefix(lower[end:], "，") && !strings.HasPrefix(lower[end:], "。") {
			continue
		}
		if n := strings.LastIndexAny(lower[read:start], ";,.\n，；。、(（"); n >= 0 {
			clause, described = read+n+1, false
		}
		read = start
		if described = described || purpose.MatchString(lower[clause:start]); !described {
			return true
		}
	}
}

// related reports whether one concept is the other or wider than it.
func related(a, b *nomenclature.Concept) bool { return index.Related(a, b) }

// broad concepts cover too much to say which goods are meant: "machinery",
// "foods", "electrical equipment". They have no heading of their own, or
// chapters above all, or very many headings. "Spices" and "toys" are not broad.
func broad(c *nomenclature.Concept) bool {
	const few, many = 3, 12
	named := headingCount(c, 4, many)
	chapterFirst := len(c.HS) > 0 && len(c.HS[0]) == 2
	return named == 0 || chapterFirst && named < few || named > many
}

// headingCount counts the headings among a concept's codes of that many digits at
// least; it goes no further than one more than most, which is at most twelve.
func headingCount(c *nomenclature.Concept, digits, most int) int {
	var known [13]string
	n := 0
	for _, code := range c.HS {
		if n > most {
			break
		}
		if heading := code[:min(len(code), 4)]; len(code) >= digits && !slices.Contains(known[:n], heading) {
			known[n] = heading
			n++
		}
	}
	return n
}
