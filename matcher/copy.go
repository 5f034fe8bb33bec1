package matcher

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/index"
	"tbtwatch/internal/trade"
)

// Copy is a matcher's own copy of the registered products. It is filled from
// the shared index in Redis and proved current against the registry stream;
// where Redis is dead, empty or behind, the stream itself fills it.
type Copy struct {
	Bus   *bus.Bus
	Store *index.Store
	Log   *slog.Logger

	mu     sync.Mutex
	set    *index.Set
	health error // why Redis was not used last time, or nil
}

// patience is how long a batch waits for the index to catch up before it turns
// to the stream.
const patience = 500 * time.Millisecond

// Current returns the copy after making sure that it holds every product that
// was registered before the call: one fence for each batch of notices.
func (c *Copy) Current(ctx context.Context) (*index.Set, error) {
	want, err := c.Bus.Products.LastWrite(ctx)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.set == nil {
		c.set = c.Store.NewSet()
	}
	if c.set.Seq() >= want {
		return c.set, nil
	}
	if err := c.fromIndex(ctx, want); err != nil {
		if c.health == nil {
			c.Log.Warn("matcher: the index in Redis cannot be used, reading the registry instead; matching is slower, not wrong", "err", err)
		}
		c.health = err
		return c.set, c.fromBus(ctx, want)
	}
	c.health = nil
	return c.set, nil
}

// Health says why Redis was not used for the last refresh; nil when it was.
func (c *Copy) Health() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.health
}

func (c *Copy) fromIndex(ctx context.Context, want uint64) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	deadline := time.Now().Add(patience)
	for {
		err := c.Store.Catchup(ctx, c.set, want)
		if errors.Is(err, index.ErrStale) || errors.Is(err, index.ErrEmpty) {
			if err = c.Store.Load(ctx, c.set); err == nil && c.set.Seq() >= want {
				return nil
			}
		}
		if err == nil && c.set.Seq() >= want {
			return nil
		}
		if time.Now().After(deadline) || ctx.Err() != nil {
			if err == nil {
				err = index.ErrBehind
			}
			return err
		}
		select {
		case <-ctx.Done():
		case <-time.After(2 * time.Millisecond):
		}
	}
}

var errThere = errors.New("caught up")

// fromBus reads the registry stream from where the copy stands.
func (c *Copy) fromBus(ctx context.Context, want uint64) error {
	take := func(e bus.Entry[trade.Product]) error {
		if e.Deleted {
			c.set.Delete(e.Key, e.Seq)
		} else {
			c.set.Put(e.Value, e.Seq)
		}
		if e.Seq >= want {
			return errThere
		}
		return nil
	}
	if err := c.Bus.Products.Follow(ctx, c.set.Seq(), take); !errors.Is(err, errThere) {
		return fmt.Errorf("matcher: reading the registry: %w", err)
	}
	return nil
}

// Maintain writes the registry into the shared index until ctx ends: it builds
// the index where there is none, follows every change, and compacts what has
// come together. Several matchers may do so beside each other; an older write
// never replaces a newer one.
func (c *Copy) Maintain(ctx context.Context) error {
	done := make(chan struct{})
	go func() {
		defer close(done)
		c.compact(ctx)
	}()
	defer func() { <-done }()
	return c.Bus.Keep(ctx, "index", func(ctx context.Context) error {
		applied, err := c.Store.Applied(ctx)
		if err == nil {
			err = c.Store.Check(ctx)
		}
		if errors.Is(err, index.ErrEmpty) || errors.Is(err, index.ErrCorrupt) || errors.Is(err, index.ErrStale) {
			if err := c.Rebuild(ctx); err != nil {
				return err
			}
			applied, err = c.Store.Applied(ctx)
		}
		if err != nil {
			return err
		}
		return c.write(ctx, applied)
	})
}

// compactEvery is how often the index is asked whether it has anything to
// compact.
const compactEvery = 2 * time.Second

// compact folds changes into segments until ctx ends. What goes wrong is tried
// again; an index that is damaged is for Maintain to rebuild.
func (c *Copy) compact(ctx context.Context) {
	tick := time.NewTicker(compactEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if _, err := c.Store.Compact(ctx); err != nil && ctx.Err() == nil {
				c.Log.Debug("matcher: the index in Redis was not compacted", "err", err)
			}
		}
	}
}

// write follows the registry and applies changes in portions: whatever has
// come in while the last portion was written.
func (c *Copy) write(ctx context.Context, from uint64) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	changes := make(chan index.Change, 2000)
	go func() {
		cancel(c.Bus.Products.Follow(ctx, from, func(e bus.Entry[trade.Product]) error {
			select {
			case changes <- changeOf(e):
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		}))
	}()
	alive := time.NewTicker(5 * time.Second)
	defer alive.Stop()
	for {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-alive.C: // an index that was flushed or replaced is noticed without any change
			if err := c.Store.Check(ctx); err != nil {
				return err
			}
		case first := <-changes:
			portion := append(make([]index.Change, 0, len(changes)+1), first)
			for len(changes) > 0 {
				portion = append(portion, <-changes)
			}
			if err := c.Store.Apply(ctx, portion); err != nil {
				return err
			}
		}
	}
}

func changeOf(e bus.Entry[trade.Product]) index.Change {
	ch := index.Change{Key: e.Key, Seq: e.Seq}
	if !e.Deleted {
		ch.Product = &e.Value
	}
	return ch
}

// Rebuild makes the shared index anew from the registry stream. Matchers go on
// with the old one until it is complete.
func (c *Copy) Rebuild(ctx context.Context) error {
	return c.Store.Rebuild(ctx, func(put func([]index.Change) error) (uint64, error) {
		var portion []index.Change
		last, err := c.Bus.Products.Scan(ctx, func(e bus.Entry[trade.Product]) error {
			if e.Deleted {
				return nil
			}
			if portion = append(portion, changeOf(e)); len(portion) < 1000 {
				return nil
			}
			err := put(portion)
			portion = portion[:0]
			return err
		})
		if err != nil {
			return 0, err
		}
		return last, put(portion)
	})
}

// Verification compares the shared index with the registry.
type Verification struct {
	Products int    `json:"products"` // in the registry
	Indexed  int    `json:"indexed"`
	Registry string `json:"registry"` // digest
	Index    string `json:"index"`    // digest
	Equal    bool   `json:"equal"`
}

// Verify reads registry and index whole and compares their digests.
func (c *Copy) Verify(ctx context.Context) (Verification, error) {
	set := c.Store.NewSet()
	if _, err := c.Bus.Products.Scan(ctx, func(e bus.Entry[trade.Product]) error {
		if !e.Deleted {
			set.Put(e.Value, e.Seq)
		}
		return nil
	}); err != nil {
		return Verification{}, err
	}
	v := Verification{Products: set.Len(), Registry: set.Digest()}
	var err error
	if v.Index, _, err = c.Store.Digest(ctx); err != nil {
		return v, err
	}
	if v.Indexed, err = c.Store.Count(ctx); err != nil {
		return v, err
	}
	v.Equal = v.Registry == v.Index
	return v, nil
}
