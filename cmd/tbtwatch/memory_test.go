package main

import (
	"context"
	"os"
	"runtime/debug"
	"testing"
)

func TestMemoryLimitMovesWithWhatIsInUse(t *testing.T) {
	const mib = 1 << 20
	for name, c := range map[string]struct{ limit, live, beside, want int64 }{
		"far below":                {176, 40, 30, 176},
		"just below":               {176, 90, 30, 176},
		"its room reached":         {176, 120, 30, 210},
		"what is beside it counts": {176, 120, 60, 240},
		"a large registry":         {176, 2048, 50, 3122},
		"a small limit":            {64, 20, 10, 64},
		"a small heap":             {64, 40, 10, 74},
	} {
		if got := limitFor(c.limit*mib, memoryUse{c.live * mib, c.beside * mib}) / mib; got != c.want {
			t.Errorf("%s: limit %d MiB with %d live and %d beside becomes %d, want %d", name, c.limit, c.live, c.beside, got, c.want)
		}
	}
	if m := memoryNow(); m.live <= 0 || m.beside <= 0 {
		t.Errorf("this process: %+v", m)
	}
}

func TestMemoryLimitIsSetWhileServing(t *testing.T) {
	t.Setenv("GOMEMLIMIT", "")
	before := debug.SetMemoryLimit(-1)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	const limit = 1 << 40
	go func() { defer close(done); keepMemory(ctx, limit) }()
	until(t, memoryEvery*10, "the limit is set", func() bool { return debug.SetMemoryLimit(-1) == limit })
	stop()
	<-done
	if now := debug.SetMemoryLimit(-1); now != before {
		t.Errorf("the limit is %d afterwards and was %d before", now, before)
	}
	t.Setenv("GOMEMLIMIT", "1GiB")
	keepMemory(t.Context(), limit) // returns at once: somebody else decides
}

func TestMemoryOfAProcess(t *testing.T) {
	if _, err := os.Stat("/proc/self/status"); err != nil {
		t.Fatal("there is no /proc: memory is measured on Linux only")
	}
	m := memoryOf(os.Getpid())
	if m.now <= 0 || m.peak < m.now {
		t.Errorf("this process: %+v", m)
	}
	if m := memoryOf(-1); m != (memory{}) {
		t.Errorf("no process: %+v", m)
	}
}
