package index

import (
	"slices"
	"strings"
	"unicode/utf8"

	"tbtwatch/internal/nomenclature"
	"tbtwatch/internal/trade"
)

// Profile is a product with what matching needs of it, computed once. It is
// never changed.
type Profile struct {
	trade.Product
	Key        string
	Seq        uint64
	Terms      []Term
	Concepts   []ProductConcept
	Standards  []string // keys, see nomenclature.ProductKeys
	Substances []string // normalised
}

// Term is a name or further term of the product.
type Term struct {
	Words string // as registered
	Norm  string // nomenclature.Normalize of it
	Long  bool   // more than one word, or four characters or more without spaces: says much
}

// ProductConcept is a kind of goods that the product is.
type ProductConcept struct {
	Concept *nomenclature.Concept
	Words   string // the product's words, or its HS code
	Named   bool   // by the product's words; false: by its HS code
}

// NewProfile computes the profile of a product.
func NewProfile(p trade.Product, seq uint64) *Profile {
	f := &Profile{Product: p, Key: p.Key(), Seq: seq}
	f.Terms = termsOf(&p)
	f.Concepts = conceptsOf(&p)
	f.Standards = nomenclature.ProductKeys(normalised(p.Standards, nomenclature.Standards))
	f.Substances = normalised(p.Substances, nomenclature.Substances)
	return f
}

// names lists all that the product is called.
func names(p *trade.Product) []string {
	return append([]string{p.NameZH, p.NameEN}, p.Terms...)
}

// generic words name no goods by themselves; as a term they would match all.
var generic = map[string]bool{}

func init() {
	for _, w := range strings.Fields(`product products goods article articles item items part parts accessory accessories component components
		equipment device devices machine machines machinery material materials system systems other others general new standard safety quality
		产品 商品 货物 零件 部件 配件 零部件 附件 设备 机器 装置 器具 材料 系统 其他 其它 标准 用品 制品 整机 食品 化工 电器 电子 机械 food foods electronics chemicals vehicle vehicles`) {
		generic[w] = true
	}
}

// termsOf lists the product's terms that can be looked for, without repetition.
func termsOf(p *trade.Product) []Term {
	var out []Term
	for _, words := range names(p) {
		norm := nomenclature.Normalize(words)
		runes := utf8.RuneCountInString(norm)
		spaced := runes == len(norm) || strings.Contains(norm, " ")
		if generic[norm] || runes < 2 || spaced && runes < 3 || strings.Trim(norm, "0123456789. ") == "" {
			continue
		}
		if slices.ContainsFunc(out, func(t Term) bool { return t.Norm == norm }) {
			continue
		}
		long := strings.Contains(norm, " ") || !spaced && runes >= 4
		out = append(out, Term{Words: strings.TrimSpace(words), Norm: norm, Long: long})
	}
	return out
}

// conceptsOf lists the kinds of goods that the product is: those that it names,
// in its heading where any lies there and else in its chapter (a helmet for
// motorcycles names motorcycles and is none). Where no name lies in its
// heading, the kinds of its HS codes are added.
func conceptsOf(p *trade.Product) []ProductConcept {
	out := namedConcepts(p)
	if slices.ContainsFunc(out, func(n ProductConcept) bool { return OfKind(n.Concept, p.HS) }) {
		return out
	}
	for _, code := range p.HS {
		for _, c := range conceptsOfHS(code) {
			if !slices.ContainsFunc(out, func(o ProductConcept) bool { return o.Concept.ID == c.ID }) {
				out = append(out, ProductConcept{c, code, false})
			}
		}
	}
	return out
}

// namedConcepts lists the kinds that the product's names give, each once.
func namedConcepts(p *trade.Product) []ProductConcept {
	var near, far []ProductConcept // by heading, by chapter
	for _, words := range names(p) {
		for _, h := range nomenclature.FindConcepts(words) {
			named := ProductConcept{h.Concept, h.Words, true}
			has := func(o ProductConcept) bool { return o.Concept.ID == h.Concept.ID }
			switch {
			case h.Negated || slices.ContainsFunc(near, has) || slices.ContainsFunc(far, has):
			case SameHeading(h.Concept.HS, p.HS) || !coded(p.HS) || !coded(h.Concept.HS):
				near = append(near, named)
			case sameChapter(h.Concept.HS, p.HS):
				far = append(far, named)
			}
		}
	}
	if len(near) > 0 {
		return near
	}
	return far
}

// coded reports whether any code names a heading.
func coded(codes []string) bool {
	return slices.ContainsFunc(codes, func(c string) bool { return len(c) >= 4 })
}

// Related reports whether one concept is the other or wider than it.
func Related(a, b *nomenclature.Concept) bool {
	return a.ID == b.ID || slices.Contains(a.Wider(), b.ID) || slices.Contains(b.Wider(), a.ID)
}

// sameChapter reports whether two lists of codes share a chapter; an empty
// list does not object.
func sameChapter(a, b []string) bool {
	if len(a) == 0 || len(b) == 0 {
		return true
	}
	for _, x := range a {
		for _, y := range b {
			if len(x) >= 2 && len(y) >= 2 && x[:2] == y[:2] {
				return true
			}
		}
	}
	return false
}

// Ancestors lists the wider concepts of c, nearest first.
func Ancestors(c *nomenclature.Concept) []string { return c.Wider() }

// normalised brings registered names to the form in which recognise gives
// them; a name that it does not know is kept as Normalize has it.
func normalised(names []string, recognise func(string) []string) []string {
	var out []string
	for _, n := range names {
		known := recognise(n)
		if len(known) == 0 {
			if norm := nomenclature.Normalize(n); norm != "" {
				known = []string{norm}
			}
		}
		out = append(out, known...)
	}
	return trade.SortedUnique(out)
}
