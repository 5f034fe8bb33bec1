package search

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/blevesearch/bleve/v2"
	bsearch "github.com/blevesearch/bleve/v2/search"
	index "github.com/blevesearch/bleve_index_api"
)

// longestSearch bounds one search where Options say nothing else. What takes
// longer is told so.
const longestSearch = 2 * time.Second

// ErrSlow: the search was given up.
var ErrSlow = errors.New("search: it took too long")

// Query asks for a part of what is found.
type Query struct {
	Text   string
	Kind   Kind
	Offset int
	Limit  int
}

// Found is that part, the best first.
type Found struct {
	Total int
	Hits  []Hit
	Cut   bool // the query is longer than what is looked at
}

// Hit is a record that was found.
type Hit struct {
	Key     string
	Titles  [][]Piece // title, or headline in Chinese and in English
	Snippet []Piece   // of the words for which it was found; nil where the title has them
}

// Find looks for records that have every word of the text.
func (x *Index) Find(ctx context.Context, q Query) (out Found, err error) {
	parts, cut := chunks(q.Text)
	out.Cut = cut
	var keys []string
	var what *asked
	err = x.read(ctx, func(ctx context.Context, idx bleve.Index, r index.IndexReader) error {
		b := builder{reader: r, analyzer: x.analyzer, ranked: true}
		if what, err = b.build(q.Kind, parts); err != nil || what == nil {
			return err
		}
		req := bleve.NewSearchRequestOptions(what.query, max(q.Limit, 0), max(q.Offset, 0), false)
		res, err := idx.SearchInContext(ctx, req)
		if err != nil {
			return err
		}
		out.Total = int(res.Total)
		for _, h := range res.Hits {
			keys = append(keys, keyOf(h.ID))
		}
		return nil
	})
	if err != nil || len(keys) == 0 {
		return out, err
	}
	docs, err := x.feed(q.Kind).documents(ctx, keys)
	if err != nil {
		return out, err
	}
	for _, key := range keys {
		d, ok := docs[key]
		if !ok {
			continue // deleted since
		}
		h := Hit{Key: key, Snippet: what.snippet(x.analyzer, d.texts)}
		for _, t := range d.titles {
			h.Titles = append(h.Titles, what.title(x.analyzer, t))
		}
		out.Hits = append(out.Hits, h)
	}
	return out, nil
}

// Each calls fn with the key of every record of the kind that has every word
// of the text, in no order. It reports whether the text has a word: fn is not
// called where it has none.
func (x *Index) Each(ctx context.Context, kind Kind, text string, fn func(key string)) (words bool, err error) {
	parts, _ := chunks(text)
	err = x.read(ctx, func(ctx context.Context, idx bleve.Index, r index.IndexReader) error {
		b := builder{reader: r, analyzer: x.analyzer}
		what, err := b.build(kind, parts)
		if err != nil || what == nil {
			return err
		}
		words = true
		s, err := what.query.Searcher(ctx, r, idx.Mapping(), bsearch.SearcherOptions{Score: "none"})
		if err != nil {
			return err
		}
		defer func() { _ = s.Close() }()
		sc := &bsearch.SearchContext{DocumentMatchPool: bsearch.NewDocumentMatchPool(s.DocumentMatchPoolSize()+1, 0), IndexReader: r}
		for n := 0; ; n++ {
			m, err := s.Next(sc)
			if err != nil || m == nil {
				return err
			}
			if n%1024 == 0 && ctx.Err() != nil {
				return ctx.Err()
			}
			id, err := r.ExternalID(m.IndexInternalID)
			if err != nil {
				return err
			}
			fn(keyOf(id))
			sc.DocumentMatchPool.Put(m)
		}
	})
	return words, err
}

func (x *Index) feed(k Kind) feed {
	for _, f := range x.feeds {
		if f.kind() == k {
			return f
		}
	}
	return x.feeds[0]
}

// read lets fn look into the index. A fault of the index is told to Run, which
// builds it again.
func (x *Index) read(ctx context.Context, fn func(ctx context.Context, idx bleve.Index, r index.IndexReader) error) (err error) {
	if x == nil {
		return ErrNone
	}
	x.mu.RLock()
	defer x.mu.RUnlock()
	if x.folder == nil {
		return ErrNone
	}
	limited, cancel := context.WithTimeout(ctx, x.Longest)
	defer cancel()
	old := debug.SetPanicOnFault(true) // the index is mapped into memory: a file that was cut off faults
	defer func() {
		debug.SetPanicOnFault(old)
		if p := recover(); p != nil {
			err = fmt.Errorf("search: the index fails: %v", p)
		}
		switch {
		case err == nil || ctx.Err() != nil:
		case limited.Err() != nil:
			err = ErrSlow
		default:
			select {
			case x.broken <- err:
			default:
			}
		}
	}()
	inner, err := x.folder.index.Advanced()
	if err != nil {
		return err
	}
	r, err := inner.Reader()
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }()
	return fn(limited, x.folder.index, r)
}
