package bus

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/klauspost/compress/zstd"
	"github.com/nats-io/nats.go/jetstream"

	"tbtwatch/internal/trade"
)

// Blobs keeps raw captures by the SHA-256 of their bytes, zstd-compressed.
type Blobs struct{ store jetstream.ObjectStore }

// Put stores what r holds and returns its SHA-256 (hex) and size in bytes. The
// same bytes twice are stored once. Large captures pass through a temporary
// file, never through memory as a whole.
func (b *Blobs) Put(ctx context.Context, r io.Reader) (sha string, size int64, err error) {
	spool, err := os.CreateTemp("", "tbtwatch-capture-*")
	if err != nil {
		return "", 0, fmt.Errorf("bus: capture: %w", err)
	}
	defer func() { _ = spool.Close(); _ = os.Remove(spool.Name()) }()
	hash := sha256.New()
	packed, err := zstd.NewWriter(spool, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithWindowSize(1<<20))
	if err != nil {
		return "", 0, fmt.Errorf("bus: capture: %w", err)
	}
	size, err = io.Copy(io.MultiWriter(hash, packed), r)
	if err == nil {
		err = packed.Close()
	}
	if err == nil {
		_, err = spool.Seek(0, io.SeekStart)
	}
	if err != nil {
		return "", size, fmt.Errorf("bus: capture: %w", err)
	}
	sha = hex.EncodeToString(hash.Sum(nil))
	if _, err := b.store.GetInfo(ctx, sha); err == nil {
		return sha, size, nil
	}
	if _, err := b.store.Put(ctx, jetstream.ObjectMeta{Name: sha}, spool); err != nil {
		return "", size, fmt.Errorf("bus: storing capture %s: %w", sha, err)
	}
	return sha, size, nil
}

// PutBytes is Put for bytes at hand.
func (b *Blobs) PutBytes(ctx context.Context, data []byte) (string, error) {
	sha, _, err := b.Put(ctx, bytes.NewReader(data))
	return sha, err
}

// Get opens the capture with that SHA-256, or returns trade.ErrNotFound.
func (b *Blobs) Get(ctx context.Context, sha string) (io.ReadCloser, error) {
	object, err := b.store.Get(ctx, sha)
	if errors.Is(err, jetstream.ErrObjectNotFound) {
		return nil, fmt.Errorf("bus: capture %s: %w", sha, trade.ErrNotFound)
	}
	if err != nil {
		return nil, fmt.Errorf("bus: capture %s: %w", sha, err)
	}
	plain, err := zstd.NewReader(object, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(64<<20))
	if err != nil {
		return nil, fmt.Errorf("bus: capture %s: %w", sha, err)
	}
	return struct {
		io.Reader
		io.Closer
	}{plain, closers{plain.IOReadCloser(), object}}, nil
}

// all reads a whole blob that one of our own messages names.
func (b *Blobs) all(sha string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	r, err := b.Get(ctx, sha)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(r)
	if err = errors.Join(err, r.Close()); err != nil && damaged(err) {
		err = trade.Permanent(err)
	}
	return data, err
}

// damaged reports whether what the server has of a blob is not what was stored.
func damaged(err error) bool {
	for _, known := range []error{
		jetstream.ErrDigestMismatch, io.ErrUnexpectedEOF, zstd.ErrMagicMismatch, zstd.ErrCRCMismatch, zstd.ErrReservedBlockType, zstd.ErrCompressedSizeTooBig,
		zstd.ErrBlockTooSmall, zstd.ErrUnexpectedBlockSize, zstd.ErrWindowSizeExceeded, zstd.ErrWindowSizeTooSmall, zstd.ErrFrameSizeExceeded, zstd.ErrFrameSizeMismatch,
		zstd.ErrDecoderSizeExceeded, zstd.ErrUnknownDictionary,
	} {
		if errors.Is(err, known) {
			return true
		}
	}
	return false
}

type closers []io.Closer

func (c closers) Close() error {
	var errs []error
	for _, x := range c {
		errs = append(errs, x.Close())
	}
	return errors.Join(errs...)
}
