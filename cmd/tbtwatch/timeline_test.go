package main

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"tbtwatch/internal/demo"
	"tbtwatch/internal/trade"
)

// timeline is the whole chain in one process: a simulated authority over HTTP,
// the embedded NATS server, a real Redis, a real SMTP conversation.
type timeline struct {
	*testing.T
	stand *stand
	sys   *System
}

func newTimeline(t *testing.T, change ...func(*Config)) *timeline {
	t.Helper()
	s, err := newStand(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.close() })
	s.cfg.Redis.URL = startRedis(t)
	for _, c := range change {
		c(&s.cfg)
	}
	sys, stop, err := s.start(t.Context(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := stop(); err != nil {
			t.Error("stopping:", err)
		}
	})
	tl := &timeline{t, s, sys}
	until(t, 20*time.Second, "the source has run once", func() bool {
		e, err := sys.bus.SourceStates.Get(t.Context(), "eping")
		return err == nil && e.Value.LastOK != ""
	})
	tl.settle()
	return tl
}

func (t *timeline) settle() {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if err := t.sys.settled(ctx); err != nil {
		t.Fatal(err)
	}
}

// mailsAbout counts the accepted mails about a symbol's family by release.
func (t *timeline) mailsAbout(symbol string, release int) (n int) {
	for _, s := range t.sys.directory.Subscribers() {
		key := trade.DeliveryKey(s.ID, "email", symbol, release)
		n += len(slices.DeleteFunc(t.stand.mail.Mails(), func(m demo.Mail) bool { return !strings.HasPrefix(m.MessageID, "<"+key+"@") }))
	}
	return n
}

func TestTimeline(t *testing.T) {
	tl := newTimeline(t)
	const symbol = "G/TBT/N/VNM/900001"
	notice := demo.Paper{
		Symbols: []string{symbol}, Members: []string{"Viet Nam"}, Type: "Regular notification", Title: "Draft regulation on brakes of motorcycles",
		Products: "Motorcycles", HS: []string{"871120 - Motorcycles, piston engine over 50 to 250 cc"}, CommentDays: 60,
	}
	begun := time.Now()
	tl.stand.world.Publish(notice) // second 1
	until(t, 15*time.Second, "a mail about the notice is accepted", func() bool { return tl.mailsAbout(symbol, 1) > 0 })
	if took := time.Since(begun); took > 3*time.Second {
		t.Logf("the first mail took %s on this machine", took) // measured by `tbtwatch bench chain`, not here
	}
	tl.settle()
	first := tl.mailsAbout(symbol, 1)

	// The same notice comes a second time: nobody hears of it again.
	if err := tl.sys.scheduler.Trigger("eping"); err != nil {
		t.Fatal(err)
	}
	before, _ := tl.sys.bus.Notices.LastSeq(t.Context())
	if _, err := tl.sys.runner.Run(t.Context(), "eping", "person"); err != nil {
		t.Fatal(err)
	}
	tl.settle()
	if after, _ := tl.sys.bus.Notices.LastSeq(t.Context()); after != before {
		t.Errorf("an unchanged notice was stored again: %d records, then %d", before, after)
	}
	if again := tl.mailsAbout(symbol, 1); again != first || tl.mailsAbout(symbol, 2) != 0 {
		t.Errorf("the same notice again: %d mails became %d, %d of a second release", first, again, tl.mailsAbout(symbol, 2))
	}

	// Its addendum, without any code, reaches whoever was told.
	addendum := demo.Paper{
		Symbols: []string{symbol + "/Add.1"}, Members: []string{"Viet Nam"}, Type: "Addendum to Regular Notification",
		Title: "Extension of the period for comments", CommentDays: 90,
	}
	tl.stand.world.Publish(addendum)
	until(t, 15*time.Second, "a mail about the addendum is accepted", func() bool { return tl.mailsAbout(symbol, 2) > 0 })
	tl.settle()
	if update := tl.mailsAbout(symbol, 2); update != first {
		t.Errorf("%d were told of the notice, %d of its addendum", first, update)
	}
	for id, n := range tl.stand.mail.Counts() {
		if n != 1 {
			t.Errorf("%s was accepted %d times", id, n)
		}
	}
}
