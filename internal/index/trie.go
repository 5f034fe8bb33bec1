package index

// trie finds many terms in a row of atoms. Atoms are numbered by their hashes
// and edges lie in one open-addressed table, so that a term costs tens of bytes
// and a text one look-up for each atom that begins or continues no term.
type trie struct {
	tokens hashTable // hash of an atom → its number, from 1
	edges  hashTable // node<<32 | token → node, from 1; the root is 0
	out    []uint32  // of each node: 0, a term+1, or a link with linkBit set
	links  []link    // terms of nodes that have several
}

type link struct{ term, next uint32 }

const linkBit = 1 << 31

// hashTable maps keys that are not 0 to numbers.
type hashTable struct {
	keys []uint64
	vals []uint32
	n    int
}

func spread(k uint64) uint64 {
	k *= 0x9e3779b97f4a7c15
	return k ^ k>>29
}

func (t *hashTable) get(k uint64) uint32 {
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

// put adds a key that is not there.
func (t *hashTable) put(k uint64, v uint32) {
	if 3*(t.n+1) > 2*len(t.keys) {
		old := *t
		*t = hashTable{keys: make([]uint64, max(64, 2*len(old.keys))), vals: make([]uint32, max(64, 2*len(old.keys)))}
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

func edge(node, token uint32) uint64 { return uint64(node)<<32 | uint64(token) }

// add makes term stand for that row of atoms.
func (t *trie) add(form []string, term uint32) {
	if len(form) == 0 {
		return
	}
	if len(t.out) == 0 {
		t.out = append(t.out, 0)
	}
	node := uint32(0)
	for _, a := range form {
		h := hashOf(a)
		token := t.tokens.get(h)
		if token == 0 {
			token = uint32(t.tokens.n) + 1
			t.tokens.put(h, token)
		}
		next := t.edges.get(edge(node, token))
		if next == 0 {
			next = uint32(len(t.out))
			t.out = append(t.out, 0)
			t.edges.put(edge(node, token), next)
		}
		node = next
	}
	t.mark(node, term)
}

func (t *trie) mark(node, term uint32) {
	was := t.out[node]
	switch {
	case was == 0:
		t.out[node] = term + 1
		return
	case was&linkBit == 0:
		if was-1 == term {
			return
		}
		t.links = append(t.links, link{was - 1, 0})
		was = uint32(len(t.links)) | linkBit
	}
	for at := was &^ linkBit; at != 0; at = t.links[at-1].next {
		if t.links[at-1].term == term {
			t.out[node] = was
			return
		}
	}
	t.links = append(t.links, link{term, was &^ linkBit})
	t.out[node] = uint32(len(t.links)) | linkBit
}

// termAt is a term found in a field.
type termAt struct {
	term       uint32
	field      int32
	start, end int32
}

// find adds every occurrence of every term among the atoms of a field, also
// those inside longer ones, in order of their start. tokens is scratch.
func (t *trie) find(dst []termAt, field int, atoms []atom, tokens []uint32) ([]termAt, []uint32) {
	tokens = tokens[:0]
	for _, a := range atoms {
		n := uint32(0)
		if a.hash != 0 {
			n = t.tokens.get(a.hash)
		}
		tokens = append(tokens, n)
	}
	for i, first := range tokens {
		if first == 0 {
			continue
		}
		node := t.edges.get(edge(0, first))
		for j := i; node != 0; {
			if t.out[node] != 0 {
				dst = t.report(dst, node, termAt{field: int32(field), start: atoms[i].start, end: atoms[j].end})
			}
			if j++; j >= len(tokens) || tokens[j] == 0 {
				break
			}
			node = t.edges.get(edge(node, tokens[j]))
		}
	}
	return dst, tokens
}

func (t *trie) report(dst []termAt, node uint32, at termAt) []termAt {
	out := t.out[node]
	if out&linkBit == 0 {
		at.term = out - 1
		return append(dst, at)
	}
	for i := out &^ linkBit; i != 0; i = t.links[i-1].next {
		at.term = t.links[i-1].term
		dst = append(dst, at)
	}
	return dst
}
