package api

import (
	"context"
	"hash/maphash"
	"iter"

	"tbtwatch/internal/view"
)

// partRows is how many rows an export reads at a time.
const partRows = 200

// allOf are rows that are in memory.
func allOf[R any](rows []R) iter.Seq2[R, error] {
	return func(yield func(R, error) bool) {
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
	}
}

// rowSet knows rows by their keys, eight bytes each.
type rowSet struct {
	seed maphash.Seed
	seen map[uint64]struct{}
}

func newRowSet() *rowSet { return &rowSet{maphash.MakeSeed(), map[uint64]struct{}{}} }

// add reports whether the key is new.
func (s *rowSet) add(key string) bool {
	h := maphash.String(s.seed, key)
	_, known := s.seen[h]
	s.seen[h] = struct{}{}
	return !known
}

// frontPasses is how often the front of a list is read again, at most.
const frontPasses = 4

// newestFirst reads a list part by part. A row that is written meanwhile moves
// to the front, perhaps before it was read: what was written since stands
// before the first part's end, and is read again until it brings nothing new.
// So every row comes once and none is missing.
func newestFirst[R any](ctx context.Context, key func(r *R) string, part func(ctx context.Context, before uint64, limit int) (view.Page[R], error)) iter.Seq2[R, error] {
	return func(yield func(R, error) bool) {
		seen, front := newRowSet(), uint64(0)
		for again := range 1 + frontPasses {
			fresh := 0
			for before := uint64(0); ; {
				p, err := part(ctx, before, partRows)
				if err != nil {
					var none R
					yield(none, err)
					return
				}
				for i := range p.Rows {
					if !seen.add(key(&p.Rows[i])) {
						continue
					}
					if fresh++; !yield(p.Rows[i], nil) {
						return
					}
				}
				if again == 0 && before == 0 {
					front = p.Next
				}
				if before = p.Next; before == 0 || again > 0 && before <= front {
					break
				}
			}
			if again > 0 && fresh == 0 {
				return
			}
		}
	}
}

// byOffset reads a list whose rows are counted. A row that changes its place
// meanwhile comes once; the list is read again while that brings rows that
// were not there before, three times at most.
func byOffset[R any](ctx context.Context, key func(r *R) string, part func(ctx context.Context, offset, limit int) (rows []R, total int, err error)) iter.Seq2[R, error] {
	return func(yield func(R, error) bool) {
		seen := newRowSet()
		for range 3 {
			fresh := 0
			for offset := 0; ; {
				rows, total, err := part(ctx, offset, partRows)
				if err != nil {
					var none R
					yield(none, err)
					return
				}
				for i := range rows {
					if !seen.add(key(&rows[i])) {
						continue
					}
					if fresh++; !yield(rows[i], nil) {
						return
					}
				}
				if offset += len(rows); offset >= total || len(rows) == 0 {
					if offset < partRows || total == len(seen.seen) {
						return
					}
					break
				}
			}
			if fresh == 0 {
				return
			}
		}
	}
}
