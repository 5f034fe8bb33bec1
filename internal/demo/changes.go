package demo

import (
	"context"
	"sync"
)

// changes wakes everybody who waits for something new.
type changes struct {
	mu   *sync.Mutex
	next *chan struct{} // closed by the next tell
}

func newChanges() changes {
	next := make(chan struct{})
	return changes{mu: &sync.Mutex{}, next: &next}
}

func (c changes) tell() {
	c.mu.Lock()
	defer c.mu.Unlock()
	close(*c.next)
	*c.next = make(chan struct{})
}

func (c changes) following() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	return *c.next
}

// wait returns when done says so, asked at first and after each change, or
// with ctx's error.
func (c changes) wait(ctx context.Context, done func() bool) error {
	for {
		next := c.following() // before done looks, so that no change is missed
		if done() {
			return nil
		}
		select {
		case <-next:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}
