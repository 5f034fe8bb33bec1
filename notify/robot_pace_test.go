package notify

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tbtwatch/internal/trade"
)

// knowing is a channel that always knows that nothing arrived.
type knowing struct{ *scripted }

func (knowing) Probe(context.Context, Message) (arrived, known bool, err error) {
	return false, true, nil
}

// Whenever a service counts a post between its beginning and its end, no
// sliding window holds more than the limit.
func TestPaceHoldsInEveryWindow(t *testing.T) {
	for _, s := range robotServices {
		t.Run(s.name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				p, now := newPace(s.limits), testNow
				var counted []time.Time
				for i := range rapid.IntRange(1, 250).Draw(t, "posts") {
					now = now.Add(time.Duration(rapid.IntRange(0, 3000).Draw(t, "idle")) * time.Millisecond)
					now = now.Add(p.wait(1, now))
					took := time.Duration(rapid.IntRange(0, 15000).Draw(t, "took")) * time.Millisecond
					counted = append(counted, now.Add(time.Duration(rapid.Float64Range(0, 1).Draw(t, "when")*float64(took))))
					now = now.Add(took)
					p.posted(fmt.Sprint(i), now)
				}
				for _, l := range s.limits {
					for i := l.n; i < len(counted); i++ {
						if d := counted[i].Sub(counted[i-l.n]); d <= l.within {
							t.Fatalf("%d posts in %v", l.n+1, d)
						}
					}
				}
			})
		})
	}
}

// Many workers that each come back when they were told to never anger the
// service, and each delivery is sent away a few times only.
func TestManyWorkersOneRobot(t *testing.T) {
	for _, s := range robotServices {
		t.Run(s.name, func(t *testing.T) {
			r := newRobotRig(t, s.name, "")
			const deliveries, workers = 60, 8
			w := soundWarning()
			w.Original = strings.Repeat("噪声限值\n", 700) // several parts in WeCom
			template := messageTo(t, "association", "zh", w)
			type turn struct {
				n, tries int
				at       time.Time
			}
			var mu sync.Mutex
			var queue []turn
			for i := range deliveries {
				queue = append(queue, turn{n: i})
			}
			open := deliveries
			take := func() (turn, bool) { // what is due; else the clock moves to what is due next
				mu.Lock()
				defer mu.Unlock()
				if len(queue) == 0 {
					return turn{n: -1}, open > 0
				}
				next := 0
				for i := range queue {
					if queue[i].at.Before(queue[next].at) {
						next = i
					}
				}
				q := queue[next]
				queue = append(queue[:next], queue[next+1:]...)
				if wait := q.at.Sub(r.clock.Now()); !q.at.IsZero() && wait > 0 {
					r.clock.add(wait)
				}
				return q, true
			}
			var group sync.WaitGroup
			for range workers {
				group.Go(func() {
					for {
						q, more := take()
						if !more {
							return
						}
						if q.n < 0 {
							runtime.Gosched()
							continue
						}
						m := template
						m.Key = trade.Key("many", fmt.Sprint(q.n))
						err := r.send(t, m)
						wait, later := trade.RetryDelay(err)
						mu.Lock()
						switch q.tries++; {
						case later && q.tries < len(ladder):
							queue = append(queue, turn{q.n, q.tries, r.clock.Now().Add(wait)})
						case err != nil:
							t.Errorf("delivery %d, try %d: %v", q.n, q.tries, err)
							open--
						default:
							open--
						}
						mu.Unlock()
					}
				})
			}
			group.Wait()
			if got := r.messages(); len(got) != deliveries || r.offence > 0 {
				t.Errorf("%d messages of %d in one piece each, %d posts beyond the limit", len(got), deliveries, r.offence)
			}
		})
	}
}

// A turn that was promised is kept, and others get later ones.
func TestTurnsArePromised(t *testing.T) {
	p := newPace([]rate{{20, time.Minute}})
	for range 20 {
		p.posted("x", testNow)
	}
	window := time.Minute + paceMargin
	for _, tt := range []struct {
		key  string
		n    int
		now  time.Duration
		want time.Duration
	}{
		{"a", 6, 0, window}, {"b", 6, 0, window}, {"c", 6, 0, window}, {"d", 6, 0, 2 * window}, {"a", 6, 30 * time.Second, window - 30*time.Second},
		{"d", 6, window, window}, {"a", 6, window + time.Second, 0},
	} {
		if got := p.book(tt.key, tt.n, testNow.Add(tt.now)); got != tt.want {
			t.Errorf("%s at %v waits %v, want %v", tt.key, tt.now, got, tt.want)
		}
	}
	p.close(testNow.Add(10 * time.Minute))
	if got := p.book("a", 6, testNow.Add(window)); got != 10*time.Minute-window {
		t.Errorf("shut: %v", got)
	}
	if got := p.book("e", 1, testNow.Add(11*time.Minute)); got != 0 {
		t.Errorf("after the turns that nobody took: %v", got)
	}
	if got := p.book("d", 6, testNow.Add(11*time.Minute)); got != 0 {
		t.Errorf("late for its turn: %v", got)
	}
}

// A robot that shuts after too many posts from elsewhere is left alone until it
// opens.
func TestShutRobotIsLeftAlone(t *testing.T) {
	r := newRobotRig(t, "dingtalk", "")
	for range 20 {
		r.times = append(r.times, testNow)
	}
	m := messageTo(t, "firm", "zh", soundWarning())
	for i, after := range []time.Duration{10 * time.Minute, 9 * time.Minute} {
		err := r.send(t, m)
		if d, _ := trade.RetryDelay(err); class(err) != "later" || d != after || len(r.requests()) != 1 {
			t.Errorf("send %d: %s after %v, %d requests: %v", i, class(err), d, len(r.requests()), err)
		}
		r.clock.add(time.Minute)
	}
	r.clock.add(8 * time.Minute)
	if err := r.send(t, m); err != nil {
		t.Errorf("when it is open again: %v", err)
	}
}

// Waiting that would outlive the lease is told instead, and no request is made.
func TestWaitingEndsBeforeTheLease(t *testing.T) {
	r := newRobotRig(t, "wecom", "")
	m := messageTo(t, "firm", "zh", soundWarning())
	m.To.Address = r.address()
	p := r.channel.pace(robotToken)
	for range 20 {
		p.posted("x", testNow.Add(-55*time.Second))
	}
	soon, cancel := context.WithTimeout(t.Context(), httpTimeout+2*time.Second) // 2s to wait, 5s are needed
	defer cancel()
	_, err := r.channel.Send(soon, m)
	if d, ok := trade.RetryDelay(err); !ok || d != 5*time.Second+paceMargin || len(r.requests()) > 0 {
		t.Errorf("%v, %d requests: %v", d, len(r.requests()), err)
	}
	if _, err := r.channel.Send(t.Context(), m); err != nil {
		t.Errorf("with time enough: %v", err)
	}
}
