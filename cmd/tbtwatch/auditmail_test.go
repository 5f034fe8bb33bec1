package main

import (
	"bytes"
	"fmt"
	"io"
	"mime"
	"mime/quotedprintable"
	"net"
	"net/http"
	"net/mail"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"tbtwatch/internal/api"
	"tbtwatch/internal/demo"
)

// letterText reads a mail of text alone, whole.
func letterText(t *testing.T, raw []byte) (subject, text string) {
	t.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatalf("%v in\n%s", err, raw)
	}
	body, err := io.ReadAll(quotedprintable.NewReader(m.Body))
	if err != nil {
		t.Fatal(err)
	}
	if subject, err = new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject")); err != nil {
		t.Fatal(err)
	}
	return subject, strings.ReplaceAll(string(body), "\r\n", "\n")
}

var joinLink = regexp.MustCompile(`(?m)^(http://\S+)(/join/[a-z2-7]+)$`)

// A server with a mail server: an invitation goes out and its link opens; a
// checkpoint whose mail is refused goes out after a restart, and the saved mail
// verifies the audit; one that was tampered with does not.
func TestInvitationAndCheckpointByMail(t *testing.T) {
	t.Parallel()
	sink, err := demo.StartMailSink("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = sink.Close() }()
	host, port, _ := net.SplitHostPort(sink.Addr)
	file := writeConfig(t, deadProxy+fmt.Sprintf("public_url: http://tbt.example.cn\nauth: {checkpoints_to: auditor@example.org}\nchannels: {email: {host: %s, port: %s, tls: none, from: tbt@example.cn}}\n", host, port))
	data := t.TempDir()
	s := serveChild(t, data, "--config", file, "--only", "notify") // without the pages no checkpoint is made
	var opening struct{ Path, Sent string }
	invite := map[string]any{"name": "李四", "mail": "li@example.org", "role": "staff", "send": true}
	if err := s.api.tell(t.Context(), http.MethodPost, "/api/v1/invitations", invite, &opening); err != nil || opening.Sent != "li@example.org" {
		t.Fatalf("%+v, %v", opening, err)
	}
	got := sink.Mailbox()["li@example.org"]
	if len(got) != 1 || got[0].From != "tbt@example.cn" {
		t.Fatalf("mails: %+v", sink.Mails())
	}
	subject, text := letterText(t, got[0].Raw)
	links := joinLink.FindAllStringSubmatch(text, -1)
	if len(links) != 2 || links[0][0] != "http://tbt.example.cn"+opening.Path || links[1][0] != links[0][0] || !strings.Contains(subject, "邀请您加入") || !strings.Contains(subject, "Invitation") {
		t.Fatalf("%s\n%s", subject, text)
	}
	if resp, page := fetch(t, s.url+links[0][2]); resp.StatusCode != http.StatusOK || !strings.Contains(page, "李四") {
		t.Errorf("the link of the mail: %d", resp.StatusCode)
	}
	_, key, _ := program(t, "audit", "key", "--data", data)
	s.end()

	sink.SetFaults(demo.MailFaults{RefuseFirst: 1})
	s = serveChild(t, data, "--config", file)
	until(t, 20*time.Second, "the checkpoint's mail is refused", func() bool { return s.marks().Problem != nil })
	if m := s.marks(); m.Waiting != 1 || len(m.Rows) != 1 || m.Rows[0].Entries != 2 || !strings.Contains(m.Problem.EN, "451") {
		t.Errorf("while it waits: %+v", m)
	}
	s.end()
	s = serveChild(t, data, "--config", file)
	until(t, 20*time.Second, "the checkpoint is mailed", func() bool { return s.marks().Waiting == 0 })
	_, again, _ := program(t, "audit", "key", "--data", data)
	if key != again || !strings.HasPrefix(key, "tbt.example.cn/audit+") {
		t.Errorf("the key was %s and is %s", key, again)
	}
	checkSavedMail(t, data, strings.TrimSpace(key), sink.Mailbox()["auditor@example.org"][0].Raw)
}

func (s *served) marks() (m api.Checkpoints) {
	s.t.Helper()
	s.get("/api/v1/audit/checkpoints", &m)
	return m
}

// checkSavedMail verifies with what an auditor has.
func checkSavedMail(t *testing.T, data, key string, raw []byte) {
	t.Helper()
	_, text := letterText(t, raw)
	_, note, said := program(t, "audit", "checkpoint", "--data", data)
	if !strings.Contains(text, note) || note == "" {
		t.Errorf("the newest checkpoint is %q (%s), the mail has\n%s", note, said, text)
	}
	dir := t.TempDir()
	for _, c := range []struct {
		name, content, key string
		status             int
		want               string
	}{
		{"the mail as it came", string(raw), key, exitDone, "are those that the checkpoint of"},
		{"its text", text, key, exitDone, "are those that the checkpoint of"},
		{"the note, and the server's key", note, "", exitDone, "are those that the checkpoint of"},
		{"a note that was changed", strings.Replace(note, "\n2\n", "\n1\n", 1), key, exitNothing, "forged"},
		{"a key that was changed", note, key[:len(key)-4] + "AAA=", exitNothing, "verifier key"},
		{"another file", "hello\n", "", exitNothing, "no checkpoint"},
	} {
		args := []string{"audit", "verify", "--data", data, "--checkpoint", writeFile(t, filepath.Join(dir, c.name), c.content)}
		if c.key != "" {
			args = append(args, "--key", c.key)
		}
		status, out, said := program(t, args...)
		if status != c.status || !strings.Contains(out+said, c.want) {
			t.Errorf("%s: %d\n%s%s", c.name, status, out, said)
		}
	}
	if status, _, said := program(t, "audit", "verify", "--data", data, "--checkpoint", filepath.Join(dir, "none")); status != exitNothing || !strings.Contains(said, "cannot be read") {
		t.Errorf("a file that is not there: %d %s", status, said)
	}
}

// In the demo the page offers the mail, which lies in the demo's folder.
func TestDemoMailsInvitations(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	s := serveChild(t, data, "--demo")
	post := func(path string, form url.Values) *goquery.Document {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+path, strings.NewReader(form.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Origin", s.url)
		resp, err := http.DefaultTransport.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = resp.Body.Close() }()
		doc, err := goquery.NewDocumentFromReader(resp.Body)
		if err != nil || resp.StatusCode != http.StatusOK {
			t.Fatalf("POST %s: %d, %v", path, resp.StatusCode, err)
		}
		return doc
	}
	_, page := fetch(t, s.url+"/people")
	if !strings.Contains(page, `name="send" value="1" checked`) {
		t.Error("the page does not offer to send the link")
	}
	form := url.Values{"name": {"陈研判"}, "mail": {"chen@centre.example"}, "role": {"staff"}}
	invited := func() (found []string) {
		for name := range mailFiles(t, data) {
			raw, err := os.ReadFile(filepath.Join(data, "mail", name))
			if err != nil {
				t.Fatal(err)
			}
			if bytes.Contains(raw, []byte("To: <chen@centre.example>")) {
				_, text := letterText(t, raw)
				found = append(found, text)
			}
		}
		return found
	}
	doc := post("/people", form)
	if link := doc.Find("code.long").Text(); !strings.HasPrefix(link, s.url+"/join/") || len(invited()) != 0 {
		t.Errorf("without the box: link %q, mails %v", link, invited())
	}
	form.Set("send", "1")
	doc = post("/people", form)
	link, mails := doc.Find("code.long").Text(), invited()
	if len(mails) != 1 || strings.Count(mails[0], link+"\n") != 2 || !strings.Contains(doc.Text(), "邀请邮件已发往 chen@centre.example") {
		t.Fatalf("link %q, mails %v", link, mails)
	}
	if resp, page := fetch(t, link); resp.StatusCode != http.StatusOK || !strings.Contains(page, "陈研判") {
		t.Errorf("the link of the mail: %d", resp.StatusCode)
	}
	if err := os.RemoveAll(filepath.Join(data, "mail")); err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(data, "mail"), "a file where the folder was")
	doc = post("/people", form)
	fresh := doc.Find("code.long").Text()
	if !strings.Contains(doc.Find("[role=alert]").Text(), "邀请邮件未能发出") || fresh == link {
		t.Errorf("a mail that cannot be sent: %s", doc.Find("main").Text())
	}
	if resp, _ := fetch(t, fresh); resp.StatusCode != http.StatusOK {
		t.Errorf("the link whose mail failed: %d", resp.StatusCode)
	}
	until(t, 10*time.Second, "the audit tells of both mails", func() bool {
		_, page := fetch(t, s.url+"/audit")
		return strings.Count(page, "mail invitation") == 2
	})
	if _, page := fetch(t, s.url+"/audit"); strings.Contains(page, strings.TrimPrefix(link, s.url)) || strings.Contains(page, strings.TrimPrefix(fresh, s.url)) {
		t.Error("the audit tells the links")
	}
}
