package api

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"tbtwatch/internal/auth"
	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
)

// Idempotency keys as draft-ietf-httpapi-idempotency-key-header has them.
const (
	headerKey      = "Idempotency-Key"
	headerReplayed = "Idempotency-Replayed"

	longestKey = 255
	mostKeyed  = 1 << 20          // bytes of a request with a key
	mostKept   = 512 << 10        // bytes of an answer that is kept
	workWithin = 15 * time.Minute // that a request with a key may take
	claimFor   = time.Minute      // then a process that is silent about a request counts as dead
	renewEvery = 20 * time.Second // while it is at work
)

// keepsKeys reports whether a key counts there. A file to import is known by
// its content: the same file again changes nothing, and its answer is a stream.
// An invitation's answer is a secret that is shown once, and stored nowhere. A
// preview changes nothing, and would push out the answers of those that do.
func keepsKeys(method, path string) bool {
	switch method {
	case http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete:
		return !strings.HasPrefix(path, "/api/v1/imports/") && path != "/api/v1/invitations" && !strings.HasSuffix(path, "/preview")
	}
	return false
}

// idempotent answers a write that comes again with the same key as it was
// answered before, and does not do it again.
//
// The key is claimed before the work and the answer kept behind it. A process
// that dies in between leaves a claim that nobody renews: the request is then
// done again, which fails towards a second try, never towards a lost one. What
// is guarded by If-Match, or is an identity of its own, has one effect even so.
func (s *server) idempotent(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		keys := r.Header.Values(headerKey)
		if len(keys) == 0 || !keepsKeys(r.Method, r.URL.Path) {
			next.ServeHTTP(w, r)
			return
		}
		c, err := s.claimOf(w, r, keys)
		var kept *bus.Answer
		if err == nil {
			kept, err = c.take(r.Context())
		}
		switch {
		case err != nil:
			p, _ := s.fail(r.Context(), "idempotency", err, false).(*Problem)
			if p.Status == http.StatusConflict {
				w.Header().Set("Retry-After", "1")
			}
			p.write(w)
		case kept != nil:
			p := auth.Actor(r.Context())
			s.Guard.Audit(r.Context(), p, trade.Audit{Action: "replay " + r.Method, Target: r.URL.Path, Reason: "the same Idempotency-Key: nothing was done", Result: kept.Status, From: auth.Client(r)})
			replay(w, kept)
		default:
			c.work(w, r, next)
		}
	})
}

// claim is a request with a key that this process is at work on.
type claim struct {
	*server
	key  string
	body []byte
	mine bus.Answer
	seq  uint64 // of the claim's record
}

func (s *server) claimOf(w http.ResponseWriter, r *http.Request, keys []string) (*claim, error) {
	key := keys[0]
	if n := len(key); n > 1 && key[0] == '"' && key[n-1] == '"' {
		key = key[1 : n-1] // a string of structured fields; bare ones are common
	}
	odd := func(c rune) bool { return c < 0x21 || c > 0x7E }
	if len(keys) > 1 || key == "" || len(key) > longestKey || strings.ContainsFunc(key, odd) {
		return nil, problem(http.StatusBadRequest, "Idempotency-Key: send one key of 1 to 255 visible ASCII characters, such as a UUID", "Idempotency-Key：请只发送一个键，1 至 255 个可见 ASCII 字符，例如 UUID")
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, mostKeyed))
	var over *http.MaxBytesError
	switch {
	case errors.As(err, &over):
		return nil, problem(http.StatusRequestEntityTooLarge, "a request with an Idempotency-Key has at most 1 MiB", "带 Idempotency-Key 的请求体最多 1 MiB")
	case err != nil:
		return nil, problem(http.StatusBadRequest, "the request was cut off; send it again", "请求中断，请重新发送")
	}
	h := sha256.New() // of all but the token, which has keys of its own
	p := auth.Actor(r.Context())
	_, _ = fmt.Fprintf(h, "%q %q %q %q\n", r.Method, r.URL.RequestURI(), r.Header.Get("If-Match"), r.Header.Get("Content-Type"))
	_, _ = fmt.Fprintf(h, "%q %q\n", p.Role, p.Member) // an answer is not for who stands elsewhere by now
	_, _ = h.Write(body)
	return &claim{server: s, key: trade.Key("answer", r.Header.Get("Authorization"), key), body: body, mine: bus.Answer{Request: hex.EncodeToString(h.Sum(nil)), Owner: rand.Text()}}, nil
}

// take claims the key, or returns the answer that is kept under it.
func (c *claim) take(ctx context.Context) (*bus.Answer, error) {
	e, err := c.Bus.Answers.Get(ctx, c.key)
	if err != nil && !errors.Is(err, trade.ErrNotFound) {
		return nil, err
	}
	was := e.Value
	busy := problem(http.StatusConflict, "a request with this Idempotency-Key is being worked on; ask again in a moment", "使用同一 Idempotency-Key 的请求正在处理，请稍后重试")
	switch {
	case err != nil: // the key is new
	case was.Request != c.mine.Request:
		return nil, problem(http.StatusUnprocessableEntity, "this Idempotency-Key was used for another request; take a new key for each request", "该 Idempotency-Key 已用于另一请求；每个请求请使用新的键")
	case was.Owner == "":
		return &was, nil
	case c.View.Now().UTC().Format(time.RFC3339) < was.Until:
		return nil, busy
	}
	if err := c.hold(ctx, e.Seq); errors.Is(err, trade.ErrConflict) {
		return nil, busy
	} else if err != nil {
		return nil, err
	}
	return nil, nil
}

// hold writes the claim anew.
func (c *claim) hold(ctx context.Context, last uint64) error {
	mine := c.mine
	mine.Until = c.View.Now().UTC().Add(claimFor).Format(time.RFC3339)
	seq, err := c.Bus.Answers.Put(ctx, c.key, mine, last)
	if errors.Is(err, trade.ErrConflict) {
		seq, err = c.ours(ctx, err)
	}
	if err != nil {
		return err
	}
	c.mine, c.seq = mine, seq
	return nil
}

// ours is where our claim stands, if it is still ours: a write of it may have
// arrived although its acknowledgement did not. Otherwise it returns err.
func (c *claim) ours(ctx context.Context, err error) (uint64, error) {
	e, got := c.Bus.Answers.Get(ctx, c.key)
	if got != nil || e.Value.Owner != c.mine.Owner {
		return 0, err
	}
	return e.Seq, nil
}

// work does what is asked, keeps the answer and gives it. A client that goes
// away ends nothing: what is begun is done, and told when the key comes again.
func (c *claim) work(w http.ResponseWriter, r *http.Request, next http.Handler) {
	r.Body = io.NopCloser(bytes.NewReader(c.body))
	a := &recorder{header: http.Header{}}
	ctx := context.WithoutCancel(r.Context())
	limited, cancel := context.WithTimeout(ctx, workWithin)
	defer cancel()
	renewed := make(chan struct{})
	working, done := context.WithCancel(ctx)
	go func() { defer close(renewed); c.renew(working) }()
	finished := false
	defer func() {
		done()
		<-renewed
		if !finished { // next has panicked
			c.drop(ctx)
		}
	}()
	next.ServeHTTP(a, r.WithContext(limited))
	finished = true
	done()
	<-renewed
	if a.keeps() {
		c.keep(ctx, a)
	} else {
		c.drop(ctx)
	}
	a.send(w)
}

// renew tells other processes that this one is at work, until ctx ends.
func (c *claim) renew(ctx context.Context) {
	tick := time.NewTicker(renewEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			err := c.hold(context.WithoutCancel(ctx), c.seq)
			if err != nil {
				c.Log.Warn("api: a request with an idempotency key cannot be held", slog.Any("err", err))
			}
			if errors.Is(err, trade.ErrConflict) {
				return // somebody else holds it
			}
		}
	}
}

func (c *claim) keep(ctx context.Context, a *recorder) {
	out := bus.Answer{Request: c.mine.Request, Status: a.status(), Header: map[string]string{}, Body: a.body.String()}
	for name := range a.header {
		out.Header[name] = a.header.Get(name)
	}
	if len(out.Body) > mostKept {
		out.Body, out.Lost = "", true
	}
	err := c.finally(ctx, func(seq uint64) error { _, err := c.Bus.Answers.Put(ctx, c.key, out, seq); return err })
	if err != nil {
		c.Log.Error("api: an answer could not be kept: the same request would be done again", slog.Any("err", err))
	}
}

// drop gives the key free: nothing was decided under it.
func (c *claim) drop(ctx context.Context) {
	err := c.finally(ctx, func(seq uint64) error { return c.Bus.Answers.Delete(ctx, c.key, seq) })
	if err != nil {
		c.Log.Warn("api: an idempotency key stays claimed for a while", slog.Any("err", err))
	}
}

// finally writes over our claim wherever it stands.
func (c *claim) finally(ctx context.Context, write func(seq uint64) error) error {
	err := write(c.seq)
	if errors.Is(err, trade.ErrConflict) {
		if seq, other := c.ours(ctx, err); other == nil {
			return write(seq)
		}
	}
	return err
}

// replay gives a kept answer again.
func replay(w http.ResponseWriter, a *bus.Answer) {
	for name, value := range a.Header {
		w.Header().Set(name, value)
	}
	w.Header().Set(headerReplayed, "true")
	if a.Lost {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(a.Status)
		_, _ = io.WriteString(w, `{"remark":"this was done before; the answer was too large to be kept: read the record again","remark_zh":"该请求此前已执行；当时的应答过大未保留，请重新读取记录"}`+"\n")
		return
	}
	w.WriteHeader(a.Status)
	_, _ = io.WriteString(w, a.Body)
}

// recorder holds an answer back.
type recorder struct {
	header http.Header
	code   int
	body   bytes.Buffer
}

// Header is the answer's.
func (a *recorder) Header() http.Header { return a.header }

// WriteHeader notes the first status.
func (a *recorder) WriteHeader(status int) {
	if a.code == 0 {
		a.code = status
	}
}

func (a *recorder) Write(p []byte) (int, error) { return a.body.Write(p) }

func (a *recorder) status() int {
	if a.code == 0 {
		return http.StatusOK
	}
	return a.code
}

// keeps reports whether the answer is final. The same request may fare
// otherwise the next time where the answer says so itself.
func (a *recorder) keeps() bool {
	switch s := a.status(); s {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusRequestTimeout, http.StatusConflict, http.StatusTooEarly, http.StatusTooManyRequests:
		return false
	default:
		return s < http.StatusInternalServerError
	}
}

func (a *recorder) send(w http.ResponseWriter) {
	for name, values := range a.header {
		w.Header()[name] = values
	}
	w.WriteHeader(a.status())
	_, _ = w.Write(a.body.Bytes())
}
