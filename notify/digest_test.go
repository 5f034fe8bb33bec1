package notify

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"tbtwatch/internal/registry"
	"tbtwatch/internal/trade"
)

// digestFor is a digest with the sound warning in two releases, one about
// batteries and, for a long one, many more.
func digestFor(t *testing.T, who, lang string, more int) Message {
	t.Helper()
	sound, update := messageTo(t, who, lang, soundWarning()), soundWarning()
	update.Release, update.Changed = 2, []trade.Text{{ZH: "评议截止日延至 2026-11-20", EN: "comments close later, on 2026-11-20"}}
	other := soundWarning()
	other.Number, other.Family, other.Symbols, other.Level = "2026-0043", "G/TBT/N/BRA/77", []string{"G/TBT/N/BRA/77"}, "red"
	other.Headline = trade.Text{ZH: "巴西：电池<script>alert(1)</script>标签", EN: "Brazil: labels of batteries"}
	items := []Message{sound, messageTo(t, who, lang, other), messageTo(t, who, lang, update)}
	for i := range more {
		w := soundWarning()
		w.Number, w.Family = fmt.Sprintf("2026-1%03d", i), fmt.Sprintf("G/TBT/N/CHL/%d", i)
		items = append(items, messageTo(t, who, lang, w))
	}
	return Message{Key: trade.DigestKey("S", "test", []string{who, lang}), To: sound.To, View: sound.View, Digest: &Digest{
		Items: items, At: testNow.In(time.FixedZone("CST", 8*3600)), Health: trade.Text{ZH: "信息源：5 个正常，1 个异常：gso（最近成功 2026-09-28）", EN: "Sources in order: 5; not in order: 1: gso (last success 2026-09-28)"},
	}}
}

func TestADigestTellsEachMeasureOnce(t *testing.T) {
	env, _ := testEnv(t)
	for _, lang := range []string{"zh", "en"} {
		c := Compose(digestFor(t, "firm", lang, 0), env)
		var titles, lines []string
		for _, g := range c.Groups {
			for _, i := range g.Items {
				titles = append(titles, i.Title)
				lines = append(lines, i.Lines...)
			}
		}
		if len(titles) != 2 || !strings.Contains(titles[0], map[string]string{"zh": "巴西", "en": "Brazil"}[lang]) {
			t.Errorf("%s: %q", lang, titles)
		}
		if n := strings.Count(strings.Join(lines, "\n"), "2026-11-20"); n != 1 {
			t.Errorf("%s: the change is told %d times: %q", lang, n, lines)
		}
		mustContain(t, lang, c.Subject+c.Health, map[string]string{"zh": "【红色】预警摘要：2 项措施", "en": "[Red] Digest"}[lang], "gso")
	}
}

// Who reads no more than the subject or a chat's title knows that a digest is a
// drill, or holds one, and of which level the rest is.
func TestADigestSaysThatItHoldsExercises(t *testing.T) {
	env, _ := testEnv(t)
	r := newRenderer(env)
	for lang, want := range map[string][3]string{
		"zh": {"【红色】预警摘要：2 项措施 2026", "【橙色】预警摘要：2 项措施（含演练） 2026", "【演练】【红色】预警摘要：2 项措施 2026"},
		"en": {"[Red] Digest: measures that concern you: 2 2026", "[Orange] Digest: measures that concern you: 2 (with exercises) 2026", "[Exercise] [Red] Digest: measures that concern you: 2 2026"},
	} {
		for drills, subject := range want {
			m := digestFor(t, "firm", lang, 0)
			for i := range m.Digest.Items {
				w := &m.Digest.Items[i].View.Warning
				w.Exercise = drills == 2 || drills == 1 && w.Level == "red"
			}
			c := r.content(m)
			if !strings.HasPrefix(c.Subject, subject) {
				t.Errorf("%s, %d: %q", lang, drills, c.Subject)
			}
			title := robotParts(wecom, m.Key, c)[0].Title
			for _, word := range []string{"演练", "xercise"} {
				if strings.Contains(c.Subject, word) != strings.Contains(title, word) {
					t.Errorf("%s, %d: %q in chats, %q in mails", lang, drills, title, c.Subject)
				}
			}
		}
	}
}

func TestALongDigestCountsTheRest(t *testing.T) {
	env, _ := testEnv(t)
	env.Home = func(trade.Subscriber) string { return "https://warn.example.org/my" }
	c := Compose(digestFor(t, "firm", "zh", 40), env)
	n := 0
	for _, g := range c.Groups {
		n += len(g.Items)
	}
	if n != mostItems || !strings.Contains(c.More, "另有 22 项") || c.Page != "https://warn.example.org/my" {
		t.Errorf("%d items, %q, %q", n, c.More, c.Page)
	}
}

func TestGoldenDigests(t *testing.T) {
	env, _ := testEnv(t)
	env.Home = func(trade.Subscriber) string { return "https://warn.example.org/my" }
	env.Stop = func(trade.Subscriber) string { return "https://warn.example.org/stop/abc" }
	r := newRenderer(env)
	for _, who := range []string{"firm", "association", "district"} {
		for _, lang := range []string{"zh", "en"} {
			m := digestFor(t, who, lang, 0)
			golden(t, "digest."+who+"."+lang+".txt", r.plain(m, r.content(m)))
			golden(t, "digest."+who+"."+lang+".html", r.rich(m, r.content(m)))
		}
	}
	quiet := digestFor(t, "firm", "zh", 0)
	quiet.Digest = &Digest{Since: "2026-09-24", At: quiet.Digest.At, Health: quiet.Digest.Health}
	golden(t, "digest.nothing.zh.txt", r.plain(quiet, r.content(quiet)))
}

func TestWhoHearsOnceAWeekIsToldThatNothingIsNew(t *testing.T) {
	r := newRig(t) // Monday 2026-03-02 09:00 UTC, 17:00 in Shanghai
	everybody := people{[]trade.Subscriber{
		{ID: "S1", Kind: trade.SubExporter, Exporter: "EX1", Channel: "test", Address: "a", Cadence: "weekly"},
		{ID: "S2", Kind: trade.SubExporter, Exporter: "EX2", Channel: "test", Address: "b", Cadence: "weekly"},
		{ID: "S3", Kind: trade.SubExporter, Exporter: "EX2", Channel: "test", Address: "c"},
		{ID: "S4", Kind: trade.SubMachine, Channel: "webhook", Address: "d", Cadence: "weekly"},
		{ID: "S5", Kind: trade.SubExporter, Exporter: "EX2", Channel: "test", Address: "e", Cadence: "weekly", Stopped: "2026-01-01T00:00:00Z"},
		{ID: "S6", Kind: trade.SubExporter, Exporter: "EX2", Channel: "test", Address: "f", Cadence: "weekly"},
	}}
	r.n.Directory = everybody
	if _, err := r.n.Bus.Subscribers.Put(t.Context(), registry.SubscriberKey("S6"), everybody.subscribers[5], 0); err != nil { // just subscribed
		t.Fatal(err)
	}
	r.warn(1) // S1 has heard of it, or will
	_ = r.n.note(r.delivery(1))
	for range 2 {
		if err := r.n.reassure(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	var told []string
	if _, err := r.n.Bus.Deliveries.Scan(t.Context(), func(e entry) error {
		if e.Value.Family == "" {
			told = append(told, e.Value.Subscriber)
			return r.n.step(t.Context(), errand{entry: e})
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if len(told) != 1 || told[0] != "S2" || r.channel.count() != 1 {
		t.Fatalf("%v are told, %d sent", told, r.channel.count())
	}
	c := Compose(r.channel.sent[0], Env{})
	mustContain(t, "the message", c.Subject+c.Headline+c.Summary, "无新预警", "没有新的预警", "2026-02-23")
	r.clock.add(13 * time.Hour)
	r.n.heard = heard{}
	if err := r.n.reassure(t.Context()); err != nil {
		t.Fatal(err)
	}
	if last, err := r.n.Bus.Deliveries.LastSeq(t.Context()); err != nil || last != 5 {
		t.Errorf("%d ledger records, %v: it comes half a day late", last, err)
	}
}

// A digest lists all that it is recorded to have told: what does not fit is in
// the next one, and no measure is torn.
func TestADigestHoldsWhatItLists(t *testing.T) {
	var parts []entry
	for i := range 45 {
		for release := 1; release <= 2; release++ {
			family := fmt.Sprintf("G/TBT/N/VNM/%d", i)
			parts = append(parts, entry{Key: trade.DeliveryKey("S1", "email", family, release), Value: trade.Delivery{Family: family, Release: release}})
		}
	}
	told := map[string]int{}
	for want := range slices.Values([]int{20, 20, 5, 0}) {
		first, rest := firstMeasures(parts, nil)
		families := map[string]int{}
		for _, p := range first {
			told[p.Key]++
			families[p.Value.Family]++
		}
		if len(families) != want || len(first) != 2*want {
			t.Errorf("%d measures in %d parts, want %d whole ones", len(families), len(first), want)
		}
		parts = slices.DeleteFunc(parts, func(p entry) bool { return !slices.Contains(rest, p.Key) })
	}
	if len(told) != 90 {
		t.Errorf("%d of 90 are told", len(told))
	}
}

func TestAReminderOverWebhookSaysThatItIsOne(t *testing.T) {
	env, _ := testEnv(t)
	m := messageTo(t, "machine", "zh", soundWarning())
	if e := eventOf(m, "x", env); e.Type != eventReleased || len(e.Data.Lead) > 0 {
		t.Errorf("a release: %s, %v", e.Type, e.Data.Lead)
	}
	m.Words = Words{Mark: trade.Text{ZH: "催办", EN: "Not answered"}, Lead: []trade.Text{{ZH: "甲厂\x00未反馈", EN: "A has not answered"}}}
	if e := eventOf(m, "x", env); e.Type != eventReminded || e.Data.Mark.ZH != "催办" || len(e.Data.Lead) != 1 || e.Data.Lead[0].EN != "A has not answered" || strings.Contains(e.Data.Lead[0].ZH, "\x00") {
		t.Errorf("a reminder: %+v", e)
	}
}

// What does not fit into a digest goes out with another one at once.
func TestWhatADigestDoesNotHoldFollows(t *testing.T) {
	r := newRig(t)
	r.n.Config = cadenceConfig()
	r.n.Directory = people{[]trade.Subscriber{{ID: "S1", Kind: trade.SubExporter, Exporter: "EX1", Channel: "test", Address: "a", Cadence: "daily"}}}
	const measures = mostItems + 5
	for i := range measures {
		r.warning(1, func(w *trade.Warning) {
			w.Family, w.Level = fmt.Sprint("G/TBT/N/VNM/", i), map[bool]string{true: "red", false: "blue"}[i%3 == 0]
		})
	}
	take := func() {
		if _, err := r.n.Bus.Deliveries.Scan(t.Context(), r.n.note); err != nil {
			t.Fatal(err)
		}
	}
	take()
	r.clock.add(24 * time.Hour)
	for range 3 {
		due, _ := r.n.digests.due(r.clock.Now())
		for to, keys := range due {
			if err := r.n.bundle(t.Context(), to, keys); err != nil {
				t.Fatal(err)
			}
		}
	}
	take()
	for q := r.n.queue("test"); ; {
		some, _ := q.take(r.clock.Now(), 5)
		if len(some) == 0 {
			break
		}
		for _, e := range r.n.prepare(t.Context(), q, some) {
			r.n.handle(t.Context(), q, e)
		}
	}
	told, red := 0, 0
	for _, m := range r.channel.sent {
		told += len(m.Digest.Items)
	}
	for _, m := range r.channel.sent[0].Digest.Items {
		if m.View.Level.ID == "red" {
			red++
		}
	}
	if want := (measures + 2) / 3; red != want {
		t.Errorf("the first digest holds %d of %d red measures", red, want)
	}
	if told != measures || r.channel.count() != 2 || r.n.Open() != 0 {
		t.Errorf("%d measures in %d digests, %d open", told, r.channel.count(), r.n.Open())
	}
}
