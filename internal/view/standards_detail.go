package view

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
)

// StandardDetail is a standard with all that names it.
type StandardDetail struct {
	StandardRow
	Forms   []StandardForm `json:"forms" nullable:"false" doc:"each way it is called, and each edition, with who says so; the same standard by number, see name"`
	Related []StandardRow  `json:"related" nullable:"false" doc:"the standard that this is a part of, and the parts of this one, as far as anybody names them"`

	Naming         []StandardMeasure  `json:"naming" nullable:"false" doc:"measures that name it, published last first"`
	NamingOffset   int                `json:"naming_offset"`
	Claiming       []StandardExporter `json:"claiming" nullable:"false" doc:"firms whose products claim it: first those with an edition older than a measure's"`
	ClaimingOffset int                `json:"claiming_offset"`
	Exporters      int                `json:"exporters" doc:"firms in all"`
}

// StandardForm is a way to write a standard, in one edition.
type StandardForm struct {
	Name     string `json:"name"`
	Edition  string `json:"edition,omitempty" doc:"year, or series of amendments of a UN Regulation; absent where none is written"`
	Measures int    `json:"measures"`
	Products int    `json:"products"`
}

// NewerEdition says that a measure names a newer edition of a standard than a
// product claims.
type NewerEdition struct {
	Name    string `json:"name" doc:"as both write it"`
	Measure string `json:"measure" doc:"edition that the measure names"`
	Product string `json:"product" doc:"edition that the product claims"`
}

// StandardMeasure is a measure that names a standard.
type StandardMeasure struct {
	FamilyKey string          `json:"family_key"`
	NoticeKey string          `json:"notice_key,omitempty" doc:"of its latest paper that names the standard"`
	Notice    string          `json:"notice,omitempty" doc:"symbol or identity of that paper"`
	Headline  trade.Text      `json:"headline"`
	Markets   []string        `json:"markets,omitempty"`
	State     trade.CaseState `json:"state,omitempty" doc:"of its case; absent where it has none"`
	Published string          `json:"published,omitempty" doc:"YYYY-MM-DD"`
	Due       string          `json:"due,omitempty" doc:"YYYY-MM-DD"`
	Forms     []string        `json:"forms,omitempty" doc:"as its papers name the standard"`
	Newer     *NewerEdition   `json:"newer,omitempty" doc:"set where a product claims an older edition"`
}

// StandardExporter is a firm whose products claim a standard.
type StandardExporter struct {
	Exporter trade.Exporter  `json:"exporter"`
	Products int             `json:"products"`
	Some     []trade.Product `json:"some" nullable:"false" doc:"some of the products"`
	Forms    []string        `json:"forms" nullable:"false" doc:"as they claim the standard"`
	Newer    *NewerEdition   `json:"newer,omitempty" doc:"set where a measure names a newer edition"`
	shown    []claimed       // those that are named
}

const (
	mostNaming   = 25 // rows of each list of a standard
	mostProducts = 5  // named of each firm
	mostRelated  = 50
)

// StandardParts says which parts of the lists of a standard are wanted.
type StandardParts struct{ Naming, Claiming int }

// Standard reads what names the standard with that key, or returns
// trade.ErrNotFound. It reads the bus for headlines and products.
func (v *View) Standard(ctx context.Context, key string, from StandardParts) (StandardDetail, error) {
	s := v.standards
	s.mu.RLock()
	at, ok := s.byKey[key]
	if !ok || !s.all[at].live() {
		s.mu.RUnlock()
		return StandardDetail{}, fmt.Errorf("standard %s: %w", key, trade.ErrNotFound)
	}
	st := s.all[at]
	d := StandardDetail{StandardRow: st.row(), Related: s.related(st), NamingOffset: max(from.Naming, 0), ClaimingOffset: max(from.Claiming, 0)}
	use := s.use(at)
	d.Forms = use.table(st)
	refs := s.refs(st, d.NamingOffset, mostNaming)
	for i := range refs {
		refs[i].newer = use.newerThanClaimed(st, refs[i].named)
	}
	d.Claiming, d.Exporters = s.claiming(use, st, d.ClaimingOffset, mostNaming)
	s.mu.RUnlock()
	for i := range d.Claiming {
		id := d.Claiming[i].Exporter.ID
		e, _ := v.Directory.Exporter(id)
		d.Claiming[i].Exporter = trade.Exporter{ID: id, Name: cmp.Or(e.Name, id), District: e.District}
	}
	var err error
	if d.Naming, err = v.measureRows(ctx, refs); err != nil {
		return d, err
	}
	if len(d.Naming) > 0 && d.NamingOffset == 0 {
		d.Latest = &d.Naming[0]
	}
	return d, v.someProducts(ctx, d.Claiming)
}

// leading are the first n of all in the order of compare. It does not sort what
// nobody asks for: a standard may be named by all measures there are.
func leading[T any](all []T, n int, compare func(a, b T) int) []T {
	if n > 4*mostNaming || n >= len(all) {
		all = slices.Clone(all)
		slices.SortFunc(all, compare)
		return first(all, n)
	}
	out := make([]T, 0, n+1)
	for _, x := range all {
		if len(out) == n && compare(x, out[n-1]) >= 0 {
			continue
		}
		at, _ := slices.BinarySearchFunc(out, x, compare)
		out = first(slices.Insert(out, at, x), n)
	}
	return out
}

func page[T any](all []T, offset, limit int) []T {
	from := min(offset, len(all))
	return all[from:min(from+limit, len(all))]
}

// related are the standard of which this is a part, and its parts.
func (s *standards) related(st *standard) []StandardRow {
	out := []StandardRow{}
	for _, o := range s.all {
		if o != st && o.live() && (o.name == st.whole || o.whole == st.name) && len(out) < mostRelated {
			out = append(out, o.row())
		}
	}
	slices.SortFunc(out, func(a, b StandardRow) int { return cmp.Compare(a.Name, b.Name) })
	return out
}

// measureRef is a measure to be shown.
type measureRef struct {
	key   string
	paper uint64 // hash of the key of its latest paper that names the standard
	day   string
	named []mention // of the standard
	forms []string
	newer *NewerEdition
}

// refs are a part of the measures that name the standard, published last first.
func (s *standards) refs(st *standard, offset, limit int) []measureRef {
	all := leading(st.measures, offset+limit, func(a, b *measure) int { return cmp.Or(cmp.Compare(b.day, a.day), cmp.Compare(a.key, b.key)) })
	var out []measureRef
	for _, m := range page(all, offset, limit) {
		r := measureRef{key: m.key, day: m.day}
		for _, h := range slices.Backward(m.papers) {
			p := s.papers[h]
			for _, n := range s.lists[p.list] {
				if s.all[n.standard] != st {
					continue
				}
				r.paper = cmp.Or(r.paper, h)
				if !slices.Contains(r.named, n) {
					r.named, r.forms = append(r.named, n), append(r.forms, st.written(n))
				}
			}
		}
		out = append(out, r)
	}
	return out
}

// measureRows reads what is shown of measures.
func (v *View) measureRows(ctx context.Context, refs []measureRef) ([]StandardMeasure, error) {
	out := []StandardMeasure{}
	hashes := make([]uint64, len(refs))
	for i, r := range refs {
		hashes[i] = r.paper
	}
	read, err := v.notices.read(ctx, v.notices.refsOf(hashes))
	if err != nil {
		return out, err
	}
	papers := make(map[uint64]bus.Entry[trade.Notice], len(read))
	for _, e := range read {
		papers[hashKey(e.Key)] = e
	}
	for _, r := range refs {
		row := StandardMeasure{FamilyKey: r.key, Published: r.day, Forms: r.forms, Newer: r.newer}
		if e, ok := papers[r.paper]; ok {
			n := noticeRow(e)
			row.NoticeKey, row.Notice, row.Markets, row.Due = n.Key, n.ID, n.Markets, n.Comment
			title := cmp.Or(n.Title, n.ID)
			row.Headline = trade.Text{ZH: title, EN: title}
		}
		if c, ok := v.CaseRow(r.key); ok {
			row.State, row.Due = c.State, c.Due
			row.Headline = trade.Text{ZH: cmp.Or(c.Headline.ZH, row.Headline.ZH), EN: cmp.Or(c.Headline.EN, row.Headline.EN)}
			if len(c.Markets) > 0 {
				row.Markets = c.Markets
			}
		}
		out = append(out, row)
	}
	return out, nil
}

// claimant is a firm of which products claim a standard.
type claimant struct {
	exporter uint32
	products int
	behind   bool // with an edition older than a measure's
}

// claiming are a part of the firms whose products claim the standard, and how
// many there are. It looks at each of these products.
func (s *standards) claiming(use *usage, st *standard, offset, limit int) (part []StandardExporter, total int) {
	var all []claimant
	places := map[uint32]int{} // of each exporter in all
	for list, named := range use.mentions {
		behind := use.olderThanCited(st, named) != nil
		for _, h := range s.claimants[list] {
			firm := s.claims[h].exporter
			at, known := places[firm]
			if !known {
				at = len(all)
				all, places[firm] = append(all, claimant{exporter: firm}), at
			}
			all[at].products++
			all[at].behind = all[at].behind || behind
		}
	}
	shown := page(leading(all, offset+limit, func(a, b claimant) int {
		switch {
		case a.behind && !b.behind:
			return -1
		case b.behind && !a.behind:
			return 1
		}
		return cmp.Or(cmp.Compare(b.products, a.products), cmp.Compare(s.exporters[a.exporter], s.exporters[b.exporter]))
	}), offset, limit)
	return s.claimsOf(use, st, shown), len(all)
}

// claimed is a product that claims a standard: the hash of its key, and its
// place in the stream.
type claimed struct{ product, seq uint64 }

// claimsOf says of firms what their products claim.
func (s *standards) claimsOf(use *usage, st *standard, firms []claimant) []StandardExporter {
	out := make([]StandardExporter, len(firms))
	places, named := map[uint32]int{}, make([][]mention, len(firms))
	for i, f := range firms {
		out[i] = StandardExporter{Exporter: trade.Exporter{ID: s.exporters[f.exporter]}, Products: f.products, Some: []trade.Product{}}
		places[f.exporter] = i
	}
	for list, mentions := range use.mentions {
		for _, h := range s.claimants[list] {
			c := s.claims[h]
			if i, ok := places[c.exporter]; ok {
				out[i].shown = append(out[i].shown, claimed{h, c.seq})
				named[i] = append(named[i], mentions...)
			}
		}
	}
	for i := range out {
		e := &out[i]
		slices.SortFunc(e.shown, func(a, b claimed) int { return cmp.Compare(a.seq, b.seq) })
		e.shown = first(e.shown, mostProducts)
		slices.SortFunc(named[i], compareMentions)
		named[i] = slices.Compact(named[i])
		for _, n := range named[i] {
			e.Forms = append(e.Forms, st.written(n))
		}
		e.Forms, e.Newer = first(trade.SortedUnique(e.Forms), mostRelated), use.olderThanCited(st, named[i])
	}
	return out
}

// someProducts reads the products that are named of each firm. What changed
// meanwhile is left out.
func (v *View) someProducts(ctx context.Context, firms []StandardExporter) error {
	var hashes []uint64
	for _, f := range firms {
		for _, c := range f.shown {
			hashes = append(hashes, c.product)
		}
	}
	products, err := v.products.read(ctx, v.products.refsOf(hashes))
	if err != nil {
		return err
	}
	for i := range firms {
		for _, c := range firms[i].shown {
			if e, ok := products[c.seq]; ok {
				firms[i].Some = append(firms[i].Some, e.Value)
			}
		}
	}
	return nil
}
