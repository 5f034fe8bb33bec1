package portal

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"time"

	"tbtwatch/internal/auth"
	"tbtwatch/internal/bus"
	"tbtwatch/internal/registry"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
	"tbtwatch/internal/view"
)

var now = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

const (
	family = "G/TBT/N/BRA/9001" // touches A and B
	others = "G/TBT/N/KEN/77"   // touches B only
)

// rig is a portal over a real bus with two firms, A and B.
type rig struct {
	*testing.T
	bus    *bus.Bus
	portal *Portal
	sent   []trade.Subscriber // of tests
}

// scope is that of a person of the firm.
func scope(t *testing.T, firm string) auth.TenantScope {
	t.Helper()
	s, ok := auth.Person{Name: "人 " + firm, Role: trade.RoleExporter, Member: trade.Member{Exporter: firm}}.Tenant()
	if !ok {
		t.Fatal("no scope for ", firm)
	}
	return s
}

func put[T any](t *testing.T, table *bus.Table[T], key string, v T, last uint64) uint64 {
	t.Helper()
	seq, err := table.Put(t.Context(), key, v, last)
	if err != nil {
		t.Fatal(err)
	}
	return seq
}

// stand is what a portal stands on: a real bus with what seed stores, and what
// follows it, at that moment. run runs something more until the test ends.
func stand(t *testing.T, at time.Time, seed func(b *bus.Bus)) (o Options, run func(func(context.Context) error)) {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	ctx, cancel := context.WithCancel(context.Background())
	b, err := bus.Open(ctx, bus.Config{Dir: t.TempDir(), MaxStore: "512MiB", NoSync: true}, log)
	if err != nil {
		t.Fatal(err)
	}
	var running sync.WaitGroup
	t.Cleanup(func() { cancel(); running.Wait(); b.Close() })
	seed(b)
	directory, err := registry.NewDirectory(ctx, b)
	if err != nil {
		t.Fatal(err)
	}
	run = func(what func(context.Context) error) { running.Go(func() { _ = what(ctx) }) }
	o = Options{Bus: b, Now: func() time.Time { return at }}
	o.View = view.New(view.Options{Bus: b, Directory: directory, Policy: triage.DefaultConfig(), Now: o.Now, Log: log})
	o.Desk = &triage.Desk{Bus: b, Config: o.View.Policy, Now: o.Now, Log: log}
	run(o.View.Run)
	run(directory.Run)
	return o, run
}

func newRig(t *testing.T) *rig {
	t.Helper()
	o, _ := stand(t, now, func(*bus.Bus) {})
	r := &rig{T: t, bus: o.Bus}
	checks := map[string]func(string) error{"email": func(string) error { return nil }, "slack": func(string) error { return nil }}
	o.Rules = registry.Rules{Channels: checks, Levels: o.View.Policy.LevelIDs()}
	o.PreviewProduct = func(_ context.Context, p trade.Product) ([]trade.Touching, error) {
		return []trade.Touching{{Family: family, Notice: family, Title: "Helmets", Grade: trade.Direct}}, nil
	}
	o.PreviewSubscriber = func(_ context.Context, s trade.Subscriber) (trade.Preview, error) {
		p := trade.Preview{Since: "2025-03-02", Releases: 4711, Sent: 3, NotSent: []trade.PreviewReason{{Kind: "not concerned", Count: 4708}}}
		if s.LowestLevel == "red" {
			p.Sent = 1
		}
		return p, nil
	}
	o.TestChannel = func(_ context.Context, s trade.Subscriber) (string, error) {
		r.sent = append(r.sent, s)
		return "250 ok", nil
	}
	r.portal = New(o)
	r.seed()
	r.wait("the view", func() bool {
		v := o.View
		return v.Ready() == nil && v.Directory.Counts() == (registry.Counts{Exporters: 2, Subscribers: 2}) && v.SpeaksTo(trade.FamilyKey(others), "B") && v.Counts().Products == 3
	})
	return r
}

func (r *rig) wait(what string, done func() bool) {
	r.Helper()
	until(r.T, what, done)
}

// until waits for a condition.
func until(t *testing.T, what string, done func() bool) {
	t.Helper()
	deadline, tick := time.After(20*time.Second), time.NewTicker(5*time.Millisecond)
	defer tick.Stop()
	for !done() {
		select {
		case <-deadline:
			t.Fatalf("waited 20 s for %s", what)
		case <-tick.C:
		}
	}
}

func match(of, firm, product string) trade.Match {
	return trade.Match{Notice: of, Family: of, Exporter: firm, Product: product, Markets: []string{"BR"}, Grade: trade.Direct, Score: 1, Evidence: []trade.Evidence{{Kind: trade.EvidenceTerm, Notice: "Helmets", Product: "头盔", Where: "title"}}}
}

// seed stores both firms, a warning to both and one to B alone. What is B's
// holds the word 机密.
func (r *rig) seed() {
	t := r.T
	for _, e := range []trade.Exporter{{ID: "A", Name: "甲头盔厂"}, {ID: "B", Name: "乙机密厂", District: "机密区"}} {
		put(t, r.bus.Exporters, registry.ExporterKey(e.ID), e, 0)
	}
	for _, p := range []trade.Product{
		{ID: "P1", Exporter: "A", NameZH: "摩托车头盔", HS: []string{"650610"}, Markets: []string{"BR"}, ExportValue: 900_000},
		{ID: "P1", Exporter: "B", NameZH: "机密头盔", HS: []string{"650610"}, Markets: []string{"BR"}, ExportValue: 123_456_789},
		{ID: "S9", Exporter: "B", NameZH: "机密手套", Markets: []string{"KE"}},
	} {
		put(t, r.bus.Products, p.Key(), p, 0)
	}
	for _, s := range []trade.Subscriber{
		{ID: "S-A", Kind: trade.SubExporter, Name: "甲", Exporter: "A", Channel: "slack", Address: "https://hooks.example.org/T/secret-a", LowestLevel: "yellow"},
		{ID: "S-B", Kind: trade.SubExporter, Name: "机密收件人", Exporter: "B", Channel: "email", Address: "jimi@example.org"},
	} {
		put(t, r.bus.Subscribers, registry.SubscriberKey(s.ID), s, 0)
	}
	dates := []trade.Date{{What: trade.DateCommentDeadline, Text: "60 days", From: "2026-04-30", To: "2026-04-30"}, {What: trade.DateEntryIntoForce, From: "2026-09-01", To: "2026-09-01"}}
	for _, f := range []trade.Family{
		{ID: family, Roots: []string{family}, Matched: true, Matches: []trade.Match{match(family, "A", "P1"), match(family, "B", "P1")}},
		{ID: others, Roots: []string{others}, Matched: true, Matches: []trade.Match{match(others, "B", "S9")}},
	} {
		put(t, r.bus.Families, f.Key(), f, 0)
		put(t, r.bus.Cases, f.Key(), trade.Case{Family: f.ID, State: trade.CaseReleased, Assignee: "机密经办", Release: 1, History: []trade.Change{{By: "机密经办", Reason: trade.Text{ZH: "机密内部意见", EN: "机密"}, What: trade.WhatComment}}}, 0)
		put(t, r.bus.Warnings, f.Key(), trade.Warning{
			Number: "2026-0001", Family: f.ID, Release: 1, Level: "orange", LevelWhy: trade.Text{ZH: "机密：2 家企业", EN: "机密: 2 firms"}, By: "机密签发人", At: now.Format(time.RFC3339),
			Symbols: []string{f.ID}, Markets: []string{"BR"}, Title: "Helmets", Headline: trade.Text{ZH: "巴西新措施：头盔", EN: "Brazil: helmets"}, Summary: trade.Text{ZH: "摘要", EN: "Summary"}, Dates: dates,
			Changed: []trade.Text{triage.Further}, Audience: f.Matches,
		}, 0)
	}
	said := trade.Response{Family: family, Exporter: "B", Product: "P1", Kind: trade.NotRelevant, Code: "other", Reason: "机密理由", By: "机密人", At: now.Format(time.RFC3339)}
	put(t, r.bus.Responses, said.Key(), said, 0)
}
