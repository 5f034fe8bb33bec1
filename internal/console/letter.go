package console

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"strings"
)

// letter is a mail as a person reads it: its head and its plain text.
type letter struct {
	From, To, Subject, Date, MessageID string
	Text                               string
}

const (
	mostLetter = 4 << 20 // bytes of a mail that are read
	mostText   = 256 << 10
)

// readLetter reads a mail that our notifier wrote.
func readLetter(r io.Reader) (*letter, error) {
	m, err := mail.ReadMessage(io.LimitReader(r, mostLetter))
	if err != nil {
		return nil, fmt.Errorf("mail: %w", err)
	}
	words := new(mime.WordDecoder)
	head := func(name string) string {
		text, err := words.DecodeHeader(m.Header.Get(name))
		if err != nil {
			return m.Header.Get(name)
		}
		return text
	}
	l := &letter{From: head("From"), To: head("To"), Subject: head("Subject"), Date: head("Date"), MessageID: head("Message-Id")}
	l.Text, err = plainText(m.Header.Get("Content-Type"), m.Header.Get("Content-Transfer-Encoding"), m.Body, 0)
	return l, err
}

// plainText finds the first part of type text/plain.
func plainText(contentType, encoding string, body io.Reader, depth int) (string, error) {
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		kind = "text/plain"
	}
	switch {
	case kind == "text/plain":
		text, err := io.ReadAll(io.LimitReader(decoded(encoding, body), mostText))
		return strings.ToValidUTF8(string(text), "�"), err
	case !strings.HasPrefix(kind, "multipart/") || depth > 4:
		return "", nil
	}
	parts := multipart.NewReader(body, params["boundary"])
	for {
		p, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			return "", nil
		}
		if err != nil {
			return "", fmt.Errorf("mail: %w", err)
		}
		text, err := plainText(p.Header.Get("Content-Type"), p.Header.Get("Content-Transfer-Encoding"), p, depth+1)
		if err != nil || text != "" {
			return text, err
		}
	}
}

func decoded(encoding string, body io.Reader) io.Reader {
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "quoted-printable":
		return quotedprintable.NewReader(body)
	case "base64":
		return base64.NewDecoder(base64.StdEncoding, body)
	}
	return body
}
