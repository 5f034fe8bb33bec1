package auth

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
)

// postWithin bounds how long a mail server may take.
const postWithin = 20 * time.Second

// checkpoints are those of the bus, as far as they were read. Every one stays
// there under its number of entries.
type checkpoints struct {
	table *bus.Table[trade.Checkpoint]

	mu      sync.Mutex
	seq     uint64 // read up to there
	numbers []int  // of entries of all, in order
	last    trade.Checkpoint
	sent    trade.Checkpoint              // the newest that was mailed
	waiting []bus.Entry[trade.Checkpoint] // to be mailed, the oldest first
	problem *trade.Text                   // of the last round
	audit   chain                         // checked up to there
	alarmed bool                          // the auditor knows that the audit was changed
}

// read takes in what is new on the bus, also of other processes.
func (c *checkpoints) read(ctx context.Context) error {
	end, err := c.table.LastWrite(ctx)
	if err != nil {
		return err
	}
	return c.table.Until(ctx, c.seq, end, func(e bus.Entry[trade.Checkpoint]) error { c.take(e); return nil })
}

func (c *checkpoints) take(e bus.Entry[trade.Checkpoint]) {
	c.seq = max(c.seq, e.Seq)
	v := e.Value
	if at, known := slices.BinarySearch(c.numbers, v.Entries); !known {
		c.numbers = slices.Insert(c.numbers, at, v.Entries)
	}
	if v.Entries >= c.last.Entries {
		c.last = v
	}
	if !v.Sent.IsZero() && v.Entries >= c.sent.Entries {
		c.sent = v
	}
	c.waiting = slices.DeleteFunc(c.waiting, func(w bus.Entry[trade.Checkpoint]) bool { return w.Key == e.Key })
	if v.To != "" && v.Sent.IsZero() {
		c.waiting = append(c.waiting, e)
		slices.SortFunc(c.waiting, func(a, b bus.Entry[trade.Checkpoint]) int { return cmp.Compare(a.Value.Entries, b.Value.Entries) })
	}
}

// CheckpointState is where the audit's checkpoints stand.
type CheckpointState struct {
	Key     string           // that verifies them
	Last    trade.Checkpoint // the newest; zero where there is none
	Other   bool             // the newest was not signed with our key
	To      string           // mail address of who keeps them; "" for nobody
	Sent    trade.Checkpoint // the newest that was mailed; zero where none was
	Waiting int              // to be mailed
	Problem *trade.Text      // of the last round; nil where all went well
}

// Checkpoints says where the audit's checkpoints stand.
func (g *Guard) Checkpoints(ctx context.Context) (CheckpointState, error) {
	c := g.checkpoints
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.read(ctx); err != nil {
		return CheckpointState{}, err
	}
	s := CheckpointState{Key: g.auditKey.public, Last: c.last, To: g.config.CheckpointsTo, Sent: c.sent, Waiting: len(c.waiting), Problem: c.problem}
	if c.last.Note != "" {
		_, err := openCheckpoint(c.last.Note, g.auditKey.public)
		s.Other = err != nil
	}
	return s, nil
}

// CheckpointsBefore are at most limit of those with fewer entries, of all where
// before is 0, the newest first.
func (g *Guard) CheckpointsBefore(ctx context.Context, before, limit int) ([]trade.Checkpoint, error) {
	c := g.checkpoints
	c.mu.Lock()
	err := c.read(ctx)
	end := len(c.numbers)
	if before > 0 {
		end, _ = slices.BinarySearch(c.numbers, before)
	}
	var keys []string // the newest first
	for _, n := range slices.Backward(c.numbers[max(0, end-limit):end]) {
		keys = append(keys, strconv.Itoa(n))
	}
	c.mu.Unlock()
	if err != nil {
		return nil, err
	}
	read, err := c.table.GetMany(ctx, keys)
	out := make([]trade.Checkpoint, 0, len(keys))
	for _, key := range keys {
		if e, ok := read[key]; ok {
			out = append(out, e.Value)
		}
	}
	return out, err
}

// KeepCheckpoints signs where the audit stands, and sends that to whom it is
// for, at once and then as often as configured, until ctx ends.
func (g *Guard) KeepCheckpoints(ctx context.Context) error {
	for {
		g.checkpoint(ctx)
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(time.Duration(g.config.CheckpointsEvery)):
		}
	}
}

// checkpoint is one round. What fails is logged, shown, and done at the next.
func (g *Guard) checkpoint(ctx context.Context) {
	c := g.checkpoints
	errSign := g.signCheckpoint(ctx)
	var changed *trade.Refused
	if errors.As(errSign, &changed) {
		g.alarm(ctx, changed)
	}
	errPost := g.postCheckpoints(ctx)
	if ctx.Err() != nil {
		return
	}
	var problem *trade.Text
	switch {
	case changed != nil:
		problem = changed.Text()
	case errSign != nil:
		problem = &trade.Text{ZH: "检查点未能生成，下一轮重试：" + errSign.Error(), EN: "no checkpoint could be made, which is tried again at the next round: " + errSign.Error()}
	case errPost != nil:
		problem = &trade.Text{ZH: "检查点邮件未能发送，下一轮重试：" + errPost.Error(), EN: "the mail with the checkpoint could not be sent, which is tried again at the next round: " + errPost.Error()}
	}
	if err := errors.Join(errSign, errPost); err != nil {
		g.log.Error("auth: checkpoint of the audit", "err", err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.problem = problem
}

// signCheckpoint makes a checkpoint where the audit has grown since the last.
// Of processes that do so at once one wins.
func (g *Guard) signCheckpoint(ctx context.Context) error {
	c := g.checkpoints
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.read(ctx); err != nil {
		return err
	}
	if err := c.audit.read(ctx, g.bus.Audit, c.last); err != nil {
		return err
	}
	if c.audit.entries <= c.last.Entries {
		return nil
	}
	v := trade.Checkpoint{Entries: c.audit.entries, Head: c.audit.head, At: g.now().UTC().Truncate(time.Second), To: g.config.CheckpointsTo}
	var err error
	if v.Note, err = g.auditKey.sign(v); err != nil {
		return err
	}
	key := strconv.Itoa(v.Entries)
	seq, err := c.table.Put(ctx, key, v, 0)
	if errors.Is(err, trade.ErrConflict) {
		return nil
	}
	if err == nil {
		c.take(bus.Entry[trade.Checkpoint]{Key: key, Seq: seq, Value: v})
	}
	return err
}

// postCheckpoints mails what waits, the oldest first, up to the first that is
// not taken. Whoever dies behind a mail sends it again under the same
// Message-ID.
func (g *Guard) postCheckpoints(ctx context.Context) error {
	c := g.checkpoints
	c.mu.Lock()
	waiting := slices.Clone(c.waiting)
	c.mu.Unlock()
	for _, w := range waiting {
		if g.post == nil || g.config.CheckpointsTo == "" {
			return nil
		}
		v := w.Value
		v.To = g.config.CheckpointsTo
		if err := g.send(ctx, g.checkpointLetter(v)); err != nil {
			return err
		}
		v.Sent = g.now().UTC().Truncate(time.Second)
		seq, err := c.table.Put(ctx, w.Key, v, w.Seq)
		if err != nil && !errors.Is(err, trade.ErrConflict) { // else another process was quicker
			return err
		}
		if err == nil {
			c.mu.Lock()
			c.take(bus.Entry[trade.Checkpoint]{Key: w.Key, Seq: seq, Value: v})
			c.mu.Unlock()
		}
	}
	return nil
}

// alarm writes to the auditor, once, that the audit is not what was signed.
func (g *Guard) alarm(ctx context.Context, changed *trade.Refused) {
	c := g.checkpoints
	if g.post == nil || g.config.CheckpointsTo == "" || c.alarmed {
		return
	}
	why := changed.Text()
	err := g.send(ctx, trade.Letter{
		Key: trade.Key("audit changed", why.EN), To: g.config.CheckpointsTo,
		Subject: "审计被改动 · The audit was changed: " + g.auditKey.signer.Name(),
		Text:    fmt.Sprintf("%s\n\n%s\n\n---\n\n%s\n\n%s\n", why.ZH, "在查明原因之前不再签署新的检查点。", why.EN, "No checkpoint is signed until this is explained."),
	})
	c.alarmed = err == nil
	if err != nil {
		g.log.Error("auth: the auditor could not be told", "err", err)
	}
}

// send gives the mail server its time and no more.
func (g *Guard) send(ctx context.Context, l trade.Letter) error {
	ctx, cancel := context.WithTimeout(ctx, postWithin)
	defer cancel()
	return g.post(ctx, l)
}

func (g *Guard) checkpointLetter(c trade.Checkpoint) trade.Letter {
	origin, at := g.auditKey.signer.Name(), g.moment(c.At)
	return trade.Letter{
		Key: trade.Key("checkpoint", c.Note), To: c.To,
		Subject: fmt.Sprintf("审计检查点：%d 条 · Checkpoint of the audit (entries: %d): %s", c.Entries, c.Entries, origin),
		Text: fmt.Sprintf(`%s：至 %s，审计共 %d 条。下面的签名文本证明这些记录此后未被改动，请保存在该系统管理员无法触及之处。
校验：将本邮件存为文件，运行 tbtwatch audit verify --checkpoint 文件 --key '%s'
公钥请以其他途径核对一次，此后不应变化。

---

%s: entries of the audit up to %s: %d. The signed text below shows later whether they were changed: keep it where nobody who administers that system can reach it.
To check: save this mail as a file and run tbtwatch audit verify --checkpoint FILE --key '%s'
Compare the key once by another way; it should not change afterwards.

%s
%s%s
`, origin, at, c.Entries, g.auditKey.public, origin, at, c.Entries, g.auditKey.public, noteBegins, c.Note, noteEnds),
	}
}

// moment is a time as mails tell it.
func (g *Guard) moment(t time.Time) string {
	return t.In(g.zone).Format("2006-01-02 15:04 (UTC-07:00)")
}
