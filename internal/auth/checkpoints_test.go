package auth

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/config"
	"tbtwatch/internal/trade"
)

// postbox is a mail server that takes letters, or fails.
type postbox struct {
	fail    error
	letters []trade.Letter
	tries   int
}

func (p *postbox) post(_ context.Context, l trade.Letter) error {
	p.tries++
	if p.fail == nil {
		p.letters = append(p.letters, l)
	}
	return p.fail
}

// auditGuard is a guard whose checkpoints go to an auditor.
func auditGuard(t *testing.T, b *bus.Bus, dir string, p *postbox) (*Guard, *clock) {
	t.Helper()
	c := &clock{time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}
	cfg := DefaultConfig()
	cfg.CheckpointsTo = "auditor@example.org"
	g, err := New(t.Context(), Options{
		Bus: b, Config: cfg, Dir: dir, Token: newToken(), PublicURL: "https://tbt.example.cn", Post: p.post, Now: c.now, Log: slog.New(slog.DiscardHandler),
		Centre: trade.Text{ZH: "样例中心", EN: "Sample Centre"}, Zone: time.FixedZone("", 8*3600),
	})
	if err != nil {
		t.Fatal(err)
	}
	return g, c
}

func auditEntries(t *testing.T, g *Guard, n int) {
	t.Helper()
	for i := range n {
		g.Audit(t.Context(), boss, trade.Audit{Action: "test", Target: fmt.Sprint(i)})
	}
}

func state(t *testing.T, g *Guard) CheckpointState {
	t.Helper()
	s, err := g.Checkpoints(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestCheckpointsAreSignedAndMailed(t *testing.T) {
	b, p := openBus(t), &postbox{}
	g, c := auditGuard(t, b, t.TempDir(), p)
	g.checkpoint(t.Context())
	if s := state(t, g); s.Last.Note != "" || p.tries != 0 {
		t.Fatalf("an empty audit has the checkpoint %+v, %d mails", s.Last, p.tries)
	}
	auditEntries(t, g, 3)
	g.checkpoint(t.Context())
	c.t = c.t.Add(time.Hour)
	g.checkpoint(t.Context())
	if len(p.letters) != 1 {
		t.Fatalf("%d mails about an audit that grew once", len(p.letters))
	}
	auditEntries(t, g, 2)
	g.checkpoint(t.Context())
	s := state(t, g)
	if s.Problem != nil || s.Waiting != 0 || s.Other || s.Last.Entries != 5 || s.Sent.Entries != 5 || len(p.letters) != 2 {
		t.Fatalf("after five entries: %+v, %d mails", s, len(p.letters))
	}
	rows, err := g.CheckpointsBefore(t.Context(), 0, 10)
	if err != nil || len(rows) != 2 || rows[0].Entries != 5 || rows[1].Entries != 3 || rows[1].Sent.IsZero() {
		t.Errorf("kept: %+v, %v", rows, err)
	}
	if older, err := g.CheckpointsBefore(t.Context(), 5, 10); err != nil || len(older) != 1 || older[0].Entries != 3 {
		t.Errorf("before the fifth entry: %+v, %v", older, err)
	}
	l := p.letters[0]
	if l.To != "auditor@example.org" || l.Key == "" || l.Key == p.letters[1].Key || !strings.Contains(l.Text, s.Key) || !strings.Contains(l.Text, "2026-03-02 17:00 (UTC+08:00)") {
		t.Errorf("the mail: %+v", l)
	}
	v, err := note.NewVerifier(s.Key)
	if err != nil {
		t.Fatal(err)
	}
	n, err := note.Open([]byte(rows[1].Note), note.VerifierList(v))
	if err != nil || !strings.HasPrefix(n.Text, "tbt.example.cn/audit\n3\n") || !strings.HasSuffix(n.Text, "\n2026-03-02T09:00:00Z\n") || v.Name() != "tbt.example.cn/audit" {
		t.Errorf("the note: %+v, %v", n, err)
	}
	for name, text := range map[string]string{
		"note": rows[1].Note, "mail": l.Text, "mail with other line ends": strings.ReplaceAll(l.Text, "\n", "\r\n"), "note without its last line end": strings.TrimSpace(rows[1].Note),
	} {
		signed, err := g.OpenCheckpoint(text, "")
		if err != nil || signed.Entries != 3 || signed.Head != rows[1].Head || !signed.At.Equal(rows[1].At) {
			t.Errorf("%s: %+v, %v", name, signed, err)
		}
		if n, _, err := VerifyAudit(t.Context(), b, signed); err != nil || n != 5 {
			t.Errorf("%s: the audit: %d, %v", name, n, err)
		}
	}
}

func TestCheckpointsThatAreNotOurs(t *testing.T) {
	b, p := openBus(t), &postbox{}
	g, _ := auditGuard(t, b, t.TempDir(), p)
	auditEntries(t, g, 1)
	g.checkpoint(t.Context())
	ours := state(t, g)
	other, err := newAuditKey("", t.TempDir(), "https://tbt.example.cn")
	if err != nil {
		t.Fatal(err)
	}
	signed := func(c trade.Checkpoint) string {
		text, err := other.sign(c)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	theirs := signed(ours.Last)
	lines := strings.SplitAfter(ours.Last.Note, "\n")
	lines[1] = "9\n"
	forged := strings.Join(lines, "")
	elsewhere, err := note.Sign(&note.Note{Text: "tbt.example.cn/audit\nhello\n"}, g.auditKey.signer)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, text, key, want string }{
		{"another number under the signature", forged, "", "forged"},
		{"another key of the same name", theirs, "", "another key"},
		{"ours, asked for with the other key", ours.Last.Note, other.public, "another key"},
		{"theirs, with their key", theirs, other.public, ""},
		{"no note", "entries: 1", "", "no checkpoint"},
		{"nothing", "", "", "no checkpoint"},
		{"a note about something else", string(elsewhere), "", "no checkpoint"},
		{"a key that is none", ours.Last.Note, "secret", "no verifier key"},
	} {
		_, err := g.OpenCheckpoint(c.text, c.key)
		var refused *trade.Refused
		if c.want == "" && err != nil || c.want != "" && (!errors.As(err, &refused) || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
		if refused != nil && (refused.Text().ZH == refused.Text().EN || strings.Contains(refused.Text().EN, "；")) {
			t.Errorf("%s: not told in both languages: %v", c.name, refused)
		}
	}
}

// rewritten is a bus whose audit is what somebody made of g's.
func rewritten(t *testing.T, g *Guard, change func([]trade.Audit) []trade.Audit) *bus.Bus {
	t.Helper()
	var all []trade.Audit
	if err := g.bus.Audit.Since(t.Context(), time.Time{}, func(e bus.Entry[trade.Audit]) error { all = append(all, e.Value); return nil }); err != nil {
		t.Fatal(err)
	}
	b := openBus(t)
	for _, e := range change(all) {
		if _, err := b.Audit.Append(t.Context(), auditLog, e); err != nil {
			t.Fatal(err)
		}
	}
	_, err := g.bus.Checkpoints.Scan(t.Context(), func(e bus.Entry[trade.Checkpoint]) error {
		_, err := b.Checkpoints.Put(t.Context(), e.Key, e.Value, 0)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// rechained makes a chain again of entries that were changed: whoever holds the
// machine can do that.
func rechained(all []trade.Audit) []trade.Audit {
	before := ""
	for i := range all {
		all[i].Before = before
		before = auditHash(all[i])
	}
	return all
}

func TestCheckpointsShowWhatWasChanged(t *testing.T) {
	dir, p := t.TempDir(), &postbox{}
	g, _ := auditGuard(t, openBus(t), dir, p)
	auditEntries(t, g, 6)
	g.checkpoint(t.Context())
	auditEntries(t, g, 2)
	signed := state(t, g).Last
	for _, c := range []struct {
		name, want string
		change     func([]trade.Audit) []trade.Audit
	}{
		{"nothing changed", "", func(all []trade.Audit) []trade.Audit { return all }},
		{"an entry changed", "does not continue", func(all []trade.Audit) []trade.Audit { all[2].Actor = "somebody else"; return all }},
		{"an entry removed", "does not continue", func(all []trade.Audit) []trade.Audit { return append(all[:2], all[3:]...) }},
		{"an entry changed, and the chain made again", "entry 6 is not the one", func(all []trade.Audit) []trade.Audit { all[2].Actor = "x"; return rechained(all) }},
		{"an entry removed, and the chain made again", "entry 6 is not the one", func(all []trade.Audit) []trade.Audit { return rechained(append(all[:2], all[3:]...)) }},
		{"the end cut off", "there are 5 entries", func(all []trade.Audit) []trade.Audit { return all[:5] }},
		{"everything gone", "there are 0 entries", func([]trade.Audit) []trade.Audit { return nil }},
	} {
		b := rewritten(t, g, c.change)
		_, _, err := VerifyAudit(t.Context(), b, signed)
		var refused *trade.Refused
		if c.want == "" && err != nil || c.want != "" && (!errors.As(err, &refused) || !strings.Contains(refused.Text().EN, c.want) || !strings.Contains(refused.Text().ZH, "审计")) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
		box := &postbox{}
		after, _ := auditGuard(t, b, dir, box)
		after.checkpoint(t.Context())
		after.checkpoint(t.Context())
		s := state(t, after)
		if c.want == "" {
			if s.Problem != nil || s.Last.Entries != 8 || len(box.letters) != 1 {
				t.Errorf("%s: %+v", c.name, s)
			}
			continue
		}
		if s.Problem == nil || !strings.Contains(s.Problem.EN, c.want) || s.Last.Entries != 6 {
			t.Errorf("%s: a server that starts on it: %+v", c.name, s)
		}
		if len(box.letters) != 1 || !strings.Contains(box.letters[0].Text, c.want) || strings.Contains(box.letters[0].Text, noteBegins) {
			t.Errorf("%s: the auditor is told once: %+v", c.name, box.letters)
		}
	}
}

func TestCheckpointsGoOnAfterARestart(t *testing.T) {
	b, dir, p := openBus(t), t.TempDir(), &postbox{fail: errors.New("mail server 192.0.2.1:25: connection refused")}
	g, _ := auditGuard(t, b, dir, p)
	auditEntries(t, g, 2)
	g.checkpoint(t.Context())
	auditEntries(t, g, 1)
	g.checkpoint(t.Context())
	s := state(t, g)
	if s.Waiting != 2 || p.tries != 2 || s.Problem == nil || !strings.Contains(s.Problem.EN, "connection refused") || !strings.Contains(s.Problem.ZH, "下一轮重试") {
		t.Fatalf("while the mail server is away: %+v, %d tries", s, p.tries)
	}
	if info, err := os.Stat(filepath.Join(dir, AuditKeyFile)); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key: %v, %v", info, err)
	}
	later := &postbox{}
	again, _ := auditGuard(t, b, dir, later)
	again.checkpoint(t.Context())
	after := state(t, again)
	if after.Key != s.Key || after.Other || after.Waiting != 0 || after.Problem != nil || after.Last.Entries != 3 || after.Sent.Entries != 3 {
		t.Errorf("after a restart: %+v", after)
	}
	if len(later.letters) != 2 || !strings.Contains(later.letters[0].Text, "\n2\n") || !strings.Contains(later.letters[1].Text, "\n3\n") {
		t.Errorf("both mails, the older first: %+v", later.letters)
	}
	if w := g.checkpoints.waiting; again.checkpointLetter(w[0].Value).Key != later.letters[0].Key {
		t.Error("the second attempt has another Message-ID")
	}
	again.checkpoint(t.Context())
	if len(later.letters) != 2 {
		t.Errorf("%d mails after a round without growth", len(later.letters))
	}
	if seen := state(t, g); seen.Waiting != 0 || seen.Sent.Entries != 3 {
		t.Errorf("another process on the same bus sees %+v", seen)
	}
	lost, _ := auditGuard(t, b, t.TempDir(), later)
	if s := state(t, lost); !s.Other || s.Key == after.Key {
		t.Errorf("a server that lost its key: %+v", s)
	}
}

func TestAuditKeysThatAreNone(t *testing.T) {
	good, err := newAuditKey("", t.TempDir(), "")
	if err != nil || good.signer.Name() != "tbtwatch/audit" {
		t.Fatalf("%+v, %v", good, err)
	}
	for name, text := range map[string]string{"nothing": " ", "a word": "word", "a verifier key": good.public} {
		if _, err := newAuditKey(text, "", ""); err == nil || !strings.Contains(err.Error(), "auth.audit_key") {
			t.Errorf("%s: %v", name, err)
		}
	}
	for every, want := range map[time.Duration]string{time.Second: "checkpoints_every", time.Minute: ""} {
		c := DefaultConfig()
		c.CheckpointsEvery = config.Duration(every)
		if err := c.Check(""); (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", every, err)
		}
	}
}

func TestInvitationsAreMailed(t *testing.T) {
	p := &postbox{}
	g, _ := auditGuard(t, openBus(t), t.TempDir(), p)
	secret, err := g.Invite(t.Context(), boss, trade.User{Name: "李四", Mail: "Li@centre.example", Role: trade.RoleStaff})
	if err != nil {
		t.Fatal(err)
	}
	to, err := g.MailInvitation(t.Context(), boss, secret, "https://tbt.example.cn")
	if err != nil || to != "li@centre.example" || len(p.letters) != 1 {
		t.Fatalf("%q, %v, %d mails", to, err, len(p.letters))
	}
	l := p.letters[0]
	zh, en, _ := strings.Cut(l.Text, "---")
	for _, part := range []string{zh, en} {
		for _, want := range []string{"李四", boss.Name, "\nhttps://tbt.example.cn/join/" + secret + "\n", "2026-03-09 17:00 (UTC+08:00)"} {
			if !strings.Contains(part, want) {
				t.Errorf("%q is missing in %s", want, part)
			}
		}
	}
	if !strings.Contains(l.Subject, "样例中心") || !strings.Contains(l.Subject, "Sample Centre") || strings.Contains(l.Subject+l.Key, secret) {
		t.Errorf("%+v", l)
	}
	p.fail = errors.New("554 I do not like https://tbt.example.cn/join/" + secret)
	if to, err := g.MailInvitation(t.Context(), boss, secret, "https://tbt.example.cn"); err == nil || to != "li@centre.example" || strings.Contains(err.Error(), secret) {
		t.Errorf("a mail that is refused: %q, %v", to, err)
	}
	if _, err := g.Invitation(secret); err != nil {
		t.Errorf("the link does not open: %v", err)
	}
	if _, err := g.MailInvitation(t.Context(), boss, "none", "https://tbt.example.cn"); !errors.Is(err, trade.ErrNotFound) {
		t.Errorf("a link that is none: %v", err)
	}
	var results []string
	err = g.bus.Audit.Since(t.Context(), time.Time{}, func(e bus.Entry[trade.Audit]) error {
		results = append(results, fmt.Sprint(e.Value.Action, " ", e.Value.Target, " ", e.Value.Result))
		if strings.Contains(fmt.Sprint(e.Value), secret) {
			t.Errorf("the audit tells the link: %+v", e.Value)
		}
		return nil
	})
	if got := strings.Join(results, "; "); err != nil || got != "mail invitation li@centre.example 200; mail invitation li@centre.example 502" {
		t.Errorf("the audit: %s, %v", got, err)
	}
}
