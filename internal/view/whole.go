package view

import (
	"context"
	"iter"
	"slices"
)

// AllCases are all cases that q asks for, whatever its Offset and Limit, in the
// order of the queue. Which ones these are is settled at the call, so that none
// is missing or comes twice where others are written meanwhile; each is as it
// stands when it is read, and left out if q no longer asks for it then.
func (v *View) AllCases(ctx context.Context, q CaseQuery) (iter.Seq2[CaseRow, error], Coverage) {
	found, partial := v.familiesWith(ctx, q.Text)
	keys := v.keysIn(&q, found)
	return func(yield func(CaseRow, error) bool) {
		within := reach{market: q.Market}
		for _, key := range keys {
			if row, ok := v.CaseRow(key); ok && q.takes(&row, &within) && !yield(row, nil) {
				return
			}
		}
	}, Coverage{partial}
}

// keysIn are the keys of the cases that q asks for, in order.
func (v *View) keysIn(q *CaseQuery, found map[string]bool) []string {
	defer v.cases.read(v.Today())()
	var keys []string
	for r := range v.selected(q, found) {
		keys = append(keys, r.Key)
	}
	return keys
}

// AllStandards are all standards that q asks for, whatever its Offset and
// Limit, in the library's order. Which ones these are is settled at the call.
// It reads the bus for the headlines of measures that have no case.
func (v *View) AllStandards(ctx context.Context, q StandardQuery) iter.Seq2[StandardRow, error] {
	v.standards.mu.RLock()
	found, _ := v.standards.find(q)
	v.standards.mu.RUnlock()
	return func(yield func(StandardRow, error) bool) {
		for part := range slices.Chunk(found, mostRows) {
			rows, err := v.standardRows(ctx, part)
			if err != nil {
				yield(StandardRow{}, err)
				return
			}
			for _, r := range rows {
				if !yield(r, nil) {
					return
				}
			}
		}
	}
}
