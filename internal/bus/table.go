package bus

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"tbtwatch/internal/trade"
)

// Table is a typed view of the subjects <prefix>.<key> of one stream. The last
// message of a subject is the key's current value; a write says which sequence
// it expects there, so that the same thing twice has one effect.
type Table[T any] struct {
	b      *Bus
	stream string
	prefix string
	kind   string // payload type and version
	wild   string // what follows the prefix: ".*", or ".*.*" where a key has two parts
	copied bool   // entries carry the record as it is stored, too
	last   atomic.Pointer[lastWrite]

	together together[T]
}

// Entry is a stored value with its place in the stream.
type Entry[T any] struct {
	Key     string
	Seq     uint64
	At      time.Time
	Value   T
	Deleted bool // a tombstone: the key was deleted, Value is zero
	Stored  Stored
}

// Stored is a record as its stream holds it, for who keeps a copy of it. Only
// notices and measures carry it: entries of others stay in memory, a hundred
// thousand of them.
type Stored struct {
	Encoding string
	Data     []byte
}

// Write is one write of a batch.
type Write[T any] struct {
	Key    string
	Value  T
	Last   uint64 // sequence that the key is expected to have; 0: must not exist
	Delete bool   // writes a tombstone instead of Value
}

func table[T any](b *Bus, stream, prefix, kind string) *Table[T] {
	return &Table[T]{b: b, stream: stream, prefix: prefix, kind: kind, wild: ".*"}
}

// all are the subjects of every key.
func (t *Table[T]) all() string { return t.prefix + t.wild }

func (t *Table[T]) subject(key string) string { return t.prefix + "." + key }

// Get reads the current value of key. It returns trade.ErrNotFound when there
// is none or it was deleted; the entry's Seq is then still the one to expect.
func (t *Table[T]) Get(ctx context.Context, key string) (Entry[T], error) {
	msg, err := t.b.reader().streams[t.stream].GetLastMsgForSubject(ctx, t.subject(key))
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return Entry[T]{Key: key}, fmt.Errorf("bus: %s: %w", t.subject(key), trade.ErrNotFound)
	}
	if err != nil {
		return Entry[T]{}, fmt.Errorf("bus: reading %s: %w", t.subject(key), err)
	}
	e, err := t.entry(msg.Subject, msg.Sequence, msg.Time, msg.Header, msg.Data)
	if err == nil && e.Deleted {
		err = fmt.Errorf("bus: %s: %w", t.subject(key), trade.ErrNotFound)
	}
	return e, err
}

// At reads the message with that sequence.
func (t *Table[T]) At(ctx context.Context, seq uint64) (Entry[T], error) {
	msg, err := t.b.reader().streams[t.stream].GetMsg(ctx, seq)
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return Entry[T]{}, fmt.Errorf("bus: %s, sequence %d: %w", t.stream, seq, trade.ErrNotFound)
	}
	if err != nil {
		return Entry[T]{}, fmt.Errorf("bus: reading %s, sequence %d: %w", t.stream, seq, err)
	}
	return t.entry(msg.Subject, msg.Sequence, msg.Time, msg.Header, msg.Data)
}

// Put stores v under key if the key's last sequence is last (0: the key is
// new). It returns trade.ErrConflict when somebody wrote meanwhile. After any
// other error the write may or may not have happened: repeat it as it was.
func (t *Table[T]) Put(ctx context.Context, key string, v T, last uint64) (uint64, error) {
	return t.write(ctx, Write[T]{Key: key, Value: v, Last: last}, true)
}

// Delete stores a tombstone under key, with the same promise as Put.
func (t *Table[T]) Delete(ctx context.Context, key string, last uint64) error {
	_, err := t.write(ctx, Write[T]{Key: key, Last: last, Delete: true}, true)
	return err
}

// Append stores v under key whatever stands there: for logs such as runs, that
// nothing reads back to decide upon.
func (t *Table[T]) Append(ctx context.Context, key string, v T) (uint64, error) {
	return t.write(ctx, Write[T]{Key: key, Value: v}, false)
}

func (t *Table[T]) write(ctx context.Context, w Write[T], guarded bool) (uint64, error) {
	msg, err := t.message(ctx, w)
	if err != nil {
		return 0, err
	}
	if guarded && !t.b.config.Unguarded {
		msg.Header.Set(jetstream.ExpectedLastSubjSeqHeader, fmt.Sprint(w.Last))
	}
	ack, err := t.b.js.PublishMsg(ctx, msg)
	if err != nil {
		return 0, fmt.Errorf("bus: writing %s: %w", msg.Subject, conflict(err))
	}
	return ack.Sequence, nil
}

// LastSeq is the last sequence of the whole stream.
func (t *Table[T]) LastSeq(ctx context.Context) (uint64, error) {
	info, err := t.b.streams[t.stream].Info(ctx)
	if err != nil {
		return 0, fmt.Errorf("bus: %s: %w", t.stream, err)
	}
	return info.State.LastSeq, nil
}

// message encodes a write without its expectation. A record that does not fit
// into a message, such as a family that touches a hundred thousand products, is
// stored as a blob first and the message names it.
func (t *Table[T]) message(ctx context.Context, w Write[T]) (*nats.Msg, error) {
	msg := nats.NewMsg(t.subject(w.Key))
	msg.Header.Set(headerType, t.kind)
	if w.Delete {
		msg.Header.Set(headerDeleted, "true")
		return msg, nil
	}
	data, encoding, err := encode(w.Value)
	if err != nil {
		return nil, fmt.Errorf("bus: %s: %w", msg.Subject, err)
	}
	if len(data) > maxInline {
		sha, err := t.b.Raw.PutBytes(ctx, data)
		if err != nil {
			return nil, fmt.Errorf("bus: %s: %w", msg.Subject, err)
		}
		data, encoding = []byte(sha), strings.TrimSuffix(encoding, encodingZstd)+encodingBlob
	}
	if encoding != "" {
		msg.Header.Set(headerEncoding, encoding)
	}
	msg.Data = data
	return msg, nil
}

// entry decodes a stored message. What cannot be decoded is a permanent error.
func (t *Table[T]) entry(subject string, seq uint64, at time.Time, h nats.Header, data []byte) (Entry[T], error) {
	e := Entry[T]{Key: strings.TrimPrefix(subject, t.prefix+"."), Seq: seq, At: at}
	if h.Get(headerDeleted) != "" {
		e.Deleted = true
		return e, nil
	}
	return t.Restore(e, Stored{h.Get(headerEncoding), data})
}

// Restore reads the value of e from what was stored.
func (t *Table[T]) Restore(e Entry[T], stored Stored) (Entry[T], error) {
	if t.copied {
		e.Stored = stored
	}
	data, encoding := stored.Data, stored.Encoding
	if form, isBlob := strings.CutSuffix(encoding, encodingBlob); isBlob {
		var err error
		if data, err = t.b.Raw.all(string(data)); err != nil {
			return e, fmt.Errorf("bus: %s, sequence %d: %w", t.subject(e.Key), e.Seq, err)
		}
		encoding = form + encodingZstd
	}
	if err := decode(data, encoding, &e.Value); err != nil {
		return e, trade.Permanent(fmt.Errorf("bus: %s, sequence %d: %w", t.subject(e.Key), e.Seq, err))
	}
	return e, nil
}

// conflict turns the server's "wrong last sequence" into trade.ErrConflict.
func conflict(err error) error {
	var api *jetstream.APIError
	if errors.As(err, &api) && (api.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequence || api.ErrorCode == codeWrongLastSequenceConstant) {
		return fmt.Errorf("%w (%w)", trade.ErrConflict, err)
	}
	return err
}

// codeWrongLastSequenceConstant is the server's second code for the same
// refusal (10164), which nats.go does not name.
const codeWrongLastSequenceConstant = 10164

// Unguarded reports whether the bus was opened without expected sequences.
func (t *Table[T]) Unguarded() bool { return t.b.config.Unguarded }
