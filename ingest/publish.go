package ingest

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"time"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
)

const (
	publishBatch   = 500 // rows that are looked up and written together
	publishRetries = 8   // after a lost compare-and-set
	maxJoint       = 200 // rows of one paper; more are an identity that means nothing
)

// noticeTable is what publishing needs of bus.Bus.Notices.
type noticeTable interface {
	GetMany(ctx context.Context, keys []string) (map[string]bus.Entry[trade.Notice], error)
	PutBatch(ctx context.Context, writes []bus.Write[trade.Notice]) error
}

// Publisher writes notices to the bus, each content once.
type Publisher struct {
	table noticeTable
}

// NewPublisher makes a publisher on the bus's notice table.
func NewPublisher(b *bus.Bus) *Publisher { return &Publisher{table: b.Notices} }

// Publish is an Input that consists of these notices.
func (p *Publisher) Publish(ctx context.Context, notices []trade.Notice) ([]trade.Outcome, error) {
	return p.Input().Publish(ctx, notices)
}

// Input is one run's or one file's worth of notices: within it a paper that
// comes again is a further row of a joint notice (or the same row twice),
// across inputs it is the paper's next look at us. It remembers 16 bytes for
// each row and is not safe for concurrent use.
type Input struct {
	p        *Publisher
	seed     maphash.Seed
	papers   map[uint64]bool // keys seen
	rows     map[uint64]bool // key and row name seen
	notAfter time.Time       // replay: papers written later are left alone
}

// Input begins a new input.
func (p *Publisher) Input() *Input {
	return &Input{p: p, seed: maphash.MakeSeed(), papers: map[uint64]bool{}, rows: map[uint64]bool{}}
}

// Publish stores the notices and returns an outcome for each, in order:
// Published (new, or with new content), Unchanged, Duplicate (a further row of
// a paper of this input; what it adds is stored), or Quarantined (a paper with
// more rows than any has; the caller keeps it). After an error nothing can be
// said of the notices: repeating all of them is safe and ends in the state
// that one undisturbed call would have left.
func (in *Input) Publish(ctx context.Context, notices []trade.Notice) ([]trade.Outcome, error) {
	out := make([]trade.Outcome, 0, len(notices))
	for len(notices) > 0 {
		n := min(publishBatch, len(notices))
		outcomes, err := in.batch(ctx, notices[:n])
		if err != nil {
			return out, fmt.Errorf("ingest: publishing %d notices from %s on: %w", n, notices[0].ID, err)
		}
		out = append(out, outcomes...)
		notices = notices[n:]
	}
	return out, nil
}

// batch repeats attempt while others write the same papers.
func (in *Input) batch(ctx context.Context, notices []trade.Notice) ([]trade.Outcome, error) {
	for try := 1; ; try++ {
		a := newAttempt(in, notices)
		err := a.run(ctx)
		if errors.Is(err, trade.ErrConflict) && try < publishRetries {
			continue // whoever won has written, so the next read differs
		}
		if err != nil {
			return nil, err
		}
		a.remember()
		return a.outcomes, nil
	}
}

// attempt is one try at one batch. What it learns counts once it succeeded.
type attempt struct {
	in       *Input
	notices  []trade.Notice
	keys     []string
	outcomes []trade.Outcome
	newRows  map[uint64]bool
}

func newAttempt(in *Input, notices []trade.Notice) *attempt {
	return &attempt{in: in, notices: notices, outcomes: make([]trade.Outcome, len(notices)), newRows: map[uint64]bool{}}
}

func (a *attempt) hash(key, row string) uint64 {
	return maphash.String(a.in.seed, key+"\x00"+row)
}

func (a *attempt) run(ctx context.Context) error {
	groups := map[string][]int{}
	for i := range a.notices {
		key := a.notices[i].Key()
		if _, ok := groups[key]; !ok {
			a.keys = append(a.keys, key)
		}
		groups[key] = append(groups[key], i)
	}
	stored, err := a.in.p.table.GetMany(ctx, a.keys)
	if err != nil {
		return err
	}
	var writes []bus.Write[trade.Notice]
	for _, key := range a.keys {
		w, changed, err := a.paper(key, groups[key], stored[key])
		if err != nil {
			return err
		}
		if changed {
			writes = append(writes, w)
		}
	}
	return a.in.p.table.PutBatch(ctx, writes)
}

// paper merges the rows at the indexes into what is stored under key.
func (a *attempt) paper(key string, indexes []int, stored bus.Entry[trade.Notice]) (bus.Write[trade.Notice], bool, error) {
	var rows []trade.Notice
	had := stored.Seq > 0 && !stored.Deleted
	if had {
		var err error
		if rows, err = rowsOf(stored.Value); err != nil {
			return bus.Write[trade.Notice]{}, false, err
		}
	}
	frozen := had && !a.in.notAfter.IsZero() && stored.At.After(a.in.notAfter)
	changed := false
	for n, i := range indexes {
		a.outcomes[i] = trade.Duplicate
		if n == 0 && !a.in.papers[a.hash(key, "")] {
			a.outcomes[i] = trade.Unchanged
		}
		if frozen {
			continue
		}
		next, did := a.row(key, rows, &a.notices[i])
		if len(next) > maxJoint {
			a.outcomes[i] = trade.Quarantined
			continue
		}
		rows, changed = next, changed || did
	}
	if !changed {
		return bus.Write[trade.Notice]{}, false, nil
	}
	merged, err := join(rows)
	if err != nil {
		return bus.Write[trade.Notice]{}, false, err
	}
	if had && merged.Hash() == stored.Value.Hash() {
		return bus.Write[trade.Notice]{}, false, nil
	}
	if a.outcomes[indexes[0]] == trade.Unchanged {
		a.outcomes[indexes[0]] = trade.Published
	}
	last := a.notices[indexes[len(indexes)-1]]
	merged.Raw, merged.SeenAt, merged.Backfill = last.Raw, last.SeenAt, last.Backfill
	return bus.Write[trade.Notice]{Key: key, Value: merged, Last: stored.Seq}, true, nil
}

// row takes one row in. What is there already changes nothing. The first row
// of its name in this input replaces what earlier inputs said under that name;
// a second one that differs stands beside it, so that an input which
// contradicts itself ends the same in whatever order it comes.
func (a *attempt) row(key string, rows []trade.Notice, n *trade.Notice) ([]trade.Notice, bool) {
	name := rowName(n)
	id := a.hash(key, "\x01"+name)
	again := a.in.rows[id] || a.newRows[id]
	a.newRows[id] = true
	want := rowOf(*n)
	if len(rows) == 0 {
		return []trade.Notice{want}, true
	}
	hash := want.Hash()
	for i := range rows {
		r := rowOf(rows[i])
		if r.Hash() == hash {
			return rows, false
		}
	}
	kept := make([]trade.Notice, 0, len(rows)+1)
	for i := range rows {
		if again || rowName(&rows[i]) != name {
			kept = append(kept, rows[i])
		}
	}
	return append(kept, want), true
}

func (a *attempt) remember() {
	for id := range a.newRows {
		a.in.rows[id] = true
	}
	for _, key := range a.keys {
		a.in.papers[a.hash(key, "")] = true
	}
}
