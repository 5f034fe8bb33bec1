package matcher

import (
	"slices"
	"strings"
	"sync"
	"unicode"

	"tbtwatch/internal/index"
	"tbtwatch/internal/nomenclature"
	"tbtwatch/internal/trade"
)

var _ = register(ruleOther)

// ruleOther looks at what the text says of the heading that notice and product
// share. A code names a heading, the words say which of its goods are meant: a
// notice on microwave ovens with heading 8516 is not about kettles. It notes
// the goods that the text names instead of the product.
func ruleOther(p *pair) {
	if len(p.r.HS) == 0 || !index.SameHeading(p.r.HS, p.p.HS) {
		return
	}
	m, says := wordsOf(p.r, p.p)
	about, where := "", ""
	switch {
	case says > wordsAgree:
		about, where = m.Words, m.Where
	case says == wordsSilent:
		f := unreadBasket(p.r, p.p)
		if f == nil {
			return
		}
		about, where, says = shortened(f.Text), f.Where, wordsUnread
	default:
		return
	}
	own := worldCode(p.p)
	for _, c := range p.p.Concepts {
		if c.Named {
			own = c.Words
			break
		}
	}
	p.add(finding{force: doubts, says: says, Evidence: trade.Evidence{
		Kind: trade.EvidenceAgainst, Notice: about, Product: own, Where: where}})
}

// words is what the words of a notice say of a product whose heading it gives.
type words int

const (
	wordsSilent    words = iota // they name no goods
	wordsAgree                  // they name the product, a wider kind, or a kind that it may be
	wordsUnread                 // no goods were recognised in them, and the heading has many kinds
	wordsElsewhere              // they name goods of other headings only: the code is unexplained
	wordsOther                  // they name other goods of the heading, and not the product
)

// wordsOf compares the goods that title and products name with the product,
// and gives the mention that decides.
func wordsOf(r *Reading, p *index.Profile) (decides *Mention, says words) {
	for i := range r.Mentions {
		m := &r.Mentions[i]
		if m.Negated || !m.Prominent() || broad(m.Concept) {
			continue // it says nothing about which goods of the heading
		}
		switch {
		case means(m, p):
			return m, wordsAgree
		case sets(m.Concept, p):
			if says < wordsOther {
				decides, says = m, wordsOther
			}
		case says < wordsElsewhere && !inItsChapter(m.Concept, p) && !explains(m.Concept, r, p):
			decides, says = m, wordsElsewhere
		}
	}
	if says == wordsElsewhere { // is the code of what the goods belong to? 乘用车制动系统 with the code of cars
		for i := range r.Mentions {
			m := &r.Mentions[i]
			if !m.Negated && !m.Primary && (m.Where == whereTitle || m.Where == whereProducts) && !broad(m.Concept) && index.SameHeading(m.Concept.HS, p.HS) && means(m, p) {
				return m, wordsAgree
			}
		}
	}
	return decides, says
}

// sets reports whether a concept is goods of the product's heading and hardly of
// others, so that its name sets them apart from the rest of the heading. Groups
// that reach over several headings may mean the product.
func sets(c *nomenclature.Concept, p *index.Profile) bool {
	const few = 3
	if headingCount(c, 0, few) > few {
		return false
	}
	typical := c.HS[:min(len(c.HS), max(c.Typical, 1))]
	return index.SameHeading(typical, p.HS)
}

// explains reports whether a concept lies in the product's heading, or in
// another that the notice gives: a list of headings reaches further than a title.
func explains(c *nomenclature.Concept, r *Reading, p *index.Profile) bool {
	return index.SameHeading(c.HS, r.HS) && !index.SameHeading(c.HS, p.HS)
}

// inItsChapter reports whether a concept lists a whole chapter in which the
// product lies, as "vehicles" does.
func inItsChapter(c *nomenclature.Concept, p *index.Profile) bool {
	return slices.ContainsFunc(c.HS, func(code string) bool {
		return len(code) == 2 && slices.ContainsFunc(p.HS, func(own string) bool { return strings.HasPrefix(own, code) })
	})
}

// worldCode is the product's smallest heading or subheading, as far as all
// products of a group share it.
func worldCode(p *index.Profile) string {
	least := ""
	for _, c := range p.HS {
		if c = c[:min(len(c), index.WorldDigits)]; len(c) >= 4 && (least == "" || c < least) {
			least = c
		}
	}
	return registeredCode(least, p)
}

// means reports whether the goods of a mention may be the product: its own
// kind or a wider one, or a kind narrower than the product's name that its
// code allows.
func means(m *Mention, p *index.Profile) bool {
	named := hasNamed(p)
	return slices.ContainsFunc(p.Concepts, func(own index.ProductConcept) bool {
		return m.Concept.ID == own.Concept.ID || slices.Contains(own.Concept.Wider(), m.Concept.ID) ||
			(own.Named || !named) && slices.Contains(m.Concept.Wider(), own.Concept.ID) && fits(m.Concept, p)
	})
}

// codePicks reports whether the text names a kind narrower than the product's
// name, and the notice's subheading is that kind's and not the product's:
// "electric mopeds and motorcycles" with the code of electric ones.
func codePicks(r *Reading, p *index.Profile) bool {
	return slices.ContainsFunc(r.Mentions, func(m Mention) bool {
		return !m.Negated && m.Prominent() && index.OfKind(m.Concept, r.HS) && !index.OfKind(m.Concept, p.HS) &&
			slices.ContainsFunc(p.Concepts, func(own index.ProductConcept) bool {
				return own.Named && slices.Contains(m.Concept.Wider(), own.Concept.ID)
			})
	})
}

// manyKinds is how many kinds of goods make a heading a basket, whose number
// alone says little about which goods are meant.
const manyKinds = 8

// unreadBasket gives the field in whose words no goods were recognised, where
// the notice gives a heading that is a basket of many kinds: it may be about any
// of them. nil when no words say so.
func unreadBasket(r *Reading, p *index.Profile) *index.Field {
	if !slices.ContainsFunc(p.HS, func(code string) bool {
		return len(code) >= 4 && kindsOfHeading()[code[:4]] >= manyKinds && slices.ContainsFunc(r.HS, func(c string) bool { return len(c) >= 4 && c[:4] == code[:4] })
	}) {
		return nil
	}
	for i := range r.Fields {
		if f := &r.Fields[i]; (f.Where == whereTitle || f.Where == whereProducts) && wordy(f.Text) {
			return f
		}
	}
	return nil
}

// shortened is a text for evidence.
func shortened(text string) string {
	const most = 60
	r := []rune(strings.TrimSpace(text))
	if len(r) <= most {
		return string(r)
	}
	return string(r[:most]) + "…"
}

// wordy reports whether a text says more than a number: "Draft 12" does not.
func wordy(text string) bool {
	letters := strings.IndexFunc(text, unicode.IsLetter)
	return letters >= 0 && len(strings.Fields(text)) > 2 || len([]rune(text)) >= 6 && len(text) > 2*len([]rune(text))
}

// kindsOfHeading counts for each heading the concepts that name it first and
// are no group of others.
var kindsOfHeading = sync.OnceValue(func() map[string]int {
	out := map[string]int{}
	for _, c := range nomenclature.Concepts() {
		if len(c.HS) > 0 && len(c.HS[0]) >= 4 {
			out[c.HS[0][:4]]++
		}
	}
	return out
})
