package workload

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

func addNew(list []string, s string) []string {
	if slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}

func (g *generator) class(chapter int) string {
	if g.r.IntN(5) > 0 {
		return g.classes[chapter][g.r.IntN(4)]
	}
	return g.all[g.r.IntN(len(g.all))]
}

func (g *generator) term(lang, chapter int) string {
	if g.r.IntN(100) < 12 {
		return g.global[lang].pick(g.r)
	}
	return g.terms[lang][chapter].pick(g.r)
}

// bloc is the bloc that a drawn issuer stands for, or "".
func bloc(issuer int) string {
	return map[int]string{1: "EU", 3: "ASEAN", 14: "GCC"}[issuer]
}

// country is the country that a drawn issuer stands for where it is no bloc.
func country(issuer int) string {
	switch issuer {
	case 0:
		return "US"
	case 2:
		return "JP"
	}
	return singles[issuer-4]
}

func (g *generator) market() string {
	n := g.issuer.pick(g.r)
	if b := bloc(n); b != "" {
		return blocs[b][g.members[b].pick(g.r)]
	}
	return country(n)
}

func (g *generator) product(id uint32) Product {
	p := Product{ID: id, Exporter: uint32(g.firm.pick(g.r))}
	// An exporter has a home chapter.
	home := g.chapter.at(float64(int(uint64(p.Exporter)*2654435761>>7)%1000) / 1000)
	chapter := home
	if g.r.IntN(5) == 0 {
		chapter = g.chapter.pick(g.r)
	}
	codes := 1
	switch x := g.r.IntN(100); {
	case x >= 93:
		codes = 3
	case x >= 75:
		codes = 2
	}
	for i := range codes {
		p.HS = addNew(p.HS, g.code(i, chapter))
	}
	if g.r.IntN(10) < 6 {
		p.ICS = g.class(chapter)
		if g.r.IntN(2) == 0 {
			p.ICS += fmt.Sprintf(".%02d", (1+g.r.IntN(3))*10)
		}
	}
	g.nameProduct(&p, chapter)
	return p
}

// code draws the i-th code of a product, to six, eight or ten digits.
func (g *generator) code(i, chapter int) string {
	if i > 0 && g.r.IntN(10) >= 7 {
		chapter = g.chapter.pick(g.r)
	}
	code := g.codes[chapter].pick(g.r)
	switch x := g.r.IntN(100); {
	case x < 40:
	case x < 75:
		code += fmt.Sprintf("%02d", g.r.IntN(5)*10)
	default:
		code += fmt.Sprintf("%02d%02d", g.r.IntN(5)*10, g.r.IntN(4)*10)
	}
	return code
}

// nameProduct draws its terms and markets.
func (g *generator) nameProduct(p *Product, chapter int) {
	terms, mode := 2+g.r.IntN(7), g.r.IntN(100)
	for i := range terms {
		lang := 0
		if mode >= 80 {
			lang = 1
		} else if mode >= 55 {
			lang = i & 1
		}
		p.Terms = addNew(p.Terms, g.term(lang, chapter))
	}
	markets := 1 + int(math.Min(11, g.r.ExpFloat64()*3.2))
	for i := 0; i < markets*2 && len(p.Markets) < markets; i++ {
		p.Markets = addNew(p.Markets, g.market())
	}
}

func (g *generator) notice(id uint32) Notice {
	n := Notice{ID: id, Lang: "zh"}
	switch x := g.r.IntN(100); {
	case x < 50:
		n.Lang = "en"
	case x < 65:
		n.Lang = "es"
	case x < 80:
		n.Lang = "fr"
	}
	g.issue(&n)
	chapter := g.chapter.pick(g.r)
	if g.r.IntN(100) < 45 {
		for i := range 1 + int(math.Min(4, g.r.ExpFloat64())) {
			n.HS = addNew(n.HS, g.noticeCode(i, chapter))
		}
	}
	if g.r.IntN(100) < 55 {
		for range 1 + g.r.IntN(2) {
			class := g.class(chapter)
			switch x := g.r.IntN(100); {
			case x < 8:
				class = class[:2]
			case x >= 70:
				class += fmt.Sprintf(".%02d", (1+g.r.IntN(3))*10)
			}
			n.ICS = addNew(n.ICS, class)
		}
	}
	size := 300 + int(math.Min(2700, 500*math.Exp(g.r.NormFloat64()*0.7+0.3)))
	n.Text = g.text(n.Lang, size, g.mentioned(n.Lang, chapter))
	return n
}

func (g *generator) issue(n *Notice) {
	issuer := g.issuer.pick(g.r)
	switch b := bloc(issuer); {
	case b == "":
		n.Issuer, n.Markets = country(issuer), []string{country(issuer)}
	case b != "ASEAN" || g.r.IntN(100) < 15:
		n.Issuer, n.Markets = b, blocs[b]
	default:
		m := blocs[b][g.members[b].pick(g.r)]
		n.Issuer, n.Markets = m, []string{m}
	}
}

// noticeCode draws a code as notices give it, mostly a heading.
func (g *generator) noticeCode(i, chapter int) string {
	if i > 0 && g.r.IntN(10) == 0 {
		chapter = g.chapter.pick(g.r)
	}
	code := g.codes[chapter].pick(g.r)
	switch x := g.r.IntN(100); {
	case x < 5:
		return code[:2]
	case x < 70:
		return code[:4]
	case x >= 92:
		return code + fmt.Sprintf("%02d", g.r.IntN(5)*10)
	}
	return code
}

// mentioned draws the terms that a notice's text names.
func (g *generator) mentioned(lang string, chapter int) []string {
	var out []string
	some := func(n, l int) {
		for range n {
			out = append(out, g.term(l, chapter))
		}
	}
	switch lang {
	case "en":
		some(3+g.r.IntN(6), 0)
	case "zh":
		some(3+g.r.IntN(6), 1)
		some(g.r.IntN(2), 0)
	default:
		some(1+g.r.IntN(2), 0)
		if g.r.IntN(4) == 0 {
			some(1, 1)
		}
	}
	return out
}

// text writes words of a language with the terms spread among them.
func (g *generator) text(lang string, size int, terms []string) string {
	var b strings.Builder
	every := size / (len(terms) + 1)
	next, begins := every/2, true
	for b.Len() < size {
		if len(terms) > 0 && b.Len() >= next {
			t := terms[0]
			terms, next = terms[1:], next+every
			if lang != "zh" && g.r.IntN(5) == 0 && t[0] < 0x80 {
				t = strings.ToUpper(t[:1]) + t[1:]
			}
			b.WriteString(t)
		} else {
			w := g.contentWord(lang)
			if begins {
				r := []rune(w)
				w, begins = strings.ToUpper(string(r[:1]))+string(r[1:]), false
			}
			b.WriteString(w)
		}
		begins = g.gap(&b, lang) || begins
	}
	for _, t := range terms {
		b.WriteString(" " + t)
	}
	return b.String()
}

func (g *generator) contentWord(lang string) string {
	if lang == "zh" {
		return string(g.han[g.hanBy.pick(g.r)])
	}
	if stops := g.stops[lang]; g.r.IntN(100) < 42 {
		return stops[g.r.IntN(len(stops))]
	}
	return g.texts[lang].pick(g.r)
}

// gap writes what stands between two words and reports whether a sentence begins.
func (g *generator) gap(b *strings.Builder, lang string) bool {
	if lang == "zh" {
		switch g.r.IntN(24) {
		case 0:
			b.WriteString("，")
		case 1:
			b.WriteString("。")
		}
		return false
	}
	switch g.r.IntN(22) {
	case 0:
		b.WriteString(". ")
		return true
	case 1:
		b.WriteString(", ")
	default:
		b.WriteByte(' ')
	}
	return false
}
