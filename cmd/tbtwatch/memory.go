package main

import (
	"context"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

const (
	// The embedded NATS server keeps its 4 and 8 MiB block buffers in pools that
	// only the garbage collector drains. Left alone, a large import lets them
	// grow to several times of what is in use; near a limit they are given back.
	memoryLimit = 200 << 20
	// What is in use may need more than the limit: a registry of a million
	// products, say. The limit then moves up with it, so that the collector
	// never works against memory that it cannot free.
	memoryRoom  = 24 << 20
	memoryEvery = 500 * time.Millisecond
	// The collector waits for the limit, or until five times of what is in use:
	// whoever gives a large registry memory saves processor time with it.
	memoryGrowth = 400
)

// keepMemory holds the process near limit bytes until ctx ends. Whoever sets
// GOMEMLIMIT decides for himself.
func keepMemory(ctx context.Context, limit int64) {
	if os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	before := debug.SetMemoryLimit(limitFor(limit, memoryNow()))
	defer debug.SetMemoryLimit(before)
	if os.Getenv("GOGC") == "" {
		defer debug.SetGCPercent(debug.SetGCPercent(memoryGrowth))
	}
	tick := time.NewTicker(memoryEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			debug.SetMemoryLimit(limitFor(limit, memoryNow()))
		}
	}
}

// memoryUse is what the runtime holds, in bytes.
type memoryUse struct {
	live   int64 // what the last collection could not free
	beside int64 // stacks, tables and gaps, which count against the limit, too
}

// limitFor is the limit to set: limit, or where more is in use that and half as
// much again. With less room the collector runs all the time and takes half of
// the processor.
func limitFor(limit int64, m memoryUse) int64 {
	return max(limit, m.live+m.beside+max(memoryRoom, m.live/2))
}

func memoryNow() memoryUse {
	names := []string{
		"/gc/heap/live:bytes", "/memory/classes/heap/unused:bytes", "/memory/classes/heap/stacks:bytes", "/memory/classes/os-stacks:bytes", "/memory/classes/other:bytes",
		"/memory/classes/metadata/mcache/inuse:bytes", "/memory/classes/metadata/mspan/inuse:bytes", "/memory/classes/metadata/other:bytes",
	}
	samples := make([]metrics.Sample, len(names))
	for i, name := range names {
		samples[i].Name = name
	}
	metrics.Read(samples)
	m := memoryUse{live: int64(samples[0].Value.Uint64())} //nolint:gosec // a heap is smaller than 2⁶³ bytes
	for _, s := range samples[1:] {
		m.beside += int64(s.Value.Uint64()) //nolint:gosec // as above
	}
	return m
}
