package index

import (
	"encoding/binary"
	"hash/crc32"
	"strings"

	"tbtwatch/internal/nomenclature"
	"tbtwatch/internal/trade"
)

// Posting keys are one letter for the kind of evidence, then what agrees.
const (
	keyHS        = 'h' // digits with which a product's HS code begins
	keyHSShort   = 's' // chapter of a code that says no more
	keyICS       = 'i' // levels with which a product's ICS code begins
	keyICSShort  = 'j' // field of a code that says no more
	keyTerm      = 't' // norm of a term
	keyConcept   = 'c' // the product's own concepts
	keyWider     = 'w' // those and all wider ones
	keyStandard  = 'n'
	keySubstance = 'u'
)

// Scheme says under which keys a product lies and what of it decides a verdict.
type Scheme struct {
	name  string
	words atomiser
	plain bool
}

var (
	// Full is the scheme of the product: all kinds of evidence.
	Full = &Scheme{name: "full", words: foldedWords{}}
	// Plain knows codes by their digits and terms by their letters only, and no
	// kinds of goods: what can be compared with other programs.
	Plain = &Scheme{name: "plain", words: plainTokens{}, plain: true}
)

// row is what a Set takes of a product.
type row struct {
	hash         uint64 // of the key
	exporter, id string
	seq          uint64
	value        float64
	sum          uint32 // of the record
	kind         string // encoded Kind
	keys         []string
	markets      []string
}

var crcTable = crc32.MakeTable(crc32.Castagnoli)

// rowOf computes the row of a product, the costly part of taking it in.
func (s *Scheme) rowOf(p *trade.Product, key string, seq uint64) *row {
	r := &row{hash: hashOf(key), exporter: p.Exporter, id: p.ID, seq: seq, value: p.ExportValue, markets: p.Markets}
	var room [512]byte
	r.sum = crc32.Checksum(appendRecord(room[:0], seq, p), crcTable)
	if s.plain {
		r.keys = s.plainKeys(p)
		return r
	}
	f := NewProfile(*p, seq)
	r.kind = encodeKind(f)
	r.keys = fullKeys(f)
	return r
}

// plainKeys are the prefixes of codes at which notices cut them, and the terms.
func (s *Scheme) plainKeys(p *trade.Product) []string {
	keys := make([]string, 0, 16)
	for _, c := range p.HS {
		for n := 2; n <= 8 && n <= len(c); n += 2 {
			keys = append(keys, "h"+c[:n])
		}
	}
	for _, c := range p.ICS {
		for i := range len(c) {
			if c[i] == '.' {
				keys = append(keys, "i"+c[:i])
			}
		}
		keys = append(keys, "i"+c)
	}
	for _, words := range names(p) {
		if norm := s.words.norm(words); norm != "" {
			keys = append(keys, "t"+norm)
		}
	}
	return unique(keys)
}

// fullKeys are the keys under which a product lies for the rules.
func fullKeys(f *Profile) []string {
	var keys []string
	add := func(kind byte, ks ...string) {
		for _, k := range ks {
			keys = append(keys, string(kind)+k)
		}
	}
	for _, c := range f.HS {
		keys = append(keys, hsKeys(c)...)
	}
	for _, c := range f.ICS {
		keys = append(keys, icsKeys(c)...)
	}
	for _, c := range f.Concepts {
		add(keyConcept, c.Concept.ID)
		add(keyWider, c.Concept.ID)
		add(keyWider, Ancestors(c.Concept)...)
	}
	for _, t := range f.Terms {
		add(keyTerm, t.Norm)
	}
	add(keyStandard, f.Standards...)
	add(keySubstance, f.Substances...)
	return unique(keys)
}

// unique drops repetitions from a short list, in place.
func unique(keys []string) []string {
	out := keys[:0]
next:
	for _, k := range keys {
		for _, o := range out {
			if o == k {
				continue next
			}
		}
		out = append(out, k)
	}
	return out
}

// probe is a posting list that a notice's evidence asks for. What a verdict
// needs to know by itself has a bit of its own; of the rest it is enough that
// there is any, as the product's kind says what.
type probe struct {
	key  string
	kind byte
	name string // what the evidence is called: a code, a standard, a substance
	bits bool
}

// probes lists where candidates lie, but for the terms.
func (s *Scheme) probes(q *Query) []probe {
	var out []probe
	if s.plain {
		for _, c := range q.HS {
			out = append(out, probe{"h" + c, keyHS, c, true})
		}
		for _, c := range q.ICS {
			out = append(out, probe{"i" + c, keyICS, c, true})
		}
		return out
	}
	quiet := func(keys ...string) {
		for _, k := range keys {
			out = append(out, probe{key: k})
		}
	}
	for _, c := range q.HS {
		quiet(hsProbes(c)...)
	}
	for _, c := range q.ICS {
		quiet(icsProbes(c)...)
	}
	for _, id := range q.Concepts {
		quiet("w" + id)
		if c, ok := nomenclature.ConceptByID(id); ok {
			for _, a := range Ancestors(c) {
				quiet("c" + a)
			}
		}
	}
	for _, n := range trade.SortedUnique(q.Standards) {
		out = append(out, probe{"n" + n, keyStandard, n, true})
	}
	for _, n := range trade.SortedUnique(q.Substances) {
		out = append(out, probe{"u" + n, keySubstance, n, true})
	}
	return out
}

// isTerm reports whether a posting key is that of a term.
func isTerm(key string) bool { return strings.HasPrefix(key, "t") }

// schemeVersion changes whenever products lie under other keys or have other
// kinds than before.
const schemeVersion = 1

// fingerprint tells segments that this scheme made from others.
func (s *Scheme) fingerprint() uint64 {
	var b [16]byte
	binary.LittleEndian.PutUint64(b[:], nomenclature.Fingerprint())
	b[8] = schemeVersion
	return hashOf(append(b[:], s.name...))
}
