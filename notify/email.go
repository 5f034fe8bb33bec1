package notify

import (
	"context"
	"errors"
	"fmt"
	"net/mail"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
	"golang.org/x/net/idna"

	"tbtwatch/internal/config"
	"tbtwatch/internal/trade"
)

var _ = register(ChannelKind{
	Name: "email", About: "e-mail through a mail server, or as .eml files in a folder",
	New: newEmail, CheckAddress: checkEmail,
})

// emailOptions is the part channels.email of the configuration.
type emailOptions struct {
	Transport string          `yaml:"transport"` // smtp, or folder; smtp when a host is given
	Host      string          `yaml:"host"`
	Port      int             `yaml:"port"` // 587 with starttls, 465 with tls, 25 with none
	TLS       string          `yaml:"tls"`  // starttls, tls or none
	CAFile    string          `yaml:"ca_file"`
	Username  string          `yaml:"username"`
	Password  config.Secret   `yaml:"password"`
	Hello     string          `yaml:"hello"` // the name we greet with
	From      string          `yaml:"from"`  // "Name <a@example.org>"
	ReplyTo   string          `yaml:"reply_to"`
	Domain    string          `yaml:"message_id_domain"` // right half of Message-IDs; the sender's when empty
	Folder    string          `yaml:"folder"`            // relative to the data folder
	Timeout   config.Duration `yaml:"timeout"`           // of one whole delivery
}

// mailer takes a finished mail away. Its error says what happens next, as
// Channel.Send's does.
type mailer interface {
	deliver(ctx context.Context, mail composed) (receipt string, err error)
	probe(messageID string) (arrived, known bool, err error)
}

type email struct {
	mailer mailer
	form   *mailForm
}

func newEmail(options *yaml.Node, env Env) (Channel, error) {
	env = env.filled()
	o := emailOptions{TLS: "starttls", Folder: "mail", Timeout: config.Duration(time.Minute)}
	if err := config.Decode(options, &o); err != nil {
		return nil, err
	}
	if o.Transport == "" {
		o.Transport = map[bool]string{true: "smtp", false: "folder"}[o.Host != ""]
	}
	if o.Timeout <= 0 {
		return nil, errors.New("timeout must be longer than 0s")
	}
	form, err := o.form(env)
	if err != nil {
		return nil, err
	}
	switch o.Transport {
	case "folder":
		dir := o.Folder
		if !filepath.IsAbs(dir) {
			dir = filepath.Join(env.DataDir, dir)
		}
		return &email{&folderMailer{dir}, form}, nil
	case "smtp":
		m, err := newSMTP(o, env)
		return &email{m, form}, err
	}
	return nil, fmt.Errorf("transport is smtp or folder, not %q", o.Transport)
}

// form checks the sender's part of the options.
func (o emailOptions) form(env Env) (*mailForm, error) {
	if o.From == "" {
		if o.Transport == "smtp" {
			return nil, errors.New("from is missing: the address that warnings are sent from")
		}
		o.From = "tbtwatch@localhost.localdomain"
	}
	from, err := parseMailbox(o.From)
	if err != nil {
		return nil, fmt.Errorf("from: %w", err)
	}
	f := &mailForm{from: from, render: newRenderer(env), env: env, domain: o.Domain}
	if o.ReplyTo != "" {
		if f.replyTo, err = parseMailbox(o.ReplyTo); err != nil {
			return nil, fmt.Errorf("reply_to: %w", err)
		}
	}
	if f.domain == "" {
		_, f.domain, _ = strings.Cut(from.Address, "@")
	}
	if !domainForm.MatchString(f.domain) {
		return nil, fmt.Errorf("message_id_domain: %q is no domain", f.domain)
	}
	return f, nil
}

// Send composes the mail anew and hands it over; its Message-ID is made from
// the delivery's key, so every attempt carries the same.
func (e *email) Send(ctx context.Context, m Message) (string, error) {
	mail, err := e.form.compose(m)
	if err != nil {
		return "", trade.Permanent(fmt.Errorf("email: delivery %s: %w", m.Key, err))
	}
	if err := expired(ctx); err != nil {
		return "", fmt.Errorf("email: delivery %s: %w", m.Key, err)
	}
	return e.mailer.deliver(ctx, mail)
}

// Probe can tell for the folder, not for a mail server.
func (e *email) Probe(_ context.Context, m Message) (arrived, known bool, err error) {
	return e.mailer.probe(e.form.messageID(m.Key))
}

var domainForm = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$`)

func checkEmail(address string) error {
	_, err := parseMailbox(address)
	return err
}

// parseMailbox reads one address, with or without a name. Domains may be
// written in any script; what stands before the @ must be ASCII, because many
// servers take nothing else.
func parseMailbox(s string) (*mail.Address, error) {
	if len(s) > 500 || strings.ContainsAny(s, "\r\n\x00") {
		return nil, trade.Refusef("the mail address is too long or holds a line end")
	}
	a, err := mail.ParseAddress(strings.TrimSpace(s))
	if err != nil {
		return nil, trade.Refusef("%q is no single mail address such as name@example.org", line(s, 80))
	}
	local, domain, _ := cutLast(a.Address, "@")
	ascii, err := idna.Lookup.ToASCII(domain)
	if err != nil || !domainForm.MatchString(ascii) {
		return nil, trade.Refusef("%q: the part after the @ is no domain", line(s, 80))
	}
	if !localForm.MatchString(local) {
		return nil, trade.Refusef("%q: the part before the @ has characters that mail servers do not take", line(s, 80))
	}
	return &mail.Address{Name: line(a.Name, 120), Address: local + "@" + ascii}, nil
}

var localForm = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}$")

func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}
