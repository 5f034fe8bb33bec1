package demo

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/emersion/go-smtp"
)

// Mail is a message that the mail server accepted.
type Mail struct {
	MessageID string // with its angle brackets
	From      string // of the envelope
	To        []string
	Subject   string // decoded
	At        time.Time
	Raw       []byte // as received, CRLF line ends
}

// MailFaults are what goes wrong at the mail server; each counter is used up
// by one message each.
type MailFaults struct {
	RefuseFirst  int           // messages answered with 451 after DATA: try again
	RejectFirst  int           // messages answered with 554 after DATA: never
	DropAfterDot int           // messages that are accepted and recorded, but the connection ends before the answer
	Delay        time.Duration // before the answer to each message
}

// MailSink is an SMTP server that keeps what it accepts. It is safe for
// concurrent use.
type MailSink struct {
	Addr   string // host:port it listens on
	server *smtp.Server
	log    changes

	mu     sync.Mutex
	mails  []Mail
	faults MailFaults
	folder string   // "" for none
	record *os.File // nil for none
}

// MailOption changes a mail server before it starts.
type MailOption func(*MailSink) error

// MailFolder keeps each message as a file of that folder, named from its
// Message-ID, so that the same message a second time is one file; written aside
// and renamed.
func MailFolder(path string) MailOption {
	return func(s *MailSink) error {
		s.folder = path
		return os.MkdirAll(path, 0o755)
	}
}

// MailLog appends a line (time, Message-ID, recipient, tab between) to the file
// for each message and recipient, and syncs it, before the message is answered:
// what the file lacks was never accepted, whatever was killed.
func MailLog(path string) MailOption {
	return func(s *MailSink) (err error) {
		s.record, err = os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
		return err
	}
}

// maxMail bounds a message, in bytes.
const maxMail = 32 << 20

// StartMailSink listens on addr ("127.0.0.1:0" for any free port).
func StartMailSink(addr string, options ...MailOption) (*MailSink, error) {
	s := &MailSink{log: newChanges()}
	for _, o := range options {
		if err := o(s); err != nil {
			return nil, fmt.Errorf("mail server: %w", err)
		}
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("mail server: %w", err)
	}
	s.Addr = l.Addr().String()
	s.server = smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		return &mailSession{sink: s, conn: c}, nil
	}))
	s.server.Domain = "mail.example"
	s.server.MaxMessageBytes = maxMail
	s.server.EnableSMTPUTF8 = true
	s.server.ReadTimeout, s.server.WriteTimeout = time.Minute, time.Minute
	s.server.ErrorLog = log.New(io.Discard, "", 0) // clients that go away are part of the tests
	go func() { _ = s.server.Serve(l) }()          // ends with Close
	return s, nil
}

// SetFaults replaces what goes wrong from the next message on.
func (s *MailSink) SetFaults(f MailFaults) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = f
}

// Mails are the messages accepted so far, in order; the same one twice where it
// was sent twice.
func (s *MailSink) Mails() []Mail {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.mails)
}

// Counts says how often each Message-ID was accepted.
func (s *MailSink) Counts() map[string]int {
	out := map[string]int{}
	for _, m := range s.Mails() {
		out[m.MessageID]++
	}
	return out
}

// Mailbox is what a mailbox shows that collapses Message-IDs: for each
// recipient the first message of each ID, in order.
func (s *MailSink) Mailbox() map[string][]Mail {
	out := map[string][]Mail{}
	for _, m := range s.Mails() {
		for _, to := range m.To {
			if !slices.ContainsFunc(out[to], func(x Mail) bool { return x.MessageID == m.MessageID }) {
				out[to] = append(out[to], m)
			}
		}
	}
	return out
}

// Wait returns when enough says so of the messages so far, or with ctx's error.
func (s *MailSink) Wait(ctx context.Context, enough func([]Mail) bool) error {
	return s.log.wait(ctx, func() bool { return enough(s.Mails()) })
}

// Close stops the server; conversations under way are cut off.
func (s *MailSink) Close() error {
	err := s.server.Close()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.record != nil {
		if e := s.record.Close(); err == nil {
			err = e
		}
		s.record = nil
	}
	return err
}
