package main

import (
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
)

// What stands back runs on threads of a low priority, no more of it at once
// than there are such threads, and who asks for it keeps his own.
func TestTheBackgroundHasALowPriority(t *testing.T) {
	before, own := runtime.GOMAXPROCS(0), niceOf(t)
	b := newBackground(2)
	t.Cleanup(func() { runtime.GOMAXPROCS(before) })
	if got := runtime.GOMAXPROCS(0); got != before+2 {
		t.Errorf("%d goroutines may run at once, want %d", got, before+2)
	}
	var at, calls atomic.Int32
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			b.run(func() {
				if n := at.Add(1); n > 2 {
					t.Errorf("%d at once", n)
				}
				if nice := niceOf(t); nice != max(10, own) {
					t.Errorf("the thread's priority is %d", nice)
				}
				calls.Add(1)
				at.Add(-1)
			})
			if nice := niceOf(t); nice != own {
				t.Errorf("the caller's thread has the priority %d, had %d", nice, own)
			}
		})
	}
	wg.Wait()
	if calls.Load() != 50 {
		t.Errorf("%d calls", calls.Load())
	}
}

// niceOf is the nice value of the calling thread; the system call says 20 less it.
func niceOf(t *testing.T) int {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	priority, err := syscall.Getpriority(syscall.PRIO_PROCESS, syscall.Gettid())
	if err != nil {
		t.Error(err)
	}
	return 20 - priority
}

func TestAPanicInTheBackgroundIsTheCallers(t *testing.T) {
	before := runtime.GOMAXPROCS(0)
	b := newBackground(1)
	t.Cleanup(func() { runtime.GOMAXPROCS(before) })
	func() {
		defer func() {
			if p := recover(); p == nil || !strings.Contains(p.(error).Error(), "spoilt") {
				t.Errorf("the caller learns %v", p)
			}
		}()
		b.run(func() { panic("spoilt") })
	}()
	done := false
	b.run(func() { done = true })
	if !done {
		t.Error("after a panic nothing runs any more")
	}
}
