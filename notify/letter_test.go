package notify

import (
	"io"
	"mime/quotedprintable"
	"net/mail"
	"os"
	"strings"
	"testing"

	"tbtwatch/internal/trade"
)

// readLetter takes a mail of text alone apart.
func readLetter(t *testing.T, raw string) (*mail.Message, string) {
	t.Helper()
	m, err := mail.ReadMessage(strings.NewReader(raw))
	if err != nil {
		t.Fatalf("%v in\n%s", err, raw)
	}
	if kind := m.Header.Get("Content-Type"); !strings.HasPrefix(kind, "text/plain") || m.Header.Get("Content-Transfer-Encoding") != "quoted-printable" {
		t.Fatalf("headers %v", m.Header)
	}
	text, err := io.ReadAll(quotedprintable.NewReader(m.Body))
	if err != nil {
		t.Fatal(err)
	}
	return m, strings.ReplaceAll(string(text), "\r\n", "\n")
}

var sampleLetter = trade.Letter{
	Key: "letterkey234", To: "李四 <li@firm.example>", Subject: "邀请\r\nBcc: everybody@example.org",
	Text: "李四：\n\nhttps://warn.example.org/join/" + strings.Repeat("abc", 40) + "\n\n— tbt.example/audit " + strings.Repeat("A9+/", 25) + "==\n",
}

func TestLetters(t *testing.T) {
	env, _ := testEnv(t)
	folder, files := folderEmail(t, env, "from: Centre <centre@example.org>")
	server := startSMTP(t, map[string]string{})
	smtp := mustOpen(t, "email", smtpOptions(server.addr), env)
	for range 2 { // a repetition
		for _, c := range []Channel{folder, smtp} {
			if err := (&Notifier{Channels: map[string]Channel{"email": c}}).Post(t.Context(), sampleLetter); err != nil {
				t.Fatal(err)
			}
		}
	}
	kept := files()
	if len(kept) != 1 || len(server.received()) != 2 {
		t.Fatalf("the same twice: files %v, %d mails", kept, len(server.received()))
	}
	text, err := os.ReadFile(kept[0])
	if err != nil {
		t.Fatal(err)
	}
	for name, raw := range map[string]string{"folder": string(text), "SMTP": server.received()[1]} {
		m, body := readLetter(t, raw)
		if body != sampleLetter.Text {
			t.Errorf("%s: the text changed on its way:\n%s", name, body)
		}
		for header, want := range map[string]string{
			"Message-ID": "<letterkey234@example.org>", "To": `<li@firm.example>`, "Bcc": "", "List-Id": "", "Auto-Submitted": "auto-generated", "Content-Language": "zh-CN, en",
		} {
			if v := m.Header.Get(header); !strings.HasSuffix(v, want) || want == "" && v != "" {
				t.Errorf("%s: %s is %q, want %q", name, header, v, want)
			}
		}
		if s := subjectOf(t, m); s != "邀请 Bcc: everybody@example.org" {
			t.Errorf("%s: subject %q", name, s)
		}
	}
}

func TestLettersThatAreNotTaken(t *testing.T) {
	env, _ := testEnv(t)
	server := startSMTP(t, map[string]string{})
	n := &Notifier{Channels: map[string]Channel{"email": mustOpen(t, "email", smtpOptions(server.addr), env)}}
	nobody, strange := sampleLetter, sampleLetter
	nobody.To, strange.Key = "nobody", "a b"
	for _, c := range []struct {
		name, verb, reply string
		letter            trade.Letter
		want              string
	}{
		{"greylisted", "RCPT", "451 4.7.1 try later", sampleLetter, "retry"},
		{"unknown recipient", "RCPT", "550 5.1.1 no such user", sampleLetter, "permanent"},
		{"no answer", "dot", doClose, sampleLetter, "unknown"},
		{"an address that is none", "dot", "250 ok", nobody, "permanent"},
		{"a key that is none", "dot", "250 ok", strange, "permanent"},
	} {
		server.set("RCPT", "250 ok")
		server.set(c.verb, c.reply)
		if got := class(n.Post(t.Context(), c.letter)); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
	if err := (&Notifier{}).Post(t.Context(), sampleLetter); err == nil {
		t.Error("a letter went out without a channel")
	}
}
