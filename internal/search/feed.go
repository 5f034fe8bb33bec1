package search

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/blevesearch/bleve/v2"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
)

// place is how far a table has been read into the index. It is stored in the
// index, in the same batch as the documents.
type place struct {
	Seq uint64    `json:"seq"`
	Key string    `json:"key"` // what stands at Seq: another stream has something else there
	At  time.Time `json:"at"`
}

// item is a record on its way into the index.
type item struct {
	feed feed
	place
	doc      *document // nil deletes
	upToDate bool      // no record: everything that was stored before has come
}

// feed reads the records of one kind.
type feed interface {
	kind() Kind
	last(ctx context.Context) (uint64, error)
	// same reports whether the table is the one that was read up to there.
	same(ctx context.Context, p place) (bool, error)
	// follow calls out with every record after from, then with what comes.
	follow(ctx context.Context, from uint64, out func(item) error) error
	// documents reads records again, to show them; some may be missing.
	documents(ctx context.Context, keys []string) (map[string]document, error)
}

// tableFeed is a feed from one table.
type tableFeed[T any] struct {
	of      Kind
	table   *bus.Table[T]
	compose func(ctx context.Context, v *T) (document, error)
	read    readMany[T] // to show them
}

// readMany reads the records with those keys; what is not there is absent, or a
// tombstone.
type readMany[T any] func(ctx context.Context, keys []string) (map[string]bus.Entry[T], error)

func feeds(b *bus.Bus, p Papers) []feed {
	return []feed{
		&tableFeed[trade.Warning]{Warning, b.Warnings, func(_ context.Context, w *trade.Warning) (document, error) { return ofWarning(w), nil }, b.Warnings.GetMany},
		&tableFeed[trade.Case]{Case, b.Cases, func(ctx context.Context, c *trade.Case) (document, error) {
			papers, err := papersOf(ctx, p, c)
			return ofCase(c, papers), err
		}, b.Cases.GetMany},
		&tableFeed[trade.Notice]{Notice, b.Notices, func(_ context.Context, n *trade.Notice) (document, error) { return ofNotice(n), nil }, eachBy(p.NoticeRecord)},
	}
}

// mostPapers bounds what one case is found by.
const mostPapers = 50

// papersOf reads the papers of a case, the latest ones of many.
func papersOf(ctx context.Context, read Papers, c *trade.Case) ([]*trade.Notice, error) {
	f, err := read.FamilyRecord(ctx, trade.FamilyKey(c.Family), c.FamilySeq)
	if errors.Is(err, trade.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var out []*trade.Notice
	for _, p := range f.Value.Papers[max(0, len(f.Value.Papers)-mostPapers):] {
		n, err := read.NoticeRecord(ctx, p.Notice, p.Seq)
		switch {
		case err == nil:
			out = append(out, &n.Value)
		case !errors.Is(err, trade.ErrNotFound):
			return nil, err
		}
	}
	return out, nil
}

func (f *tableFeed[T]) kind() Kind { return f.of }

func (f *tableFeed[T]) last(ctx context.Context) (uint64, error) { return f.table.LastSeq(ctx) }

func (f *tableFeed[T]) same(ctx context.Context, p place) (bool, error) {
	last, err := f.table.LastSeq(ctx)
	if err != nil || p.Seq == 0 {
		return err == nil, err
	}
	if p.Seq > last {
		return false, nil
	}
	e, err := f.table.At(ctx, p.Seq)
	if errors.Is(err, trade.ErrNotFound) {
		return true, nil // a table that keeps a few writes of each key only
	}
	if err != nil {
		return false, err
	}
	return e.Key == p.Key && e.At.Equal(p.At), nil
}

func (f *tableFeed[T]) follow(ctx context.Context, from uint64, out func(item) error) error {
	pos := from
	take := func(e bus.Entry[T]) error {
		if pos = max(pos, e.Seq); e.Deleted {
			return out(item{feed: f, place: place{e.Seq, e.Key, e.At}})
		}
		doc, err := f.compose(ctx, &e.Value)
		if err != nil {
			return err
		}
		return out(item{feed: f, place: place{e.Seq, e.Key, e.At}, doc: &doc})
	}
	last, err := f.table.LastSeq(ctx)
	if err != nil {
		return err
	}
	if from == 0 {
		_, err = f.table.Scan(ctx, take)
	} else {
		err = f.table.Until(ctx, from, last, take)
	}
	if err != nil {
		return err
	}
	if err := out(item{feed: f, upToDate: true}); err != nil {
		return err
	}
	return f.table.Follow(ctx, max(pos, last), take)
}

func (f *tableFeed[T]) documents(ctx context.Context, keys []string) (map[string]document, error) {
	found, err := f.read(ctx, keys)
	if err != nil {
		return nil, err
	}
	out := make(map[string]document, len(found))
	for key, e := range found {
		if e.Deleted {
			continue
		}
		if out[key], err = f.compose(ctx, &e.Value); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// eachBy reads records one by one.
func eachBy[T any](get func(ctx context.Context, key string, since uint64) (bus.Entry[T], error)) readMany[T] {
	return func(ctx context.Context, keys []string) (map[string]bus.Entry[T], error) {
		out := make(map[string]bus.Entry[T], len(keys))
		for _, key := range keys {
			e, err := get(ctx, key, 0)
			switch {
			case err == nil:
				out[key] = e
			case !errors.Is(err, trade.ErrNotFound):
				return nil, err
			}
		}
		return out, nil
	}
}

// placeName is where the index keeps how far a kind has been read.
func placeName(k Kind) []byte { return []byte("place of " + string(k)) }

// placeOf reads how far the index has read; the zero place where it has not.
func placeOf(index bleve.Index, k Kind) (p place, err error) {
	text, err := index.GetInternal(placeName(k))
	if err != nil || len(text) == 0 {
		return p, err
	}
	if err := json.Unmarshal(text, &p); err != nil {
		return p, fmt.Errorf("search: how far %s was read: %w", k, err)
	}
	return p, nil
}

// setPlace stores it with a batch.
func setPlace(b *bleve.Batch, k Kind, p place) error {
	text, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("search: %w", err)
	}
	b.SetInternal(placeName(k), text)
	return nil
}
