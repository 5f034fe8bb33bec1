package notify

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
)

// A message of which a part arrived is unknown to the ledger, and the same
// process sends what is missing and nothing twice.
func TestRobotSendsOnlyWhatIsMissing(t *testing.T) {
	for _, s := range robotServices {
		t.Run(s.name, func(t *testing.T) {
			m := longMessage(t)
			whole := newRobotRig(t, s.name, "")
			if err := whole.send(t, m); err != nil {
				t.Fatal(err)
			}
			parts := len(whole.got())
			if parts < 2 {
				t.Fatalf("%d parts", parts)
			}
			r := newRobotRig(t, s.name, "")
			r.answer = func(w http.ResponseWriter, n int) bool {
				if n == 2 {
					w.WriteHeader(http.StatusBadGateway)
				}
				return n == 2
			}
			m.To.Address = r.address()
			err := r.send(t, m)
			if class(err) != "unknown" || !strings.Contains(err.Error(), fmt.Sprintf("1 of %d parts had arrived", parts)) {
				t.Fatalf("%s: %v", class(err), err)
			}
			if zh := triage.ReasonText(err.Error()).ZH; !strings.Contains(zh, fmt.Sprintf("已送达 1 段，共 %d 段", parts)) {
				t.Errorf("in Chinese: %s", zh)
			}
			if arrived, known, err := r.channel.Probe(t.Context(), asked(m.Key, m.To.Address)); arrived || !known || err != nil {
				t.Errorf("asked: arrived %v, known %v, %v", arrived, known, err)
			}
			for name, other := range map[string][2]string{"another delivery": {"x", m.To.Address}, "another robot": {m.Key, m.To.Address + "x"}} {
				if _, known, _ := r.channel.Probe(t.Context(), asked(other[0], other[1])); known {
					t.Errorf("it claims to know of %s", name)
				}
			}
			m.View.Warning.Headline = trade.Text{ZH: "另一个标题"} // the end belongs to the beginning that was sent
			r.clock.add(5 * time.Minute)
			if err := r.send(t, m); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(unsigned(whole.got()), unsigned(r.got())); diff != "" || len(r.requests()) != parts+1 {
				t.Errorf("%d requests; what arrived is not the message:\n%s", len(r.requests()), diff)
			}
			if _, known, _ := r.channel.Probe(t.Context(), asked(m.Key, m.To.Address)); known {
				t.Error("it still claims to know what became of it")
			}
		})
	}
}

// unsigned leaves out what is of the moment.
func unsigned(posts []map[string]any) []map[string]any {
	for _, p := range posts {
		delete(p, "timestamp")
		delete(p, "sign")
	}
	return posts
}

func TestRobotPartsThatFail(t *testing.T) {
	for name, tt := range map[string]struct {
		second http.HandlerFunc
		want   string
		delay  time.Duration
		known  bool
	}{
		"refused":      {func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"errcode":93000,"errmsg":"gone"}`) }, "permanent", 0, false},
		"answer lost":  {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "unknown", 0, false},
		"too fast":     {func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"errcode":45009,"errmsg":"freq"}`) }, "unknown", time.Minute, true},
		"unavailable":  {status(503, ""), "unknown", 0, true},
		"come back at": {status(503, "9"), "unknown", 9 * time.Second, true},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRobotRig(t, "wecom", "")
			r.answer = func(w http.ResponseWriter, n int) bool {
				if n == 2 {
					tt.second(w, nil)
				}
				return n == 2
			}
			m := longMessage(t)
			err := r.send(t, m)
			if d, _ := trade.RetryDelay(err); class(err) != tt.want || d != tt.delay || !strings.Contains(err.Error(), "1 of ") {
				t.Errorf("%s after %v: %v", class(err), d, err)
			}
			if _, known, _ := r.channel.Probe(t.Context(), asked(m.Key, r.address())); known != tt.known {
				t.Errorf("known %v", known)
			}
		})
	}
}

func TestUnfinishedMessagesAreForgotten(t *testing.T) {
	var u unfinished
	for i, at := range []time.Duration{0, time.Hour, begunFor + time.Minute} {
		u.keep(Message{Key: fmt.Sprint(i)}, &job{}, testNow.Add(at))
	}
	for key, want := range map[string]bool{"0": false, "1": true, "2": true} {
		if u.knows(key, "") != want {
			t.Errorf("%s: known %v", key, !want)
		}
	}
}

// Waiting for one's turn costs no attempt, however often.
func TestWaitingIsNoAttempt(t *testing.T) {
	var answers []error
	for range 3 * len(ladder) {
		answers = append(answers, notYet(fmt.Errorf("busy"), time.Minute))
	}
	r := newRig(t, answers...)
	r.warn(1)
	for i := range answers {
		if d := r.step(1); d.State != trade.RetryAt || d.Attempt != 0 || d.NotBefore != stamp(r.clock.Now().Add(time.Minute)) {
			t.Fatalf("after %d turns: %s, attempt %d, until %s", i+1, d.State, d.Attempt, d.NotBefore)
		}
		r.clock.add(time.Minute)
	}
	if d := r.step(1); d.State != trade.Accepted || d.Attempt != 1 {
		t.Errorf("at last: %s, attempt %d", d.State, d.Attempt)
	}
}

// The ledger waits as long as the channel asks, also where an answer was lost,
// and stops asking the channel when the ladder is at its end.
func TestUnknownWaitsAndEnds(t *testing.T) {
	r := newRig(t, Ambiguous(trade.RetryAfter(fmt.Errorf("shut"), 10*time.Minute)))
	r.warn(1)
	d := r.step(1)
	if want := stamp(r.clock.Now().Add(10 * time.Minute)); d.State != trade.Unknown || d.NotBefore != want {
		t.Errorf("%s until %s, want %s", d.State, d.NotBefore, want)
	}
	r.n.Channels["test"] = knowing{r.channel}
	e := r.delivery(1)
	e.Value.Attempt = len(ladder) + 1
	if err := r.n.resolve(t.Context(), errand{entry: e}); err != nil {
		t.Fatal(err)
	}
	if got := r.delivery(1).Value.State; got != trade.Held {
		t.Errorf("at the end of the ladder: %s, want held", got)
	}
}
