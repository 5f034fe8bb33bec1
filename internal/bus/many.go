package bus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/nats-io/nuid"
)

// PutBatch stores all writes or none, with one fsync (NATS ADR-50). At most
// 500 writes, each key once. trade.ErrConflict means that one of the
// expectations failed and nothing was stored.
func (t *Table[T]) PutBatch(ctx context.Context, writes []Write[T]) error {
	_, err := t.PutBatchSeq(ctx, writes)
	return err
}

// PutBatchSeq is PutBatch; it returns the sequence of the first write, and the
// others follow it.
func (t *Table[T]) PutBatchSeq(ctx context.Context, writes []Write[T]) (first uint64, err error) {
	if len(writes) == 0 {
		return 0, nil
	}
	if len(writes) > maxBatch {
		return 0, fmt.Errorf("bus: a batch of %d writes; at most %d", len(writes), maxBatch)
	}
	if len(writes) == 1 {
		return t.write(ctx, writes[0], true)
	}
	id, last := nuid.Next(), uint64(0)
	for i, w := range writes {
		msg, err := t.message(ctx, w)
		if err != nil {
			return 0, err
		}
		if !t.b.config.Unguarded {
			msg.Header.Set(jetstream.ExpectedLastSubjSeqHeader, strconv.FormatUint(w.Last, 10))
		}
		msg.Header.Set("Nats-Batch-Id", id)
		msg.Header.Set("Nats-Batch-Sequence", strconv.Itoa(i+1))
		if i < len(writes)-1 && i > 0 {
			if err := t.b.nc.PublishMsg(msg); err != nil {
				return 0, fmt.Errorf("bus: batch on %s: %w", t.stream, err)
			}
			continue
		}
		// The first message is acknowledged so that a refused batch is known
		// before the rest is sent; the last one commits.
		if i > 0 {
			msg.Header.Set("Nats-Batch-Commit", "1")
		}
		if last, err = t.requestAck(ctx, msg); err != nil {
			return 0, fmt.Errorf("bus: batch of %d on %s: %w", len(writes), t.stream, conflict(err))
		}
	}
	return last - uint64(len(writes)) + 1, nil
}

// requestAck publishes and waits for the server's answer: the sequence of what
// was stored, 0 for a message that only begins a batch.
func (t *Table[T]) requestAck(ctx context.Context, msg *nats.Msg) (seq uint64, err error) {
	ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	reply, err := t.b.nc.RequestMsgWithContext(ctx, msg)
	if err != nil {
		return 0, err
	}
	var answer struct {
		Seq   uint64              `json:"seq"`
		Error *jetstream.APIError `json:"error"`
	}
	if len(reply.Data) == 0 {
		return 0, nil // an intermediate message: flow control only
	}
	if err := json.Unmarshal(reply.Data, &answer); err != nil {
		return 0, fmt.Errorf("answer %q: %w", reply.Data, err)
	}
	if answer.Error != nil {
		return 0, answer.Error
	}
	return answer.Seq, nil
}

// chunk is how many keys are asked for at once. The server answers at most
// 1,024, and nobody else on the connection meanwhile, nor who writes to the
// stream: each may have to be fetched from another block on the disk.
const chunk = 16

// syncQueue is how many answers wait in the client to be read: a whole chunk
// and its end. The client's own default is 65,536 places, half a megabyte that
// is made and thrown away for each read.
const syncQueue = 4 * chunk

// GetMany reads the current values of keys in few round trips. Keys without a
// value are absent; deleted ones are present as tombstones, for their Seq.
func (t *Table[T]) GetMany(ctx context.Context, keys []string) (map[string]Entry[T], error) {
	out := make(map[string]Entry[T], len(keys))
	for len(keys) > 0 {
		n := min(chunk, len(keys))
		if err := t.getChunk(ctx, keys[:n], out); err != nil {
			return nil, fmt.Errorf("bus: reading %d keys of %s: %w", n, t.stream, err)
		}
		keys = keys[n:]
	}
	return out, nil
}

// multiGet asks for the last message of several subjects (NATS ADR-31).
type multiGet struct {
	Subjects []string `json:"multi_last"`
	MaxBytes int      `json:"max_bytes,omitempty"`
}

func (t *Table[T]) getChunk(ctx context.Context, keys []string, out map[string]Entry[T]) error {
	ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	for {
		ask := multiGet{MaxBytes: t.b.answerBytes}
		for _, k := range keys {
			if _, have := out[k]; !have {
				ask.Subjects = append(ask.Subjects, t.subject(k))
			}
		}
		if len(ask.Subjects) == 0 {
			return nil
		}
		more, err := t.getPart(ctx, ask, out)
		if err != nil || !more {
			return err
		}
	}
}

// getPart reads one answer, which the server may cut by size; more then means
// that there is a rest. The rest is asked for by its keys, not from where the
// answer ended: that would be as of then, and a key written since is not there.
func (t *Table[T]) getPart(ctx context.Context, ask multiGet, out map[string]Entry[T]) (more bool, err error) {
	nc := t.b.reader().nc
	inbox := nc.NewRespInbox()
	sub, err := nc.SubscribeSync(inbox)
	if err != nil {
		return false, err
	}
	defer func() { _ = sub.Unsubscribe() }()
	_ = sub.SetPendingLimits(-1, -1)
	body, err := json.Marshal(ask)
	if err != nil {
		return false, err
	}
	if err := nc.PublishRequest("$JS.API.DIRECT.GET."+t.stream, inbox, body); err != nil {
		return false, err
	}
	for {
		msg, err := sub.NextMsgWithContext(ctx)
		if err != nil {
			return false, err
		}
		switch status := msg.Header.Get("Status"); status {
		case "":
			if err := t.keep(msg, out); err != nil {
				return false, err
			}
		case "204":
			pending, _ := strconv.ParseUint(msg.Header.Get("Nats-Num-Pending"), 10, 64)
			return pending > 0, nil
		default:
			what := msg.Header.Get("Description")
			if status == "404" && what == "No Results" {
				return false, nil
			}
			return false, errors.New("server answers " + status + " " + what)
		}
	}
}

func (t *Table[T]) keep(msg *nats.Msg, out map[string]Entry[T]) error {
	seq, err := strconv.ParseUint(msg.Header.Get("Nats-Sequence"), 10, 64)
	if err != nil {
		return fmt.Errorf("answer without a sequence: %w", err)
	}
	at, _ := time.Parse(time.RFC3339Nano, msg.Header.Get("Nats-Time-Stamp"))
	e, err := t.entry(msg.Header.Get("Nats-Subject"), seq, at, msg.Header, msg.Data)
	if err != nil {
		return err
	}
	out[e.Key] = e
	return nil
}

// LastWrite is the sequence of the last write to any key of the table, 0 if
// there was none: what a copy must have taken in to be current. The server
// would look at every key for it, a million of them, and nobody could write
// meanwhile: so it is asked only after the stream has changed, and then first
// whether the stream's last message is one of the table. Nothing is remembered
// of a stream with replicas: one that is behind may have answered.
func (t *Table[T]) LastWrite(ctx context.Context) (uint64, error) {
	info, err := t.b.streams[t.stream].Info(ctx)
	if err != nil {
		return 0, fmt.Errorf("bus: %s: %w", t.stream, err)
	}
	end := info.State.LastSeq
	if known := t.last.Load(); known != nil && known.stream == end {
		return known.table, nil
	}
	seq := end
	msg, err := t.b.streams[t.stream].GetMsg(ctx, end)
	if err != nil || !strings.HasPrefix(msg.Subject, t.prefix+".") {
		if seq, _, err = t.lastOf(ctx, t.all()); err != nil {
			return 0, err
		}
	}
	if seq <= end && info.Config.Replicas <= 1 { // else more was written meanwhile, perhaps behind it
		t.last.Store(&lastWrite{stream: end, table: seq})
	}
	return seq, nil
}

// lastWrite says where the table's last write is while the stream ends there.
// Nothing is taken out of a stream: see the declarations.
type lastWrite struct{ stream, table uint64 }

// lastOf is the sequence and time of the last message of those subjects, 0 if
// there is none.
func (t *Table[T]) lastOf(ctx context.Context, subjects string) (seq uint64, at time.Time, err error) {
	ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	body := []byte(`{"last_by_subj":"` + subjects + `"}`)
	msg, err := t.b.nc.RequestWithContext(ctx, "$JS.API.DIRECT.GET."+t.stream, body)
	if err != nil {
		return 0, at, fmt.Errorf("bus: last write of %s: %w", subjects, err)
	}
	switch status := msg.Header.Get("Status"); status {
	case "":
		at, _ = time.Parse(time.RFC3339Nano, msg.Header.Get("Nats-Time-Stamp"))
		seq, err = strconv.ParseUint(msg.Header.Get("Nats-Sequence"), 10, 64)
		return seq, at, err
	case "404":
		return 0, at, nil
	default:
		return 0, at, fmt.Errorf("bus: last write of %s: server answers %s %s", subjects, status, msg.Header.Get("Description"))
	}
}
