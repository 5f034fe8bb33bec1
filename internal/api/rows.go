package api

import (
	"context"
	"hash/maphash"
	"iter"

	"tbtwatch/internal/export"
	"tbtwatch/internal/trade"
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

// errPartial ends an export whose text was not looked for everywhere.
var errPartial = &export.Incomplete{Why: trade.Text{
	ZH: "全文索引正在建立、暂不可用，或两秒内未查完；除已查到的以外，只按列表所示内容查找了这些词，请稍后重新导出",
	EN: "the full-text index is being built, is not there or did not finish within two seconds; beside what it found, the text was looked for in what the list shows only; export again later",
}}

// covered are rows that say at their end where some may be missing.
func covered[R any](rows iter.Seq2[R, error], c view.Coverage) iter.Seq2[R, error] {
	if !c.Partial {
		return rows
	}
	return func(yield func(R, error) bool) {
		for r, err := range rows {
			if !yield(r, err) || err != nil {
				return
			}
		}
		var none R
		yield(none, errPartial)
	}
}
