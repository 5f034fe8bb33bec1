package notify

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"
)

// fakeRobot is the group robot of a chat service with its wire format, its
// checks and its punishments, at the test's clock.
type fakeRobot struct {
	*httptest.Server
	service, secret string
	now             func() time.Time

	mu      sync.Mutex
	answer  func(w http.ResponseWriter, n int) bool // answers instead of the service; n counts requests from 1
	keyword string                                  // of the robot's security settings
	seen    []string                                // requests as they came
	posts   []map[string]any                        // bodies that were taken
	times   []time.Time                             // when requests that count came
	shut    time.Time                               // blocked until then
	offence int                                     // requests beyond the limit
}

const robotToken = "0123456789abcdef-token"

// robotWires are the addresses of the fakes' robots.
var robotWires = map[string]string{
	"wecom":    "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=" + robotToken,
	"dingtalk": "https://oapi.dingtalk.com/robot/send?access_token=" + robotToken,
	"feishu":   "https://open.feishu.cn/open-apis/bot/v2/hook/" + robotToken,
}

func startRobot(t *testing.T, service, secret string, now func() time.Time) *fakeRobot {
	t.Helper()
	f := &fakeRobot{service: service, secret: secret, now: now}
	f.Server = httptest.NewServer(f)
	f.Config.ErrorLog = nil
	t.Cleanup(f.Close)
	return f
}

func (f *fakeRobot) address() string {
	if f.secret == "" {
		return robotWires[f.service]
	}
	return robotWires[f.service] + "#" + f.secret
}

func (f *fakeRobot) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	raw, err := io.ReadAll(r.Body)
	f.mu.Lock()
	f.seen = append(f.seen, r.Method+" "+r.RequestURI+" "+r.Header.Get("Content-Type")+"\n"+string(raw))
	answer, n := f.answer, len(f.seen)
	f.mu.Unlock()
	if answer != nil && answer(w, n) {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	var body map[string]any
	if err != nil || r.Method != http.MethodPost || !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") || !utf8.Valid(raw) || json.Unmarshal(raw, &body) != nil {
		body = nil
	}
	code, words := f.judge(r, body, len(raw))
	if code == 0 {
		f.posts = append(f.posts, body)
	}
	if f.service == "feishu" {
		fmt.Fprintf(w, `{"code":%d,"msg":%q,"data":{}}`, code, words)
		return
	}
	fmt.Fprintf(w, `{"errcode":%d,"errmsg":%q}`, code, words)
}

func (f *fakeRobot) judge(r *http.Request, body map[string]any, size int) (int, string) {
	switch f.service {
	case "wecom":
		return f.judgeWecom(r, body)
	case "dingtalk":
		return f.judgeDingtalk(r, body, size)
	}
	return f.judgeFeishu(r, body, size)
}

// within counts the request, and says whether it is one of the first most of
// the last while.
func (f *fakeRobot) within(most int, while time.Duration) bool {
	now, n := f.now(), 0
	for _, at := range f.times {
		if now.Sub(at) < while {
			n++
		}
	}
	if n >= most {
		f.offence++
	}
	return n < most
}

func (f *fakeRobot) judgeWecom(r *http.Request, body map[string]any) (int, string) {
	if r.URL.Path != "/cgi-bin/webhook/send" || r.URL.Query().Get("key") != robotToken {
		return 93000, "invalid webhook url, hint: [1700000000], from ip: 192.0.2.1, more info at https://open.work.weixin.qq.com/devtool/query?e=93000"
	}
	if !f.within(20, time.Minute) {
		return 45009, "api freq out of limit"
	}
	f.times = append(f.times, f.now())
	kind, _ := body["msgtype"].(string)
	most, ok := map[string]int{"markdown": 4096, "text": 2048}[kind]
	content, _ := body[kind].(map[string]any)
	text, _ := content["content"].(string)
	switch {
	case !ok:
		return 40008, "invalid message type"
	case text == "" || len(text) > most:
		return 40058, kind + ".content exceed max length " + strconv.Itoa(most)
	}
	return 0, "ok"
}

func (f *fakeRobot) judgeDingtalk(r *http.Request, body map[string]any, size int) (int, string) {
	q := r.URL.Query()
	if r.URL.Path != "/robot/send" || q.Get("access_token") != robotToken {
		return 300001, "token is not exist"
	}
	if f.now().Before(f.shut) {
		return 130101, "send too fast, exceed 20 times per minute"
	}
	if !f.within(20, time.Minute) {
		f.shut = f.now().Add(10 * time.Minute)
		return 130101, "send too fast, exceed 20 times per minute"
	}
	f.times = append(f.times, f.now())
	if f.secret != "" {
		ms, err := strconv.ParseInt(q.Get("timestamp"), 10, 64)
		mac := hmac.New(sha256.New, []byte(f.secret))
		io.WriteString(mac, q.Get("timestamp")+"\n"+f.secret)
		switch {
		case err != nil || math.Abs(float64(ms-f.now().UnixMilli())) > 3_600_000:
			return 310000, "invalid timestamp, more: [https://ding-doc.dingtalk.com/doc#/serverapi2/qf2nxq]"
		case q.Get("sign") != base64.StdEncoding.EncodeToString(mac.Sum(nil)):
			return 310000, "sign not match, more: [https://ding-doc.dingtalk.com/doc#/serverapi2/qf2nxq]"
		}
	}
	if size > 20000 {
		return 460101, "message too long, exceed 20000 bytes"
	}
	part, _ := body[fmt.Sprint(body["msgtype"])].(map[string]any)
	text, title := fmt.Sprint(part["text"], part["content"]), part["title"]
	if part == nil || body["msgtype"] == "markdown" && (title == nil || title == "") {
		return 40035, "missing parameter"
	}
	if f.keyword != "" && !strings.Contains(text, f.keyword) {
		return 310000, "keywords not in content"
	}
	return 0, "ok"
}

func (f *fakeRobot) judgeFeishu(r *http.Request, body map[string]any, size int) (int, string) {
	if r.URL.Path != "/open-apis/bot/v2/hook/"+robotToken {
		return 19001, "param invalid: incoming webhook access token invalid"
	}
	if !f.within(100, time.Minute) || !f.within(5, time.Second) {
		return 11232, "frequency limited"
	}
	f.times = append(f.times, f.now())
	if body == nil || size > 20000 {
		return 9499, "Bad Request"
	}
	if f.secret != "" {
		stamp, _ := body["timestamp"].(string)
		at, err := strconv.ParseInt(stamp, 10, 64)
		sign := base64.StdEncoding.EncodeToString(hmac.New(sha256.New, []byte(stamp+"\n"+f.secret)).Sum(nil))
		if err != nil || math.Abs(float64(at-f.now().Unix())) > 3600 || body["sign"] != sign {
			return 19021, "sign match fail or timestamp is not within one hour from current time"
		}
	}
	card, _ := body["card"].(map[string]any)
	content, _ := body["content"].(map[string]any)
	if body["msg_type"] == "interactive" && card["elements"] == nil || body["msg_type"] == "text" && content["text"] == nil {
		return 9499, "Bad Request"
	}
	if f.keyword != "" && !strings.Contains(strings.Join(stringsIn(body), "\n"), f.keyword) {
		return 19024, "Key Words Not Found"
	}
	return 0, "success"
}

func (f *fakeRobot) got() []map[string]any {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]map[string]any(nil), f.posts...)
}

func (f *fakeRobot) requests() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]string(nil), f.seen...)
}

var robotKey = regexp.MustCompile(`(?:消息编号：|Message: )([a-z0-9]+)`)

// messages puts posts together: parts of one delivery are one message.
func (f *fakeRobot) messages() []wire {
	var out []wire
	for _, p := range f.got() {
		text := strings.Join(stringsIn(p), "\n")
		key := ""
		if m := robotKey.FindAllStringSubmatch(text, -1); m != nil {
			key = m[len(m)-1][1]
		}
		if n := len(out); n > 0 && out[n-1].key == key {
			out[n-1].text += "\n" + text
			continue
		}
		out = append(out, wire{key, text})
	}
	return out
}

func robotEndpoint(t *testing.T, service, secret string) *endpoint {
	at := &clock{t: testNow}
	f := startRobot(t, service, secret, at.Now)
	env, _ := testEnv(t)
	env.Now = at.Now
	e := &endpoint{options: "api_url: " + f.URL, address: f.address(), env: env, arrived: f.messages}
	e.passes = func() { at.add(time.Minute) }
	e.dead = func() { e.options = "api_url: http://" + deadAddress(t) }
	e.refusing = func() { e.address = strings.Replace(e.address, "0123456789abcdef", "fedcba9876543210", 1) }
	instead := func(answer func(w http.ResponseWriter)) {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.answer = func(w http.ResponseWriter, _ int) bool { answer(w); return true }
	}
	e.limiting = func() { instead(func(w http.ResponseWriter) { status(429, "3")(w, nil) }) }
	stop := make(chan struct{})
	t.Cleanup(func() { close(stop) })
	e.silent = func() { instead(func(http.ResponseWriter) { <-stop }) }
	return e
}
