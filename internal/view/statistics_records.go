package view

import (
	"hash/fnv"
	"slices"
	"strings"
	"sync"
	"time"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/nomenclature"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
)

// figures keeps of every paper, case and family delivered what the statistics
// count: some hundred bytes each, whatever the records weigh.
type figures struct {
	mu        sync.RWMutex
	papers    map[uint64]countedPaper // by notice key
	judged    map[uint64]judgement    // by case key
	leads     map[uint64]uint64       // root of a paper → ID of the family that has it
	delivered map[uint64]int64        // ID of a family → its first accepted delivery
	markets   interned

	zone       *time.Location             // whose days and months count
	circulated map[uint64]*circulated     // the same papers, each once, by what makes them the same
	dated      []dated                    // the same, in no order
	byRoot     map[uint64][]*circulated   // by the root that they say themselves
	measures   map[uint64]*countedMeasure // by ID of the family, or root where no case names one
}

func newFigures(zone *time.Location) *figures {
	return &figures{
		zone:   zone,
		papers: map[uint64]countedPaper{}, judged: map[uint64]judgement{}, leads: map[uint64]uint64{}, delivered: map[uint64]int64{}, markets: interned{at: map[string]uint32{}},
		circulated: map[uint64]*circulated{}, byRoot: map[uint64][]*circulated{}, measures: map[uint64]*countedMeasure{},
	}
}

// countedPaper is what is counted of a notice. Names are hashed: they are compared
// only.
type countedPaper struct {
	seq       uint64
	same      uint64 // equal for the same paper from several sources
	root      uint64 // of its measure
	seen      int64  // when its first revision was read
	published int32
	deadline  int32 // last day for comments
	markets   uint32
	sectors   uint32 // one bit for each
	kind      uint8
	area      uint8
	hs, ics   bool
	backfill  bool // history when it was first stored
}

// judgement is what is counted of a case.
type judgement struct {
	seq      uint64
	family   uint64
	at       int64 // first judged, 0 for not yet
	to       trade.CaseState
	byRule   bool
	released int64 // first released, 0 for never
	waits    bool  // somebody still has to judge it
	markets  uint32
	backfill bool
}

// interned numbers lists of markets, of which there are few.
type interned struct {
	at    map[string]uint32
	lists [][]string
}

func (i *interned) put(list []string) uint32 {
	list = trade.SortedUnique(list)
	name := strings.Join(list, " ")
	n, known := i.at[name]
	if !known {
		n = uint32(len(i.lists))
		i.at[name] = n
		i.lists = append(i.lists, list)
	}
	return n
}

func hashOf(text string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(text))
	return h.Sum64()
}

var (
	areas     = []string{"TBT", "SPS", ""}
	statKinds = []trade.Kind{
		trade.KindNew, trade.KindUrgent, trade.KindAddendum, trade.KindCorrigendum, trade.KindRevision, trade.KindSupplement, trade.KindRule, trade.KindRecall, trade.KindReport,
	}
)

// takeNotice takes a write in. A later revision of a paper replaces what it
// says, not when it was first seen.
func (f *figures) takeNotice(e bus.Entry[trade.Notice]) {
	f.mu.Lock()
	defer f.mu.Unlock()
	key := hashOf(e.Key)
	known, again := f.papers[key]
	if e.Deleted {
		f.remove(key)
		return
	}
	if again && known.seq >= e.Seq {
		return
	}
	n := &e.Value
	p := countedPaper{
		seq: e.Seq, same: key, root: hashOf(n.Source + ":" + n.ID), seen: n.SeenAt.Unix(), backfill: n.Backfill,
		published: dayNumber(n.PublishedDay()), deadline: dayNumber(n.Date(trade.DateCommentDeadline).To), markets: f.markets.put(n.Markets),
		kind: min(indexOf(statKinds, n.Kind), uint8(len(statKinds)-1)), area: min(indexOf(areas, n.Area), 2),
		hs: len(n.HS) > 0, ics: len(n.ICS) > 0, sectors: sectorBits(n.HS),
	}
	if n.SeenAt.IsZero() {
		p.seen = e.At.Unix()
	}
	if len(n.Symbols) > 0 {
		p.same = hashOf(strings.Join(trade.SortedUnique(n.Symbols), ","))
		p.root = hashOf(trade.Roots(n.Symbols)[0])
	}
	if again {
		p.seen, p.backfill = known.seen, known.backfill
	}
	f.put(key, p)
}

// sectorBits has a bit for every sector that a code belongs to.
func sectorBits(hs []string) (bits uint32) {
	for _, code := range hs {
		if id := nomenclature.SectorOf([]string{code}); id != "" {
			bits |= 1 << slices.IndexFunc(sectors(), func(s nomenclature.Sector) bool { return s.ID == id })
		}
	}
	return bits
}

var sectors = sync.OnceValue(nomenclature.Sectors)

func (f *figures) takeCase(e bus.Entry[trade.Case]) {
	f.mu.Lock()
	defer f.mu.Unlock()
	key := hashOf(e.Key)
	if e.Deleted {
		delete(f.judged, key)
		return
	}
	if f.judged[key].seq > e.Seq {
		return
	}
	c := &e.Value
	j := judgement{seq: e.Seq, family: hashOf(c.Family), markets: f.markets.put(c.Markets), backfill: c.Backfill, waits: waiting(c.State, c.Pending)}
	merged := false
	before := j // the last step, which its author may have taken back
	for _, h := range c.History {
		at := unixOf(h.At)
		if at == 0 || h.From == h.To {
			continue // the words were edited
		}
		if h.What == trade.WhatUndo {
			j = before
			continue
		}
		before = j
		byRule := h.By == triage.ByRule
		// A rule that closes a case only says that another one goes on with it.
		merged = h.To == trade.CaseClosed && byRule
		decides := h.To == trade.CaseReleased || h.To == trade.CaseIrrelevant || h.To == trade.CaseClosed && !byRule
		if decides && j.at == 0 {
			j.at, j.to, j.byRule = at, h.To, byRule
		}
		if h.To == trade.CaseReleased && j.released == 0 {
			j.released = at
		}
	}
	f.judged[key] = j
	if merged {
		return
	}
	for _, root := range trade.Roots(c.Symbols) {
		f.lead(hashOf(root), j.family)
	}
}

func (f *figures) takeDelivery(e bus.Entry[trade.Delivery]) {
	at := unixOf(e.Value.At)
	if e.Deleted || e.Value.State != trade.Accepted || at == 0 || e.Value.Family == "" || trade.IsExercise(e.Value.Family) {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	family := hashOf(e.Value.Family)
	if first, known := f.delivered[family]; !known || at < first {
		f.delivered[family] = at
	}
}

func unixOf(stamp string) int64 {
	t, err := time.Parse(time.RFC3339, stamp)
	if err != nil {
		return 0
	}
	return t.Unix()
}
