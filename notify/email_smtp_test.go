package notify

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/pem"
	"errors"
	"io"
	"net"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
	"go.yaml.in/yaml/v3"

	"tbtwatch/internal/trade"
)

// openChannel makes a channel from YAML text.
func openChannel(t *testing.T, name, options string, env Env) (Channel, error) {
	t.Helper()
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(options), &doc); err != nil {
		t.Fatal(err)
	}
	if len(doc.Content) == 0 {
		return channelKinds[name].New(nil, env)
	}
	return channelKinds[name].New(doc.Content[0], env)
}

func mustOpen(t *testing.T, name, options string, env Env) Channel {
	t.Helper()
	c, err := openChannel(t, name, options, env)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func smtpOptions(addr string, more ...string) string {
	host, port, _ := net.SplitHostPort(addr)
	return strings.Join(append([]string{"transport: smtp", "host: " + host, "port: " + port, "tls: none", "from: Centre <centre@example.org>"}, more...), "\n")
}

// class names what an error makes of a delivery.
func class(err error) string {
	_, waits := trade.RetryDelay(err)
	switch {
	case err == nil:
		return "accepted"
	case IsAmbiguous(err):
		return "unknown"
	case trade.IsPermanent(err):
		return "permanent"
	case waits:
		return "later"
	}
	return "retry"
}

func TestSMTPVerbByCode(t *testing.T) {
	verbs := []string{"banner", "EHLO", "AUTH", "MAIL", "RCPT", "DATA", "dot"}
	aboutUs := map[string]bool{"banner": true, "EHLO": true, "AUTH": true}
	exceptAt := func(again string) func(verb string) string {
		return func(verb string) string {
			return map[bool]string{true: "retry", false: "permanent"}[aboutUs[verb] || verb == again]
		}
	}
	tests := []struct {
		reply string
		want  func(verb string) string
	}{
		{"421 4.3.2 closing", func(string) string { return "retry" }},
		{"450 4.2.0 greylisted", func(string) string { return "retry" }},
		{"451 4.7.1 try later", func(string) string { return "retry" }},
		{"452 4.2.2 full", func(string) string { return "retry" }},
		{"530 5.7.0 authenticate first", func(string) string { return "retry" }},
		{"535 5.7.8 bad credentials", func(string) string { return "retry" }},
		{"550 5.1.1 no such user", exceptAt("MAIL")}, {"552 5.3.4 too large", nil}, {"553 5.1.3 bad address", exceptAt("MAIL")},
		{"554 5.7.1 relaying denied", func(string) string { return "retry" }},
		{"550-5.7.26 not\r\n550 5.7.26 authenticated", func(string) string { return "retry" }},
		{"553 5.1.8 sender address rejected", func(string) string { return "retry" }},
		{"500-line one\r\n500 line two", exceptAt("MAIL")},
		{doClose, func(verb string) string { return map[bool]string{true: "unknown", false: "retry"}[verb == "dot"] }},
		{"no code at all", func(verb string) string { return map[bool]string{true: "unknown", false: "retry"}[verb == "dot"] }},
	}
	env, _ := testEnv(t)
	for _, verb := range verbs {
		for _, tt := range tests {
			t.Run(verb+"/"+strings.TrimSpace(tt.reply[:min(3, len(tt.reply))]), func(t *testing.T) {
				script := map[string]string{verb: tt.reply}
				if verb == "EHLO" {
					script["HELO"] = tt.reply
				}
				srv := startSMTP(t, script)
				c := mustOpen(t, "email", smtpOptions(srv.addr, "username: u", "password: very-secret"), env)
				want := map[bool]string{true: "retry", false: "permanent"}[aboutUs[verb]]
				if tt.want != nil {
					want = tt.want(verb)
				}
				m := messageTo(t, "firm", "zh", soundWarning())
				m.To.Address = "export@firm.example"
				_, err := c.Send(t.Context(), m)
				if got := class(err); got != want {
					t.Errorf("%s answered %q: %s, want %s (%v)", verb, tt.reply, got, want, err)
				}
				if err != nil && strings.Contains(err.Error(), "very-secret") {
					t.Error("the error shows the password:", err)
				}
			})
		}
	}
}

func TestSMTPTimeouts(t *testing.T) {
	env, _ := testEnv(t)
	for _, verb := range []string{"banner", "EHLO", "MAIL", "RCPT", "DATA", "dot"} {
		t.Run(verb, func(t *testing.T) {
			srv := startSMTP(t, map[string]string{verb: doHang})
			c := mustOpen(t, "email", smtpOptions(srv.addr), env)
			m := messageTo(t, "firm", "zh", soundWarning())
			m.To.Address = "export@firm.example"
			ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
			defer cancel()
			_, err := c.Send(ctx, m)
			want := map[bool]string{true: "unknown", false: "retry"}[verb == "dot"]
			if got := class(err); got != want || !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("%s, want %s: %v", got, want, err)
			}
			if n := len(srv.received()); (n == 1) != (verb == "dot") {
				t.Errorf("the server has %d whole mails", n)
			}
		})
	}
}

// A mail larger than the sockets' buffers is cut off by the server: it never
// had the dot, so nothing is in doubt.
func TestSMTPBrokenInsideTheMail(t *testing.T) {
	srv := startSMTP(t, map[string]string{"body": doRead})
	env, _ := testEnv(t)
	c := mustOpen(t, "email", smtpOptions(srv.addr), env).(*email)
	big := bytes.Repeat([]byte(strings.Repeat("x", 70)+"\r\n"), 400_000)
	_, err := c.mailer.deliver(t.Context(), composed{id: "k@example.org", from: "a@example.org", to: "b@example.org", bytes: big})
	if class(err) != "retry" {
		t.Errorf("%s: %v", class(err), err)
	}
	if n := len(srv.received()); n != 0 {
		t.Errorf("%d mails arrived whole", n)
	}
}

// A process that was stopped during the conversation and wakes up after its
// lease must not write the dot.
func TestSMTPDotOnlyWithinTheLease(t *testing.T) {
	srv := startSMTP(t, nil)
	env, _ := testEnv(t)
	s := mustOpen(t, "email", smtpOptions(srv.addr), env).(*email).mailer.(*smtpMailer)
	conn, err := s.dialer.DialContext(t.Context(), "tcp", s.address)
	if err != nil {
		t.Fatal(err)
	}
	client, err := s.greet(conn)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(client.Mail("<a@example.org>"), client.Rcpt("<b@example.org>")); err != nil {
		t.Fatal(err)
	}
	late, cancel := context.WithDeadline(t.Context(), time.Now().Add(-time.Second))
	defer cancel()
	_, err = s.data(late, client, []byte("Subject: x\r\n\r\ny\r\n"))
	conn.Close()
	if class(err) != "retry" || len(srv.received()) != 0 {
		t.Errorf("%s (%v), mails %q", class(err), err, srv.received())
	}
}

// realSMTP is a whole mail server with STARTTLS and sign-in.
type realSMTP struct {
	mu    sync.Mutex
	mails []string
	users []string
}

func (r *realSMTP) NewSession(c *smtp.Conn) (smtp.Session, error) {
	_, encrypted := c.TLSConnectionState()
	return &realSession{server: r, encrypted: encrypted}, nil
}

type realSession struct {
	server    *realSMTP
	encrypted bool
	user      string
}

func (s *realSession) AuthMechanisms() []string { return []string{sasl.Plain} }
func (s *realSession) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if password != "right" || !s.encrypted {
			return errors.New("no")
		}
		s.user = user
		return nil
	}), nil
}
func (s *realSession) Mail(string, *smtp.MailOptions) error { return nil }
func (s *realSession) Rcpt(string, *smtp.RcptOptions) error { return nil }
func (s *realSession) Reset()                               {}
func (s *realSession) Logout() error                        { return nil }
func (s *realSession) Data(r io.Reader) error {
	b, err := io.ReadAll(r)
	s.server.mu.Lock()
	defer s.server.mu.Unlock()
	s.server.mails, s.server.users = append(s.server.mails, string(b)), append(s.server.users, s.user)
	return err
}

func TestSMTPWithEncryptionAndSignIn(t *testing.T) {
	web := httptest.NewTLSServer(nil) // for its certificate, valid for 127.0.0.1
	defer web.Close()
	ca := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: web.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, mode := range []string{"starttls", "tls"} {
		t.Run(mode, func(t *testing.T) {
			backend := &realSMTP{}
			srv := smtp.NewServer(backend)
			srv.Domain, srv.TLSConfig = "mail.example.org", web.TLS.Clone()
			srv.TLSConfig.NextProtos = nil
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			addr := l.Addr().String()
			if mode == "tls" {
				l = tls.NewListener(l, srv.TLSConfig)
			}
			go srv.Serve(l)
			defer srv.Close()
			env, _ := testEnv(t)
			send := func(more ...string) error {
				options := strings.Replace(smtpOptions(addr, more...), "tls: none", "tls: "+mode, 1)
				m := messageTo(t, "firm", "zh", soundWarning())
				m.To.Address = "export@firm.example"
				_, err := mustOpen(t, "email", options, env).Send(t.Context(), m)
				return err
			}
			if err := send("ca_file: "+ca, "username: u", "password: right"); err != nil {
				t.Fatal(err)
			}
			if len(backend.mails) != 1 || backend.users[0] != "u" {
				t.Errorf("mails %d by %q", len(backend.mails), backend.users)
			}
			if err := send("ca_file: "+ca, "username: u", "password: wrong"); class(err) != "retry" || !strings.Contains(err.Error(), "check username and password") {
				t.Errorf("wrong password: %s, %v", class(err), err)
			}
			if err := send("username: u", "password: right"); class(err) != "retry" {
				t.Errorf("unknown authority: %s, %v", class(err), err)
			}
		})
	}
}

func TestSMTPWithoutEncryptionWhereItIsAskedFor(t *testing.T) {
	srv := startSMTP(t, nil)
	env, _ := testEnv(t)
	m := messageTo(t, "firm", "zh", soundWarning())
	m.To.Address = "export@firm.example"
	_, err := mustOpen(t, "email", strings.Replace(smtpOptions(srv.addr), "tls: none", "tls: starttls", 1), env).Send(t.Context(), m)
	if class(err) != "retry" || !strings.Contains(err.Error(), "STARTTLS") || len(srv.received()) > 0 {
		t.Errorf("%s: %v", class(err), err)
	}
}
