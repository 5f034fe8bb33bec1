package matcher

import (
	"slices"
	"strings"

	"tbtwatch/internal/index"
	"tbtwatch/internal/trade"
)

// A rule looks at one notice and one product and adds what it finds. Rules do
// not know each other; Judge weighs their findings together.
type rule func(p *pair)

// rules are all rules, each registered by its own file.
var rules []rule

// register adds a rule at start-up. Judge puts findings in an order that does
// not depend on the order of registration.
func register(r rule) bool {
	rules = append(rules, r)
	return true
}

// pair is what a rule looks at.
type pair struct {
	r    *Reading
	p    *index.Profile
	hits index.TermHits // of all products' terms in the reading's fields
	// What the rules found and what of it is shown, whose room is used again for
	// the next product.
	found    []finding
	evidence []trade.Evidence
}

func (p *pair) add(f finding) { p.found = append(p.found, f) }

// force says what a finding does.
type force int

const (
	supports force = iota // speaks for the product, up to its grade
	doubts                // speaks against it: noted, and weighed by Judge
	forbids               // contradicts it: whatever else was found, the grade is none
)

// finding is one piece of evidence with what it can carry.
type finding struct {
	trade.Evidence
	force  force
	grade  trade.Grade // the best grade that it supports alone
	weight float64     // 0 to 1, how much it adds to the score
	code   bool        // a code that the notice gives agrees, at least in chapter or ICS group
	strong bool        // names the product itself: its heading, its term, its own kind of goods
	exact  bool        // a term of the product
	long   bool        // that term says much by itself
	whole  bool        // the agreeing HS code is a whole subheading
	says   words       // doubts: which goods the text names instead
	named  bool        // speaks against the product and names it: worth a verdict even alone
	tie    string      // orders findings that weigh the same; the same for all products of a group
}

// prominent reports whether the words stand where a notice says what it is about.
func (f *finding) prominent() bool { return f.Where == whereTitle || f.Where == whereProducts }

// conflict is what the notice's HS codes say against the product's.
type conflict int

const (
	noConflict   conflict = iota
	otherChapter          // all its headings lie in other chapters
	sameChapter           // other goods of the product's chapter
	siblings              // another subheading of the product's heading
)

// conflictOf compares the headings that the notice gives with the product's;
// codes of two or three digits conflict with nothing in their chapter.
func conflictOf(r *Reading, p *index.Profile) conflict {
	worst := otherChapter
	compared := false
	for _, a := range r.HS {
		for _, b := range p.HS {
			digits, sibling := index.HSAgree(a, b)
			switch {
			case digits >= 2:
				return noConflict
			case sibling:
				worst = siblings
			case len(a) >= 2 && len(b) >= 2 && a[:2] == b[:2]:
				worst = max(worst, sameChapter)
			}
			compared = true
		}
	}
	if !compared {
		return noConflict
	}
	return worst
}

// codeList prints codes for evidence, five at most.
func codeList(codes []string) string {
	if len(codes) > 5 {
		codes = append(slices.Clone(codes[:5]), "…")
	}
	return strings.Join(codes, ", ")
}
