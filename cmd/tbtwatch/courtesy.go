package main

import (
	"net/http"
	"sync"
	"time"
)

// courtesy lets the full-text index stand back while requests are being answered:
// on two processors a page would wait for it at every one of its steps. The
// library works in goroutines of its own, so a background does not help.
type courtesy struct {
	mu    sync.Mutex
	asked int           // requests that are being answered
	free  chan struct{} // closed when there are none; nil while there are none
}

// longRequest is how long a request counts: an upload or an export takes
// minutes, and works off what it brings at the same time.
const longRequest = time.Second

// serve counts the requests that next answers.
func (c *courtesy) serve(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.mu.Lock()
		if c.asked++; c.free == nil {
			c.free = make(chan struct{})
		}
		c.mu.Unlock()
		leave := sync.OnceFunc(func() {
			c.mu.Lock()
			defer c.mu.Unlock()
			if c.asked--; c.asked == 0 {
				close(c.free)
				c.free = nil
			}
		})
		late := time.AfterFunc(longRequest, leave)
		defer func() { late.Stop(); leave() }()
		next.ServeHTTP(w, r)
	})
}

// giveWay returns when no request is being answered, after longest at the
// latest: what stands back goes on, however many pages are asked for.
func (c *courtesy) giveWay(longest time.Duration) {
	c.mu.Lock()
	free := c.free
	c.mu.Unlock()
	if free == nil {
		return
	}
	late := time.NewTimer(longest)
	defer late.Stop()
	select {
	case <-free:
	case <-late.C:
	}
}
