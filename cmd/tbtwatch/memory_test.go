package main

import (
	"context"
	"os"
	"runtime/debug"
	"testing"
)

func TestMemoryLimitMovesWithWhatIsInUse(t *testing.T) {
	const mib = 1 << 20
	for name, c := range map[string]struct{ limit, inUse, want int64 }{
		"far below":        {176, 40, 176},
		"just below":       {176, 150, 176},
		"its room reached": {176, 172, 206},
		"a large registry": {176, 2048, 3020},
		"a small limit":    {64, 40, 64},
	} {
		if got := limitFor(c.limit*mib, c.inUse*mib) / mib; got != c.want {
			t.Errorf("%s: limit %d MiB with %d in use becomes %d, want %d", name, c.limit, c.inUse, got, c.want)
		}
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
