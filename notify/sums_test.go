package notify

import (
	"context"
	"errors"
	"strings"
	"testing"

	"tbtwatch/internal/trade"
)

// A message to a group asks what may be told at the place of its release, and
// waits while nobody can say.
func TestAMessageTellsTheSumsOfItsRelease(t *testing.T) {
	r := newRig(t)
	association := trade.Subscriber{ID: "V", Kind: trade.SubAssociation, Name: "协会", Channel: "test", Address: "v"}
	r.n.Directory = people{[]trade.Subscriber{association}}
	w := r.warn(1)
	later := r.warn(2)
	asked := map[uint64]int{}
	fail := errors.New("not read yet")
	told := trade.Sums{Firms: 5, Value: trade.BandOf(70_000)}
	r.n.Sums = func(_ context.Context, to trade.Subscriber, _ *trade.Warning, seq uint64) (trade.Sums, error) {
		if asked[seq]++; to.ID != "V" || seq != w.Seq {
			t.Errorf("asked for %s at %d, want V at %d and not at %d", to.ID, seq, w.Seq, later.Seq)
		}
		return told, fail
	}
	e, err := r.n.Bus.Deliveries.Get(t.Context(), trade.DeliveryKey("V", "test", w.Value.Family, 1))
	if err != nil {
		t.Fatal(err)
	}
	if err := r.n.step(t.Context(), errand{entry: e}); !errors.Is(err, fail) || r.channel.count() != 0 {
		t.Errorf("without sums: %v, %d sent, want it to wait", err, r.channel.count())
	}
	fail = nil
	m, err := r.n.outgoing(t.Context(), errand{entry: e})
	if err != nil || m.View.Sums == nil || *m.View.Sums != told || asked[w.Seq] != 2 {
		t.Fatalf("the message tells %+v, %v; asked %v", m.View.Sums, err, asked)
	}
	for lang, want := range map[string]string{"zh": "5 家", "en": "registered firms: 5"} {
		m.View.Lang = lang
		if words := strings.Join(sumWords(m.View, lang), "\n"); !strings.Contains(words, want) || !strings.Contains(words, "50,000") || !strings.Contains(words, "100,000") || strings.Contains(words, "70,000") {
			t.Errorf("in %s it says %s", lang, words)
		}
	}
}

func TestWithheldSumsSayWhy(t *testing.T) {
	v := View{Kind: trade.SubAssociation, Sums: &trade.Sums{Few: true}}
	for lang, want := range map[string]string{"zh": "不足三家", "en": "fewer than three firms"} {
		if words := strings.Join(sumWords(v, lang), "\n"); !strings.Contains(words, want) || strings.ContainsAny(words, "0123456789") {
			t.Errorf("in %s it says %s", lang, words)
		}
	}
	v.Sums = &trade.Sums{Firms: 3}
	for lang, want := range map[string]string{"zh": "未登记出口额", "en": "No export value is registered"} {
		if words := strings.Join(sumWords(v, lang), "\n"); !strings.Contains(words, want) || strings.Contains(words, "0") {
			t.Errorf("in %s it says %s", lang, words)
		}
	}
}
