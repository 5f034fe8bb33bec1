package view

import (
	"math"
	"sync"
	"time"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
)

// flows counts deliveries by release, channel and kind of recipient: some
// hundred bytes for each of these, however many deliveries there are. What a
// delivery was before is asked of the list of deliveries, which knows each
// transition.
type flows struct {
	kindOf func(subscriber string) trade.SubscriberKind

	mu       sync.RWMutex
	cells    map[flowCell]*flowCount
	releases map[uint64]releaseFacts // by releaseOf
	early    map[uint64][]accepted   // of releases that are not read yet
	names    []string                // channels, levels, kinds, reasons: each once
	numbers  map[string]uint8
	kinds    map[string]uint8 // of subscribers as they were first seen: they may go
	silent   map[uint64]uint8 // reason of each delivery that is suppressed, by hash of its key
}

// flowCell is what is counted together.
type flowCell struct {
	release       uint64
	channel, kind uint8
}

type flowCount struct {
	states  [10]uint32        // as DeliveryStates lists them, then what is none of these
	reasons map[uint8]uint32  // of those that are suppressed
	took    map[uint16]uint32 // by tookBucket
}

type releaseFacts struct {
	at    int64 // milliseconds since 1970
	level uint8
}

// accepted is a delivery whose release is not read yet.
type accepted struct {
	cell flowCell
	at   int64
}

func newFlows(kindOf func(string) trade.SubscriberKind) *flows {
	return &flows{
		kindOf: kindOf, cells: map[flowCell]*flowCount{}, releases: map[uint64]releaseFacts{}, early: map[uint64][]accepted{}, numbers: map[string]uint8{}, kinds: map[string]uint8{}, silent: map[uint64]uint8{},
	}
}

// number is that of a name; there are few. Whoever calls holds the lock.
func (f *flows) number(name string) uint8 {
	n, known := f.numbers[name]
	if !known {
		if len(f.names) == math.MaxUint8 { // then the rest are called nothing
			return f.numbers[""]
		}
		n = uint8(len(f.names))
		f.numbers[name], f.names = n, append(f.names, name)
	}
	return n
}

// kind is that of the delivery's recipient, always the same one.
func (f *flows) kind(d *trade.Delivery) uint8 {
	if d.Exporter != "" {
		return f.number(string(trade.SubExporter))
	}
	n, known := f.kinds[d.Subscriber]
	if !known {
		n = f.number(string(f.kindOf(d.Subscriber)))
		f.kinds[d.Subscriber] = n
	}
	return n
}

func releaseOf(family string, release int) uint64 {
	return hashOf(family)*31 + uint64(release) //nolint:gosec // a number that tells releases apart
}

// takeWarning notes when a release went out, and at which level.
func (f *flows) takeWarning(e bus.Entry[trade.Warning]) {
	at, err := time.Parse(time.RFC3339, e.Value.At)
	if e.Deleted || err != nil {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	level := e.Value.Level
	if e.Value.Lifted {
		level = triage.LevelLifted
	}
	key := releaseOf(e.Value.Family, e.Value.Release)
	f.releases[key] = releaseFacts{at.UnixMilli(), f.number(level)}
	for _, a := range f.early[key] {
		f.accept(a.cell, a.at)
	}
	delete(f.early, key)
}

// past is how a record stood before a write, and ever.
type past struct {
	known bool
	tag   uint8
	ever  uint64 // a bit for each tag that it had, up to 63
}

func (p past) had(tag uint8) bool { return tag < 64 && p.ever&(1<<tag) != 0 }

// moved takes one transition of a delivery in.
func (f *flows) moved(e bus.Entry[trade.Delivery], was past) {
	d := &e.Value
	if e.Deleted || d.Family == "" || d.Occasion != "" || trade.IsExercise(d.Family) { // what a digest tells is counted; drills are not, nor what says a release once more
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	cell := flowCell{releaseOf(d.Family, d.Release), f.number(d.Channel), f.kind(d)}
	c := f.cells[cell]
	if c == nil {
		c = &flowCount{}
		f.cells[cell] = c
	}
	if was.known {
		c.states[min(was.tag, 9)]--
	}
	to := indexOf(DeliveryStates, d.State)
	c.states[min(to, 9)]++
	f.silence(c, hashOf(e.Key), d)
	if accepts := indexOf(DeliveryStates, trade.Accepted); to == accepts && !was.had(accepts) {
		if at, err := time.Parse(time.RFC3339, d.At); err == nil {
			f.accept(cell, at.UnixMilli())
		}
	}
}

// reasonPrefix keeps the names of reasons apart from others.
const reasonPrefix = "reason "

// silence counts why deliveries are suppressed.
func (f *flows) silence(c *flowCount, key uint64, d *trade.Delivery) {
	if n, was := f.silent[key]; was {
		c.reasons[n]--
		delete(f.silent, key)
	}
	if d.State != trade.Suppressed {
		return
	}
	n := f.number(reasonPrefix + triage.ReasonClass(d.Reason))
	if c.reasons == nil {
		c.reasons = map[uint8]uint32{}
	}
	c.reasons[n]++
	f.silent[key] = n
}

// accept counts how long it took from the release to the first acceptance.
func (f *flows) accept(cell flowCell, at int64) {
	r, known := f.releases[cell.release]
	if !known {
		f.early[cell.release] = append(f.early[cell.release], accepted{cell, at})
		return
	}
	c := f.cells[cell]
	if c.took == nil {
		c.took = map[uint16]uint32{}
	}
	c.took[tookBucket(at-r.at)]++
}

// tookStep is the width of a bucket: a percentile is right within a fortieth.
const tookStep = 1.05

// tookBucket is the bucket of so many milliseconds.
func tookBucket(ms int64) uint16 {
	if ms < 1 {
		return 0
	}
	return uint16(1 + math.Log(float64(ms))/math.Log(tookStep)) //nolint:gosec // 600 for a thousand years
}

// tookSeconds is the middle of a bucket.
func tookSeconds(bucket uint16) float64 {
	if bucket == 0 {
		return 0
	}
	return math.Pow(tookStep, float64(bucket)-0.5) / 1000
}
