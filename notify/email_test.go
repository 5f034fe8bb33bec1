package notify

import (
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tbtwatch/internal/trade"
)

// readMail takes a mail apart: headers, and the parts by their type.
func readMail(t *testing.T, raw string) (*mail.Message, map[string]string) {
	t.Helper()
	m, err := mail.ReadMessage(strings.NewReader(raw))
	if err != nil {
		t.Fatalf("%v in\n%s", err, raw)
	}
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		t.Fatalf("content type %q: %v", kind, err)
	}
	parts, order := map[string]string{}, []string{}
	for r := multipart.NewReader(m.Body, params["boundary"]); ; {
		p, err := r.NextRawPart()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		kind, params, _ := mime.ParseMediaType(p.Header.Get("Content-Type"))
		if !strings.EqualFold(params["charset"], "utf-8") || p.Header.Get("Content-Transfer-Encoding") != "quoted-printable" {
			t.Errorf("part headers %v", p.Header)
		}
		b, err := io.ReadAll(quotedprintable.NewReader(p))
		if err != nil {
			t.Fatal(err)
		}
		parts[kind] = strings.ReplaceAll(string(b), "\r\n", "\n")
		order = append(order, kind)
	}
	if strings.Join(order, " ") != "text/plain text/html" {
		t.Errorf("parts in order %v", order)
	}
	return m, parts
}

func subjectOf(t *testing.T, m *mail.Message) string {
	t.Helper()
	s, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil {
		t.Error(err)
	}
	return s
}

// folderEmail opens the channel on a folder and returns a reader of its mails.
func folderEmail(t *testing.T, env Env, more string) (Channel, func() []string) {
	t.Helper()
	return mustOpen(t, "email", more, env), func() []string {
		files, err := filepath.Glob(filepath.Join(env.DataDir, "mail", "*"))
		if err != nil {
			t.Fatal(err)
		}
		return files
	}
}

func TestMailHeaders(t *testing.T) {
	env, _ := testEnv(t)
	env.Stop = func(to trade.Subscriber) string { return "https://warn.example.org/stop/" + to.ID }
	env.Receipt = func(_ trade.Subscriber, family string, release int) string {
		return fmt.Sprintf("https://warn.example.org/receipt/%s-%d", trade.FamilyKey(family), release)
	}
	c, files := folderEmail(t, env, "from: 样例中心 <centre@预警.example>\nreply_to: desk@example.org")
	w := soundWarning()
	w.Release = 2
	m := messageTo(t, "firm", "zh", w)
	m.To.Address, m.First = "export@firm.example", "firstkey234"
	receipt, err := c.Send(t.Context(), m)
	if err != nil {
		t.Fatal(err)
	}
	if f := files(); len(f) != 1 || filepath.Base(f[0]) != receipt || receipt != m.Key+"@xn--o1yl5u.example.eml" && !strings.HasPrefix(receipt, m.Key+"@xn--") {
		t.Fatalf("files %v, receipt %s", f, receipt)
	}
	raw, err := os.ReadFile(files()[0])
	if err != nil {
		t.Fatal(err)
	}
	got, parts := readMail(t, string(raw))
	domain := strings.TrimSuffix(strings.TrimPrefix(receipt, m.Key+"@"), ".eml")
	for header, want := range map[string]string{
		"Message-ID": "<" + m.Key + "@" + domain + ">", "In-Reply-To": "<firstkey234@" + domain + ">", "References": "<firstkey234@" + domain + ">",
		"Auto-Submitted": "auto-generated", "List-Id": "Sample Centre <warnings." + domain + ">", "Bcc": "", "Cc": "", "Reply-To": "<desk@example.org>",
		"To": "<export@firm.example>", "Date": "Thu, 01 Oct 2026 02:00:00 +0000", "Content-Language": "zh-CN",
		"List-Unsubscribe": "<https://warn.example.org/stop/" + m.To.ID + ">", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
	} {
		if v := got.Header.Get(header); v != want {
			t.Errorf("%s: %q, want %q", header, v, want)
		}
	}
	if s := subjectOf(t, got); s != "【橙色】预警 2026-0042（第 1 次更新）：欧盟：摩托车噪声限值拟收紧" {
		t.Errorf("subject %q", s)
	}
	mustContain(t, "the text part", parts["text/plain"], "两轮摩托车 A1", "自通报之日 2026-09-21 起 45 天", "45 days from notification")
	receipt = "https://warn.example.org/receipt/" + trade.FamilyKey(w.Family) + "-2"
	mustContain(t, "the text part", parts["text/plain"], "退订：https://warn.example.org/stop/"+m.To.ID, "确认已阅（回执）："+receipt)
	mustContain(t, "the HTML part", parts["text/html"], `<a href="`+receipt+`"`, `<a href="https://warn.example.org/stop/`+m.To.ID+`"`)
	mustContain(t, "the HTML part", parts["text/html"], "两轮摩托车 A1", "https://eping.example.org/notice/9901?lang=en&amp;x=1")
}

// RFC 8058 knows one-click unsubscribing over https alone.
func TestOneClickUnsubscribingIsOverHTTPS(t *testing.T) {
	for scheme, want := range map[string]string{"https": "List-Unsubscribe=One-Click", "http": ""} {
		env, _ := testEnv(t)
		env.Stop = func(trade.Subscriber) string { return scheme + "://warn.example.org/stop/x" }
		m := messageTo(t, "firm", "zh", soundWarning())
		m.To.Address = "export@firm.example"
		mail, err := mustOpen(t, "email", "", env).(*email).form.compose(m)
		if err != nil {
			t.Fatal(err)
		}
		got, _ := readMail(t, string(mail.bytes))
		if stop, post := got.Header.Get("List-Unsubscribe"), got.Header.Get("List-Unsubscribe-Post"); stop != "<"+scheme+"://warn.example.org/stop/x>" || post != want {
			t.Errorf("%s: %q, %q", scheme, stop, post)
		}
	}
}

func TestFolderKeepsOneFileForEachMessage(t *testing.T) {
	env, _ := testEnv(t)
	c, files := folderEmail(t, env, "")
	m := messageTo(t, "firm", "zh", soundWarning())
	m.To.Address = "export@firm.example"
	probe := c.(Prober)
	if arrived, known, err := probe.Probe(t.Context(), asked(m.Key, m.To.Address)); arrived || !known || err != nil {
		t.Errorf("before: arrived %v, known %v, %v", arrived, known, err)
	}
	for range 3 {
		if _, err := c.Send(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	if f := files(); len(f) != 1 {
		t.Errorf("files %v", f)
	}
	if arrived, known, err := probe.Probe(t.Context(), asked(m.Key, m.To.Address)); !arrived || !known || err != nil {
		t.Errorf("after: arrived %v, known %v, %v", arrived, known, err)
	}
}

func TestSMTPCannotTell(t *testing.T) {
	env, _ := testEnv(t)
	c := mustOpen(t, "email", smtpOptions("127.0.0.1:25"), env)
	if _, known, err := c.(Prober).Probe(t.Context(), asked("k", "a@example.org")); known || err != nil {
		t.Error(known, err)
	}
}

func TestPrivateMailServerNeedsAllowedNetwork(t *testing.T) {
	env, _ := testEnv(t)
	env.Networks = nil
	m := messageTo(t, "firm", "zh", soundWarning())
	m.To.Address = "export@firm.example"
	_, err := mustOpen(t, "email", smtpOptions("127.0.0.1:25"), env).Send(t.Context(), m)
	if class(err) != "retry" || !strings.Contains(err.Error(), "allow_networks") {
		t.Errorf("%s: %v", class(err), err)
	}
}

func TestMailOptions(t *testing.T) {
	env, _ := testEnv(t)
	for options, want := range map[string]string{
		"transport: pigeon":                                      "smtp or folder",
		"transport: smtp\nfrom: a@example.org":                   "host is missing",
		"host: mail.example.org":                                 "from is missing",
		"from: nobody":                                           "from:",
		"reply_to: nobody":                                       "reply_to:",
		"host: h.example\nfrom: a@example.org\ntls: maybe":       "starttls, tls or none",
		"host: h.example\nfrom: a@example.org\nport: 70000":      "port",
		"host: h.example\nfrom: a@example.org\nusername: u":      "belong together",
		"host: h.example\nfrom: a@example.org\nca_file: /no":     "ca_file",
		"host: h.example\nfrom: a@example.org\nhello: two words": "hello",
		"message_id_domain: a b":                                 "message_id_domain",
		"timeout: 0s":                                            "timeout",
		"tranport: smtp":                                         `did you mean "transport"`,
	} {
		if _, err := openChannel(t, "email", options, env); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q in it", options, err, want)
		}
	}
}

func TestKeyThatCannotBeAMessageID(t *testing.T) {
	env, _ := testEnv(t)
	c, files := folderEmail(t, env, "")
	for _, key := range []string{"", "../../etc/x", "a b", "a\r\nBcc: x", "<a>", strings.Repeat("k", 300)} {
		m := messageTo(t, "firm", "zh", soundWarning())
		m.Key, m.To.Address = key, "export@firm.example"
		if _, err := c.Send(t.Context(), m); !trade.IsPermanent(err) {
			t.Errorf("%q: %v", key, err)
		}
	}
	if f := files(); len(f) > 0 {
		t.Errorf("files %v", f)
	}
}
