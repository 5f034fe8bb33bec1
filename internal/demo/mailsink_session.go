package demo

import (
	"bytes"
	"fmt"
	"io"
	"mime"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/emersion/go-smtp"

	"tbtwatch/internal/trade"
)

// mailSession is one SMTP conversation.
type mailSession struct {
	sink *MailSink
	conn *smtp.Conn
	from string
	to   []string
}

// Reset forgets the message that was begun.
func (m *mailSession) Reset() { m.from, m.to = "", nil }

// Logout has nothing to give back.
func (m *mailSession) Logout() error { return nil }

// Mail takes the sender.
func (m *mailSession) Mail(from string, _ *smtp.MailOptions) error {
	m.from = from
	return nil
}

// Rcpt takes a recipient.
func (m *mailSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	m.to = append(m.to, to)
	return nil
}

// Data takes the message: recorded first, then answered.
func (m *mailSession) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	head, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return &smtp.SMTPError{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 6, 0}, Message: "this is no message: " + err.Error()}
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(head.Header.Get("Subject"))
	if err != nil {
		subject = head.Header.Get("Subject")
	}
	got := Mail{MessageID: head.Header.Get("Message-Id"), From: m.from, To: m.to, Subject: subject, At: time.Now(), Raw: raw}
	drop, err := m.sink.take(got)
	if drop {
		m.conn.Close() // the client never learns that it was accepted
	}
	return err
}

// take applies the faults and records the message.
func (s *MailSink) take(m Mail) (drop bool, err error) {
	s.mu.Lock()
	f := &s.faults
	delay := f.Delay
	switch {
	case f.RefuseFirst > 0:
		f.RefuseFirst--
		err = &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "try again later"}
	case f.RejectFirst > 0:
		f.RejectFirst--
		err = &smtp.SMTPError{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 7, 1}, Message: "refused by policy"}
	default:
		if err = s.keep(m); err != nil {
			err = &smtp.SMTPError{Code: 452, EnhancedCode: smtp.EnhancedCode{4, 3, 1}, Message: err.Error()}
			break
		}
		s.mails = append(s.mails, m)
		if f.DropAfterDot > 0 {
			f.DropAfterDot--
			drop = true
		}
	}
	s.mu.Unlock()
	if err == nil {
		s.log.tell()
	}
	if delay > 0 {
		<-time.After(delay)
	}
	return drop, err
}

// keep writes the log and the file, as far as there are any. s.mu is held.
func (s *MailSink) keep(m Mail) error {
	if s.record != nil {
		var lines strings.Builder
		for _, to := range m.To {
			fmt.Fprintf(&lines, "%s\t%s\t%s\n", m.At.UTC().Format(time.RFC3339Nano), m.MessageID, to)
		}
		if _, err := s.record.WriteString(lines.String()); err != nil {
			return err
		}
		if err := s.record.Sync(); err != nil {
			return err
		}
	}
	if s.folder == "" {
		return nil
	}
	return writeAside(filepath.Join(s.folder, mailName(m.MessageID)), m.Raw)
}

// mailName is the file's name for a Message-ID: its own characters where a file
// name can hold them, else a hash.
func mailName(id string) string {
	name := strings.Trim(id, "<> ")
	plain := strings.Trim(strings.ToLower(name), "abcdefghijklmnopqrstuvwxyz0123456789.-_@+=") == ""
	if name == "" || len(name) > 200 || strings.HasPrefix(name, ".") || !plain {
		name = trade.Key("mail", id)
	}
	return name + ".eml"
}

// writeAside writes a file beside path and renames it.
func writeAside(path string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Chmod(f.Name(), 0o644)
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}
