package notify

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/textproto"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/wneessen/go-mail/smtp"

	"tbtwatch/internal/netguard"
	"tbtwatch/internal/trade"
)

// smtpMailer speaks to one mail server, a connection for some mails each. It
// drives the conversation itself, step by step, because what an error means
// depends on whether the final dot had left.
type smtpMailer struct {
	options emailOptions
	address string
	tls     *tls.Config
	dialer  net.Dialer
	idle    smtpIdle
}

func newSMTP(o emailOptions, env Env) (*smtpMailer, error) {
	port, ok := map[string]int{"starttls": 587, "tls": 465, "none": 25}[o.TLS]
	switch {
	case !ok:
		return nil, fmt.Errorf("tls is starttls, tls or none, not %q", o.TLS)
	case o.Host == "":
		return nil, errors.New("host is missing: the mail server")
	case o.Port < 0 || o.Port > 65535:
		return nil, fmt.Errorf("port %d does not exist", o.Port)
	case o.Port > 0:
		port = o.Port
	}
	if (o.Username == "") != (o.Password == "") {
		return nil, errors.New("username and password belong together: one of them is missing")
	}
	if o.Hello == "" {
		_, o.Hello, _ = cutLast(o.From, "@")
		o.Hello = strings.Trim(o.Hello, "> ")
	}
	if !domainForm.MatchString(o.Hello) {
		return nil, fmt.Errorf("hello: %q is no domain", o.Hello)
	}
	s := &smtpMailer{options: o, address: net.JoinHostPort(o.Host, strconv.Itoa(port)), tls: &tls.Config{ServerName: o.Host, MinVersion: tls.VersionTLS12}}
	s.dialer = net.Dialer{Timeout: time.Duration(o.Timeout), ControlContext: mailServers(env.Networks)}
	if o.CAFile != "" {
		pem, err := os.ReadFile(o.CAFile)
		if err != nil {
			return nil, fmt.Errorf("ca_file: %w", err)
		}
		if s.tls.RootCAs = x509.NewCertPool(); !s.tls.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("ca_file: %s holds no certificate", o.CAFile)
		}
	}
	return s, nil
}

// mailServers lets a socket connect to public addresses and allowed networks,
// on any port.
func mailServers(allow []netip.Prefix) func(context.Context, string, string, syscall.RawConn) error {
	return func(_ context.Context, _, address string, _ syscall.RawConn) error {
		ap, err := netip.ParseAddrPort(address)
		if err != nil {
			return &netguard.Refused{Address: address, Why: "not an IP address and port"}
		}
		if why := netguard.Check(ap.Addr(), allow); why != "" {
			return &netguard.Refused{Address: address, Why: "its range is " + why}
		}
		return nil
	}
}

// probe: a mail server does not tell what became of a mail.
func (s *smtpMailer) probe(string) (arrived, known bool, err error) { return false, false, nil }

// deliver has one mail's conversation, over a connection that is open already
// where there is one. Until the dot every failure leaves the mail undelivered;
// after it, a missing answer is Ambiguous.
func (s *smtpMailer) deliver(ctx context.Context, mail composed) (receipt string, err error) {
	ctx, cancel := context.WithTimeout(ctx, time.Duration(s.options.Timeout))
	defer cancel()
	for c := s.idle.take(); c != nil; c = s.idle.take() {
		receipt, begun, err := s.converse(ctx, c, mail)
		if begun || err == nil || ctx.Err() != nil {
			return receipt, err
		} // the server had closed it meanwhile: nothing was said yet
	}
	conn, err := s.dialer.DialContext(ctx, "tcp", s.address)
	if err != nil {
		return "", fmt.Errorf("mail server %s: %w", s.address, err)
	}
	c := &smtpConn{conn: conn}
	// The library's calls know no context: its end makes their reads and writes fail.
	stop := context.AfterFunc(ctx, c.interrupt)
	c.client, err = s.greet(conn)
	if stop(); err != nil {
		_ = conn.Close()
		return "", s.failed("greeting", false, because(ctx, err))
	}
	receipt, _, err = s.converse(ctx, c, mail)
	return receipt, err
}

// converse hands one mail over. begun is false where the server did not answer
// the first command, or said that it is closing the connection. The connection
// is kept for the next mail only when everything went well.
func (s *smtpMailer) converse(ctx context.Context, c *smtpConn, mail composed) (receipt string, begun bool, err error) {
	stop := context.AfterFunc(ctx, c.interrupt)
	defer func() {
		if whole := stop(); err == nil && whole {
			s.idle.put(c)
		} else {
			_ = c.conn.Close()
		}
	}()
	if err := c.client.Mail("<" + mail.from + ">"); err != nil {
		var reply *textproto.Error
		begun = c.used == 0 || errors.As(err, &reply) && reply.Code != 421
		return "", begun, s.failed("MAIL FROM", true, because(ctx, err))
	}
	if err := c.client.Rcpt("<" + mail.to + ">"); err != nil {
		return "", true, s.failed("RCPT TO", true, because(ctx, err))
	}
	receipt, err = s.data(ctx, c.client, mail.bytes)
	return receipt, true, err
}

// greet opens the session: banner, EHLO, TLS and sign-in as configured.
func (s *smtpMailer) greet(conn net.Conn) (*smtp.Client, error) {
	if s.options.TLS == "tls" {
		conn = tls.Client(conn, s.tls)
	}
	client, err := smtp.NewClient(conn, s.options.Host)
	if err != nil {
		return nil, err
	}
	client.SkipSMTPUTF8(true) // our addresses are ASCII
	if err := client.Hello(s.options.Hello); err != nil {
		return nil, err
	}
	if s.options.TLS == "starttls" {
		if ok, _ := client.Extension("STARTTLS"); !ok {
			return nil, errors.New("the server offers no STARTTLS (tls: none sends without encryption)")
		}
		if err := client.StartTLS(s.tls); err != nil {
			return nil, fmt.Errorf("STARTTLS: %w", err)
		}
	}
	if s.options.Username == "" {
		return client, nil
	}
	auth, err := s.auth(client)
	if err != nil {
		return nil, err
	}
	if err := client.Auth(auth); err != nil {
		return nil, fmt.Errorf("sign-in as %q was refused; check username and password: %w", s.options.Username, err)
	}
	return client, nil
}

// auth picks the best way to sign in that the server knows. Plain passwords
// are shown to encrypted connections only.
func (s *smtpMailer) auth(client *smtp.Client) (smtp.Auth, error) {
	_, offered := client.Extension("AUTH")
	known := strings.Fields(strings.ToUpper(offered))
	user, password := s.options.Username, s.options.Password.Reveal()
	for _, way := range known {
		if way == "SCRAM-SHA-256" {
			return smtp.ScramSHA256Auth(user, password), nil
		}
	}
	for _, way := range known {
		switch way {
		case "PLAIN":
			return smtp.PlainAuth("", user, password, s.options.Host, false), nil
		case "LOGIN":
			return smtp.LoginAuth(user, password, s.options.Host, false), nil
		case "CRAM-MD5":
			return smtp.CRAMMD5Auth(user, password), nil
		}
	}
	return nil, fmt.Errorf("the server offers no sign-in that we know (SCRAM-SHA-256, PLAIN, LOGIN, CRAM-MD5), only %q", line(offered, 80))
}

// data sends the mail itself. All of it is flushed before the dot, so that a
// connection that broke earlier shows here and not after it.
func (s *smtpMailer) data(ctx context.Context, client *smtp.Client, mail []byte) (string, error) {
	w, err := client.Data()
	if err != nil {
		return "", s.failed("DATA", true, because(ctx, err))
	}
	_, err = w.Write(mail)
	if err == nil {
		err = client.Text.W.Flush()
	}
	if err == nil {
		err = expired(ctx) // a process that slept through its lease stops here
	}
	if err != nil {
		return "", s.failed("DATA", true, because(ctx, err)) // the connection is closed without the dot
	}
	err = w.Close()
	if err == nil {
		return accepted(w), nil
	}
	if answered(err) {
		return "", s.failed("end of DATA", true, because(ctx, err))
	}
	if unsent := client.Text.W.Flush(); unsent != nil { // the writer remembers that the dot did not leave
		return "", s.failed("end of DATA", true, because(ctx, unsent))
	}
	return "", Ambiguous(s.failed("end of DATA, no answer", true, because(ctx, err)))
}

func accepted(w any) string {
	if d, ok := w.(*smtp.DataCloser); ok {
		return line(d.ServerResponse(), 120)
	}
	return "accepted"
}

// answered reports whether the server said a clear no.
func answered(err error) bool {
	var reply *textproto.Error
	return errors.As(err, &reply) && reply.Code >= 400 && reply.Code < 600
}

// because names the context's end where it was what broke the conversation.
func because(ctx context.Context, err error) error {
	if end := expired(ctx); end != nil && !errors.Is(err, end) {
		return fmt.Errorf("%w: %w", end, err)
	}
	return err
}

// failed words an error and decides whether it is final. What is about this
// installation or its connection would be said of every mail, and can be
// mended: it is tried again. A 5xx about the mail or its recipient is final.
func (s *smtpMailer) failed(step string, aboutMail bool, err error) error {
	wrapped := fmt.Errorf("mail server %s: %s: %w", s.address, step, err)
	var reply *textproto.Error
	if aboutMail && errors.As(err, &reply) && reply.Code >= 500 && reply.Code < 600 && !aboutUs(step, reply) {
		return trade.Permanent(wrapped)
	}
	return wrapped
}

// aboutUs reports whether a 5xx is about who sends. At MAIL FROM all are but
// the mail's size (552). Later it is the want of a sign-in (530 to 538), and by
// RFC 3463 what lacks permission (5.7.x) or has a bad sender (5.1.7, 5.1.8):
// many servers say only at RCPT TO or after the mail that they do not relay for
// us, or do not believe our address. Where such a refusal is about one mail
// after all, some attempts are in vain.
func aboutUs(step string, reply *textproto.Error) bool {
	if step == "MAIL FROM" {
		return reply.Code != 552
	}
	code, _, _ := strings.Cut(reply.Msg, " ")
	return slices.Contains([]int{530, 534, 535, 538}, reply.Code) || strings.HasPrefix(code, "5.7.") || code == "5.1.7" || code == "5.1.8"
}
