package matcher

import (
	"cmp"
	"slices"
	"sort"

	"tbtwatch/internal/index"
)

// phrases finds rows of words in many texts: the lists of texts of each word,
// rarest first, are intersected, and what is left is read. Terms that were
// asked for before are remembered with their texts, and only the texts that
// came since are searched for them.
type phrases struct {
	numbers map[uint64]uint32 // hash of a word → its number, from 1; 0 is a break
	lists   [][]uint32        // of each word, the texts that have it, ascending
	words   []uint32          // of all texts, one after the other
	ends    []uint32          // of each text in words
	known   map[string]*remembered
}

type remembered struct {
	slots []uint32
	upTo  uint32 // texts that were searched
}

// mostKnown bounds what is remembered.
const mostKnown = 200_000

func newPhrases() phrases {
	return phrases{numbers: map[uint64]uint32{}, lists: [][]uint32{nil}, known: map[string]*remembered{}}
}

// add appends a text.
func (p *phrases) add(tokens []uint64) {
	slot := uint32(len(p.ends))
	for _, hash := range tokens {
		word := uint32(0)
		if hash != 0 {
			var ok bool
			if word, ok = p.numbers[hash]; !ok {
				word = uint32(len(p.lists))
				p.numbers[hash] = word
				p.lists = append(p.lists, nil)
			}
		}
		p.append(word, slot)
	}
	p.ends = append(p.ends, uint32(len(p.words)))
}

func (p *phrases) append(word, slot uint32) {
	p.words = append(p.words, word)
	if l := p.lists[word]; word != 0 && (len(l) == 0 || l[len(l)-1] != slot) {
		p.lists[word] = append(l, slot)
	}
}

// copy appends a text of another one, whose words keep their numbers.
func (p *phrases) copy(from *phrases, text uint32) {
	if len(p.ends) == 0 {
		p.numbers, p.lists = from.numbers, make([][]uint32, len(from.lists))
	}
	slot := uint32(len(p.ends))
	for _, word := range from.text(text) {
		p.append(word, slot)
	}
	p.ends = append(p.ends, uint32(len(p.words)))
}

func (p *phrases) text(slot uint32) []uint32 {
	from := uint32(0)
	if slot > 0 {
		from = p.ends[slot-1]
	}
	return p.words[from:p.ends[slot]]
}

// find lists the texts that have the term of that norm, ascending.
func (p *phrases) find(norm string, scheme *index.Scheme) []uint32 {
	k := p.known[norm]
	if k == nil {
		if len(p.known) >= mostKnown {
			clear(p.known)
		}
		k = &remembered{}
		p.known[norm] = k
	}
	if all := uint32(len(p.ends)); k.upTo < all {
		for _, row := range scheme.Phrases(norm) {
			k.slots = p.search(k.slots, row, k.upTo)
		}
		slices.Sort(k.slots)
		k.slots, k.upTo = slices.Compact(k.slots), all
	}
	return k.slots
}

// search appends the texts from that one on in which the row stands.
func (p *phrases) search(out []uint32, row []uint64, from uint32) []uint32 {
	words := make([]uint32, len(row))
	for i, hash := range row {
		w, ok := p.numbers[hash]
		if !ok {
			return out
		}
		words[i] = w
	}
	rarest := slices.Clone(words)
	slices.SortFunc(rarest, func(a, b uint32) int { return cmp.Compare(len(p.lists[a]), len(p.lists[b])) })
	left := p.lists[rarest[0]]
	left = left[sort.Search(len(left), func(i int) bool { return left[i] >= from }):]
	for _, w := range rarest[1:] {
		left = intersect(left, p.lists[w])
	}
	for _, slot := range left {
		if stands(p.text(slot), words) {
			out = append(out, slot)
		}
	}
	return out
}

// intersect lists what is in both; a is much the shorter one, usually.
func intersect(a, b []uint32) []uint32 {
	out := make([]uint32, 0, len(a))
	at := 0
	for _, v := range a {
		step := 1
		for at+step < len(b) && b[at+step] < v {
			step *= 2
		}
		end := min(at+step+1, len(b))
		at += sort.Search(end-at, func(i int) bool { return b[at+i] >= v })
		if at == len(b) {
			break
		}
		if b[at] == v {
			out = append(out, v)
		}
	}
	return out
}

// stands reports whether the row of words stands in the text.
func stands(text, row []uint32) bool {
	for i := 0; i+len(row) <= len(text); i++ {
		if text[i] == row[0] && slices.Equal(text[i:i+len(row)], row) {
			return true
		}
	}
	return false
}
