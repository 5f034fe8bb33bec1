package view

import (
	"cmp"
	"context"
	"encoding/binary"
	"slices"
	"strings"
	"sync"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/nomenclature"
	"tbtwatch/internal/trade"
)

// What one record may name, and how long a name may be: the rest of a list or a
// name that somebody made up to hurt us is left out.
const (
	mostNamed    = 200
	mostForms    = 250 // ways to write one standard
	longestClaim = 120 // characters of a name that is no standard we recognise
	mostRead     = 20_000
)

// mention is a standard as one record names it: 8 bytes.
type mention struct {
	standard uint32 // place in standards.all
	form     uint16 // place in standard.forms
	issue    uint16 // edition: see nomenclature.Edition
}

// standard is one entry of the library, with all that its family of names
// covers (nomenclature.StandardBase).
type standard struct {
	key      string
	name     string // the family's
	body     string // code of nomenclature.StandardBody, "" for unknown
	whole    string // name of the standard of which this is a part, or ""
	forms    []string
	measures []*measure
	products int
}

// measure is a family, in so far as its papers may name standards.
type measure struct {
	key    string
	seq    uint64
	place  place    // in the journal
	day    string   // on which its latest paper was published
	papers []uint64 // hashes of the notices' keys
	named  []uint32 // standards that they name, sorted
}

// paper is a notice and what its text names.
type paper struct {
	seq  uint64
	list uint32
	of   *measure // nil before the matcher has read it
}

// claim is a product and what it claims: 32 bytes with the hash of its key.
type claim struct {
	seq      uint64
	exporter uint32 // place in standards.exporters
	list     uint32
	place    uint32 // in standards.claimants of that list
}

// standards follows which standards measures name and products claim. A text is
// read when its record comes and not kept. Measured by
// TestStandardsAreSmall: about 110 bytes for each product that claims any, 350
// for each notice with its family, 610 for each standard.
type standards struct {
	table   *bus.Table[trade.Measure]
	journal *journal[trade.Measure] // nil for none

	readMu sync.Mutex
	read   map[string][]naming // names that products claimed lately, at most mostRead

	mu        sync.RWMutex
	all       []*standard
	byName    map[string]uint32 // of the family
	byKey     map[string]uint32
	lists     [][]mention // each once; the first one is empty
	listed    map[string]uint32
	claimants [][]uint64 // hashes of the products of each list but the first
	claims    map[uint64]claim
	exporters []string
	exporter  map[string]uint32
	papers    map[uint64]paper
	measures  map[string]*measure
	pos       uint64
	ready     bool
}

func newStandards(t *bus.Table[trade.Measure]) *standards {
	return &standards{
		table: t, read: map[string][]naming{}, byName: map[string]uint32{}, byKey: map[string]uint32{},
		lists: [][]mention{nil}, listed: map[string]uint32{"": 0}, claimants: [][]uint64{nil},
		claims: map[uint64]claim{}, exporter: map[string]uint32{}, papers: map[uint64]paper{}, measures: map[string]*measure{},
	}
}

// StandardKey is the identity of a standard in addresses, from the name of its
// family.
func StandardKey(base string) string { return trade.Key("standard", base) }

// follow reads families; notices and products come from those who read them
// already, see takeNotice and takeProduct.
func (s *standards) follow(ctx context.Context) error {
	s.mu.RLock()
	from, ready := s.pos, s.ready
	s.mu.RUnlock()
	if ready {
		return s.table.Follow(ctx, from, func(e bus.Entry[trade.Measure]) error {
			return s.takeFamily(e, s.journal.add(&e))
		})
	}
	return followAll(ctx, s.table, s.journal, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.ready = true
	}, s.takeFamily)
}

// placeOf is where the family's record stands, in the journal and in the stream.
func (s *standards) placeOf(key string) (at place, seq uint64) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if m := s.measures[key]; m != nil {
		return m.place, m.seq
	}
	return 0, 0
}

func (s *standards) isReady() bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.ready
}

// naming is a standard that a text names.
type naming struct {
	base, form string // the family's name, and the standard's own
	issue      int
}

func namings(text string) []naming {
	var out []naming
	for _, e := range nomenclature.Editions(text) {
		out = append(out, naming{nomenclature.StandardBase(e.Name), e.Name, e.Issue})
	}
	return out
}

// takeNotice reads a notice's text.
func (s *standards) takeNotice(e bus.Entry[trade.Notice]) {
	var found []naming
	if !e.Deleted {
		found = namings(e.Value.Text())
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	h := hashKey(e.Key)
	p := s.papers[h]
	if p.seq >= e.Seq {
		return
	}
	p.seq, p.list = e.Seq, s.list(found)
	s.papers[h] = p
	if p.of != nil {
		s.relink(p.of)
	}
}

// takeProduct reads what a product claims; what nomenclature does not
// recognise stands under the words that were registered.
func (s *standards) takeProduct(e bus.Entry[trade.Product]) {
	var found []naming
	for _, name := range first(e.Value.Standards, mostNamed) {
		found = append(found, s.claimedBy(name)...)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	h := hashKey(e.Key)
	old, known := s.claims[h]
	if known && old.seq >= e.Seq {
		return
	}
	now := claim{seq: e.Seq, list: s.list(found)}
	if old.list > 0 {
		s.leave(old)
	}
	if now.list > 0 {
		now.place = uint32(len(s.claimants[now.list])) //nolint:gosec // there are fewer products
		s.claimants[now.list] = append(s.claimants[now.list], h)
		s.count(now.list, 1)
	}
	if now.list == 0 && !known {
		return // most products claim nothing: they take no room
	}
	if e.Deleted || now.list == 0 {
		delete(s.claims, h)
		return
	}
	now.exporter = s.exporterID(e.Value.Exporter)
	s.claims[h] = now
}

// claimedBy is what a product claims by that name: a standard, or the words
// themselves. Many products claim the same, which is read once.
func (s *standards) claimedBy(name string) []naming {
	s.readMu.Lock()
	defer s.readMu.Unlock()
	known, ok := s.read[name]
	if ok {
		return known
	}
	name = strings.Clone(name) // and not the record that it stands in
	if known = namings(name); len(known) == 0 {
		words := cut(strings.TrimSpace(name), longestClaim)
		known = []naming{{base: nomenclature.Normalize(words), form: words}}
	}
	if len(s.read) >= mostRead {
		clear(s.read)
	}
	if len(name) <= longestClaim {
		s.read[name] = known
	}
	return known
}

// leave takes a product from those of its list; the last of them gets its place.
func (s *standards) leave(c claim) {
	all := s.claimants[c.list]
	last := all[len(all)-1]
	if moved := s.claims[last]; moved.place != c.place {
		all[c.place], moved.place = last, c.place
		s.claims[last] = moved
	}
	s.claimants[c.list] = all[:len(all)-1]
	s.count(c.list, -1)
}

// count adds n products to the standards on a list.
func (s *standards) count(list uint32, n int) {
	var last uint32
	for i, m := range s.lists[list] { // sorted by standard: one may stand there in two editions
		if i == 0 || m.standard != last {
			s.all[m.standard].products += n
		}
		last = m.standard
	}
}

func (s *standards) exporterID(id string) uint32 {
	at, ok := s.exporter[id]
	if !ok {
		at = uint32(len(s.exporters))
		s.exporters = append(s.exporters, id)
		s.exporter[id] = at
	}
	return at
}

// takeFamily learns which papers make one measure.
func (s *standards) takeFamily(e bus.Entry[trade.Measure], at place) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pos = max(s.pos, e.Seq)
	m, ok := s.measures[e.Key]
	if !ok {
		m = &measure{key: e.Key}
		s.measures[e.Key] = m
	}
	if m.seq >= e.Seq {
		return nil
	}
	f := &e.Value // an alias, and what was deleted, has no papers
	for _, h := range m.papers {
		if p := s.papers[h]; p.of == m {
			p.of = nil
			s.papers[h] = p
		}
	}
	m.seq, m.place, m.papers, m.day = e.Seq, at, nil, ""
	if latest := f.Latest(); latest != nil {
		m.day = latest.Published
	}
	for _, q := range f.Papers {
		h := hashKey(q.Notice)
		p := s.papers[h]
		if other := p.of; other != nil && other != m { // its family was joined with this one
			other.papers = slices.DeleteFunc(other.papers, func(o uint64) bool { return o == h })
			s.relink(other)
		}
		p.of = m
		s.papers[h] = p
		m.papers = append(m.papers, h)
	}
	s.relink(m)
	return nil
}

// relink makes the standards know that the measure names them, or does no more.
func (s *standards) relink(m *measure) {
	var now []uint32
	for _, h := range m.papers {
		for _, n := range s.lists[s.papers[h].list] {
			now = append(now, n.standard)
		}
	}
	slices.Sort(now)
	now = slices.Compact(now)
	for _, at := range m.named {
		if _, still := slices.BinarySearch(now, at); !still {
			st := s.all[at]
			st.measures = slices.DeleteFunc(st.measures, func(o *measure) bool { return o == m })
		}
	}
	for _, at := range now {
		if _, known := slices.BinarySearch(m.named, at); !known {
			s.all[at].measures = append(s.all[at].measures, m)
		}
	}
	m.named = slices.Clip(now)
}

// list keeps what one record names, and gives the place where the same stands
// for all records.
func (s *standards) list(found []naming) uint32 {
	var named []mention
	for _, n := range first(found, mostNamed) {
		if n.base == "" {
			continue // words without a letter or digit
		}
		at := s.entry(n.base)
		named = append(named, mention{standard: at, form: s.all[at].formID(n.form), issue: uint16(n.issue)})
	}
	slices.SortFunc(named, compareMentions)
	named = slices.Clip(slices.Compact(named))
	code := make([]byte, 0, 8*len(named))
	for _, m := range named {
		code = binary.BigEndian.AppendUint32(code, m.standard)
		code = binary.BigEndian.AppendUint16(code, m.form)
		code = binary.BigEndian.AppendUint16(code, m.issue)
	}
	at, ok := s.listed[string(code)]
	if !ok {
		at = uint32(len(s.lists))
		s.lists = append(s.lists, named)
		s.claimants = append(s.claimants, nil)
		s.listed[string(code)] = at
	}
	return at
}

func compareMentions(a, b mention) int {
	return cmp.Or(cmp.Compare(a.standard, b.standard), cmp.Compare(a.form, b.form), cmp.Compare(a.issue, b.issue))
}

// entry finds the standard of that name, which it makes if there is none.
func (s *standards) entry(base string) uint32 {
	at, ok := s.byName[base]
	if !ok {
		base = strings.Clone(base) // and not the text that it was found in
		at = uint32(len(s.all))
		body, _ := nomenclature.BodyOf(base)
		st := &standard{key: StandardKey(base), name: base, body: body.Code, whole: nomenclature.WholeOf(base)}
		s.all = append(s.all, st)
		s.byName[base], s.byKey[st.key] = at, at
	}
	return at
}

// formID is the place of a way to write the standard.
func (st *standard) formID(name string) uint16 {
	i := slices.Index(st.forms, name)
	if i < 0 && len(st.forms) < mostForms {
		i = len(st.forms)
		st.forms = append(st.forms, strings.Clone(name))
	}
	return uint16(max(i, 0))
}
