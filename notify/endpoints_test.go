package notify

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// endpoint is the far side of a channel, speaking its real wire format.
type endpoint struct {
	options string // the channel's configuration that leads to it
	address string // a recipient there
	env     Env

	arrived func() []wire // what was handed over, oldest first

	// How the endpoint can be made to behave; nil where its kind cannot.
	dead, refusing, limiting, silent func()

	passes func() // what time passes between two messages; nil for none
}

// wire is one message as the endpoint got it: the identity it carries, and all
// that a reader of it would read.
type wire struct{ key, text string }

// endpoints has at least one far side for every channel. A new channel is
// tested when it is added here; without it the harness fails.
var endpoints = map[string]map[string]func(*testing.T) *endpoint{
	"email": {"smtp": smtpEndpoint, "folder": folderEndpoint},
	"slack": {
		"api":  func(t *testing.T) *endpoint { return slackEndpoint(t, slackChannelID) },
		"hook": func(t *testing.T) *endpoint { return slackEndpoint(t, "") },
	},
	"webhook":  {"http": webhookEndpoint},
	"wecom":    {"robot": func(t *testing.T) *endpoint { return robotEndpoint(t, "wecom", "") }},
	"dingtalk": {"signed": func(t *testing.T) *endpoint { return robotEndpoint(t, "dingtalk", "SECtest") }},
	"feishu": {
		"signed":   func(t *testing.T) *endpoint { return robotEndpoint(t, "feishu", "test") },
		"unsigned": func(t *testing.T) *endpoint { return robotEndpoint(t, "feishu", "") },
	},
}

func smtpEndpoint(t *testing.T) *endpoint {
	srv := startSMTP(t, map[string]string{})
	env, _ := testEnv(t)
	e := &endpoint{options: smtpOptions(srv.addr), address: "export@firm.example", env: env}
	e.arrived = func() []wire {
		var out []wire
		for _, raw := range srv.received() {
			out = append(out, wireOfMail(t, raw))
		}
		return out
	}
	e.dead = func() { e.options = smtpOptions(deadAddress(t)) }
	e.refusing = func() { srv.set("RCPT", "550 5.1.1 no such user") }
	e.silent = func() { srv.set("EHLO", doHang) }
	return e
}

func wireOfMail(t *testing.T, raw string) wire {
	m, parts := readMail(t, raw)
	key, _, _ := strings.Cut(strings.Trim(m.Header.Get("Message-ID"), "<>"), "@")
	return wire{key, subjectOf(t, m) + "\n" + parts["text/plain"] + parts["text/html"]}
}

func folderEndpoint(t *testing.T) *endpoint {
	env, _ := testEnv(t)
	e := &endpoint{address: "export@firm.example", env: env}
	e.arrived = func() []wire {
		files, _ := filepath.Glob(filepath.Join(env.DataDir, "mail", "*.eml"))
		var out []wire
		for _, f := range files {
			raw, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, wireOfMail(t, string(raw)))
		}
		return out
	}
	e.dead = func() {
		if err := os.WriteFile(filepath.Join(env.DataDir, "mail"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return e
}

func slackEndpoint(t *testing.T, address string) *endpoint {
	f := startSlack(t)
	env, _ := testEnv(t)
	e := &endpoint{options: f.options(), address: first(address, f.URL+"/services/T/B/x"), env: env}
	e.arrived = func() []wire {
		var out []wire
		for _, p := range f.got() {
			var blocks []map[string]any
			if err := json.Unmarshal([]byte(p.Blocks), &blocks); err != nil {
				t.Fatal(err)
			}
			id, _ := blocks[0]["block_id"].(string)
			text := p.Text
			for _, s := range stringsIn(blocks) {
				text += "\n" + strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(s)
			}
			out = append(out, wire{strings.TrimPrefix(id, "tbtwatch-"), text})
		}
		return out
	}
	dead := "http://" + deadAddress(t)
	e.dead = func() {
		e.options = "token: x\napi_url: " + dead
		if address == "" {
			e.address = dead
		}
	}
	e.refusing = func() {
		f.answer = func(w http.ResponseWriter, _ int, hook bool) {
			if hook {
				w.WriteHeader(404)
			}
			w.Write([]byte(map[bool]string{true: "no_service", false: `{"ok":false,"error":"channel_not_found"}`}[hook]))
		}
	}
	e.limiting = func() { f.answer = func(w http.ResponseWriter, _ int, _ bool) { status(429, "3")(w, nil) } }
	stop := make(chan struct{})
	t.Cleanup(func() { close(stop) })
	e.silent = func() { f.answer = func(http.ResponseWriter, int, bool) { <-stop } }
	return e
}

func webhookEndpoint(t *testing.T) *endpoint {
	h := startHook(t, nil)
	env, _ := testEnv(t)
	e := &endpoint{options: "secret: " + secretOld, address: h.URL, env: env}
	e.arrived = func() []wire {
		bodies, headers := h.got()
		var out []wire
		for i, b := range bodies {
			var v any
			if err := json.Unmarshal([]byte(b), &v); err != nil {
				t.Fatal(err)
			}
			out = append(out, wire{headers[i].Get("webhook-id"), strings.Join(stringsIn(v), "\n")})
		}
		return out
	}
	e.dead = func() { e.address = "http://" + deadAddress(t) }
	e.refusing = func() { h.answer = status(410, "") }
	e.limiting = func() { h.answer = status(429, "3") }
	stop := make(chan struct{})
	t.Cleanup(func() { close(stop) })
	e.silent = func() { h.answer = func(http.ResponseWriter, *http.Request) { <-stop } }
	return e
}

// stringsIn collects every string of a JSON value.
func stringsIn(v any) []string {
	switch v := v.(type) {
	case string:
		return []string{v}
	case []any:
		var out []string
		for _, x := range v {
			out = append(out, stringsIn(x)...)
		}
		return out
	case []map[string]any:
		var out []string
		for _, x := range v {
			out = append(out, stringsIn(x)...)
		}
		return out
	case map[string]any:
		var out []string
		for _, x := range v {
			out = append(out, stringsIn(x)...)
		}
		return out
	}
	return nil
}
