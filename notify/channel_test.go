package notify

import (
	"context"
	"net/textproto"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"tbtwatch/internal/trade"
)

// eachEndpoint runs a promise against every far side of every channel.
func eachEndpoint(t *testing.T, promise func(t *testing.T, channel string, e *endpoint)) {
	for _, name := range ChannelNames() {
		if len(endpoints[name]) == 0 {
			t.Errorf("channel %s has no endpoint in channel_test.go, so nothing is known of it", name)
		}
		for kind, start := range endpoints[name] {
			t.Run(name+"/"+kind, func(t *testing.T) { promise(t, name, start(t)) })
		}
	}
}

func (e *endpoint) send(t *testing.T, channel string, m Message) error {
	t.Helper()
	if e.passes != nil {
		e.passes()
	}
	m.To.Address, m.To.Channel = e.address, channel
	_, err := mustOpen(t, channel, e.options, e.env).Send(t.Context(), m)
	return err
}

func TestSameIdentityAtEveryAttempt(t *testing.T) {
	eachEndpoint(t, func(t *testing.T, channel string, e *endpoint) {
		m := messageTo(t, "firm", "zh", soundWarning())
		for range 3 {
			if err := e.send(t, channel, m); err != nil {
				t.Fatal(err)
			}
		}
		got := e.arrived()
		if len(got) == 0 {
			t.Fatal("nothing arrived")
		}
		for _, w := range got {
			if w.key != m.Key {
				t.Errorf("identity %q on the wire, want %q", w.key, m.Key)
			}
		}
	})
}

func TestMessageSaysWhatMattersAndNoMore(t *testing.T) {
	says := map[string][]string{
		"zh": {"两轮摩托车 A1", "德国", "摩托车噪声限值", "2026-11-05", "45 days from notification", "https://eping.example.org/notice/9901?lang=en", "Draft rules on the sound level"},
		"en": {"Motorcycle A1", "Germany", "sound limits for motorcycles", "2026-11-05", "45 days from notification", "https://eping.example.org/notice/9901?lang=en"},
	}
	inFields := map[string]string{"德国": "DE", "Germany": "DE"} // machines get codes
	why := map[string]string{"zh": "包括您的产品税号 871120", "en": "covers the code 871120 of your product"}
	hides := append(append(append(secretsOf("B"), secretsOf("C")...), secretsOf("D")...), "scooters-of-B", "乙的踏板车", "4,770,001", "王某")
	for lang, words := range says {
		t.Run(lang, func(t *testing.T) {
			eachEndpoint(t, func(t *testing.T, channel string, e *endpoint) {
				if err := e.send(t, channel, messageTo(t, "firm", lang, soundWarning())); err != nil {
					t.Fatal(err)
				}
				text := e.arrived()[0].text
				for _, w := range append(words, why[lang]) {
					if channel == "webhook" {
						w = first(inFields[w], map[bool]string{true: "871120", false: w}[w == why[lang]])
					}
					if !strings.Contains(strings.ReplaceAll(text, "&#34;", `"`), w) && !strings.Contains(text, strings.ReplaceAll(w, "'", "&#39;")) {
						t.Errorf("%q is missing in\n%s", w, text)
					}
				}
				mustNotContain(t, "A's message", text, hides...)
			})
		})
	}
}

// Whoever can confirm a release can do so from the message, whatever brings it,
// alone or in a digest.
func TestTheReceiptLinkIsInEveryMessage(t *testing.T) {
	link := func(m Message) string {
		return "https://warn.example.org/receipt/" + trade.FamilyKey(m.View.Warning.Family)
	}
	eachEndpoint(t, func(t *testing.T, channel string, e *endpoint) {
		if channelKinds[channel].Single {
			return // machines confirm nothing
		}
		e.env.Receipt = func(_ trade.Subscriber, family string, _ int) string {
			return "https://warn.example.org/receipt/" + trade.FamilyKey(family)
		}
		alone, digest := messageTo(t, "firm", "zh", soundWarning()), digestFor(t, "firm", "en", 0)
		for _, m := range []Message{alone, digest} {
			if err := e.send(t, channel, m); err != nil {
				t.Fatal(err)
			}
		}
		got := e.arrived()
		if len(got) != 2 {
			t.Fatalf("%d messages", len(got))
		}
		for _, w := range got {
			items := []Message{alone}
			if w.key == digest.Key {
				items = digest.Digest.Items
			}
			for _, m := range items {
				mustContain(t, "the message", w.text, link(m))
			}
		}
	})
}

func TestSumsTellNoFirm(t *testing.T) {
	eachEndpoint(t, func(t *testing.T, channel string, e *endpoint) {
		for _, who := range []string{"association", "department", "machine"} {
			if err := e.send(t, channel, messageTo(t, who, "zh", soundWarning())); err != nil {
				t.Fatal(err)
			}
		}
		for _, w := range e.arrived() {
			mustNotContain(t, "a message in sums", w.text, everySecret()...)
		}
	})
}

func TestHostileTextIsInertEverywhere(t *testing.T) {
	eachEndpoint(t, func(t *testing.T, channel string, e *endpoint) {
		for i, s := range hostile {
			m := messageTo(t, "firm", "zh", hostileWarning(s))
			m.Key = trade.Key("hostile", string(rune('a'+i)))
			m.To.Name = s
			if err := e.send(t, channel, m); err != nil {
				t.Fatalf("%.30q: %v", s, err)
			}
		}
		got := e.arrived()
		if len(got) != len(hostile) {
			t.Fatalf("%d messages arrived of %d", len(got), len(hostile))
		}
		for _, w := range got {
			mustNotContain(t, "a message", w.text, "\x00", "\u202e", "\u2066", "\r", `href="javascript`)
			if len(w.text) > 400_000 {
				t.Errorf("a message of %d bytes", len(w.text))
			}
		}
	})
}

// One header block, each header once, and none that the text brought along.
func TestHostileTextMakesNoHeader(t *testing.T) {
	srv := startSMTP(t, nil)
	env, _ := testEnv(t)
	c := mustOpen(t, "email", smtpOptions(srv.addr), env)
	allowed := strings.Fields("Auto-Submitted Content-Language Content-Type Date From List-Id Message-Id Mime-Version Subject To X-Auto-Response-Suppress")
	for _, s := range hostile {
		m := messageTo(t, "firm", "zh", hostileWarning(s))
		m.To.Address = "export@firm.example"
		if _, err := c.Send(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	for i, raw := range srv.received() {
		m, _ := readMail(t, raw)
		for name, values := range m.Header {
			if len(values) != 1 || !strings.Contains(" "+strings.Join(allowed, " ")+" ", " "+textproto.CanonicalMIMEHeaderKey(name)+" ") {
				t.Errorf("%.30q: header %s %q", hostile[i], name, values)
			}
		}
	}
}

func TestDeadEndpointIsTriedAgain(t *testing.T) {
	eachEndpoint(t, func(t *testing.T, channel string, e *endpoint) {
		e.dead()
		if err := e.send(t, channel, messageTo(t, "firm", "zh", soundWarning())); class(err) != "retry" {
			t.Errorf("%s: %v", class(err), err)
		}
	})
}

func TestRefusalIsFinal(t *testing.T) {
	eachEndpoint(t, func(t *testing.T, channel string, e *endpoint) {
		if e.refusing == nil {
			return // a folder refuses nobody
		}
		e.refusing()
		if err := e.send(t, channel, messageTo(t, "firm", "zh", soundWarning())); class(err) != "permanent" {
			t.Errorf("%s: %v", class(err), err)
		}
	})
}

func TestRateLimitIsObeyed(t *testing.T) {
	eachEndpoint(t, func(t *testing.T, channel string, e *endpoint) {
		if e.limiting == nil {
			return // mail knows only "later", and a folder not even that
		}
		e.limiting()
		err := e.send(t, channel, messageTo(t, "firm", "zh", soundWarning()))
		if d, ok := trade.RetryDelay(err); !ok || d != 3*time.Second {
			t.Errorf("again after %v, %v: %v", d, ok, err)
		}
	})
}

func TestCancelledContextReturns(t *testing.T) {
	eachEndpoint(t, func(t *testing.T, channel string, e *endpoint) {
		m := messageTo(t, "firm", "zh", soundWarning())
		m.To.Address = e.address
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		c := mustOpen(t, channel, e.options, e.env)
		if _, err := c.Send(gone, m); err == nil || trade.IsPermanent(err) || IsAmbiguous(err) {
			t.Errorf("cancelled before: %v", err)
		}
		if n := len(e.arrived()); n > 0 {
			t.Errorf("%d messages were sent without a lease", n)
		}
		if e.silent == nil {
			return
		}
		e.silent()
		soon, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		began := time.Now()
		if _, err := c.Send(soon, m); err == nil || trade.IsPermanent(err) {
			t.Errorf("cancelled during: %v", err)
		}
		if d := time.Since(began); d > 5*time.Second {
			t.Errorf("it took %v to give up", d)
		}
	})
}

func TestAddresses(t *testing.T) {
	never := []string{"", " ", "\r\n", "javascript:alert(1)", "a@b@c d", "ftp://a.example/x", "https://", "https://u:p@a.example/", "a@example.org\r\nBcc: b@example.org", strings.Repeat("x", 5000)}
	good := map[string][]string{
		"email":    {"a@example.org", "Firm <a.b+c@mail.example.org>", "a@例子.example"},
		"slack":    {"C0123456789", "G0123456789", "#tbt-预警", "https://hooks.slack.example/services/T/B/x"},
		"webhook":  {"https://a.example/hook?token=1", "http://10.0.0.1:8080/in"},
		"wecom":    {"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa"},
		"dingtalk": {"https://oapi.dingtalk.com/robot/send?access_token=0123456789abcdef", "https://oapi.dingtalk.com/robot/send?access_token=0123456789abcdef#SECtest"},
		"feishu": {
			"https://open.feishu.cn/open-apis/bot/v2/hook/0a1b2c3d-0a1b-2c3d", "https://open.feishu.cn/open-apis/bot/v2/hook/0a1b2c3d-0a1b-2c3d#s3cret",
			"https://open.larksuite.com/open-apis/bot/v2/hook/0a1b2c3d-0a1b-2c3d#s3cret",
		},
	}
	bad := map[string][]string{
		"email": {"a@", "@example.org", "a@example.org, b@example.org", "üser@example.org", "a@exa mple.org"},
		"slack": {"general", "C01", "@user"}, "webhook": {"a.example/hook", "mailto:a@example.org"},
		"wecom": {
			"http://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6-7xxx", "https://qyapi.weixin.qq.com.evil.example/cgi-bin/webhook/send?key=693a91f6-7xxx",
			"https://qyapi.weixin.qq.com:8443/cgi-bin/webhook/send?key=693a91f6-7xxx", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send", "693a91f6-7xxx-4bc4",
			"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6-7xxx&key=2", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6-7xxx&x=2",
			"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6-7xxx#SECtest", "https://qyapi.weixin.qq.com/cgi-bin/message/send?key=693a91f6-7xxx",
		},
		"dingtalk": {"https://oapi.dingtalk.com/robot/send?access_token=0123456789abcdef#test", "https://oapi.dingtalk.com/robot/send?access_token=0123456789abcdef&sign=x",
			"https://open.feishu.cn/open-apis/bot/v2/hook/0a1b2c3d-0a1b-2c3d"},
		"feishu": {"https://open.feishu.cn/open-apis/bot/v2/hook/", "https://open.feishu.cn/open-apis/bot/v2/hook/a/../b", "https://open.feishu.cn/open-apis/bot/v2/hook/0a1b2c3d#a b",
			"https://open.feishu.cn/open-apis/bot/v2/hook/0a1b2c3d-0a1b?x=1", "https://open.larksuite.cn/open-apis/bot/v2/hook/0a1b2c3d-0a1b"},
	}
	for _, name := range ChannelNames() {
		check := AddressChecks()[name]
		if len(good[name]) == 0 {
			t.Errorf("no good address for channel %s", name)
		}
		for _, a := range good[name] {
			if err := check(a); err != nil {
				t.Errorf("%s refuses %q: %v", name, a, err)
			}
		}
		for _, a := range append(never, bad[name]...) {
			if err := check(a); err == nil {
				t.Errorf("%s takes %.60q", name, a)
			} else if len(err.Error()) > 400 {
				t.Errorf("%s: an error of %d bytes", name, len(err.Error()))
			}
		}
	}
}

// A bad address must not be tried again and again either.
func TestBadAddressIsPermanent(t *testing.T) {
	eachEndpoint(t, func(t *testing.T, channel string, e *endpoint) {
		e.address = "not an address"
		if err := e.send(t, channel, messageTo(t, "firm", "zh", soundWarning())); class(err) != "permanent" {
			t.Errorf("%s: %v", class(err), err)
		}
	})
}

func TestChannelsRunOnDefaults(t *testing.T) {
	env, _ := testEnv(t)
	open, err := OpenChannels(nil, env)
	if err != nil || len(open) != len(ChannelNames()) {
		t.Fatalf("%d channels, %v", len(open), err)
	}
	if _, err := OpenChannels(map[string]yaml.Node{"pigeon": {}}, env); err == nil || !strings.Contains(err.Error(), "pigeon") {
		t.Errorf("unknown channel: %v", err)
	}
	for _, name := range ChannelNames() {
		if k := channelKinds[name]; k.About == "" || k.CheckAddress == nil {
			t.Errorf("channel %s lacks a description or a check of addresses", name)
		}
		if _, err := openChannel(t, name, "no_such_key: 1", env); err == nil || !strings.Contains(err.Error(), "no_such_key") {
			t.Errorf("channel %s takes unknown keys: %v", name, err)
		}
	}
}
