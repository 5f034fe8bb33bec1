package index

import "tbtwatch/internal/trade"

// A search asks which products lie under the keys of a notice. What is here
// answers the other way round, by the same keys: a product can only be found
// by a notice that asks for one of its keys or has one of its terms.

// ProductKeys are the keys under which a product lies, and the norms of its
// terms.
func (s *Scheme) ProductKeys(p *trade.Product) (keys, terms []string) {
	all := s.plainKeysOr(p)
	for _, k := range all {
		if isTerm(k) {
			terms = append(terms, k[1:])
		} else {
			keys = append(keys, k)
		}
	}
	return keys, terms
}

func (s *Scheme) plainKeysOr(p *trade.Product) []string {
	if s.plain {
		return s.plainKeys(p)
	}
	return fullKeys(NewProfile(*p, 0))
}

// NoticeKeys are the keys that a query asks for, but for the terms.
func (s *Scheme) NoticeKeys(q *Query) []string {
	var keys []string
	for _, p := range s.probes(q) {
		keys = append(keys, p.key)
	}
	return trade.SortedUnique(keys)
}

// Tokens are the hashes of what is compared of a text, in order; 0 is a break
// that no phrase reaches across.
func (s *Scheme) Tokens(dst []uint64, text string) []uint64 {
	for _, a := range s.words.atoms(nil, text) {
		dst = append(dst, a.hash)
	}
	return dst
}

// Phrases are the rows of tokens that stand for the norm of a term.
func (s *Scheme) Phrases(norm string) [][]uint64 {
	var out [][]uint64
	for _, form := range s.words.forms(norm) {
		row := make([]uint64, len(form))
		for i, word := range form {
			row[i] = hashOf(word)
		}
		if len(row) > 0 {
			out = append(out, row)
		}
	}
	return out
}
