package view

import (
	"context"
	"errors"
	"slices"

	"tbtwatch/internal/search"
)

// Piece is a part of a text, hit or not. It is plain text.
type Piece = search.Piece

// What can be searched.
const (
	SearchCases     = "cases"
	SearchNotices   = "notices"
	SearchStandards = "standards"
	SearchWarnings  = "warnings"
)

// SearchKinds lists what can be searched, in the order of the page.
var SearchKinds = []string{SearchCases, SearchNotices, SearchStandards, SearchWarnings}

// SearchQuery asks for what has every word of a text.
type SearchQuery struct {
	Text   string // words, symbols, codes, or the beginning of one; words in quotes follow each other
	Kind   string // one of SearchKinds; empty for all of them
	Offset int
	Limit  int // of each kind
}

// SearchHit is a record that was found.
type SearchHit[R any] struct {
	Row     R         `json:"row"`
	Titles  [][]Piece `json:"titles" nullable:"false" doc:"title, or headline in Chinese and in English, in pieces"`
	Snippet []Piece   `json:"snippet,omitempty" doc:"words for which it was found beside those of the title"`
}

// SearchGroup is what was found of one kind, the best first.
type SearchGroup[R any] struct {
	Total int            `json:"total"`
	Hits  []SearchHit[R] `json:"hits" nullable:"false"`
}

// SearchPage is what was found.
type SearchPage struct {
	Index     search.State             `json:"index" doc:"how much of the records can be found; without an index only what lists show is looked through"`
	Cut       bool                     `json:"cut,omitempty" doc:"the text was longer than what is looked at: 200 characters, 12 words"`
	Slow      bool                     `json:"slow,omitempty" doc:"a part of the search was given up after two seconds"`
	Offset    int                      `json:"offset"`
	Cases     SearchGroup[CaseRow]     `json:"cases"`
	Notices   SearchGroup[NoticeRow]   `json:"notices"`
	Standards SearchGroup[StandardRow] `json:"standards"`
	Warnings  SearchGroup[WarningRow]  `json:"warnings"`
}

// Search looks for cases, notices, standards and warnings. A fault of the
// index makes it find less, which Index and Slow say, and is no error. It
// reads the bus for what it shows.
func (v *View) Search(ctx context.Context, q SearchQuery) (SearchPage, error) {
	q.Limit, q.Offset = min(max(q.Limit, 1), mostRows), max(q.Offset, 0)
	out := SearchPage{
		Index: v.Finder.State(), Offset: q.Offset,
		Cases: SearchGroup[CaseRow]{Hits: []SearchHit[CaseRow]{}}, Notices: SearchGroup[NoticeRow]{Hits: []SearchHit[NoticeRow]{}},
		Standards: SearchGroup[StandardRow]{Hits: []SearchHit[StandardRow]{}}, Warnings: SearchGroup[WarningRow]{Hits: []SearchHit[WarningRow]{}},
	}
	if !search.HasWords(q.Text) {
		return out, nil
	}
	steps := map[string]func(context.Context, SearchQuery, *SearchPage) error{
		SearchCases: v.searchCases, SearchNotices: v.searchNotices, SearchStandards: v.searchStandards, SearchWarnings: v.searchWarnings,
	}
	for _, kind := range SearchKinds {
		if q.Kind != "" && q.Kind != kind {
			continue
		}
		err := steps[kind](ctx, q, &out)
		switch {
		case err == nil:
		case errors.Is(err, search.ErrSlow):
			out.Slow = true
		default:
			return out, err
		}
	}
	return out, nil
}

// find asks the index; ok is false where there is none.
func (v *View) find(ctx context.Context, kind search.Kind, q SearchQuery, out *SearchPage) (found search.Found, ok bool, err error) {
	found, err = v.Finder.Find(ctx, search.Query{Text: q.Text, Kind: kind, Offset: q.Offset, Limit: q.Limit})
	switch {
	case err == nil:
		out.Cut = out.Cut || found.Cut
		return found, true, nil
	case errors.Is(err, search.ErrSlow) || ctx.Err() != nil:
		return found, false, err
	case !errors.Is(err, search.ErrNone):
		v.Log.Error("view: the search failed; what lists show is looked through instead", "err", err)
	}
	return found, false, nil
}

func (v *View) searchCases(ctx context.Context, q SearchQuery, out *SearchPage) error {
	found, ok, err := v.find(ctx, search.Case, q, out)
	if err != nil {
		return err
	}
	if !ok {
		p := v.Cases(ctx, CaseQuery{Text: q.Text, Offset: q.Offset, Limit: q.Limit})
		out.Cases.Total = p.Total
		for _, r := range p.Rows {
			out.Cases.Hits = append(out.Cases.Hits, SearchHit[CaseRow]{Row: r, Titles: [][]Piece{{{Text: r.Headline.ZH}}, {{Text: r.Headline.EN}}}})
		}
		return nil
	}
	out.Cases.Total = found.Total
	for _, h := range found.Hits {
		if row, ok := v.CaseRow(h.Key); ok {
			out.Cases.Hits = append(out.Cases.Hits, SearchHit[CaseRow]{row, h.Titles, h.Snippet})
		}
	}
	return nil
}

func (v *View) searchNotices(ctx context.Context, q SearchQuery, out *SearchPage) error {
	found, ok, err := v.find(ctx, search.Notice, q, out)
	if err != nil {
		return err
	}
	if !ok && q.Offset > 0 {
		return nil // without an index the list of notices has the rest
	}
	if !ok {
		p, err := v.Notices(ctx, NoticeQuery{Text: q.Text, Limit: q.Limit})
		out.Notices.Total = p.Total
		for _, r := range p.Rows {
			out.Notices.Hits = append(out.Notices.Hits, SearchHit[NoticeRow]{Row: r, Titles: [][]Piece{{{Text: r.Title}}}})
		}
		return err
	}
	out.Notices.Total = found.Total
	read, err := v.notices.withKeys(ctx, keysOf(found.Hits))
	if err != nil {
		return err
	}
	for _, h := range found.Hits {
		if e, ok := read[h.Key]; ok {
			out.Notices.Hits = append(out.Notices.Hits, SearchHit[NoticeRow]{noticeRow(e), h.Titles, h.Snippet})
		}
	}
	return nil
}

func (v *View) searchWarnings(ctx context.Context, q SearchQuery, out *SearchPage) error {
	found, ok, err := v.find(ctx, search.Warning, q, out)
	if err != nil || !ok {
		return err
	}
	out.Warnings.Total = found.Total
	var hashes []uint64
	for _, h := range found.Hits {
		hashes = append(hashes, hashKey(h.Key))
	}
	rows, err := v.warnings.rows(ctx, v.warnings.refsOf(hashes))
	if err != nil {
		return err
	}
	for _, h := range found.Hits {
		if i := slices.IndexFunc(rows, func(r WarningRow) bool { return r.Key == h.Key }); i >= 0 {
			out.Warnings.Hits = append(out.Warnings.Hits, SearchHit[WarningRow]{rows[i], h.Titles, h.Snippet})
		}
	}
	return nil
}

// searchStandards asks the library, which is in memory.
func (v *View) searchStandards(ctx context.Context, q SearchQuery, out *SearchPage) error {
	p, err := v.Standards(ctx, StandardQuery{Text: q.Text, Offset: q.Offset, Limit: q.Limit})
	out.Standards.Total = p.Total
	for _, r := range p.Rows {
		out.Standards.Hits = append(out.Standards.Hits, SearchHit[StandardRow]{Row: r, Titles: [][]Piece{{{Text: r.Name}}}})
	}
	return err
}

func keysOf(hits []search.Hit) []string {
	var out []string
	for _, h := range hits {
		out = append(out, h.Key)
	}
	return out
}

// familiesWith are the keys of the families in whose case or papers every word
// of the text stands; partial says that the index could not name all of them.
func (v *View) familiesWith(ctx context.Context, text string) (out map[string]bool, partial bool) {
	out = map[string]bool{}
	partial = v.each(ctx, search.Case, text, func(key string) { out[key] = true })
	return out, partial
}

// noticesWith are the hashes of the notices that have every word of the text.
func (v *View) noticesWith(ctx context.Context, text string) (out map[uint64]bool, partial bool) {
	out = map[uint64]bool{}
	partial = v.each(ctx, search.Notice, text, func(key string) { out[hashKey(key)] = true })
	return out, partial
}

// each asks the index for all that has the text. It reports whether something
// may be missing, because the index is being built, is not there, fails or
// takes too long: lists look through what they hold in memory, too, and say it.
func (v *View) each(ctx context.Context, kind search.Kind, text string, fn func(key string)) (partial bool) {
	if !search.HasWords(text) {
		return false
	}
	_, err := v.Finder.Each(ctx, kind, text, fn)
	if err != nil && !errors.Is(err, search.ErrNone) && ctx.Err() == nil {
		v.Log.Error("view: the index was not asked to the end", "kind", kind, "err", err)
	}
	return err != nil || !v.Finder.State().Ready
}

// Searchable reports whether a text holds anything that can be looked for.
func Searchable(text string) bool { return search.HasWords(text) }
