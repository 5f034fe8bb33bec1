package main

import (
	"bytes"
	"io"
	"mime/quotedprintable"
	"net/mail"
	"slices"
	"strings"
	"testing"
	"time"

	"tbtwatch/internal/demo"
	"tbtwatch/internal/trade"
)

// The papers of a measure's whole life, as three members that notify together
// send them, in order, with what the mails about each have to say; "" where
// nobody is to be written to.
func lifeOfAMeasure() (papers []demo.Paper, says []string) {
	together := func(suffix string) []string {
		return []string{"G/TBT/N/KEN/99101" + suffix, "G/TBT/N/UGA/99102" + suffix, "G/TBT/N/TZA/99103" + suffix}
	}
	add := func(say string, p demo.Paper) {
		p.AgeHours = 24 * (5 - len(papers)) // each a day after the one before
		p.Members = []string{"Kenya", "Uganda", "Tanzania"}[:len(p.Symbols)]
		papers, says = append(papers, p), append(says, say)
	}
	add("评议截止", demo.Paper{Symbols: together(""), Type: "Regular notification", Title: "DEAS 9901:2026, Mopeds: safety requirements", Description: "The draft sets requirements for brakes and lamps of mopeds.",
		Products: "Mopeds", HS: []string{"871110 - Motorcycles, piston engine not exceeding 50 cc"}, ICS: []string{"43.140 - Motorcycles and mopeds"}, CommentDays: 60})
	add("评议截止由", demo.Paper{Symbols: together("/Add.1"), Type: "Addendum to Regular Notification", Title: "DEAS 9901:2026, Mopeds: extension of the period for comments", Description: "The period for comments is extended.", CommentDays: 90})
	add("", demo.Paper{Symbols: together("/Corr.1"), Type: "Corrigendum to Regular Notification", Title: "DEAS 9901:2026, Mopeds: correction", Description: "A misprint in the title of clause 5.3 is corrected."})
	add("发布修订", demo.Paper{Symbols: together("/Rev.1"), Type: "Revision to Regular Notification", Title: "DEAS 9901:2026, Mopeds: safety requirements (second draft)", Description: "The second draft adds a test of the noise of mopeds.",
		Products: "Mopeds", HS: []string{"871110 - Motorcycles, piston engine not exceeding 50 cc"}, ICS: []string{"43.140 - Motorcycles and mopeds"}, CommentDays: 75})
	add("措施状态由“草案征求意见”改为“通过”", demo.Paper{Symbols: together("/Rev.1/Add.1"), Type: "Addendum to Regular Notification", Title: "DEAS 9901:2026, Mopeds: adoption and entry into force", Description: "The standard has been adopted and enters into force on 1 September 2027."})
	add("解除", demo.Paper{Symbols: together("/Rev.1/Add.2"), Type: "Addendum to Regular Notification", Title: "DEAS 9901:2026, Mopeds: withdrawal", Description: "The notified standard has been withdrawn."})
	return papers, says
}

// letter is a mail as its reader sees it.
type letter struct{ id, references, subject, text string }

// thread is what one recipient got, in order.
func (t *timeline) thread(to string) (out []letter) {
	t.Helper()
	for _, m := range t.stand.mail.Mails() {
		if !slices.Contains(m.To, to) {
			continue
		}
		parsed, err := mail.ReadMessage(bytes.NewReader(m.Raw))
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(quotedprintable.NewReader(parsed.Body))
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, letter{parsed.Header.Get("Message-ID"), parsed.Header.Get("References"), m.Subject, string(text)})
	}
	return out
}

func TestALifeOfAMeasureIsOneThreadForEachRecipient(t *testing.T) {
	tl := newTimeline(t)
	before := len(tl.stand.mail.Mails())
	papers, says := lifeOfAMeasure()
	told := 0
	for i, p := range papers {
		tl.stand.world.Publish(p)
		if says[i] != "" {
			told++
		}
		until(t, 20*time.Second, p.Symbols[0]+" is released", func() bool {
			e, err := tl.sys.bus.Cases.Get(t.Context(), trade.FamilyKey("G/TBT/N/KEN/99101"))
			return err == nil && e.Value.Papers >= (i+1) && e.Value.Release >= told
		})
		tl.settle()
	}
	recipients := map[string]bool{}
	for _, m := range tl.stand.mail.Mails()[before:] {
		for _, to := range m.To {
			recipients[to] = true
		}
	}
	if len(recipients) < 3 {
		t.Fatalf("only %d recipients", len(recipients))
	}
	want := slices.DeleteFunc(slices.Clone(says), func(s string) bool { return s == "" })
	for to := range recipients {
		tl.isOneThread(to, want)
	}
}

// isOneThread looks at what one recipient got about the measure: each mail says
// what is wanted of it, and all but the first reply to the first.
func (t *timeline) isOneThread(to string, want []string) {
	t.Helper()
	thread := slices.DeleteFunc(t.thread(to), func(m letter) bool {
		return !strings.Contains(m.subject, "坦桑尼亚") || !strings.Contains(m.text, "9901")
	})
	if len(thread) != len(want) {
		t.Errorf("%s got %d mails about the measure, want %d", to, len(thread), len(want))
		return
	}
	for i, m := range thread {
		first := ""
		if i > 0 {
			first = thread[0].id
		}
		number, _, _ := strings.Cut(thread[0].subject, "：")
		_, number, _ = strings.Cut(number, "】")
		if m.references != first || !strings.Contains(m.subject, number) || m.id == first {
			t.Errorf("%s, mail %d: %q (%s) refers to %q, the first is %q", to, i+1, m.subject, m.id, m.references, first)
		}
		if says, _, _ := strings.Cut(m.text, "== 与您的关系"); !strings.Contains(m.subject+says, want[i]) {
			t.Errorf("%s, mail %d says nothing of %s before what it means to the reader: %s", to, i+1, want[i], says)
		}
	}
}
