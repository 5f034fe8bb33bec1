package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

// background runs work that nobody waits for on threads of its own, to which the
// system gives what the others leave of the processors, and little of one that
// they ask for. Within a Go program all goroutines have the same right to a
// processor: on two of them a page would wait for the notices that are matched
// at each of its steps.
type background struct{ work chan func() }

// newBackground starts the threads and lets the program have as many more at
// work at once. They live as long as the process.
func newBackground(threads int) *background {
	b := &background{work: make(chan func())}
	runtime.GOMAXPROCS(runtime.GOMAXPROCS(0) + threads)
	for range threads {
		go func() {
			runtime.LockOSThread() // and never let go: its priority is not to become another goroutine's
			lowerPriority()
			for fn := range b.work {
				fn()
			}
		}()
	}
	return b
}

// standBack makes matching stand back behind the pages of the same process. It
// is for a process that does nothing but serve: the threads stay.
func (c *Config) standBack() {
	if c.runs("console") && c.runs("matcher") {
		c.aside = newBackground(max(1, runtime.NumCPU()-1)).run
	}
}

// run calls fn on one of the threads and returns when it has ended. A panic of
// fn is one of the caller.
func (b *background) run(fn func()) {
	ended := make(chan error, 1)
	b.work <- func() {
		defer func() {
			if p := recover(); p != nil {
				ended <- fmt.Errorf("%v\n%s", p, debug.Stack())
				return
			}
			ended <- nil
		}()
		fn()
	}
	if err := <-ended; err != nil {
		panic(err)
	}
}
