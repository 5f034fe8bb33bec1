package notify

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"tbtwatch/internal/trade"
)

func slackMessage(t *testing.T, address string) Message {
	m := messageTo(t, "firm", "zh", soundWarning())
	m.To.Address = address
	return m
}

const slackChannelID = "C0123456789"

func TestSlackAnswers(t *testing.T) {
	api := func(code string) func(http.ResponseWriter, int, bool) {
		return func(w http.ResponseWriter, _ int, _ bool) { fmt.Fprintf(w, `{"ok":false,"error":%q}`, code) }
	}
	raw := func(status int, body string, headers ...string) func(http.ResponseWriter, int, bool) {
		return func(w http.ResponseWriter, _ int, _ bool) {
			for i := 0; i+1 < len(headers); i += 2 {
				w.Header().Set(headers[i], headers[i+1])
			}
			w.WriteHeader(status)
			fmt.Fprint(w, body)
		}
	}
	tests := []struct {
		name      string
		answer    func(http.ResponseWriter, int, bool)
		api, hook string
		delay     time.Duration
	}{
		{"invalid_auth", api("invalid_auth"), "retry", "", 0}, {"not_in_channel", api("not_in_channel"), "retry", "", 0},
		{"channel_not_found", api("channel_not_found"), "permanent", "", 0}, {"is_archived", api("is_archived"), "permanent", "", 0},
		{"internal_error", api("internal_error"), "retry", "", 0}, {"a new word", api("moon_phase"), "retry", "", 0},
		{"ratelimited in the body", api("ratelimited"), "later", "", usualRateDelay},
		{"429 with 1", raw(429, "", "Retry-After", "1"), "later", "later", time.Second},
		{"429 with 3600", raw(429, "", "Retry-After", "3600"), "later", "later", time.Hour},
		{"429 without", raw(429, ""), "later", "later", usualRateDelay},
		{"429 with nonsense", raw(429, "", "Retry-After", "bad"), "later", "later", usualRateDelay},
		{"500", raw(500, "<html>oops</html>"), "retry", "retry", 0}, {"503", raw(503, "", "Retry-After", "5"), "later", "later", 5 * time.Second},
		{"half an answer", raw(200, `{"ok":tr`), "unknown", "", 0},
		{"hangs up", func(http.ResponseWriter, int, bool) { panic(http.ErrAbortHandler) }, "unknown", "unknown", 0},
		{"404", raw(404, "<html>a gateway</html>"), "retry", "retry", 0}, {"redirect", raw(302, "", "Location", "http://127.0.0.1/"), "permanent", "permanent", 0},
		{"hook: no such team", raw(404, "no_team"), "", "permanent", 0}, {"hook: archived", raw(410, "channel_is_archived"), "", "permanent", 0},
		{"hook: token", raw(403, "invalid_token"), "", "permanent", 0}, {"hook: not ok", raw(200, `{"ok":false,"error":"x"}`), "", "retry", 0},
	}
	env, _ := testEnv(t)
	for _, tt := range tests {
		f := startSlack(t)
		f.answer = tt.answer
		for address, want := range map[string]string{slackChannelID: tt.api, f.URL + "/services/T/B/secret-part": tt.hook} {
			if want == "" {
				continue
			}
			t.Run(tt.name+"/"+want, func(t *testing.T) {
				_, err := mustOpen(t, "slack", f.options(), env).Send(t.Context(), slackMessage(t, address))
				if got := class(err); got != want {
					t.Fatalf("%s, want %s: %v", got, want, err)
				}
				if d, _ := trade.RetryDelay(err); d != tt.delay {
					t.Errorf("again after %v, want %v", d, tt.delay)
				}
				mustNotContain(t, "the error", err.Error(), "secret-part", "xoxb-made-up")
			})
		}
	}
}

func TestSlackRefusedBlocksGoOutAsTextOnce(t *testing.T) {
	for _, word := range []string{"invalid_blocks", "msg_blocks_too_long"} {
		for _, always := range []bool{false, true} {
			f := startSlack(t)
			f.answer = func(w http.ResponseWriter, n int, hook bool) {
				switch {
				case n > 1 && !always && hook:
					fmt.Fprint(w, "ok")
				case n > 1 && !always:
					fmt.Fprint(w, `{"ok":true,"channel":"C0123456789","ts":"1.2"}`)
				case hook:
					w.WriteHeader(400)
					fmt.Fprint(w, word)
				default:
					fmt.Fprintf(w, `{"ok":false,"error":%q}`, word)
				}
			}
			for _, address := range []string{slackChannelID, f.URL + "/services/x"} {
				f.mu.Lock()
				f.posts = nil
				f.mu.Unlock()
				env, _ := testEnv(t)
				_, err := mustOpen(t, "slack", f.options(), env).Send(t.Context(), slackMessage(t, address))
				posts := f.got()
				if len(posts) != 2 || posts[1].Blocks != "" && posts[1].Blocks != "null" {
					t.Fatalf("%s: %d posts, the last with blocks %q", word, len(posts), posts[len(posts)-1].Blocks)
				}
				if (err == nil) == always {
					t.Errorf("%s, always %v: %v", word, always, err)
				}
				mustContain(t, "the text", posts[1].Text, "两轮摩托车 A1", "2026-11-05")
			}
		}
	}
}

func TestSlackProbe(t *testing.T) {
	f := startSlack(t)
	env, _ := testEnv(t)
	c := mustOpen(t, "slack", f.options(), env)
	var keys []string
	for i := range 5 {
		m := slackMessage(t, slackChannelID)
		m.Key = fmt.Sprintf("key%d", i)
		keys = append(keys, m.Key)
		if _, err := c.Send(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	for _, key := range append(keys, "never") {
		arrived, known, err := c.(Prober).Probe(t.Context(), asked(key, slackChannelID))
		if err != nil || !known || arrived != (key != "never") {
			t.Errorf("%s: arrived %v, known %v, %v", key, arrived, known, err)
		}
	}
	if _, known, err := c.(Prober).Probe(t.Context(), asked("key0", f.URL+"/services/x")); known || err != nil {
		t.Errorf("webhook: known %v, %v", known, err)
	}
	without := mustOpen(t, "slack", "api_url: "+f.URL+"/api", env)
	if _, known, err := without.(Prober).Probe(t.Context(), asked("key0", slackChannelID)); known || err != nil {
		t.Errorf("without a token: known %v, %v", known, err)
	}
	for range 12 { // more history than is read
		c.Send(t.Context(), slackMessage(t, slackChannelID))
	}
	if _, known, _ := c.(Prober).Probe(t.Context(), asked("never", slackChannelID)); known {
		t.Error("it claims to know beyond what it read")
	}
}

// An update answers the first message where that went to the same channel, and
// is found there.
func TestSlackUpdatesAnswerTheFirstMessage(t *testing.T) {
	f := startSlack(t)
	env, _ := testEnv(t)
	c := mustOpen(t, "slack", f.options(), env)
	first := slackMessage(t, slackChannelID)
	receipt, err := c.Send(t.Context(), first)
	if err != nil {
		t.Fatal(err)
	}
	for thread, want := range map[string]string{
		receipt: slackTime(1), "": "", "CELSEWHERE1/" + slackTime(1): "", "ok": "", slackChannelID + "/now": "",
	} {
		m := slackMessage(t, slackChannelID)
		m.Key, m.First, m.Thread = "key "+thread, first.Key, thread
		if _, err := c.Send(t.Context(), m); err != nil {
			t.Fatal(err)
		}
		posts := f.got()
		if got := posts[len(posts)-1]; got.Thread != want || strings.Contains(got.Raw, "reply_broadcast=true") != (want != "") {
			t.Errorf("receipt %q: answers %q: %s", thread, got.Thread, got.Raw)
		}
		if arrived, known, err := c.(Prober).Probe(t.Context(), m); !arrived || !known || err != nil {
			t.Errorf("receipt %q: arrived %v, known %v, %v", thread, arrived, known, err)
		}
		m.Key = "never"
		if arrived, known, err := c.(Prober).Probe(t.Context(), m); arrived || !known || err != nil {
			t.Errorf("receipt %q, never sent: arrived %v, known %v, %v", thread, arrived, known, err)
		}
	}
}

// Messages to a user are threaded and found in their conversation; without one,
// or behind another user, nobody knows where they stand.
func TestSlackUpdatesAUserInTheConversation(t *testing.T) {
	const user = "U0123456789"
	f := startSlack(t)
	env, _ := testEnv(t)
	c := mustOpen(t, "slack", f.options(), env)
	first := slackMessage(t, user)
	receipt, err := c.Send(t.Context(), first)
	if err != nil {
		t.Fatal(err)
	}
	if arrived, known, err := c.(Prober).Probe(t.Context(), first); arrived || known || err != nil {
		t.Errorf("the first: arrived %v, known %v, %v", arrived, known, err)
	}
	for thread, want := range map[string]bool{receipt: true, "": false, strings.Replace(receipt, user, "U9999999999", 1): false} {
		m := slackMessage(t, user)
		m.Key, m.First, m.Thread = "key "+thread, first.Key, thread
		again, err := c.Send(t.Context(), m)
		if err != nil || strings.Split(again, "/")[1] != conversation(user) {
			t.Fatal(again, err)
		}
		posts := f.got()
		if got := posts[len(posts)-1]; (got.Thread == slackTime(1)) != want || conversation(got.Channel) != conversation(user) {
			t.Errorf("receipt %q: answers %q in %s", thread, got.Thread, got.Channel)
		}
		if arrived, known, err := c.(Prober).Probe(t.Context(), m); arrived != want || known != want || err != nil {
			t.Errorf("receipt %q: arrived %v, known %v, %v", thread, arrived, known, err)
		}
	}
}

func TestSlackWithoutToken(t *testing.T) {
	env, _ := testEnv(t)
	_, err := mustOpen(t, "slack", "", env).Send(t.Context(), slackMessage(t, slackChannelID))
	if class(err) != "retry" || !strings.Contains(err.Error(), "channels.slack.token") {
		t.Errorf("%s: %v", class(err), err)
	}
}

// Blocks stay within Slack's limits whatever the content, and foreign words
// stand in plain_text objects only.
func TestSlackBlocksWithinLimits(t *testing.T) {
	env, _ := testEnv(t)
	r := newRenderer(env)
	check := func(name string, m Message) {
		t.Helper()
		blocks := slackBlocks(m.Key, r.content(m))
		total := 0
		for _, b := range blocks {
			for _, text := range textsOf(b) {
				total += units(text.Text)
				if text.Type == slack.MarkdownType && !strings.HasPrefix(text.Text, "<https://") {
					t.Errorf("%s: markup %q", name, text.Text)
				}
				mustNotContain(t, name, text.Text, "<!", "<@", "<#", "javascript:alert(1)>")
				if most := map[bool]int{true: slackMaxHeader, false: slackMaxSection}[b.BlockType() == slack.MBTHeader]; units(text.Text) > most || text.Text == "" {
					t.Errorf("%s: a %s of %d", name, b.BlockType(), units(text.Text))
				}
			}
		}
		if len(blocks) > slackMaxBlocks || total > slackMaxTotal {
			t.Errorf("%s: %d blocks, %d characters", name, len(blocks), total)
		}
	}
	for _, s := range hostile {
		check(fmt.Sprintf("%.30q", s), messageTo(t, "firm", "zh", hostileWarning(s)))
	}
	many := messageTo(t, "firm", "zh", soundWarning())
	for range 200 {
		many.View.Products = append(many.View.Products, many.View.Products[0])
	}
	check("200 products", many)
	blocks, err := json.Marshal(slackBlocks(many.Key, r.content(many)))
	if err != nil {
		t.Fatal(err)
	}
	mustContain(t, "a cut message", string(blocks), labels("zh").Rest)
}

func textsOf(b slack.Block) []*slack.TextBlockObject {
	switch b := b.(type) {
	case *slack.HeaderBlock:
		return []*slack.TextBlockObject{b.Text}
	case *slack.SectionBlock:
		return []*slack.TextBlockObject{b.Text}
	case *slack.ContextBlock:
		var out []*slack.TextBlockObject
		for _, e := range b.ContextElements.Elements {
			out = append(out, e.(*slack.TextBlockObject))
		}
		return out
	}
	panic("a block that the test does not know: " + b.BlockType())
}

func TestSlackFitNeverCutsAnEntity(t *testing.T) {
	for limit := 1; limit < 40; limit++ {
		got := slackFit(strings.Repeat("<&>😀", 20), limit)
		if units(got) > limit || strings.Count(got, "&") != strings.Count(got, ";") {
			t.Errorf("limit %d: %q", limit, got)
		}
	}
}

func TestSlackOptions(t *testing.T) {
	env, _ := testEnv(t)
	for options, want := range map[string]string{"api_url: nowhere": "api_url", "timeout: 0s": "timeout", "tokn: x": `did you mean "token"`} {
		if _, err := openChannel(t, "slack", options, env); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q in it", options, err, want)
		}
	}
}
