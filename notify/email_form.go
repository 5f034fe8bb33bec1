package notify

import (
	"bytes"
	"fmt"
	"mime"
	"net/mail"

	gomail "github.com/wneessen/go-mail"

	"tbtwatch/internal/trade"
)

// mailForm makes mails.
type mailForm struct {
	from, replyTo *mail.Address
	domain        string // of Message-IDs
	render        *renderer
	env           Env
}

// composed is a finished mail: one recipient, no Bcc.
type composed struct {
	id       string // Message-ID without its brackets
	from, to string // bare addresses of the envelope
	bytes    []byte
}

func (f *mailForm) messageID(key string) string { return key + "@" + f.domain }

// compose writes the mail with its text part first. Only Date differs between
// attempts: it is the moment of sending, because a client sorts by it and a
// product registered late is warned of an old measure today.
func (f *mailForm) compose(m Message) (composed, error) {
	to, err := parseMailbox(m.To.Address)
	if err != nil {
		return composed{}, err
	}
	if m.Key == "" || line(m.Key, 64) != m.Key || !domainForm.MatchString(m.Key) {
		return composed{}, fmt.Errorf("%q cannot be part of a Message-ID", m.Key)
	}
	c := f.render.content(m)
	text, page := f.render.plain(m, c), f.render.rich(m, c)
	msg := gomail.NewMsg(
		gomail.WithCharset(gomail.CharsetUTF8), gomail.WithEncoding(gomail.EncodingQP), gomail.WithNoDefaultUserAgent(),
		gomail.WithBoundary("tbtwatch-"+trade.Key("boundary", m.Key, text, page))) // nothing in the parts can foresee their own hash
	msg.FromMailAddress(f.from)
	msg.ToMailAddress(to)
	if f.replyTo != nil {
		msg.ReplyToMailAddress(f.replyTo)
	}
	msg.Subject(c.Subject)
	msg.SetDateWithValue(f.env.Now())
	id := f.messageID(m.Key)
	msg.SetMessageIDWithValue(id)
	if m.First != "" && m.First != m.Key && domainForm.MatchString(m.First) {
		earlier := "<" + f.messageID(m.First) + ">"
		msg.SetGenHeaderPreformatted("In-Reply-To", earlier)
		msg.SetGenHeaderPreformatted("References", earlier)
	}
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.SetGenHeader("X-Auto-Response-Suppress", "All")
	msg.SetGenHeaderPreformatted("List-Id", fmt.Sprintf("%s <warnings.%s>", mime.QEncoding.Encode("utf-8", line(f.env.Centre.EN, 40)), f.domain))
	if c.Stop != "" { // RFC 8058: the POST unsubscribes without more ado, opening the address shows a page
		msg.SetGenHeaderPreformatted("List-Unsubscribe", "<"+c.Stop+">")
		msg.SetGenHeaderPreformatted("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
	}
	msg.SetGenHeader("Content-Language", map[bool]string{true: "en", false: "zh-CN"}[c.Lang == "en"])
	msg.SetBodyString(gomail.TypeTextPlain, text)
	if page != "" {
		msg.AddAlternativeString(gomail.TypeTextHTML, page)
	}
	var b bytes.Buffer
	if _, err := msg.WriteTo(&b); err != nil {
		return composed{}, fmt.Errorf("writing the mail: %w", err)
	}
	return composed{id, f.from.Address, to.Address, b.Bytes()}, nil
}
