package notify

import (
	"bytes"
	"fmt"
	"mime"
	"net/mail"
	"strings"

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
	c := f.render.content(m)
	text, page := f.render.plain(m, c), f.render.rich(m, c)
	msg, err := f.begin(m.Key, m.To.Address, c.Subject, text, page)
	if err != nil {
		return composed{}, err
	}
	if m.First != "" && m.First != m.Key && domainForm.MatchString(m.First) {
		earlier := "<" + f.messageID(m.First) + ">"
		msg.SetGenHeaderPreformatted("In-Reply-To", earlier)
		msg.SetGenHeaderPreformatted("References", earlier)
	}
	msg.SetGenHeaderPreformatted("List-Id", fmt.Sprintf("%s <warnings.%s>", mime.QEncoding.Encode("utf-8", line(f.env.Centre.EN, 40)), f.domain))
	if c.Stop != "" { // opening the address shows a page
		msg.SetGenHeaderPreformatted("List-Unsubscribe", "<"+c.Stop+">")
	}
	if strings.HasPrefix(c.Stop, "https://") { // RFC 8058: the POST unsubscribes without more ado, over https alone
		msg.SetGenHeaderPreformatted("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
	}
	msg.SetGenHeader("Content-Language", map[bool]string{true: "en", false: "zh-CN"}[c.Lang == "en"])
	return f.finish(m.Key, msg)
}

// letter writes a mail that is no warning: text alone.
func (f *mailForm) letter(l trade.Letter) (composed, error) {
	msg, err := f.begin(l.Key, l.To, line(l.Subject, maxSubject), block(l.Text, maxBlock)+"\n", "")
	if err != nil {
		return composed{}, err
	}
	msg.SetGenHeader("Content-Language", "zh-CN, en")
	return f.finish(l.Key, msg)
}

// begin makes what all mails have: the envelope, an identity that is the same
// at every attempt, and the body, whose page may be "".
func (f *mailForm) begin(key, address, subject, text, page string) (*gomail.Msg, error) {
	to, err := parseMailbox(address)
	if err != nil {
		return nil, err
	}
	if key == "" || line(key, 64) != key || !domainForm.MatchString(key) {
		return nil, fmt.Errorf("%q cannot be part of a Message-ID", key)
	}
	msg := gomail.NewMsg(
		gomail.WithCharset(gomail.CharsetUTF8), gomail.WithEncoding(gomail.EncodingQP), gomail.WithNoDefaultUserAgent(),
		gomail.WithBoundary("tbtwatch-"+trade.Key("boundary", key, text, page))) // nothing in the parts can foresee their own hash
	msg.FromMailAddress(f.from)
	msg.ToMailAddress(to)
	if f.replyTo != nil {
		msg.ReplyToMailAddress(f.replyTo)
	}
	msg.Subject(subject)
	msg.SetDateWithValue(f.env.Now())
	msg.SetMessageIDWithValue(f.messageID(key))
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.SetGenHeader("X-Auto-Response-Suppress", "All")
	msg.SetBodyString(gomail.TypeTextPlain, text)
	if page != "" {
		msg.AddAlternativeString(gomail.TypeTextHTML, page)
	}
	return msg, nil
}

func (f *mailForm) finish(key string, msg *gomail.Msg) (composed, error) {
	var b bytes.Buffer
	if _, err := msg.WriteTo(&b); err != nil {
		return composed{}, fmt.Errorf("writing the mail: %w", err)
	}
	return composed{f.messageID(key), f.from.Address, msg.GetTo()[0].Address, b.Bytes()}, nil
}
