package workload

import (
	"math/bits"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limit is matching without anything that is not matching: posting lists of
// product numbers, a bitset for each market, a trie over the terms. It stands
// by itself, so that the index can be compared with it.
type Limit struct {
	codes   map[string][]uint32
	terms   [][]uint32
	numbers map[string]uint32 // term in plain tokens → place in terms
	words   map[string]uint32
	edges   table
	ends    []uint32 // node → term+1
	markets map[string][]uint64
	blocs   map[string][]uint64
	most    uint32
}

// NewLimit returns an empty one.
func NewLimit() *Limit {
	return &Limit{codes: map[string][]uint32{}, numbers: map[string]uint32{}, words: map[string]uint32{}, ends: []uint32{0}, markets: map[string][]uint64{}, blocs: map[string][]uint64{}}
}

// Add adds a product; numbers ascend.
func (l *Limit) Add(p *Product) {
	l.most = max(l.most, p.ID)
	for _, c := range p.HS {
		for n := 2; n <= 8 && n <= len(c); n += 2 {
			l.post("h"+c[:n], p.ID)
		}
	}
	for i := range len(p.ICS) {
		if p.ICS[i] == '.' {
			l.post("i"+p.ICS[:i], p.ID)
		}
	}
	if p.ICS != "" {
		l.post("i"+p.ICS, p.ID)
	}
	for _, t := range p.Terms {
		n := l.term(t)
		l.terms[n] = appendNew(l.terms[n], p.ID)
	}
	for _, m := range p.Markets {
		b := l.markets[m]
		for int(p.ID/64) >= len(b) {
			b = append(b, make([]uint64, len(b)/4+64)...)
		}
		b[p.ID/64] |= 1 << (p.ID % 64)
		l.markets[m] = b
	}
}

func appendNew(ids []uint32, id uint32) []uint32 {
	if n := len(ids); n > 0 && ids[n-1] == id {
		return ids
	}
	return append(ids, id)
}

func (l *Limit) post(key string, id uint32) { l.codes[key] = appendNew(l.codes[key], id) }

func (l *Limit) term(text string) uint32 {
	words := tokens(text)
	norm := strings.Join(words, " ")
	if n, ok := l.numbers[norm]; ok {
		return n
	}
	n := uint32(len(l.terms))
	l.numbers[norm] = n
	l.terms = append(l.terms, nil)
	node := uint32(0)
	for _, w := range words {
		if l.words[w] == 0 {
			l.words[strings.Clone(w)] = uint32(len(l.words)) + 1
		}
		k := uint64(node)<<32 | uint64(l.words[w])
		next := l.edges.get(k)
		if next == 0 {
			next = uint32(len(l.ends))
			l.ends = append(l.ends, 0)
			l.edges.put(k, next)
		}
		node = next
	}
	l.ends[node] = n + 1
	return n
}

// Seal ends adding and prepares the blocs that the notices name.
func (l *Limit) Seal(notices []Notice) {
	for k, ids := range l.codes {
		l.codes[k] = slices.Clone(ids)
	}
	for i, ids := range l.terms {
		l.terms[i] = slices.Clone(ids)
	}
	size := int(l.most)/64 + 1
	for m, b := range l.markets {
		l.markets[m] = append(make([]uint64, 0, size), append(b, make([]uint64, size)...)[:size]...)
	}
	for i := range notices {
		name := strings.Join(notices[i].Markets, ",")
		if len(notices[i].Markets) < 2 || l.blocs[name] != nil {
			continue
		}
		b := make([]uint64, size)
		for _, m := range notices[i].Markets {
			for j, w := range l.markets[m] {
				b[j] |= w
			}
		}
		l.blocs[name] = b
	}
}

// Scratch is the memory of one worker.
type Scratch struct {
	bits, blocks []uint64
	cands, Out   []uint32
	text         []uint32
	word         []byte
	seen         []uint32
	epoch        uint32
}

// Match returns the products that the notice matches, ascending, valid until
// the next call with the same scratch.
func (l *Limit) Match(n *Notice, s *Scratch) []uint32 {
	s.Out = s.Out[:0]
	market := l.markets[n.Markets[0]]
	if len(n.Markets) > 1 {
		market = l.blocs[strings.Join(n.Markets, ",")]
	}
	if market == nil {
		return nil
	}
	if words := int(l.most)/64 + 1; len(s.bits) < words {
		s.bits, s.blocks, s.cands = make([]uint64, words), make([]uint64, words/64+1), make([]uint32, 1<<14)
	}
	for i, c := range n.HS {
		wider := func(o string) bool { return len(o) < len(c) && strings.HasPrefix(c, o) }
		if !slices.ContainsFunc(n.HS[:i], wider) && !slices.ContainsFunc(n.HS[i+1:], wider) {
			s.mark(l.codes["h"+c], market)
		}
	}
	for _, c := range n.ICS {
		s.mark(l.codes["i"+c], market)
	}
	l.find(n.Text, s, func(term uint32) { s.mark(l.terms[term], market) })
	s.emit()
	return s.Out
}

// mark notes the ids that pass the filter, without a branch for each.
func (s *Scratch) mark(ids []uint32, filter []uint64) {
	for len(ids) > 0 {
		cands, part := s.cands[:1<<14], ids[:min(len(ids), 1<<14)]
		ids = ids[len(part):]
		n := 0
		for _, id := range part {
			cands[n&(1<<14-1)] = id
			n += int(filter[id>>6] >> (id & 63) & 1)
		}
		for _, id := range cands[:n] {
			at := id >> 6
			s.bits[at] |= 1 << (id & 63)
			s.blocks[at>>6] |= 1 << (at & 63)
		}
	}
}

func (s *Scratch) emit() {
	for b, block := range s.blocks {
		if block == 0 {
			continue
		}
		s.blocks[b] = 0
		for ; block != 0; block &= block - 1 {
			at := b<<6 | bits.TrailingZeros64(block)
			v := s.bits[at]
			s.bits[at] = 0
			for ; v != 0; v &= v - 1 {
				s.Out = append(s.Out, uint32(at<<6|bits.TrailingZeros64(v)))
			}
		}
	}
}

// find calls fn once for each term that stands in the text.
func (l *Limit) find(text string, s *Scratch, fn func(term uint32)) {
	s.text = s.text[:0]
	l.scan(text, s)
	if len(s.seen) < len(l.terms) {
		s.seen, s.epoch = make([]uint32, len(l.terms)), 0
	}
	s.epoch++
	for i, first := range s.text {
		if first == 0 {
			continue
		}
		node := l.edges.get(uint64(first))
		for j := i + 1; node != 0; j++ {
			if t := l.ends[node]; t != 0 && s.seen[t-1] != s.epoch {
				s.seen[t-1] = s.epoch
				fn(t - 1)
			}
			if j >= len(s.text) || s.text[j] == 0 {
				break
			}
			node = l.edges.get(uint64(node)<<32 | uint64(s.text[j]))
		}
	}
}

// scan numbers the tokens of a text; those of no term are 0.
func (l *Limit) scan(text string, s *Scratch) {
	word := s.word[:0]
	end := func() {
		if len(word) > 0 {
			s.text = append(s.text, l.words[string(word)])
			word = word[:0]
		}
	}
	for i := 0; i < len(text); {
		c := text[i]
		switch {
		case c >= 'a' && c <= 'z' || c >= '0' && c <= '9':
			word = append(word, c)
			i++
		case c >= 'A' && c <= 'Z':
			word = append(word, c+'a'-'A')
			i++
		case c < utf8.RuneSelf:
			end()
			i++
		default:
			r, n := utf8.DecodeRuneInString(text[i:])
			i += n
			switch {
			case isHan(r):
				end()
				word = utf8.AppendRune(word, r)
				end()
			case unicode.IsLetter(r) || unicode.IsDigit(r):
				word = utf8.AppendRune(word, unicode.ToLower(r))
			default:
				end()
			}
		}
	}
	end()
	s.word = word
}

func isHan(r rune) bool { return r >= 0x4e00 && r <= 0x9fff }

// tokens are lower-case runs of letters and digits, every Han character one of
// its own.
func tokens(text string) []string {
	var b strings.Builder
	for _, r := range strings.ToLower(text) {
		switch {
		case isHan(r):
			b.WriteByte(' ')
			b.WriteRune(r)
			b.WriteByte(' ')
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			b.WriteRune(r)
		default:
			b.WriteByte(' ')
		}
	}
	return strings.Fields(b.String())
}

// table is an open-addressed map from keys that are not 0.
type table struct {
	keys []uint64
	vals []uint32
	n    int
}

func spread(k uint64) uint64 { k *= 0x9e3779b97f4a7c15; return k ^ k>>29 }

func (t *table) get(k uint64) uint32 {
	if len(t.keys) == 0 {
		return 0
	}
	mask := uint64(len(t.keys) - 1)
	for i := spread(k) & mask; t.keys[i] != 0; i = (i + 1) & mask {
		if t.keys[i] == k {
			return t.vals[i]
		}
	}
	return 0
}

func (t *table) put(k uint64, v uint32) {
	if 2*(t.n+1) > len(t.keys) {
		old := *t
		*t = table{keys: make([]uint64, max(1024, 2*len(old.keys))), vals: make([]uint32, max(1024, 2*len(old.keys)))}
		for i, k := range old.keys {
			if k != 0 {
				t.put(k, old.vals[i])
			}
		}
	}
	mask := uint64(len(t.keys) - 1)
	i := spread(k) & mask
	for t.keys[i] != 0 {
		i = (i + 1) & mask
	}
	t.keys[i], t.vals[i] = k, v
	t.n++
}
