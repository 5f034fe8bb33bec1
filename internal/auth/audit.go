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

// chain is the audit as far as it was read and holds together.
type chain struct {
	seq     uint64 // of the last entry
	entries int
	head    string // hash of the last entry
}

// read goes on to the end. It fails, and goes no further, where an entry does
// not hold the hash of the one before, and where the entry that signed names is
// another one or missing.
func (c *chain) read(ctx context.Context, table *bus.Table[trade.Audit], signed trade.Checkpoint) error {
	end, err := table.LastWrite(ctx)
	if err != nil {
		return err
	}
	err = table.Until(ctx, c.seq, end, func(e bus.Entry[trade.Audit]) error {
		n, head := c.entries+1, auditHash(e.Value)
		if e.Value.Before != c.head {
			at := e.At.UTC().Format(time.RFC3339)
			return &trade.Refused{
				Reason: fmt.Sprintf("audit: entry %d (sequence %d, %s) does not continue the one before: the audit was changed, or entries are missing", n, e.Seq, at),
				ZH:     fmt.Sprintf("审计第 %d 条（序号 %d，%s）与前一条不衔接：审计被改动，或有记录缺失", n, e.Seq, at),
			}
		}
		if n == signed.Entries && head != signed.Head {
			return &trade.Refused{
				Reason: fmt.Sprintf("audit: entry %d is not the one that the checkpoint of %s signed: the audit was changed, or the checkpoint is of another installation", n, signed.At.UTC().Format(time.RFC3339)),
				ZH:     fmt.Sprintf("审计第 %d 条不是 %s 的检查点所签署的那一条：审计被改动，或检查点属于另一套系统", n, signed.At.UTC().Format(time.RFC3339)),
			}
		}
		c.seq, c.entries, c.head = e.Seq, n, head
		return nil
	})
	if err == nil && c.entries < signed.Entries {
		err = &trade.Refused{
			Reason: fmt.Sprintf("audit: there are %d entries, the checkpoint of %s signed %d: entries are missing at the end, or the checkpoint is of another installation", c.entries, signed.At.UTC().Format(time.RFC3339), signed.Entries),
			ZH:     fmt.Sprintf("审计共 %d 条，而 %s 的检查点签署了 %d 条：末尾有记录缺失，或检查点属于另一套系统", c.entries, signed.At.UTC().Format(time.RFC3339), signed.Entries),
		}
	}
	return err
}

// VerifyAudit reads the whole audit and returns how many entries it has and
// the hash of the last. It refuses an audit that is no chain, and one that is
// not what the checkpoint signed; the zero Checkpoint asks for the chain alone.
func VerifyAudit(ctx context.Context, b *bus.Bus, signed trade.Checkpoint) (n int, head string, err error) {
	var c chain
	err = c.read(ctx, b.Audit, signed)
	return c.entries, c.head, err
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
