package matcher

import (
	"context"
	"fmt"
	"hash/fnv"
	"reflect"
	"slices"
	"time"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/index"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
)

// shelves are the families with open dates, with their papers in an archive:
// what products that come later are matched against. They are brought up to
// date when they are asked, hold nothing that the streams do not, and can be
// thrown away at any time.
type shelves struct {
	bus   *bus.Bus
	limit int // notices
	now   func() time.Time

	archive  *Archive
	families map[string]*shelf   // by family key
	owners   map[string]string   // notice key → family key
	holders  map[uint64][]string // product → families that it is matched in
	unread   map[string]bool     // notice keys that the archive does not have as they are
	left     int                 // notices for which there was no room
	day      string              // on which the shelves were cleared last
	written  uint64              // families taken in up to this sequence
}

// shelf is one family.
type shelf struct {
	seq      uint64
	until    string // its last open day
	papers   map[string]uint64
	products []uint64
	codes    *trade.Codes
}

func newShelves(b *bus.Bus, limit int, now func() time.Time) *shelves {
	return &shelves{bus: b, limit: limit, now: now, archive: NewArchive(index.Full), families: map[string]*shelf{},
		owners: map[string]string{}, holders: map[uint64][]string{}, unread: map[string]bool{}}
}

// current takes in every family that was written before the call.
func (s *shelves) current(ctx context.Context) error {
	if err := s.takeFamilies(ctx); err != nil {
		return err
	}
	s.clear()
	return s.read(ctx)
}

func (s *shelves) takeFamilies(ctx context.Context) error {
	if s.written == 0 {
		last, err := s.bus.Families.Scan(ctx, s.takeFamily)
		s.written = last
		return err
	}
	want, err := s.bus.Families.LastWrite(ctx)
	if err != nil {
		return err
	}
	if err := s.bus.Families.Until(ctx, s.written, want, s.takeFamily); err != nil {
		return err
	}
	s.written = max(s.written, want)
	return nil
}

// clear takes down, once a day, the families whose last day has passed.
func (s *shelves) clear() {
	today := s.now().Format(trade.Day)
	if s.day == today {
		return
	}
	s.day = today
	for key, sh := range s.families {
		if sh.until < today {
			s.forget(key, sh)
			for name := range sh.papers {
				s.archive.Remove(name)
				delete(s.unread, name)
			}
		}
	}
}

// takeFamily puts the family's papers on a shelf, or clears it.
func (s *shelves) takeFamily(e bus.Entry[trade.Family]) error {
	f := &e.Value
	old := s.families[e.Key]
	if old != nil && old.seq >= e.Seq {
		return nil
	}
	s.forget(e.Key, old)
	until := lastOpenDay(f)
	if f.Alias != "" || !f.Matched || until < s.now().Format(trade.Day) {
		for _, p := range f.Papers {
			s.archive.Remove(p.Notice)
			delete(s.unread, p.Notice)
		}
		return nil
	}
	sh := &shelf{seq: e.Seq, until: until, papers: map[string]uint64{}, codes: f.Codes}
	again := old == nil || !reflect.DeepEqual(old.codes, f.Codes)
	for _, p := range f.Papers {
		sh.papers[p.Notice] = p.Seq
		s.owners[p.Notice] = e.Key
		if again || old.papers[p.Notice] != p.Seq {
			s.unread[p.Notice] = true
		}
	}
	for m := range f.All() {
		p := trade.Product{ID: m.Product, Exporter: m.Exporter}
		id := productNumber(p.Key())
		sh.products = append(sh.products, id)
		s.holders[id] = append(s.holders[id], e.Key)
	}
	s.families[e.Key] = sh
	return nil
}

// forget takes the family's papers and products out; the archive keeps those
// papers that come back at once.
func (s *shelves) forget(key string, old *shelf) {
	if old == nil {
		return
	}
	delete(s.families, key)
	for name := range old.papers {
		delete(s.owners, name)
	}
	for _, id := range old.products {
		left := slices.DeleteFunc(s.holders[id], func(k string) bool { return k == key })
		if len(left) == 0 {
			delete(s.holders, id)
		} else {
			s.holders[id] = left
		}
	}
}

// read brings what is unread into the archive, as far as there is room.
func (s *shelves) read(ctx context.Context) error {
	names := make([]string, 0, len(s.unread))
	for name := range s.unread {
		names = append(names, name)
	}
	slices.Sort(names)
	for chunk := range slices.Chunk(names, 500) {
		got, err := s.bus.Notices.GetMany(ctx, chunk)
		if err != nil {
			return fmt.Errorf("matcher: notices of the archive: %w", err)
		}
		for _, name := range chunk {
			if e, ok := got[name]; ok && !e.Deleted {
				if s.limit > 0 && s.archive.Len() >= s.limit {
					s.left++
				} else {
					s.archive.Put(name, s.codesFor(name).On(&e.Value))
				}
			}
			delete(s.unread, name)
		}
	}
	return nil
}

// codesFor are those that a person has set for the notice's family, or nil.
func (s *shelves) codesFor(name string) *trade.Codes {
	if sh := s.families[s.owners[name]]; sh != nil {
		return sh.codes
	}
	return nil
}

// find names the families in which the product may have a match now.
func (s *shelves) find(p *trade.Product) (families []string) {
	today := s.now().Format(trade.Day)
	for _, name := range s.archive.Find(p) {
		if key, placed := s.owners[name]; placed && s.families[key].until >= today {
			families = append(families, key)
		}
	}
	return families
}

// lastOpenDay is the last day on which something of the family ends or begins.
func lastOpenDay(f *trade.Family) string {
	last := ""
	for _, d := range triage.CurrentDates(f) {
		if d.What != trade.DatePublished {
			last = max(last, d.To)
		}
	}
	return last
}

// productNumber shortens a product's key; two that share a number cost a
// needless look.
func productNumber(key string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(key))
	return h.Sum64()
}
