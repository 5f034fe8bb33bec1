package matcher

import (
	"slices"
	"strings"

	"tbtwatch/internal/index"
	"tbtwatch/internal/nomenclature"
	"tbtwatch/internal/trade"
)

// The fields of a notice that are read, by their names in Evidence.Where.
const (
	whereTitle       = "title"
	whereProducts    = "products"
	whereDescription = "description"
	whereKeywords    = "keywords"
	whereHS          = "hs"
	whereICS         = "ics"
)

// Reading is what matching needs of a notice, computed once.
type Reading struct {
	ID       string // as given
	Kind     trade.Kind
	Markets  []string
	Affected []string // SPS: origins named as affected; empty means all
	Excepted []string // SPS: origins named as not affected
	HS       []string // given, digits only, as codes of HS 2022
	Given    []Given  // the same as the notice has them
	ICS      []string // given
	Fields   []index.Field
	Mentions []Mention // concepts, in the order of fields and text

	Standards  []Cited
	Substances []Cited

	plain   bool                       // read without kinds of goods
	former  map[string]string          // code of HS → the older one that was given for it
	subject bool                       // title or products name goods
	except  []*nomenclature.Exceptions // of each field
	ics     []icsGoods                 // of each ICS code
}

// Cited is a substance, or the key of a standard, that a field names, normalised.
type Cited struct{ Name, Where string }

// Read computes the reading of a notice.
func Read(n *trade.Notice) Reading {
	r := Reading{ID: n.ID, Kind: n.Kind, Markets: n.Markets, Affected: n.Affected, Excepted: n.Excepted}
	for _, f := range []index.Field{
		{Where: whereTitle, Text: n.Title}, {Where: whereProducts, Text: n.Products},
		{Where: whereDescription, Text: n.Description}, {Where: whereKeywords, Text: strings.Join(n.Keywords, "; ")},
	} {
		if strings.TrimSpace(f.Text) != "" {
			r.Fields = append(r.Fields, f)
		}
	}
	var codes []string
	codes, r.ICS = codesOf(n)
	for _, c := range r.ICS {
		r.ics = append(r.ics, goodsOfICS(c))
	}
	r.Given = readGiven(codes)
	r.HS, r.former = givenCodes(r.Given)
	for i, f := range r.Fields {
		except := nomenclature.ReadExceptions(f.Text)
		r.except = append(r.except, except)
		r.Mentions = append(r.Mentions, mentionsIn(i, f, except)...)
		for _, s := range nomenclature.Standards(f.Text) {
			for _, key := range nomenclature.CitedKeys(s) {
				r.Standards = append(r.Standards, Cited{key, f.Where})
			}
		}
		for _, s := range nomenclature.Substances(f.Text) {
			r.Substances = append(r.Substances, Cited{s, f.Where})
		}
	}
	r.narrowTitle()
	r.findSubject()
	return r
}

// narrowTitle believes the box of the products covered, where it names kinds
// narrower than one of the title: "Motor vehicles", products "Passenger cars".
func (r *Reading) narrowTitle() {
	for i := range r.Mentions {
		m := &r.Mentions[i]
		if m.Where != whereTitle || m.Negated {
			continue
		}
		narrower, same := false, false
		for _, o := range r.Mentions {
			if o.Where == whereProducts && o.Primary && !o.Negated {
				narrower = narrower || slices.Contains(o.Concept.Wider(), m.Concept.ID)
				same = same || o.Concept.ID == m.Concept.ID
			}
		}
		if narrower && !same {
			m.Primary = false
		}
	}
}

// findSubject decides what the notice is about: the goods that title and
// products name or, where those name none ("Draft order No. 5"), the first
// sentence of the description that names any.
func (r *Reading) findSubject() {
	for _, m := range r.Mentions {
		r.subject = r.subject || m.Prominent() && !m.Negated
	}
	if r.subject {
		return
	}
	end := 0 // of the first sentence that names goods
	for i := range r.Mentions {
		m := &r.Mentions[i]
		if m.Where != whereDescription || !m.Primary || m.Negated {
			continue
		}
		if end == 0 {
			end = m.Start + firstSentence(r.Fields[m.Field].Text[m.Start:])
		}
		m.Subject = m.Start <= end
	}
}

// firstSentence is the length of the first sentence, at most 300 bytes.
func firstSentence(text string) int {
	n := min(len(text), 300)
	for _, end := range []string{". ", "。", "\n"} {
		if i := strings.Index(text[:n], end); i >= 0 {
			n = i
		}
	}
	return n
}

// Query is what the index is asked for this reading's candidates.
func (r *Reading) Query() index.Query {
	q := index.Query{Markets: r.Markets, HS: r.HS, ICS: r.ICS, Fields: r.Fields}
	if r.plain {
		return q
	}
	seen := map[string]bool{}
	for _, m := range r.Mentions {
		if !seen[m.Concept.ID] {
			seen[m.Concept.ID] = true
			q.Concepts = append(q.Concepts, m.Concept.ID)
		}
	}
	for _, goods := range r.ics { // the ICS rule knows products by their concepts' codes, too
		for _, k := range goods {
			if !seen[k.id] {
				seen[k.id] = true
				q.Concepts = append(q.Concepts, k.id)
			}
		}
	}
	for _, s := range r.Standards {
		q.Standards = append(q.Standards, s.Name)
	}
	for _, s := range r.Substances {
		q.Substances = append(q.Substances, s.Name)
	}
	return q
}
