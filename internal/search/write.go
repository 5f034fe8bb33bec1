package search

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/blevesearch/bleve/v2"
)

// A batch is what is written to disk at once.
const (
	batchRecords = 500
	smallBatch   = 200     // while records keep coming: a batch is not interrupted
	batchBytes   = 2 << 20 // of text
	batchWait    = 300 * time.Millisecond
	// giveWay is how many times as long as a batch took the next one waits while
	// records keep coming, and the library merges in the background as much again
	// as it writes: an import does not share the processor with us, and pages have
	// more of it. What was stored before is read without a rest.
	giveWay  = 20
	mostWait = 30 * time.Second
	// longestWay bounds how long a batch stands back for requests.
	longestWay = time.Second
)

// batch is what comes together before it is written.
type batch struct {
	*bleve.Batch
	places   map[Kind]place
	upToDate []Kind
	bytes    int
}

func newBatch(index bleve.Index) *batch {
	return &batch{Batch: index.NewBatch(), places: map[Kind]place{}}
}

// add takes a record in.
func (b *batch) add(it item) error {
	k := it.feed.kind()
	if it.upToDate {
		b.upToDate = append(b.upToDate, k)
		return nil
	}
	b.places[k] = it.place
	id := docID(k, it.Key)
	if it.doc == nil {
		b.Delete(id)
		return nil
	}
	if err := b.Index(id, it.doc.fields(k)); err != nil {
		return fmt.Errorf("search: %s %s: %w", k, it.Key, err)
	}
	for _, t := range it.doc.texts {
		b.bytes += len(t)
	}
	return nil
}

func (b *batch) full(records int) bool { return b.Size() >= records || b.bytes >= batchBytes }

// docID is a record's name in the index: a letter for the kind, and its key.
func docID(k Kind, key string) string { return string(k[:1]) + "/" + key }

// keyOf is the key in a name.
func keyOf(id string) string { return id[2:] }

// write puts records into the index until ctx ends, several at once where they
// come fast.
func (x *Index) write(ctx context.Context, f *folder, items <-chan item) error {
	known, most := uint64(0), batchRecords
	for {
		b := newBatch(f.index)
		var late <-chan time.Time
		for wait := true; wait; {
			select {
			case <-ctx.Done():
				return nil // what was not written is read again
			case it := <-items:
				if err := b.add(it); err != nil {
					return err
				}
				if late == nil {
					late = time.After(batchWait)
				}
				wait = !b.full(most)
			case <-late:
				wait = false
			}
		}
		if x.GiveWay != nil {
			x.GiveWay(longestWay)
		}
		began := time.Now()
		if err := x.store(ctx, f, b); err != nil {
			return err
		}
		took := time.Since(began)
		last, err := x.last(ctx)
		if err != nil {
			continue // it is for politeness only
		}
		most = batchRecords
		if known > 0 && last > known {
			most = smallBatch
			select {
			case <-ctx.Done():
				return nil
			case <-time.After(min(giveWay*took, mostWait)):
			}
		}
		known = last
	}
}

// last is the sum of all tables' last sequences.
func (x *Index) last(ctx context.Context) (sum uint64, err error) {
	for _, f := range x.feeds {
		seq, err := f.last(ctx)
		if err != nil {
			return 0, err
		}
		sum += seq
	}
	return sum, nil
}

// store writes a batch with the places that were reached.
func (x *Index) store(ctx context.Context, f *folder, b *batch) error {
	for k, p := range b.places {
		if err := setPlace(b.Batch, k, p); err != nil {
			return err
		}
	}
	if len(b.places) > 0 {
		if err := x.put(ctx, f, b); err != nil {
			return fmt.Errorf("search: writing to %s: %w", f.path, err)
		}
	}
	for k, p := range b.places {
		x.advance(k, p.Seq, false)
	}
	for _, k := range b.upToDate {
		x.advance(k, 0, true)
	}
	return nil
}

// errStuck: a batch was not answered.
var errStuck = errors.New("the library does not answer")

// longestBatch bounds a write; those of a loaded machine take seconds.
const longestBatch = 10 * time.Minute

// put writes a batch. It waits for the answer also when ctx ends, but not for
// ever: ctx ends, too, when a goroutine that would answer is gone.
func (x *Index) put(ctx context.Context, f *folder, b *batch) error {
	answer := make(chan error, 1)
	go func() { answer <- f.index.Batch(b.Batch) }()
	select {
	case err := <-answer:
		return err
	case <-time.After(longestBatch):
	case <-ctx.Done():
		select {
		case err := <-answer:
			return err
		case <-time.After(x.patience):
		}
	}
	f.stuck = true
	return errStuck
}
