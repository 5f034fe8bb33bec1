package notify

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"tbtwatch/internal/trade"
)

var robotServices = []*robotService{wecom, dingtalk, feishu}

// robotRig is a channel, its robot and a clock that waiting moves.
type robotRig struct {
	*fakeRobot
	channel *robot
	clock   *clock
	log     *bytes.Buffer
}

func newRobotRig(t *testing.T, service, secret string) *robotRig {
	t.Helper()
	at := &clock{t: testNow}
	f := startRobot(t, service, secret, at.Now)
	env, log := testEnv(t)
	env.Now = at.Now
	c := mustOpen(t, service, "api_url: "+f.URL, env).(*robot)
	c.pause = func(ctx context.Context, d time.Duration) error {
		at.add(d)
		return expired(ctx)
	}
	return &robotRig{f, c, at, log}
}

// answers gives the answer to the n-th request; the service itself answers
// where it returns "".
func (r *robotRig) answers(say func(n int) string) {
	r.answer = func(w http.ResponseWriter, n int) bool {
		s := say(n)
		fmt.Fprint(w, s)
		return s != ""
	}
}

func (r *robotRig) send(t *testing.T, m Message) error {
	t.Helper()
	m.To.Address = r.address()
	_, err := r.channel.Send(t.Context(), m)
	return err
}

// longMessage takes several parts in any of the services.
func longMessage(t *testing.T) Message {
	t.Helper()
	w := soundWarning()
	w.Original = strings.Repeat("适用于 L3e 类车辆，按照 UN R41 测量；旧型号自 2027 年起不得销售。\n", 60)
	m := messageTo(t, "firm", "zh", w)
	for i := range 45 {
		p := m.View.Products[i%2]
		p.ID = fmt.Sprintf("%s-%d", p.ID, i)
		for range 6 {
			p.Evidence = append(p.Evidence, evidence("term", strings.Repeat("噪声", 20), strings.Repeat("摩托车", 12), "title")...)
		}
		m.View.Products = append(m.View.Products, p)
	}
	return m
}

func TestRobotSignatureVectors(t *testing.T) {
	query := url.Values{}
	signDingtalk(query, time.UnixMilli(1700000000000), "SECtest")
	if got, want := query.Encode(), "sign=aZLLrriXgn05YbwaGR7knYsLeJADjr9NwLaNNKpxh4g%3D&timestamp=1700000000000"; got != want {
		t.Errorf("dingtalk: %s, want %s", got, want)
	}
	body := payload{}
	signFeishu(body, time.Unix(1700000000, 0), "test")
	if body["sign"] != "eSJQnOl8XqPTMPHWz9e5IzeHS/tqoc68g2967ekIPmg=" || body["timestamp"] != "1700000000" {
		t.Errorf("feishu: %v", body)
	}
}

// The secret behind '#' signs and is nowhere on the wire; a wrong one is told
// with what to do.
func TestRobotSecretSignsAndStaysHere(t *testing.T) {
	for service, secrets := range map[string][2]string{"dingtalk": {"SECright00", "SECwrong00"}, "feishu": {"right-secret", "wrong-secret"}} {
		r := newRobotRig(t, service, secrets[0])
		m := messageTo(t, "firm", "zh", soundWarning())
		if err := r.send(t, m); err != nil {
			t.Errorf("%s, right secret: %v", service, err)
		}
		for _, address := range []string{robotWires[service] + "#" + secrets[1], robotWires[service]} {
			m.To.Address = address
			_, err := r.channel.Send(t.Context(), m)
			if class(err) != "permanent" || !strings.Contains(err.Error(), "behind #") || !strings.Contains(err.Error(), "密钥") {
				t.Errorf("%s, other secret: %s: %v", service, class(err), err)
			}
		}
		for _, seen := range r.requests() {
			head, _, _ := strings.Cut(seen, "\n")
			mustNotContain(t, service+" on the wire", seen, secrets[0], secrets[1])
			mustNotContain(t, service+"'s request line", head, "#", "%23")
		}
	}
}

func TestRobotAnswers(t *testing.T) {
	secrets := map[string]string{"dingtalk": "SECtest00", "feishu": "SECtest00"}
	said := func(code int, service string) string {
		return fmt.Sprintf(`{"errcode":%d,"errmsg":"no: %s %s"}`, code, robotToken, secrets[service])
	}
	tests := []struct {
		service string
		code    int
		want    string
		delay   time.Duration
	}{
		{"wecom", 45009, "later", time.Minute}, {"wecom", 45033, "later", usualRateDelay}, {"wecom", 93000, "permanent", 0}, {"wecom", 40008, "permanent", 0},
		{"wecom", 40058, "permanent", 0}, {"wecom", -1, "retry", 0}, {"wecom", 99999, "retry", 0},
		{"dingtalk", 130101, "later", 10 * time.Minute}, {"dingtalk", 660026, "later", 10 * time.Minute}, {"dingtalk", 310000, "permanent", 0},
		{"dingtalk", 460101, "permanent", 0}, {"dingtalk", 300001, "permanent", 0}, {"dingtalk", -1, "retry", 0},
		{"feishu", 11232, "later", usualRateDelay}, {"feishu", 9499, "permanent", 0}, {"feishu", 19001, "permanent", 0},
		{"feishu", 19021, "permanent", 0}, {"feishu", 19022, "permanent", 0}, {"feishu", 19024, "permanent", 0}, {"feishu", 10000, "retry", 0},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprint(tt.service, tt.code), func(t *testing.T) {
			r := newRobotRig(t, tt.service, secrets[tt.service])
			r.answers(func(int) string {
				if tt.service == "feishu" {
					return strings.NewReplacer("errcode", "code", "errmsg", "msg").Replace(said(tt.code, tt.service))
				}
				return said(tt.code, tt.service)
			})
			err := r.send(t, messageTo(t, "firm", "zh", soundWarning()))
			if got := class(err); got != tt.want {
				t.Fatalf("%s, want %s: %v", got, tt.want, err)
			}
			if d, _ := trade.RetryDelay(err); d != tt.delay {
				t.Errorf("again after %v, want %v", d, tt.delay)
			}
			mustContain(t, "the error", err.Error(), fmt.Sprint(tt.code), tt.service)
			mustNotContain(t, "the error and the log", err.Error()+r.log.String(), robotToken, "SECtest00", "sign=")
		})
	}
}

func TestRobotOtherAnswers(t *testing.T) {
	for name, tt := range map[string]struct {
		answer http.HandlerFunc
		want   string
	}{
		"200, half an answer": {func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"errcode":`) }, "unknown"},
		"200, a page":         {func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `<html>captive portal</html>`) }, "unknown"},
		"200, no code":        {func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{}`) }, "unknown"},
		"old Feishu": {func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, `{"StatusCode":0,"StatusMessage":"success"}`)
		}, "accepted"},
		"hangs up": {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "unknown"},
		"500":      {status(500, ""), "retry"}, "503 with a time": {status(503, "7"), "later"}, "404": {status(404, ""), "retry"}, "301": {status(301, ""), "permanent"},
		"400 with a code": {func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(400)
			fmt.Fprint(w, `{"code":19021,"msg":"x"}`)
		}, "permanent"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRobotRig(t, "feishu", "")
			r.answer = func(w http.ResponseWriter, _ int) bool { tt.answer(w, nil); return true }
			err := r.send(t, messageTo(t, "firm", "zh", soundWarning()))
			if got := class(err); got != tt.want {
				t.Fatalf("%s, want %s: %v", got, tt.want, err)
			}
			if err != nil {
				mustNotContain(t, "the error", err.Error(), robotToken)
			}
		})
	}
}

func TestRobotRefusedFormGoesOutAsTextOnce(t *testing.T) {
	for service, code := range map[string]int{"wecom": 40058, "dingtalk": 460101, "feishu": 9499} {
		r := newRobotRig(t, service, "")
		r.answers(func(n int) string {
			if n > 1 {
				return ""
			}
			return fmt.Sprintf(`{"errcode":%d,"errmsg":"too long"}`, code)
		})
		m := longMessage(t)
		if err := r.send(t, m); err != nil {
			t.Errorf("%s: %v", service, err)
		}
		posts := r.got()
		if len(r.requests()) != 2 || len(posts) != 1 || posts[0]["msgtype"] != "text" && posts[0]["msg_type"] != "text" {
			t.Fatalf("%s: %d requests, the last %v", service, len(r.requests()), posts)
		}
		text := strings.Join(stringsIn(posts[0]), "\n")
		mustContain(t, service, text, "摩托车噪声限值", "2026-11-05", "https://eping.example.org/notice/9901?lang=en", labels("zh").Rest, m.Key)
		if len(text) > 2100 {
			t.Errorf("%s: %d bytes of text", service, len(text))
		}
	}
}

func TestRobotKeyword(t *testing.T) {
	for _, service := range []string{"dingtalk", "feishu"} {
		r := newRobotRig(t, service, "")
		r.keyword = "预警"
		if err := r.send(t, messageTo(t, "firm", "zh", soundWarning())); err != nil {
			t.Errorf("%s: the keyword that the advice names is in no message: %v", service, err)
		}
		r.keyword = "别的词"
		if err := r.send(t, messageTo(t, "firm", "zh", soundWarning())); class(err) != "permanent" || !strings.Contains(err.Error(), "关键词") {
			t.Errorf("%s: %s: %v", service, class(err), err)
		}
	}
}

func TestRobotOptions(t *testing.T) {
	env, _ := testEnv(t)
	for _, s := range robotServices {
		for options, want := range map[string]string{"api_url: nowhere": "api_url", "timeout: 0s": "timeout", "timeout: 16s": "timeout", "api_ulr: x": `did you mean "api_url"`} {
			if _, err := openChannel(t, s.name, options, env); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s, %q: %v, want %q in it", s.name, options, err, want)
			}
		}
	}
}

// What is wrong with an address is told in both languages, and not with it.
func TestRobotAddressRefusals(t *testing.T) {
	for _, s := range robotServices {
		for _, address := range []string{"https://evil.example/" + robotToken, robotWires[s.name] + "#bad secret", strings.Replace(robotWires[s.name], robotToken, "", 1), "://" + robotToken} {
			err := AddressChecks()[s.name](address)
			if err == nil {
				t.Errorf("%s takes %s", s.name, address)
				continue
			}
			mustNotContain(t, "the refusal", err.Error(), robotToken, "bad secret")
			mustContain(t, "the refusal", err.Error(), "Webhook 地址", s.hosts[0])
		}
	}
}

// Neither an address nor an answer that somebody made up gets through with
// more than it says, and a refusal repeats nothing of it.
func FuzzRobotReads(f *testing.F) {
	for service, address := range robotWires {
		f.Add(address+"#SECtest00", `{"errcode":0,"errmsg":"`+service+`"}`)
	}
	f.Add("https://oapi.dingtalk.com/robot/send?access_token=%00#", `{"code":19021,"msg":"\u0000"}`)
	f.Fuzz(func(t *testing.T, address, answer string) {
		for _, s := range robotServices {
			to, err := s.address(address)
			if err != nil && len(err.Error()) > 400 || err == nil && !robotName.MatchString(to.robot) {
				t.Errorf("%s: %q is read as %+v, %v", s.name, address, to, err)
			}
			said := s.judge("x", &http.Response{StatusCode: http.StatusOK}, []byte(answer), robotAddress{robot: robotToken, secret: "SECtest00"}, testNow)
			if code, _, ok := robotSaid([]byte(answer)); (said == nil) != (ok && code == 0) || !ok && !IsAmbiguous(said) {
				t.Errorf("%s: %q is %v", s.name, answer, said)
			}
			if said != nil && (strings.Contains(said.Error(), robotToken) || strings.ContainsAny(said.Error(), "\x00\n\u202e")) {
				t.Errorf("%s: %q is told as %q", s.name, answer, said)
			}
		}
		for _, inert := range []func(string) string{unlinked, unmarked} {
			if bad := linked.FindString(inert(line(answer, 500))); bad != "" {
				t.Errorf("%q is left of %q", bad, answer)
			}
		}
		if bad := markup.FindString(unmarked(line(answer, 500))); bad != "" {
			t.Errorf("%q is left of %q", bad, answer)
		}
	})
}
