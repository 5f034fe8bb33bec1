package main

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/demo"
	"tbtwatch/internal/trade"
)

// A running system is killed with SIGKILL at random moments while notices
// flow. The authority and the mail server live on in this process and know the
// truth: what was shown, and which mails were accepted.
func TestKills(t *testing.T) {
	if found := killRun(t, 30, 240, 0, childConfig{}); len(found) > 0 {
		t.Errorf("after 30 kills:\n%s", strings.Join(found, "\n"))
	}
}

// The check can fail: without the ledger, or without expected sequences, the
// same kills do harm, and it is seen.
func TestKillsAreNoticedWithoutTheLedger(t *testing.T) {
	harmed(t, "lost", childConfig{NoLedger: true})
}

func TestKillsAreNoticedWithoutExpectedSequences(t *testing.T) {
	harmed(t, "doubled", childConfig{NoExpected: true})
}

// harmed kills until the count finds harm of that kind. Ten kills do it mostly;
// on a busy machine none of them may fall into the moment that matters.
func harmed(t *testing.T, kind string, c childConfig) {
	t.Helper()
	var found []string
	for run := range uint64(5) {
		found = killRun(t, 10, 160, run, c)
		if slices.ContainsFunc(found, func(s string) bool { return strings.HasPrefix(s, kind+": ") }) {
			return
		}
	}
	t.Errorf("nothing was %s in the last run:\n%s", kind, strings.Join(found, "\n"))
}

// killRun publishes papers while it kills and restarts the system, waits until
// the last start has come to rest, and returns what the count finds wrong. The
// seed changes the moments.
func killRun(t *testing.T, kills, papers int, seed uint64, c childConfig) []string {
	t.Helper()
	s, err := newStand(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.close() })
	s.mail.SetFaults(demo.MailFaults{Delay: 25 * time.Millisecond}) // so that a kill finds mails on their way
	c.Data, c.Authority, c.SMTP, c.Hooks = s.cfg.Data, s.url, s.mail.Addr, s.hooks.URL
	rnd := rand.New(rand.NewPCG(11+seed, uint64(kills)))
	generated := demo.Generate(papers, 5)
	published := 0
	for range kills {
		p := spawn(t, c)
		if !p.waitFor("ready") {
			t.Fatal("the system did not start")
		}
		moment := time.After(time.Duration(100+rnd.IntN(900)) * time.Millisecond)
		for alive := true; alive; {
			select {
			case <-moment:
				alive = false
			case <-time.After(time.Duration(rnd.IntN(60)) * time.Millisecond):
				if published < papers {
					s.world.Publish(generated[published])
					published++
				}
			}
		}
		p.kill()
	}
	s.world.Publish(generated[published:]...)
	p := spawn(t, c)
	if !p.waitFor("ready") {
		t.Fatal("the system did not start after the last kill")
	}
	rest(t, s)
	p.kill()
	return count(t, s)
}

// rest waits until nothing waits in any stage and the mail server has heard
// nothing new for a while. What a killed process had in hand comes again after
// some seconds.
func rest(t *testing.T, s *stand) {
	t.Helper()
	api := remote{Data: s.cfg.Data}.client()
	last, since := -1, time.Now()
	until(t, 90*time.Second, "the system is at rest", func() bool {
		var ready struct {
			Parts map[string]struct {
				Detail string `json:"detail"`
			} `json:"parts"`
		}
		rest := api.call(t.Context(), http.MethodGet, "/readyz", &ready) == nil && idle(ready.Parts["consumers"].Detail)
		if n := len(s.mail.Mails()); n != last || !rest {
			last, since = n, time.Now()
		}
		return time.Since(since) > 3*time.Second
	})
}

// count compares, independently of the pipeline, what the authority showed
// with what is stored and what the mail server accepted.
func count(t *testing.T, s *stand) (found []string) {
	t.Helper()
	b, err := bus.Open(t.Context(), bus.Config{Dir: filepath.Join(s.cfg.Data, "nats")}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	wrong := func(format string, args ...any) { found = append(found, fmt.Sprintf(format, args...)) }

	stored := map[string]int{} // notice key → messages
	each(t, b.Notices, func(e bus.Entry[trade.Notice]) { stored[e.Key]++ })
	for _, p := range s.world.Papers() {
		if p.Via != "" && p.Via != demo.ViaAPI {
			continue
		}
		n := trade.Notice{Source: "eping", ID: p.Symbols[0], Symbols: p.Symbols}
		if stored[n.Key()] == 0 {
			wrong("lost: %s was shown and is not stored", p.Symbols[0])
		}
		if len(p.Symbols) == 1 && stored[n.Key()] > 1 {
			wrong("doubled: %s is stored %d times", p.Symbols[0], stored[n.Key()])
		}
	}
	accepted := map[string]int{} // delivery key → times the mail server accepted it
	for id, n := range s.mail.Counts() {
		key, _, _ := strings.Cut(strings.Trim(id, "<>"), "@")
		accepted[key] = n
	}
	releases := map[string]int{} // family and release → messages
	firms := firmSubscribers(t, b)
	each(t, b.Warnings, func(e bus.Entry[trade.Warning]) {
		w := e.Value
		id := fmt.Sprintf("%s, release %d", w.Family, w.Release)
		if releases[id]++; releases[id] > 1 {
			wrong("doubled: warning %s is stored %d times", id, releases[id])
		}
		for _, m := range w.Audience {
			for _, subscriber := range firms[m.Exporter] {
				if accepted[trade.DeliveryKey(subscriber, "email", w.Family, w.Release)] == 0 {
					wrong("lost: %s never reached %s", id, subscriber)
				}
			}
		}
	})
	each(t, b.Families, func(e bus.Entry[trade.Family]) {
		direct := e.Value.Grades()[trade.Direct] > 0
		if direct && releases[e.Value.ID+", release 1"] == 0 {
			wrong("lost: %s has direct matches and was never released", e.Value.ID)
		}
	})
	unsure := map[string]bool{} // deliveries that were once unknown
	state := map[string]trade.DeliveryState{}
	channel := map[string]string{}
	each(t, b.Deliveries, func(e bus.Entry[trade.Delivery]) {
		unsure[e.Key] = unsure[e.Key] || e.Value.State == trade.Unknown
		state[e.Key], channel[e.Key] = e.Value.State, e.Value.Channel
	})
	for key, n := range accepted {
		if n > 1 && !unsure[key] {
			wrong("doubled: mail %s was accepted %d times and never unknown", key, n)
		}
		if state[key] == "" {
			wrong("unrecorded: mail %s was sent and is not in the ledger", key)
		}
	}
	for key, st := range state {
		if channel[key] == "email" && (st != trade.Accepted || accepted[key] == 0) {
			wrong("unfinished: delivery %s ends as %q and its mailbox holds %d", key, st, accepted[key])
		}
	}
	t.Logf("%d notices, %d releases, %d deliveries, %d mails, %d once unknown", len(stored), len(releases), len(state), len(accepted), trueOnes(unsure))
	return found
}

// firmSubscribers are the firms' mailboxes that want every level, by exporter.
func firmSubscribers(t *testing.T, b *bus.Bus) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	if _, err := b.Subscribers.Scan(t.Context(), func(e bus.Entry[trade.Subscriber]) error {
		if s := e.Value; s.Kind == trade.SubExporter && s.Channel == "email" && (s.LowestLevel == "" || s.LowestLevel == "blue") && len(s.Markets) == 0 {
			out[s.Exporter] = append(out[s.Exporter], s.ID)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return out
}

func trueOnes(m map[string]bool) (n int) {
	for _, v := range m {
		if v {
			n++
		}
	}
	return n
}

// each reads every message of a table, in order.
func each[T any](t *testing.T, table *bus.Table[T], fn func(bus.Entry[T])) {
	t.Helper()
	last, err := table.LastSeq(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if last == 0 {
		return
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	err = table.Follow(ctx, 0, func(e bus.Entry[T]) error {
		fn(e)
		if e.Seq >= last {
			stop()
		}
		return nil
	})
	if err != nil && ctx.Err() == nil {
		t.Fatal(err)
	}
}
