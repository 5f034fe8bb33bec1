package triage

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
)

// Book holds the family records that a batch of notices touches, read
// together, changed in memory and written together.
type Book struct {
	b     *bus.Bus
	docs  map[string]*page     // by family key
	likes map[string]*likeness // by mark
}

// likeness is a record of the papers that bear one mark.
type likeness struct {
	trade.Likeness
	last  uint64 // sequence to expect
	dirty bool
}

type page struct {
	family trade.Family
	last   uint64 // sequence to expect
	dirty  bool
}

// OpenBook reads the families of the notices, those of other members'
// notifications of the same standards, and follows the aliases of joint papers
// to the record that leads.
func OpenBook(ctx context.Context, b *bus.Bus, notices []trade.Notice) (*Book, error) {
	k := &Book{b: b, docs: map[string]*page{}, likes: map[string]*likeness{}}
	var roots []string
	for i := range notices {
		roots = append(roots, NoticeRoots(&notices[i])...)
	}
	kin, err := k.loadLikes(ctx, notices)
	if err != nil {
		return nil, err
	}
	for roots = append(roots, kin...); len(roots) > 0; {
		next, err := k.load(ctx, trade.SortedUnique(roots))
		if err != nil {
			return nil, err
		}
		roots = next
	}
	return k, nil
}

// likenessKey is the stream key of a mark.
func likenessKey(mark string) string { return trade.Key("alike", mark) }

// loadLikes reads the records of the notices' marks and returns the roots that
// these make one measure with them.
func (k *Book) loadLikes(ctx context.Context, notices []trade.Notice) (roots []string, err error) {
	var keys []string
	for i := range notices {
		marks, _ := Marks(&notices[i])
		for _, mark := range marks {
			if k.likes[mark] == nil {
				k.likes[mark] = &likeness{Likeness: trade.Likeness{Mark: mark}}
				keys = append(keys, likenessKey(mark))
			}
		}
	}
	if len(keys) == 0 {
		return nil, nil
	}
	got, err := k.b.Likenesses.GetMany(ctx, keys)
	if err != nil {
		return nil, fmt.Errorf("triage: likenesses: %w", err)
	}
	for _, e := range got {
		if l := k.likes[e.Value.Mark]; l != nil {
			l.Likeness, l.last = e.Value, e.Seq
		}
	}
	for i := range notices {
		roots = append(roots, k.kin(&notices[i])...)
	}
	return roots, nil
}

// kin are the roots that the notice's marks make one measure with it.
func (k *Book) kin(n *trade.Notice) []string {
	var out []string
	marks, own := Marks(n)
	for _, mark := range marks {
		list := k.likes[mark].Seen
		if len(list) > MostAlike {
			continue
		}
		for _, s := range list {
			if Alike(own, s) {
				out = append(out, s.Root)
			}
		}
	}
	return out
}

// sight records the notice under its marks.
func (k *Book) sight(n *trade.Notice) {
	marks, own := Marks(n)
	for _, mark := range marks {
		l := k.likes[mark]
		if list := addSighting(l.Seen, own); len(list) != len(l.Seen) {
			l.Seen, l.dirty = list, true
		}
	}
}

// load reads the records of roots that are not in the book yet and returns
// the leads that their aliases name.
func (k *Book) load(ctx context.Context, roots []string) (leads []string, err error) {
	var keys []string
	for _, r := range roots {
		if k.docs[trade.FamilyKey(r)] == nil {
			keys = append(keys, trade.FamilyKey(r))
			k.docs[trade.FamilyKey(r)] = &page{family: trade.Family{ID: r}}
		}
	}
	got, err := k.b.Families.GetMany(ctx, keys)
	if err != nil {
		return nil, fmt.Errorf("triage: families: %w", err)
	}
	for key, e := range got {
		k.docs[key] = &page{family: e.Value, last: e.Seq}
		if e.Value.Alias != "" {
			leads = append(leads, e.Value.Alias)
		}
	}
	return leads, nil
}

// lead follows aliases to the record that leads. A chain is as long as the
// number of merges, and never a circle: a lead is always older.
func (k *Book) lead(root string) *page {
	p := k.docs[trade.FamilyKey(root)]
	for range 100 {
		if p.family.Alias == "" {
			return p
		}
		next := k.docs[trade.FamilyKey(p.family.Alias)]
		if next == nil {
			return p
		}
		p = next
	}
	return p
}

// Place puts the paper into its family, joining the families of its roots and
// those of its neighbours' notifications of the same standard, and returns the
// family. changed is false when the family
// knows the paper with this content already.
func (k *Book) Place(n *trade.Notice, paper trade.Paper) (f *trade.Family, changed bool) {
	roots := NoticeRoots(n)
	kin := slices.Concat(roots, k.kin(n))
	k.sight(n)
	lead := k.lead(roots[0])
	for _, r := range kin[1:] {
		if other := k.lead(r); leadsBefore(other, lead) {
			lead = other
		}
	}
	for _, r := range kin {
		other := k.lead(r)
		if other == lead {
			continue
		}
		k.merge(other, lead)
		changed = true
	}
	f = &lead.family
	if roots = trade.SortedUnique(append(f.Roots, roots...)); !slices.Equal(roots, f.Roots) {
		f.Roots, changed = roots, true
	}
	if addPaper(f, paper) {
		changed = true
	}
	lead.dirty = lead.dirty || changed
	return f, changed
}

// leadsBefore prefers the family that exists longest, then the smaller name.
func leadsBefore(a, b *page) bool {
	switch {
	case (a.last == 0) != (b.last == 0):
		return a.last != 0
	case a.last != b.last && len(a.family.Papers) > 0 && len(b.family.Papers) > 0:
		return a.family.Papers[0].Seq < b.family.Papers[0].Seq
	}
	return a.family.ID < b.family.ID
}

// merge makes from an alias of into and hands its papers over.
func (k *Book) merge(from, into *page) {
	for _, p := range from.family.Papers {
		addPaper(&into.family, p)
	}
	into.family.Roots = trade.SortedUnique(append(into.family.Roots, from.family.Roots...))
	if into.family.Codes == nil {
		into.family.Codes = from.family.Codes
	}
	if len(from.family.Papers) > 0 {
		into.family.Merged = trade.SortedUnique(append(append(into.family.Merged, from.family.Merged...), from.family.ID))
	}
	from.family = trade.Family{ID: from.family.ID, Alias: into.family.ID}
	from.dirty, into.dirty = true, true
}

// addPaper adds or replaces the paper of that notice, in the order of
// publication, then of the suffix chain.
func addPaper(f *trade.Family, p trade.Paper) bool {
	i := slices.IndexFunc(f.Papers, func(q trade.Paper) bool { return q.Notice == p.Notice })
	if i >= 0 {
		if f.Papers[i].Hash == p.Hash || f.Papers[i].Seq > p.Seq {
			return false
		}
		f.Papers[i] = p
	} else {
		f.Papers = append(f.Papers, p)
	}
	slices.SortStableFunc(f.Papers, func(a, b trade.Paper) int {
		if c := strings.Compare(a.Published, b.Published); c != 0 {
			return c
		}
		if c := len(a.ID) - len(b.ID); c != 0 {
			return c
		}
		return strings.Compare(a.ID, b.ID)
	})
	return true
}

// Touched are the families that have to be written, leads only, by name.
func (k *Book) Touched() []*trade.Family {
	var out []*trade.Family
	for _, p := range k.docs {
		if p.dirty && p.family.Alias == "" {
			out = append(out, &p.family)
		}
	}
	slices.SortFunc(out, func(a, b *trade.Family) int { return strings.Compare(a.ID, b.ID) })
	return out
}

// Save writes what changed. Likenesses go first, then aliases: a process that
// dies in between leaves a sighting or an alias whose lead has not grown yet,
// and the notice, delivered again, makes it grow. trade.ErrConflict means that
// somebody else wrote one of the records; nothing of that part was stored.
func (k *Book) Save(ctx context.Context) error {
	var likes []bus.Write[trade.Likeness]
	for mark, l := range k.likes {
		if l.dirty {
			likes = append(likes, bus.Write[trade.Likeness]{Key: likenessKey(mark), Value: l.Likeness, Last: l.last})
		}
	}
	var aliases, leads []bus.Write[trade.Family]
	for key, p := range k.docs {
		w := bus.Write[trade.Family]{Key: key, Value: p.family, Last: p.last}
		switch {
		case p.dirty && p.family.Alias != "":
			aliases = append(aliases, w)
		case p.dirty:
			leads = append(leads, w)
		}
	}
	if err := putAll(ctx, k.b.Likenesses, likes); err != nil {
		return err
	}
	if err := putAll(ctx, k.b.Families, aliases); err != nil {
		return err
	}
	return putAll(ctx, k.b.Families, leads)
}

// putAll writes in batches, in the order of the keys.
func putAll[T any](ctx context.Context, table *bus.Table[T], writes []bus.Write[T]) error {
	slices.SortFunc(writes, func(a, b bus.Write[T]) int { return strings.Compare(a.Key, b.Key) })
	for chunk := range slices.Chunk(writes, 250) {
		if err := table.PutBatch(ctx, chunk); err != nil {
			return fmt.Errorf("triage: families: %w", err)
		}
	}
	return nil
}

// mostProducts is how much of the products covered a paper keeps, in characters.
const mostProducts = 400

// PaperOf is the notice's place in its family.
func PaperOf(e bus.Entry[trade.Notice]) trade.Paper {
	n := &e.Value
	return trade.Paper{
		Notice: e.Key, Source: n.Source, ID: n.ID, Symbols: n.Symbols, Kind: n.Kind, Hash: n.Hash(), Seq: e.Seq,
		Published: n.PublishedDay(), Title: n.Title, Markets: n.Markets, HS: n.HS, ICS: n.ICS, Products: cut(n.Products, mostProducts),
		Dates: n.Dates, Changes: trade.EffectsOf(n), Mentions: trade.Mentions(n), Backfill: n.Backfill,
	}
}
