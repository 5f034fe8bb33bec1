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
)

// keepMemory holds the process near limit bytes until ctx ends. Whoever sets
// GOMEMLIMIT decides for himself.
func keepMemory(ctx context.Context, limit int64) {
	if os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	before := debug.SetMemoryLimit(limitFor(limit, inUse()))
	defer debug.SetMemoryLimit(before)
	tick := time.NewTicker(memoryEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			debug.SetMemoryLimit(limitFor(limit, inUse()))
		}
	}
}

// limitFor is the limit to set while inUse bytes are in use: limit, and half
// as much again as what goes beyond it.
func limitFor(limit, inUse int64) int64 { return limit + max(0, inUse+memoryRoom-limit)*3/2 }

// inUse is what the last collection could not free, in bytes.
func inUse() int64 {
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(sample)
	return int64(sample[0].Value.Uint64()) //nolint:gosec // a heap is smaller than 2⁶³ bytes
}
