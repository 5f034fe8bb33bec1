package auth

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
)

// auditWithin bounds how long an answer waits for its entry.
const auditWithin = 10 * time.Second

// auditLog is the audit's only key: one chain.
const auditLog = "log"

// auditor appends to the audit. Each entry holds the hash of the one before;
// two processes that write at once are told apart by the expected sequence.
type auditor struct {
	table *bus.Table[trade.Audit]

	mu   sync.Mutex
	last bus.Entry[trade.Audit]
}

func (a *auditor) write(ctx context.Context, e trade.Audit) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	for ctx.Err() == nil { // each conflict is an entry of another process: somebody gets on
		e.Before = ""
		if a.last.Seq > 0 {
			e.Before = auditHash(a.last.Value)
		}
		seq, err := a.table.Put(ctx, auditLog, e, a.last.Seq)
		if err == nil {
			a.last = bus.Entry[trade.Audit]{Key: auditLog, Seq: seq, Value: e}
			return nil
		}
		if !errors.Is(err, trade.ErrConflict) {
			return err
		}
		if a.last, err = a.table.Get(ctx, auditLog); err != nil && !errors.Is(err, trade.ErrNotFound) {
			return err
		}
	}
	return fmt.Errorf("auth: audit: %w", ctx.Err())
}

func auditHash(e trade.Audit) string {
	text, _ := json.Marshal(e) // strings, a time and a number
	x := sha256.Sum256(text)
	return hex.EncodeToString(x[:])
}

// VerifyAudit reads the whole audit and returns how many entries it has and
// the hash of the last, to be kept elsewhere and compared. It fails at the
// first entry that does not hold the hash of the one before.
func VerifyAudit(ctx context.Context, b *bus.Bus) (n int, head string, err error) {
	err = b.Audit.Since(ctx, time.Time{}, func(e bus.Entry[trade.Audit]) error {
		if e.Value.Before != head {
			return fmt.Errorf("audit: entry %d (sequence %d, %s) does not continue the one before: the audit was changed, or entries are missing", n+1, e.Seq, e.At.UTC().Format(time.RFC3339))
		}
		n, head = n+1, auditHash(e.Value)
		return nil
	})
	return n, head, err
}

// Audit writes down what the person did, after it was done. A failure is
// logged: what was done is done. So it is when the process dies in between; the
// records that were changed name their author themselves.
func (g *Guard) Audit(ctx context.Context, p Person, e trade.Audit) {
	e.At, e.Actor, e.User = g.now().UTC(), p.Name, p.ID
	e.Target, e.Reason = short(e.Target, 300), short(e.Reason, 500)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), auditWithin)
	defer cancel()
	if err := g.audit.write(ctx, e); err != nil {
		g.log.Error("auth: an entry of the audit could not be written", "action", e.Action, "target", e.Target, "err", err)
	}
}
