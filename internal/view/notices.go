package view

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
)

// texts holds the beginning of every notice's identity and title, lower case,
// end to end: what a search looks through without reading the bus.
type texts struct {
	mu      sync.RWMutex
	all     []byte // for each notice: length in one byte, then the text
	sources []string
}

const textBytes = 80 // of each notice

// describe stores the text and returns the source's tag and the text's place.
func (t *texts) describe(e bus.Entry[trade.Notice]) (uint8, uint32) {
	n := e.Value
	text := strings.ToLower(strings.Join(append([]string{n.ID}, first(n.Symbols, 2)...), " ") + " " + cut(n.Title, 200))
	if len(n.Symbols) == 1 && n.Symbols[0] == n.ID {
		text = strings.ToLower(n.ID + " " + cut(n.Title, 200))
	}
	text = strings.ToValidUTF8(text[:min(textBytes, len(text))], "")
	t.mu.Lock()
	defer t.mu.Unlock()
	tag := slices.Index(t.sources, n.Source)
	if tag < 0 && len(t.sources) < 255 {
		tag = len(t.sources)
		t.sources = append(t.sources, n.Source)
	}
	if tag < 0 {
		tag = 255
	}
	at := len(t.all)
	t.all = append(append(t.all, byte(len(text))), text...)
	return uint8(tag), uint32(at)
}

// textAt is the text at that place; nothing where it came after all was taken.
func textAt(all []byte, place uint32) []byte {
	if int(place) >= len(all) {
		return nil
	}
	n := uint32(all[place])
	return all[place+1 : place+1+n]
}

func (t *texts) sourceNames() []string {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return slices.Clone(t.sources)
}

// NoticeQuery asks for a part of the notices.
type NoticeQuery struct {
	Text   string // in identity, symbols or the beginning of the title as it is; or words that all stand in the notice
	Source string
	Before uint64 // Page.Next of the part before
	Limit  int
}

// Notices lists notices, latest first. It reads the bus for what is not among
// the latest.
func (v *View) Notices(ctx context.Context, q NoticeQuery) (Page[NoticeRow], error) {
	part, coverage := v.NoticeParts(ctx, q)
	p, err := part(ctx, q.Before, q.Limit)
	p.Coverage = coverage
	return p, err
}

// NoticeParts asks the index once, and returns what reads the list that Notices
// gives, part by part.
func (v *View) NoticeParts(ctx context.Context, q NoticeQuery) (func(ctx context.Context, before uint64, limit int) (Page[NoticeRow], error), Coverage) {
	found, partial := v.noticesWith(ctx, q.Text)
	return func(ctx context.Context, before uint64, limit int) (Page[NoticeRow], error) {
		q.Before, q.Limit = before, limit
		return v.noticePage(ctx, q, found)
	}, Coverage{partial}
}

// noticePage is a part of the list; found are the notices that hold the words
// where rows do not show them.
func (v *View) noticePage(ctx context.Context, q NoticeQuery, found map[uint64]bool) (Page[NoticeRow], error) {
	var keep func(ref) bool
	words := strings.ToLower(strings.TrimSpace(q.Text))
	if words != "" || q.Source != "" {
		v.texts.mu.RLock()
		all, source := v.texts.all, slices.Index(v.texts.sources, q.Source) // all only grows: what is read here stays
		v.texts.mu.RUnlock()
		if q.Source != "" && source < 0 {
			return Page[NoticeRow]{Rows: []NoticeRow{}}, nil
		}
		keep = func(r ref) bool {
			return (q.Source == "" || int(r.tag) == source) && (words == "" || found[r.hash] || bytes.Contains(textAt(all, r.group), []byte(words)))
		}
	}
	return v.notices.page(ctx, q.Before, q.Limit, keep)
}

// NoticeBySymbol finds the paper with that symbol or identity, whatever its
// source. It reads the bus and returns trade.ErrNotFound.
func (v *View) NoticeBySymbol(ctx context.Context, symbol string) (bus.Entry[trade.Notice], error) {
	symbol = strings.TrimSpace(symbol)
	var keys []string
	names := append([]string{symbol}, trade.SymbolStrings(symbol)...)
	for _, source := range v.texts.sourceNames() {
		for _, name := range names {
			keys = append(keys, trade.Key(source, name))
		}
	}
	for _, key := range keys {
		if len(v.notices.refsOf([]uint64{hashKey(key)})) > 0 {
			return v.Notice(ctx, key)
		}
	}
	found, err := v.Bus.Notices.GetMany(ctx, keys) // one that the list does not know yet, perhaps
	if err != nil {
		return bus.Entry[trade.Notice]{}, err
	}
	for _, key := range keys {
		if e, ok := found[key]; ok && !e.Deleted {
			return e, nil
		}
	}
	return v.inFamily(ctx, symbol)
}

// inFamily looks for the symbol among the papers of its family: joint papers
// are known by all their symbols together.
func (v *View) inFamily(ctx context.Context, symbol string) (bus.Entry[trade.Notice], error) {
	for _, root := range append(trade.Roots(trade.SymbolStrings(symbol)), symbol) {
		f, err := v.Family(ctx, trade.FamilyKey(root))
		if errors.Is(err, trade.ErrNotFound) {
			continue
		}
		if err != nil {
			return bus.Entry[trade.Notice]{}, err
		}
		for _, p := range f.Value.Papers {
			if p.ID == symbol || slices.Contains(p.Symbols, symbol) {
				return v.NoticeRecord(ctx, p.Notice, p.Seq)
			}
		}
	}
	return bus.Entry[trade.Notice]{}, fmt.Errorf("notice %s: %w", symbol, trade.ErrNotFound)
}

// Family reads the family with that key, following the aliases of joint papers
// to the record that leads.
func (v *View) Family(ctx context.Context, key string) (bus.Entry[trade.Family], error) {
	for range 5 {
		e, err := v.FamilyRecord(ctx, key, 0)
		if err != nil || e.Value.Alias == "" {
			return e, err
		}
		key = trade.FamilyKey(e.Value.Alias)
	}
	return bus.Entry[trade.Family]{}, fmt.Errorf("family %s: its aliases go in a circle", key)
}

// FamilyRecord reads one family, and asks the bus where the journal has none as
// late as since.
func (v *View) FamilyRecord(ctx context.Context, key string, since uint64) (bus.Entry[trade.Family], error) {
	if at, seq := v.standards.placeOf(key); seq >= since {
		if e, ok := record(v.standards.journal, v.Bus.Families, at, seq); ok && e.Key == key {
			return e, nil
		}
	}
	return v.Bus.Families.Get(ctx, key)
}

// Notice reads a notice whole, or returns trade.ErrNotFound.
func (v *View) Notice(ctx context.Context, key string) (bus.Entry[trade.Notice], error) {
	return v.NoticeRecord(ctx, key, 0)
}

// NoticeRecord is Notice, and asks the bus where the journal has none as late as
// since.
func (v *View) NoticeRecord(ctx context.Context, key string, since uint64) (bus.Entry[trade.Notice], error) {
	return v.notices.record(ctx, key, since)
}

// FamilyOf reads the family that the notice belongs to, or returns
// trade.ErrNotFound while the matcher has not read it yet.
func (v *View) FamilyOf(ctx context.Context, n *trade.Notice) (bus.Entry[trade.Family], error) {
	return v.Family(ctx, trade.FamilyKey(triage.NoticeRoots(n)[0]))
}
