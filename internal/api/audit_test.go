package api

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"tbtwatch/internal/auth"
	"tbtwatch/internal/trade"
)

// mailing is a rig whose server sends mails to post.
func mailing(t *testing.T, publicURL string, post func(context.Context, trade.Letter) error) (*rig, *auth.Guard) {
	t.Helper()
	var guard *auth.Guard
	r := newRig(t, func(d *Deps) {
		cfg := auth.DefaultConfig()
		cfg.CheckpointsTo = "auditor@example.org"
		g, err := auth.New(t.Context(), auth.Options{Bus: d.Bus, Config: cfg, Dir: t.TempDir(), Log: slog.New(slog.DiscardHandler), Token: testToken, Now: func() time.Time { return now }, Post: post})
		if err != nil {
			t.Fatal(err)
		}
		d.Guard, d.PublicURL, guard = g, publicURL, g
	})
	return r, guard
}

func TestInvitationsByMail(t *testing.T) {
	const base = "https://tbt.example.cn"
	var sent []trade.Letter
	var fail error
	post := func(_ context.Context, l trade.Letter) error {
		if sent = append(sent, l); fail != nil {
			sent = nil
		}
		return fail
	}
	for _, c := range []struct {
		name, base, body string
		post             func(context.Context, trade.Letter) error
		fail             error
		status, mails    int
		want             string
	}{
		{"not asked for", base, `{"name":"李四","mail":"li@example.org","role":"staff"}`, post, nil, 200, 0, `{"path":"/join/`},
		{"asked for", base, `{"name":"李四","mail":"li@example.org","role":"staff","send":true}`, post, nil, 200, 1, `"sent":"li@example.org"`},
		{"the mail server is away", base, `{"name":"李四","mail":"li@example.org","role":"staff","send":true}`, post, errors.New("connection refused"), 200, 0, `"problem":"connection refused"`},
		{"no channel", base, `{"name":"李四","mail":"li@example.org","role":"staff","send":true}`, nil, nil, 422, 0, "channels.email"},
		{"no address of our own", "", `{"name":"李四","mail":"li@example.org","role":"staff","send":true}`, post, nil, 422, 0, "public_url"},
		{"a person that is refused", base, `{"name":"","mail":"li@example.org","role":"staff","send":true}`, post, nil, 422, 0, "name"},
	} {
		sent, fail = nil, c.fail
		r, guard := mailing(t, c.base, c.post)
		got := r.do("POST", "/api/v1/invitations", c.body)
		if got.status != c.status || !strings.Contains(got.body, c.want) || len(sent) != c.mails {
			t.Errorf("%s: %d %s, %d mails", c.name, got.status, got.body, len(sent))
		}
		if c.status != http.StatusOK {
			checkProblem(t, c.name, got, c.status)
			if open := guard.Invitations(); len(open) != 0 {
				t.Errorf("%s: a link is open that nobody has: %+v", c.name, open)
			}
			continue
		}
		var out struct{ Path string }
		if err := json.Unmarshal([]byte(got.body), &out); err != nil {
			t.Fatal(err)
		}
		if _, err := guard.Invitation(strings.TrimPrefix(out.Path, "/join/")); err != nil {
			t.Errorf("%s: the link does not open: %v", c.name, err)
		}
		if c.mails > 0 && !strings.Contains(sent[0].Text, c.base+out.Path+"\n") {
			t.Errorf("%s: another link was mailed: %s", c.name, sent[0].Text)
		}
	}
}

func TestAuditAgainstACheckpoint(t *testing.T) {
	r, guard := mailing(t, "", func(context.Context, trade.Letter) error { return errors.New("connection refused") })
	verify := func(pairs ...string) reply {
		q := url.Values{}
		for i := 0; i < len(pairs); i += 2 {
			q.Set(pairs[i], pairs[i+1])
		}
		return r.do("GET", "/api/v1/audit/verify?"+q.Encode(), "")
	}
	if got := r.do("GET", "/api/v1/audit/checkpoints", ""); got.status != http.StatusOK || !strings.Contains(got.body, `"rows":[]`) {
		t.Errorf("before the first: %d %s", got.status, got.body)
	}
	guard.Audit(t.Context(), auth.Person{Name: "a"}, trade.Audit{Action: "one"})
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- guard.KeepCheckpoints(ctx) }()
	var list Checkpoints
	waitFor(t, "a checkpoint is made and its mail fails", func() bool {
		list = Checkpoints{}
		got := r.do("GET", "/api/v1/audit/checkpoints", "")
		return json.Unmarshal([]byte(got.body), &list) == nil && list.Problem != nil
	})
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if len(list.Rows) != 1 || list.Waiting != 1 || list.To != "auditor@example.org" || !strings.Contains(list.Problem.EN, "connection refused") {
		t.Errorf("%+v", list)
	}
	signed := list.Rows[0].Note
	for name, got := range map[string]reply{"the chain alone": verify(), "with the checkpoint": verify("checkpoint", signed), "with its key": verify("checkpoint", signed, "key", list.Key)} {
		if got.status != http.StatusOK || !strings.Contains(got.body, `"entries":1`) || strings.Contains(got.body, `"checkpoint"`) != (name != "the chain alone") {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
	}
	elsewhere, other := mailing(t, "", nil)
	other.Audit(t.Context(), auth.Person{Name: "b"}, trade.Audit{Action: "another"})
	_ = elsewhere
	for _, c := range []struct {
		name, want, zh string
		got            reply
	}{
		{"a forged one", "forged", "伪造", verify("checkpoint", strings.Replace(signed, "\n1\n", "\n2\n", 1))},
		{"another key", "another key", "另一密钥", verify("checkpoint", signed, "key", keyOf(t, other))},
		{"a key alone", "give checkpoint", "checkpoint", verify("key", list.Key)},
		{"no checkpoint", "no checkpoint", "不是审计检查点", verify("checkpoint", "hello")},
		{"of another installation", "another installation", "另一套系统", elsewhere.do("GET", "/api/v1/audit/verify?"+url.Values{"checkpoint": {signed}, "key": {list.Key}}.Encode(), "")},
	} {
		p := checkProblem(t, c.name, c.got, http.StatusUnprocessableEntity)
		if !strings.Contains(p.Detail, c.want) || !strings.Contains(p.DetailZH, c.zh) || p.Detail == p.DetailZH {
			t.Errorf("%s: %s / %s", c.name, p.Detail, p.DetailZH)
		}
	}
}

func keyOf(t *testing.T, g *auth.Guard) string {
	t.Helper()
	s, err := g.Checkpoints(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return s.Key
}
