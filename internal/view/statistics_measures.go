package view

import (
	"cmp"
	"slices"
)

// A figure of the statistics depends on all papers of a measure: whichever
// sources showed a paper, and whatever code another paper of its measure gives.
// So that a request need not put a hundred thousand papers together, this is
// kept put together, and each record changes its own paper and measure only.

// circulated is one paper, whichever sources showed it. Its root is what it
// says itself, before cases say which family has it.
type circulated struct {
	countedPaper
	keys  []uint64 // of the notices
	of    *countedMeasure
	place int // 1 + its own in figures.dated
}

// dated is a paper with when and how it counts: a request passes over a hundred
// thousand of them, and each look at the paper itself, or at its measure, would
// wait for the memory.
type dated struct {
	paper      *circulated
	codes      sectorsKey // of its measure
	in         month      // in which it was circulated
	published  int32
	seen       int32  // day on which it was first seen
	markets    uint32 // as the paper's, like kind and area
	kind, area uint8
	timed      bool // the days until then count
}

// date notes when the paper counts.
func (f *figures) date(g *circulated) {
	d := dated{paper: g, published: g.published, seen: g.published, markets: g.markets, kind: g.kind, area: g.area, timed: g.published != noDay && !g.backfill}
	if g.of != nil {
		d.codes = g.of.sectorsKey
	}
	if d.timed || g.published == noDay {
		d.seen = dayAt(g.seen, f.zone)
	}
	d.in = monthOf(dayTime(firstDay(g.published, d.seen)))
	if g.place == 0 {
		f.dated = append(f.dated, d)
		g.place = len(f.dated)
		return
	}
	f.dated[g.place-1] = d
}

// undate forgets the paper.
func (f *figures) undate(g *circulated) {
	last := f.dated[len(f.dated)-1]
	f.dated[g.place-1] = last
	last.paper.place = g.place
	f.dated = f.dated[:len(f.dated)-1]
}

// countedMeasure is what the papers of one family say together.
type countedMeasure struct {
	id     uint64
	papers []*circulated
	sectorsKey
	opens *circulated // its first paper that is no history: what was waited for
}

// put takes what a notice says now.
func (f *figures) put(key uint64, p countedPaper) {
	known, again := f.papers[key]
	f.papers[key] = p
	if again && known.same != p.same {
		f.leave(key, known.same)
		again = false
	}
	g := f.circulated[p.same]
	if g == nil {
		g = &circulated{}
		f.circulated[p.same] = g
	}
	if !again {
		g.keys = append(g.keys, key)
	}
	f.regroup(g)
}

// remove forgets a notice.
func (f *figures) remove(key uint64) {
	if known, ok := f.papers[key]; ok {
		delete(f.papers, key)
		f.leave(key, known.same)
	}
}

func (f *figures) leave(key, same uint64) {
	g := f.circulated[same]
	if g.keys = slices.DeleteFunc(g.keys, func(k uint64) bool { return k == key }); len(g.keys) > 0 {
		f.regroup(g)
		return
	}
	delete(f.circulated, same)
	f.undate(g)
	f.unroot(g)
	f.move(g, nil)
}

// regroup reads the paper's notices again.
func (f *figures) regroup(g *circulated) {
	slices.SortFunc(g.keys, func(a, b uint64) int { return earlier(f.papers[a], f.papers[b]) }) // the first that states a day counts
	now := f.papers[g.keys[0]]
	for _, k := range g.keys[1:] {
		now = oneOf(now, f.papers[k])
	}
	if g.of == nil || g.root != now.root {
		f.unroot(g)
		f.byRoot[now.root] = append(f.byRoot[now.root], g)
	}
	g.countedPaper = now
	f.date(g)
	f.place(g)
}

func (f *figures) unroot(g *circulated) {
	left := slices.DeleteFunc(f.byRoot[g.root], func(o *circulated) bool { return o == g })
	if len(left) == 0 {
		delete(f.byRoot, g.root)
		return
	}
	f.byRoot[g.root] = left
}

// place puts the paper into the measure that has its root.
func (f *figures) place(g *circulated) {
	id := g.root
	if lead, ok := f.leads[id]; ok {
		id = lead
	}
	m := f.measures[id]
	if m == nil {
		m = &countedMeasure{id: id}
		f.measures[id] = m
	}
	f.move(g, m)
}

// lead says which family has the papers of that root.
func (f *figures) lead(root, family uint64) {
	if known, ok := f.leads[root]; ok && known == family {
		return
	}
	f.leads[root] = family
	for _, g := range f.byRoot[root] {
		f.place(g)
	}
}

// move takes the paper from its measure to m, nil for none, and sums both up.
func (f *figures) move(g *circulated, m *countedMeasure) {
	old := g.of
	if old != m {
		if old != nil {
			old.papers = slices.DeleteFunc(old.papers, func(o *circulated) bool { return o == g })
			f.sumUp(old)
		}
		if m != nil {
			m.papers = append(m.papers, g)
		}
		g.of = m
	}
	if m != nil {
		f.sumUp(m)
	}
}

func (f *figures) sumUp(m *countedMeasure) {
	if len(m.papers) == 0 {
		delete(f.measures, m.id)
		return
	}
	m.sectors, m.hs, m.ics, m.opens = 0, false, false, nil
	for _, p := range m.papers {
		m.sectors |= p.sectors
		m.hs, m.ics = m.hs || p.hs, m.ics || p.ics
		if !p.backfill && (m.opens == nil || cmp.Or(cmp.Compare(p.seen, m.opens.seen), cmp.Compare(p.published, m.opens.published)) < 0) {
			m.opens = p
		}
	}
	for _, p := range m.papers {
		f.dated[p.place-1].codes = m.sectorsKey
	}
}

// oneOf is a paper that two sources showed: seen when the first of them was
// read, dated by whichever states a day, coded by both.
func oneOf(a, b countedPaper) countedPaper {
	if earlier(b, a) < 0 {
		a, b = b, a
	}
	a.published, a.deadline = firstDay(a.published, b.published), firstDay(a.deadline, b.deadline)
	a.sectors |= b.sectors
	a.hs, a.ics = a.hs || b.hs, a.ics || b.ics
	a.kind, a.area = min(a.kind, b.kind), min(a.area, b.area)
	return a
}

// earlier compares by when the papers were first seen.
func earlier(a, b countedPaper) int {
	return cmp.Or(cmp.Compare(a.seen, b.seen), cmp.Compare(a.seq, b.seq))
}
