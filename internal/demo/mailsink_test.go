package demo

import (
	"context"
	"errors"
	"fmt"
	"net/smtp"
	"net/textproto"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func startMail(t *testing.T, options ...MailOption) *MailSink {
	t.Helper()
	s, err := StartMailSink("127.0.0.1:0", options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// post sends one message with that Message-ID.
func post(s *MailSink, id string, to ...string) error {
	text := fmt.Sprintf("Message-ID: %s\r\nSubject: =?utf-8?q?=E9=A2=84=E8=AD=A6?=\r\nFrom: centre@centre.example\r\n\r\nBody.\r\n", id)
	return smtp.SendMail(s.Addr, nil, "centre@centre.example", to, []byte(text))
}

func TestMailIsRecorded(t *testing.T) {
	s := startMail(t)
	if err := post(s, "<one@centre.example>", "a@a.example", "b@b.example"); err != nil {
		t.Fatal(err)
	}
	got := s.Mails()
	if len(got) != 1 || got[0].MessageID != "<one@centre.example>" || got[0].From != "centre@centre.example" ||
		strings.Join(got[0].To, ",") != "a@a.example,b@b.example" || got[0].Subject != "预警" || !strings.Contains(string(got[0].Raw), "\r\n\r\nBody.") {
		t.Errorf("recorded %+v", got)
	}
}

func TestMailboxCollapsesMessageIDs(t *testing.T) {
	s := startMail(t)
	for _, id := range []string{"<one@x>", "<two@x>", "<one@x>"} {
		if err := post(s, id, "a@a.example"); err != nil {
			t.Fatal(err)
		}
	}
	if n := s.Counts()["<one@x>"]; n != 2 {
		t.Errorf("<one@x> is counted %d times", n)
	}
	if box := s.Mailbox()["a@a.example"]; len(box) != 2 || box[1].MessageID != "<two@x>" {
		t.Errorf("the mailbox shows %+v", box)
	}
}

func TestMailFaults(t *testing.T) {
	t.Run("refused first", func(t *testing.T) {
		s := startMail(t)
		s.SetFaults(MailFaults{RefuseFirst: 1, RejectFirst: 1})
		for i, want := range []int{451, 554, 0} {
			err := post(s, "<one@x>", "a@a.example")
			var reply *textproto.Error
			if want == 0 && err != nil || want != 0 && (!errors.As(err, &reply) || reply.Code != want) {
				t.Errorf("attempt %d: %v, want %d", i+1, err, want)
			}
		}
		if len(s.Mails()) != 1 {
			t.Errorf("%d messages are recorded", len(s.Mails()))
		}
	})
	t.Run("accepted, but nobody learns", func(t *testing.T) {
		s := startMail(t)
		s.SetFaults(MailFaults{DropAfterDot: 1})
		if err := post(s, "<one@x>", "a@a.example"); err == nil {
			t.Error("the client was told")
		}
		if s.Counts()["<one@x>"] != 1 {
			t.Errorf("recorded %v", s.Counts())
		}
	})
	t.Run("slow", func(t *testing.T) {
		s := startMail(t)
		s.SetFaults(MailFaults{Delay: 20 * time.Millisecond})
		start := time.Now()
		if err := post(s, "<one@x>", "a@a.example"); err != nil || time.Since(start) < 20*time.Millisecond {
			t.Errorf("%v after %v", err, time.Since(start))
		}
	})
}

func TestMailFolderHoldsOneFileForEachMessageID(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "mail")
	s := startMail(t, MailFolder(dir))
	for _, id := range []string{"<abc.1@x.example>", "<abc.1@x.example>", "<../../evil@x>"} {
		if err := post(s, id, "a@a.example"); err != nil {
			t.Fatal(err)
		}
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 2 {
		t.Fatalf("%v; the folder holds %v", err, files)
	}
	if _, err := os.Stat(filepath.Join(dir, "abc.1@x.example.eml")); err != nil {
		t.Error(err)
	}
	if strings.ContainsAny(files[1].Name(), "/\\ ") || !strings.HasSuffix(files[1].Name(), ".eml") {
		t.Errorf("the odd Message-ID became %q", files[1].Name())
	}
}

func TestMailLogSurvivesAndGoesOn(t *testing.T) {
	path := filepath.Join(t.TempDir(), "accepted")
	for i := range 2 {
		s, err := StartMailSink("127.0.0.1:0", MailLog(path))
		if err != nil {
			t.Fatal(err)
		}
		if err := post(s, fmt.Sprintf("<%d@x>", i), "a@a.example", "b@b.example"); err != nil {
			t.Fatal(err)
		}
		s.Close()
	}
	log, err := os.ReadFile(path)
	if err != nil || strings.Count(string(log), "\n") != 4 || !strings.Contains(string(log), "\t<1@x>\tb@b.example\n") {
		t.Errorf("%v; the log is %q", err, log)
	}
}

func TestMailWait(t *testing.T) {
	s := startMail(t)
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	go func() { _ = post(s, "<one@x>", "a@a.example") }()
	if err := s.Wait(ctx, func(m []Mail) bool { return len(m) == 1 }); err != nil {
		t.Error(err)
	}
	gone, stop := context.WithCancel(context.Background())
	stop()
	if err := s.Wait(gone, func([]Mail) bool { return false }); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled wait ends with %v", err)
	}
}

func TestMailSinkNeedsItsAddress(t *testing.T) {
	s := startMail(t)
	if _, err := StartMailSink(s.Addr); err == nil {
		t.Error("two servers share an address")
	}
}

func TestMailThatIsNoMessageIsRefused(t *testing.T) {
	s := startMail(t)
	err := smtp.SendMail(s.Addr, nil, "a@a.example", []string{"b@b.example"}, []byte("no head, no body"))
	var reply *textproto.Error
	if !errors.As(err, &reply) || reply.Code != 554 || len(s.Mails()) != 0 {
		t.Errorf("%v; recorded %v", err, s.Mails())
	}
}

func TestManyMailsAtOnce(t *testing.T) {
	s := startMail(t)
	errs := make(chan error)
	for i := range 20 {
		go func() { errs <- post(s, fmt.Sprintf("<%d@x>", i), "a@a.example") }()
	}
	for range 20 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	if n := len(s.Counts()); n != 20 || len(s.Mailbox()["a@a.example"]) != 20 {
		t.Errorf("%d messages are counted", n)
	}
}

// One conversation may carry several messages; recipients do not leak from one
// to the next.
func TestSeveralMailsInOneConversation(t *testing.T) {
	s := startMail(t)
	c, err := smtp.Dial(s.Addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for i, to := range []string{"a@a.example", "b@b.example"} {
		if err := errors.Join(c.Mail("centre@centre.example"), c.Rcpt(to)); err != nil {
			t.Fatal(err)
		}
		w, err := c.Data()
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(w, "Message-ID: <%d@x>\r\n\r\nBody", i)
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	for i, m := range s.Mails() {
		if len(m.To) != 1 || m.MessageID != fmt.Sprintf("<%d@x>", i) {
			t.Errorf("message %d went to %v as %s", i, m.To, m.MessageID)
		}
	}
}

func TestMailThatCannotBeKeptIsNotAccepted(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "mail")
	s := startMail(t, MailFolder(dir))
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	var reply *textproto.Error
	if err := post(s, "<one@x>", "a@a.example"); !errors.As(err, &reply) || reply.Code != 452 || len(s.Mails()) != 0 {
		t.Errorf("%v; recorded %v", err, s.Mails())
	}
}

func TestMailOptionsFailEarly(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, o := range map[string]MailOption{"folder": MailFolder(filepath.Join(file, "mail")), "log": MailLog(filepath.Join(file, "log"))} {
		if s, err := StartMailSink("127.0.0.1:0", o); err == nil {
			s.Close()
			t.Errorf("%s below a file is no error", name)
		}
	}
}

func TestMailName(t *testing.T) {
	for id, want := range map[string]string{
		"<abc.1-2_x@mail.example>": "abc.1-2_x@mail.example.eml",
		" <a@b> ":                  "a@b.eml",
	} {
		if got := mailName(id); got != want {
			t.Errorf("%q is kept as %q, want %q", id, got, want)
		}
	}
	for _, id := range []string{"", "<.hidden@x>", "<a/b@x>", "<预警@x>", "<" + strings.Repeat("a", 300) + "@x>"} {
		if got := mailName(id); len(got) != 26+len(".eml") || got == mailName(id+"x") {
			t.Errorf("%q is kept as %q", id, got)
		}
	}
}
