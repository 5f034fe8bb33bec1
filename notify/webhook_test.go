package notify

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"tbtwatch/internal/netguard"
	"tbtwatch/internal/trade"
)

const (
	secretOld = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	secretNew = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
)

// hook is a receiver that answers as told and keeps what it got.
type hook struct {
	*httptest.Server
	mu      sync.Mutex
	answer  http.HandlerFunc
	bodies  []string
	headers []http.Header
}

func startHook(t *testing.T, answer http.HandlerFunc) *hook {
	t.Helper()
	h := &hook{answer: answer}
	h.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		h.mu.Lock()
		h.bodies, h.headers = append(h.bodies, string(b)), append(h.headers, r.Header.Clone())
		h.mu.Unlock()
		if h.answer != nil {
			h.answer(w, r)
		}
	}))
	t.Cleanup(h.Close)
	return h
}

func (h *hook) got() ([]string, []http.Header) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]string(nil), h.bodies...), append([]http.Header(nil), h.headers...)
}

func machineMessage(t *testing.T, address string) Message {
	m := messageTo(t, "machine", "en", soundWarning())
	m.To.Address = address
	return m
}

func TestSignatureVector(t *testing.T) {
	key, err := secretKey(secretOld)
	if err != nil {
		t.Fatal(err)
	}
	got := sign([][]byte{key}, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, []byte(`{"test": 2432232314}`))
	if want := "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// The receiver checks with the standard's own library; while a secret is
// changed, whoever knows either of the two is content.
func TestWebhookIsVerifiable(t *testing.T) {
	h := startHook(t, nil)
	env, _ := testEnv(t)
	c := mustOpen(t, "webhook", "secret: "+secretOld+"\nsecrets:\n  S-M: ["+secretNew+", "+secretOld+"]\n  other: "+secretNew, env)
	m := machineMessage(t, h.URL+"/in?token=abc")
	if _, err := c.Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	bodies, headers := h.got()
	for name, secret := range map[string]string{"old": secretOld, "new": secretNew} {
		lib, err := standardwebhooks.NewWebhook(secret)
		if err != nil {
			t.Fatal(err)
		}
		if err := lib.VerifyIgnoringTimestamp([]byte(bodies[0]), headers[0]); err != nil {
			t.Errorf("with the %s secret: %v", name, err)
		}
		if err := lib.VerifyIgnoringTimestamp([]byte(bodies[0]+" "), headers[0]); err == nil {
			t.Errorf("a changed body passes with the %s secret", name)
		}
	}
	if got := headers[0].Get("webhook-timestamp"); got != strconv.FormatInt(testNow.Unix(), 10) {
		t.Errorf("timestamp %s", got)
	}
	var e event
	if err := json.Unmarshal([]byte(bodies[0]), &e); err != nil {
		t.Fatal(err)
	}
	if e.SpecVersion != "1.0" || e.ID != m.Key || e.Source != "https://warn.example.org" || e.Type != eventReleased || e.Subject != "G/TBT/N/EU/9901" || e.Time == "" {
		t.Errorf("envelope %+v", e)
	}
}

func TestEventTypes(t *testing.T) {
	for want, change := range map[string]func(*trade.Warning){
		eventReleased: func(w *trade.Warning) {}, eventUpdated: func(w *trade.Warning) { w.Release = 2 }, eventLifted: func(w *trade.Warning) { w.Release, w.Lifted = 3, true },
	} {
		w := soundWarning()
		change(w)
		if got := eventOf(messageTo(t, "machine", "en", w), "s", Env{}).Type; got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

// Secrets that processes make up for themselves are not the same.
func TestWebhookSecretOfSeveralProcessesIsConfigured(t *testing.T) {
	for options, refused := range map[string]bool{"": true, "secrets: {S: " + secretOld + "}": true, "secret: " + secretOld: false} {
		env, _ := testEnv(t)
		if _, err := openChannel(t, "webhook", options, env); err != nil {
			t.Errorf("%q, one process: %v", options, err)
		}
		env.Shared = true
		if _, err := openChannel(t, "webhook", options, env); (err != nil) != refused || refused && !strings.Contains(err.Error(), "secret is missing") {
			t.Errorf("%q, several: %v", options, err)
		}
	}
}

func TestWebhookAnswers(t *testing.T) {
	tests := []struct {
		name   string
		answer http.HandlerFunc
		want   string
		delay  time.Duration
	}{
		{"200", status(200, ""), "accepted", 0}, {"204", status(204, ""), "accepted", 0},
		{"301", status(301, ""), "permanent", 0}, {"400", status(400, ""), "retry", 0}, {"401", status(401, ""), "retry", 0}, {"403", status(403, ""), "retry", 0},
		{"404", status(404, ""), "retry", 0}, {"405", status(405, ""), "retry", 0}, {"404 with seconds", status(404, "9"), "later", 9 * time.Second},
		{"413", status(413, ""), "permanent", 0}, {"415", status(415, ""), "permanent", 0}, {"422", status(422, ""), "permanent", 0},
		{"408", status(408, ""), "retry", 0}, {"410", status(410, ""), "permanent", 0}, {"425", status(425, ""), "retry", 0},
		{"429 with seconds", status(429, "7"), "later", 7 * time.Second}, {"429 without", status(429, ""), "later", usualRateDelay},
		{"429 with nonsense", status(429, "soon"), "later", usualRateDelay}, {"429 with ten years", status(429, "315360000"), "later", patience},
		{"429 with a number beyond all bounds", status(429, "9223372036854775807"), "later", patience},
		{"429 with a date", status(429, testNow.Add(90*time.Second).Format(http.TimeFormat)), "later", 90 * time.Second},
		{"429 with a date gone by", status(429, testNow.Add(-time.Hour).Format(http.TimeFormat)), "later", usualRateDelay},
		{"500", status(500, ""), "retry", 0}, {"503 with seconds", status(503, "11"), "later", 11 * time.Second},
		{"endless body", func(w http.ResponseWriter, _ *http.Request) {
			for w.(http.Flusher).Flush(); ; {
				if _, err := w.Write(make([]byte, 64<<10)); err != nil {
					return
				}
			}
		}, "accepted", 0},
		{"huge headers", func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("X", strings.Repeat("x", 20<<10)) }, "retry", 0},
		{"hangs up", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "retry", 0},
	}
	env, _ := testEnv(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := startHook(t, tt.answer)
			h.Config.ErrorLog = nil
			receipt, err := mustOpen(t, "webhook", "secret: "+secretOld, env).Send(t.Context(), machineMessage(t, h.URL+"/secret-path"))
			if got := class(err); got != tt.want {
				t.Fatalf("%s, want %s: %v", got, tt.want, err)
			}
			if d, _ := trade.RetryDelay(err); d != tt.delay {
				t.Errorf("again after %v, want %v", d, tt.delay)
			}
			if err != nil && strings.Contains(err.Error(), "secret-path") || len(receipt) > 200 {
				t.Errorf("the error shows the address, or the receipt is long: %v %s", err, receipt)
			}
			if gone := errors.Is(err, ErrGone); gone != (tt.name == "410") {
				t.Errorf("gone: %v", gone)
			}
		})
	}
}

func status(code int, retryAfter string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		if retryAfter != "" {
			w.Header().Set("Retry-After", retryAfter)
		}
		if code == 301 {
			w.Header().Set("Location", "/elsewhere")
		}
		w.WriteHeader(code)
	}
}

func TestWebhookFollowsNoRedirect(t *testing.T) {
	h := startHook(t, status(301, ""))
	env, _ := testEnv(t)
	mustOpen(t, "webhook", "secret: "+secretOld, env).Send(t.Context(), machineMessage(t, h.URL))
	if bodies, _ := h.got(); len(bodies) != 1 {
		t.Errorf("%d requests", len(bodies))
	}
}

func TestWebhookReachesNothingPrivate(t *testing.T) {
	h := startHook(t, nil)
	tests := []struct{ name, address, allow string }{
		{"loopback, nothing allowed", h.URL, ""},
		{"loopback, another network allowed", h.URL, "10.0.0.0/8"},
		{"by another spelling", strings.Replace(h.URL, "127.0.0.1", "0x7f.1", 1), ""},
		{"as a mapped address", strings.Replace(h.URL, "127.0.0.1", "[::ffff:127.0.0.1]", 1), ""},
		{"TLS does not help", strings.Replace(h.URL, "http:", "https:", 1), ""},
		{"http to a public address", "http://8.8.8.8/", "127.0.0.0/8"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			env, _ := testEnv(t)
			env.Networks = nil
			if tt.allow != "" {
				env.Networks = append(env.Networks, netip.MustParsePrefix(tt.allow))
			}
			_, err := mustOpen(t, "webhook", "secret: "+secretOld, env).Send(t.Context(), machineMessage(t, tt.address))
			if err == nil {
				t.Fatal("it was sent")
			}
			var refused *netguard.Refused
			if tt.name != "by another spelling" && (class(err) != "permanent" || !errors.As(err, &refused)) {
				t.Errorf("%s: %v", class(err), err)
			}
		})
	}
	if bodies, _ := h.got(); len(bodies) > 0 {
		t.Errorf("%d requests arrived", len(bodies))
	}
}

func TestSelfSignedCertificate(t *testing.T) {
	srv := httptest.NewTLSServer(nil)
	defer srv.Close()
	env, _ := testEnv(t)
	_, err := mustOpen(t, "webhook", "secret: "+secretOld, env).Send(t.Context(), machineMessage(t, srv.URL))
	if class(err) != "retry" || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("%s: %v", class(err), err)
	}
}

func TestOwnSecretIsMadeOnceAndKept(t *testing.T) {
	h := startHook(t, nil)
	env, _ := testEnv(t)
	for range 2 {
		if _, err := mustOpen(t, "webhook", "", env).Send(t.Context(), machineMessage(t, h.URL)); err != nil {
			t.Fatal(err)
		}
	}
	file := filepath.Join(env.DataDir, "webhook-secret")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if i, _ := os.Stat(file); i.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", i.Mode())
	}
	lib, err := standardwebhooks.NewWebhook(strings.TrimSpace(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	bodies, headers := h.got()
	for i := range bodies {
		if err := lib.VerifyIgnoringTimestamp([]byte(bodies[i]), headers[i]); err != nil {
			t.Errorf("attempt %d: %v", i, err)
		}
	}
}

func TestWebhookOptions(t *testing.T) {
	env, _ := testEnv(t)
	for options, want := range map[string]string{
		"secret: hunter2": "whsec_", "secret: whsec_YWJj": "24 to 64", "secrets: {x: nope}": "secrets: x", "timeout: 40s": "timeout", "secert: x": `did you mean "secret"`,
	} {
		if _, err := openChannel(t, "webhook", options, env); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q: %v, want %q in it", options, err, want)
		}
	}
}
