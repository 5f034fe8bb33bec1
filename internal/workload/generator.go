package workload

import (
	"fmt"
	"math"
	"math/rand/v2"
	"sort"
	"strings"
)

// The seeds of what is made: the world first, then each file by its own.
const (
	seedWorld    = 7
	seedProducts = 101
	seedNotices  = 202
	seed         = 20240601
	distinct     = 30_000 // terms
)

// choice draws numbers with given weights.
type choice struct{ sums []float64 }

func weighted(w []float64) *choice {
	sums, total := make([]float64, len(w)), 0.0
	for i, x := range w {
		total += x
		sums[i] = total
	}
	return &choice{sums}
}

func (c *choice) pick(r *rand.Rand) int { return c.at(r.Float64()) }

func (c *choice) at(x float64) int {
	return min(sort.SearchFloat64s(c.sums, x*c.sums[len(c.sums)-1]), len(c.sums)-1)
}

// zipf draws n ranks with weights 1/(rank+q)^s.
func zipf(n int, s, q float64) *choice {
	w := make([]float64, n)
	for i := range w {
		w[i] = 1 / math.Pow(float64(i)+1+q, s)
	}
	return weighted(w)
}

// ranked is words with how often they are used.
type ranked struct {
	words []string
	by    *choice
}

func (k *ranked) pick(r *rand.Rand) string { return k.words[k.by.pick(r)] }

// generator draws a made-up world with the distributions of real ones:
// chapters, headings, classes, a vocabulary of two languages, markets, firms.
type generator struct {
	r        *rand.Rand
	chapters []string
	chapter  *choice
	codes    []ranked // of each chapter: six digits
	classes  [][]string
	all      []string    // every class
	terms    [2][]ranked // English and Chinese, of each chapter
	global   [2]ranked
	texts    map[string]*ranked // content words of a language
	stops    map[string][]string
	han      []rune
	hanBy    *choice
	issuer   *choice
	members  map[string]*choice
	firm     *choice
}

func newGenerator(stream uint64) *generator {
	g := &generator{r: rand.New(rand.NewPCG(seed, seedWorld)), texts: map[string]*ranked{}, stops: map[string][]string{}, members: map[string]*choice{}}
	g.makeCodes()
	g.makeClasses()
	g.makeWords()
	vocabulary := map[string]bool{}
	g.makeEnglish(vocabulary)
	g.makeChinese(vocabulary)
	for l := range 2 {
		for c := range g.chapters {
			t := &g.terms[l][c]
			if len(t.words) == 0 {
				t.words = g.global[l].words[:1]
			}
			t.by = zipf(len(t.words), 1.0, 8)
		}
		g.global[l].by = zipf(len(g.global[l].words), 1.0, 20)
	}
	w := make([]float64, 4+len(singles))
	for i := range w {
		w[i] = 1 / (float64(i) + 1.8)
	}
	g.issuer = weighted(w)
	g.members["EU"], g.members["ASEAN"], g.members["GCC"] = zipf(len(blocs["EU"]), 0.9, 1), zipf(len(blocs["ASEAN"]), 0.7, 1), zipf(len(blocs["GCC"]), 0.8, 0)
	g.firm = zipf(100_000, 0.7, 30)
	g.r = rand.New(rand.NewPCG(seed, stream))
	return g
}

// makeCodes weighs the chapters and draws their headings and subheadings.
func (g *generator) makeCodes() {
	headings := map[int]int{84: 87, 85: 48, 87: 16, 90: 33}
	var weights []float64
	for c := 1; c <= 97; c++ {
		if c == 77 {
			continue
		}
		g.chapters = append(g.chapters, fmt.Sprintf("%02d", c))
		weights = append(weights, chapterWeight(c))
		n := 5 + g.r.IntN(20)
		if fixed, ok := headings[c]; ok {
			n = fixed
		}
		var codes []string
		var by []float64
		for h := range n {
			weight := 1 / math.Pow(float64(h)+1.5, 0.8)
			subheadings := 1 + g.r.IntN(9)
			digits := g.r.Perm(90)
			for s := range subheadings {
				codes = append(codes, fmt.Sprintf("%02d%02d%02d", c, h+1, digits[s]+10))
				by = append(by, weight/math.Pow(float64(s)+1, 0.7))
			}
		}
		g.codes = append(g.codes, ranked{codes, weighted(by)})
	}
	g.chapter = weighted(weights)
}

func chapterWeight(c int) float64 {
	switch {
	case c == 84 || c == 85:
		return 14
	case c == 87:
		return 8
	case c == 90:
		return 3
	case c <= 24:
		return 1.6
	case c >= 28 && c <= 40:
		return 0.7
	}
	return 0.5
}

// makeClasses draws the ICS groups and four of them for each chapter.
func (g *generator) makeClasses() {
	for field := 1; field <= 97; field += 2 {
		if g.r.IntN(5) == 0 {
			continue
		}
		for k := 0; k < 5+g.r.IntN(8); k++ {
			g.all = append(g.all, fmt.Sprintf("%02d.%03d", field, (k+1)*20))
		}
	}
	for range g.chapters {
		var own []string
		for range 4 {
			own = append(own, g.all[g.r.IntN(len(g.all))])
		}
		g.classes = append(g.classes, own)
	}
}

// makeWords draws the content words of each language.
func (g *generator) makeWords() {
	g.stops["en"], g.stops["es"], g.stops["fr"] = stopEnglish, stopSpanish, stopFrench
	seen := map[string]bool{}
	for _, w := range stopEnglish {
		seen[w] = true
	}
	g.texts["en"] = &ranked{g.newWords(9000, "", seen), nil}
	g.texts["es"] = &ranked{g.newWords(5000, "áéíóúñ", seen), zipf(5000, 0.95, 5)}
	g.texts["fr"] = &ranked{g.newWords(5000, "éèàçêô", seen), zipf(5000, 0.95, 5)}
	g.texts["en"].by = zipf(9000, 0.9, 5)
	for _, p := range g.r.Perm(6000)[:2600] {
		g.han = append(g.han, rune(0x4e00+p))
	}
	g.hanBy = zipf(len(g.han), 0.8, 20)
}

func (g *generator) newWords(n int, accents string, seen map[string]bool) []string {
	var out []string
	for len(out) < n {
		if w := g.word([]rune(accents)); !seen[w] {
			seen[w] = true
			out = append(out, w)
		}
	}
	return out
}

func (g *generator) word(accents []rune) string {
	var b strings.Builder
	for range 1 + g.r.IntN(3) {
		b.WriteString(syllables[g.r.IntN(len(syllables))])
		if len(accents) > 0 && g.r.IntN(7) == 0 {
			b.WriteRune(accents[g.r.IntN(len(accents))])
		}
	}
	b.WriteString(endings[g.r.IntN(len(endings))])
	return b.String()
}

// keep puts a new term into the vocabulary of a chapter, or of all.
func (g *generator) keep(vocabulary map[string]bool, lang int, term string) {
	if vocabulary[term] {
		return
	}
	vocabulary[term] = true
	if g.terms[lang] == nil {
		g.terms[lang] = make([]ranked, len(g.chapters))
	}
	if g.r.IntN(20) == 0 {
		g.global[lang].words = append(g.global[lang].words, term)
		return
	}
	c := g.chapter.pick(g.r)
	g.terms[lang][c].words = append(g.terms[lang][c].words, term)
}

func (g *generator) makeEnglish(vocabulary map[string]bool) {
	lengths, en := weighted([]float64{62, 30, 8}), g.texts["en"]
	for len(vocabulary) < distinct*6/10 {
		words := make([]string, 2+lengths.pick(g.r))
		for i := range words {
			words[i] = en.words[300+g.r.IntN(len(en.words)-300)] // mostly rarer words
			if g.r.IntN(4) == 0 {
				words[i] = en.pick(g.r)
			}
		}
		g.keep(vocabulary, 0, strings.Join(words, " "))
	}
}

func (g *generator) makeChinese(vocabulary map[string]bool) {
	lengths := weighted([]float64{20, 20, 40, 10, 10})
	for len(vocabulary) < distinct {
		runes := make([]rune, 2+lengths.pick(g.r))
		for i := range runes {
			runes[i] = g.han[100+g.r.IntN(len(g.han)-100)]
		}
		g.keep(vocabulary, 1, string(runes))
	}
}

var (
	syllables   = strings.Fields("ba be bi bo bu ca ce ci co cu da de di do du fa fe fi fo ga ge go ha he hi ho ja jo ka ke ki la le li lo lu ma me mi mo mu na ne ni no nu pa pe pi po pu ra re ri ro ru sa se si so su ta te ti to tu va ve vi vo wa we wi ya yo za ze zi zo")
	endings     = strings.Fields("n r l s t m d x ng st nt ck ss rm th ne te")
	stopEnglish = strings.Fields("the of and to in for a is on that by this with as be shall or are from at it an which products members not new may date under requirements regulation standard has have proposed entry force following market safety conformity assessment procedures within days")
	stopSpanish = strings.Fields("el la de que y en los las del se por con para una un su al lo como más o sobre este productos reglamento técnico norma deberá fecha entrada vigor")
	stopFrench  = strings.Fields("le la de et les des en un une du que dans pour par sur au aux ce est sont ou produits règlement norme technique date entrée vigueur conformité évaluation")
	blocs       = map[string][]string{
		"EU":    strings.Fields("DE FR NL IT ES PL BE AT SE CZ DK IE PT RO HU FI GR SK BG HR LT SI LV EE LU CY MT"),
		"ASEAN": strings.Fields("SG VN TH MY ID PH MM KH LA BN"),
		"GCC":   strings.Fields("SA AE QA KW OM BH"),
	}
	singles = strings.Fields("KR GB CA CN IN MX BR AU TW CH TR IL ZA CL NO NZ CO PE EG UA AR KZ NG KE UG TZ RW MA EC CR PK BD LK JO GE UY PA DO")
)
