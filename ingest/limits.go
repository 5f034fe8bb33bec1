package ingest

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"tbtwatch/internal/trade"
)

// limits bound one document.
type limits struct {
	total, idle    time.Duration
	wire, inflated Size
	ratio          int
}

func (c ClientConfig) limits(o SourceOverride) limits {
	l := limits{total: time.Duration(c.TimeoutTotal), idle: time.Duration(c.Idle), wire: c.MaxWire, inflated: c.MaxInflated, ratio: c.MaxRatio}
	if o.TimeoutTotal > 0 {
		l.total = time.Duration(o.TimeoutTotal)
	}
	if o.MaxWire > 0 {
		l.wire = o.MaxWire
	}
	if o.MaxInflated > 0 {
		l.inflated = o.MaxInflated
	}
	return l
}

// ratioFrom is the size up to which any compression is believed: a small page
// of blanks is no bomb.
const ratioFrom = 1 << 20

// countReader counts what passes, resets the idle timer with each read and
// refuses the byte after the limit.
type countReader struct {
	r     io.Reader
	n     int64
	limit int64
	over  error
	beat  func()
}

func (c *countReader) Read(b []byte) (int, error) {
	if int64(len(b)) > c.limit-c.n+1 {
		b = b[:c.limit-c.n+1]
	}
	n, err := c.r.Read(b)
	c.n += int64(n)
	if n > 0 && c.beat != nil {
		c.beat()
	}
	if c.n > c.limit {
		return n, c.over
	}
	return n, err
}

// read stores the response's body, decompressed, in a spool. Each limit has an
// error that names it; a body that ends early is an error too, so that half a
// page is never taken for a page.
func (l limits) read(ctx context.Context, cancel context.CancelCauseFunc, resp *http.Response) (*spool, int64, error) {
	idle := time.AfterFunc(l.idle, func() {
		cancel(fmt.Errorf("no byte for %v (limit idle)", l.idle))
	})
	defer idle.Stop()
	if resp.ContentLength > int64(l.wire) {
		return nil, 0, trade.Permanent(fmt.Errorf("announces %s, limit max_wire is %s", Size(resp.ContentLength), l.wire))
	}
	wire := &countReader{
		r: resp.Body, limit: int64(l.wire), beat: func() { idle.Reset(l.idle) },
		over: trade.Permanent(fmt.Errorf("is larger than %s as sent (limit max_wire)", l.wire)),
	}
	var body io.Reader = wire
	switch encoding := strings.ToLower(strings.TrimSpace(resp.Header.Get("Content-Encoding"))); encoding {
	case "", "identity":
	case "gzip", "x-gzip":
		z, err := gzip.NewReader(wire)
		if err != nil {
			return nil, wire.n, cut(ctx, fmt.Errorf("gzip: %w", err))
		}
		body = z
	default:
		return nil, 0, trade.Permanent(fmt.Errorf("came with Content-Encoding %q, which was not asked for", encoding))
	}
	out := newSpool()
	if err := l.copy(out, body, wire); err != nil {
		_ = out.Close()
		return nil, wire.n, cut(ctx, err)
	}
	if _, err := io.Copy(io.Discard, wire); err != nil { // what follows a gzip stream
		_ = out.Close()
		return nil, wire.n, cut(ctx, err)
	}
	return out, wire.n, nil
}

// copy inflates into out while the size and the ratio hold.
func (l limits) copy(out *spool, body io.Reader, wire *countReader) error {
	buf := make([]byte, 64<<10)
	for {
		n, err := body.Read(buf)
		if out.size+int64(n) > int64(l.inflated) {
			return trade.Permanent(fmt.Errorf("is larger than %s when decompressed (limit max_inflated)", l.inflated))
		}
		if total := out.size + int64(n); total > ratioFrom && total > wire.n*int64(l.ratio) {
			return trade.Permanent(fmt.Errorf("grows more than %d times when decompressed (limit max_ratio): a decompression bomb", l.ratio))
		}
		if _, werr := out.Write(buf[:n]); werr != nil {
			return werr
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// cut names the cause when it was a limit of time, and says of other faults
// that the document did not arrive whole.
func cut(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil && ctx.Err() != nil {
		return cause
	}
	if trade.IsPermanent(err) {
		return err
	}
	return fmt.Errorf("did not arrive whole: %w", err)
}
