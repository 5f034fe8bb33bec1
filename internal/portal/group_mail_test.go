package portal

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"tbtwatch/internal/trade"
)

// Messages tell what pages tell: with both, nobody can subtract more. What a
// message told stays so, whatever is released later, and no choice of the
// subscriber takes part.
func TestMessagesTellWhatPagesTell(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	readers := map[string]trade.Subscriber{
		"association":             {ID: "A", Kind: trade.SubAssociation, Sector: "motorcycles"},
		"association of a market": {ID: "A", Kind: trade.SubAssociation, Sector: "motorcycles", Markets: []string{"BR"}},
		"district":                {Kind: trade.SubDistrict, District: "北区"},
		"district of a sector":    {Kind: trade.SubDistrict, District: "北区", Sector: "toys"},
		"department":              {Kind: trade.SubDepartment},
		"machine":                 {Kind: trade.SubMachine, Sector: "toys"},
	}
	page := map[trade.SubscriberKind]trade.Member{trade.SubAssociation: {Association: "A"}, trade.SubDistrict: {District: "北区"}, trade.SubDepartment: {}, trade.SubMachine: {}}
	roles := map[trade.SubscriberKind]trade.Role{trade.SubAssociation: trade.RoleAssociation, trade.SubDistrict: trade.RoleDistrict, trade.SubDepartment: trade.RoleDepartment, trade.SubMachine: trade.RoleDepartment}
	type told struct {
		family string
		seq    uint64
		sums   map[string]trade.Sums
	}
	var all []told
	ask := func(family string, seq uint64) map[string]trade.Sums {
		out := map[string]trade.Sums{}
		for who, s := range readers {
			sums, err := w.portal.SumsFor(ctx, s, &trade.Warning{Family: family}, seq)
			if err != nil {
				t.Fatal(err)
			}
			out[who] = sums
		}
		return out
	}
	few := 0
	for i, firms := range [][]string{{"E1", "E2", "E3"}, {"E1", "E2", "E3", "E4"}, {"E5"}, {"E1", "E2", "E3", "E4", "E5", "E6"}, {"E4", "E5", "E6"}, {"E1", "E2", "E3", "E4", "E5", "E6"}} {
		family := []string{"F", "E", "D", "C", "B", "F"}[i] // the later, the earlier in the alphabet; the last is another release of the first
		w.warn(family, 4, firms...)                         // all in one second
		w.settled()
		seq, err := w.bus.Warnings.LastSeq(ctx)
		if err != nil {
			t.Fatal(err)
		}
		now := told{family, seq, ask(family, seq)}
		all = append(all, now)
		for who, s := range readers {
			m, err := w.portal.Measures(ctx, scopeOf(t, roles[s.Kind], page[s.Kind]))
			if err != nil {
				t.Fatal(err)
			}
			for _, open := range m.Open {
				if open.Family == family && open.Sums != now.sums[who] {
					t.Errorf("%s about %v: the message tells %+v, the page %+v", who, firms, now.sums[who], open.Sums)
				}
			}
			if now.sums[who].Few {
				few++
			}
		}
	}
	if want := (trade.Sums{Firms: 3, Value: trade.Band{From: 500_000, To: 1_000_000}}); all[0].sums["association"] != want || !all[1].sums["association"].Few || few == len(all)*len(readers) {
		t.Errorf("the association was told %+v, then %+v of one firm more; %d withheld", all[0].sums["association"], all[1].sums["association"], few)
	}
	for _, before := range all {
		for who, sums := range ask(before.family, before.seq) {
			if sums != before.sums[who] {
				t.Errorf("%s was told %+v about %s, and would be told %+v after later releases", who, before.sums[who], before.family, sums)
			}
		}
	}
}

// A message may be made before its release is read here: it waits, and is not
// sent without.
func TestAMessageWaitsForItsRelease(t *testing.T) {
	w := newWorld(t)
	w.settled()
	last, err := w.bus.Warnings.LastSeq(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	department := trade.Subscriber{Kind: trade.SubDepartment}
	ended, end := context.WithCancel(t.Context())
	end()
	if _, err := w.portal.SumsFor(ended, department, &trade.Warning{Family: "M1"}, last+1); !errors.Is(err, context.Canceled) {
		t.Errorf("a release that does not come: %v", err)
	}
	got := make(chan trade.Sums, 1)
	go func() {
		sums, err := w.portal.SumsFor(t.Context(), department, &trade.Warning{Family: "M1"}, last+1)
		if err != nil {
			t.Error(err)
		}
		got <- sums
	}()
	w.warn("M1", 2, "E1", "E2", "E3")
	if sums := <-got; sums.Firms != 3 {
		t.Errorf("the message tells %+v", sums)
	}
}

// A release goes to many groups at once: what it touches is read once for all
// of them, and read again when it has become old.
func TestProductsAreReadOnceForTheMessagesOfAMinute(t *testing.T) {
	at, usd := today, 1.0
	var asked []string
	r := &recently{now: func() time.Time { return at }, read: func(_ context.Context, keys []string) (map[string]worth, error) {
		asked = append(asked, strings.Join(keys, " "))
		return map[string]worth{"a": {"toys", usd}}, nil // b is not registered
	}}
	for _, c := range []struct {
		after time.Duration
		keys  []string
		usd   float64
		asked string
	}{
		{0, []string{"a", "b"}, 1, "a b"},
		{0, []string{"b", "a"}, 1, ""},
		{rereadAfter - 1, []string{"a", "c"}, 1, "c"},
		{1, []string{"a"}, 4, "a"},
	} {
		at, asked = at.Add(c.after), nil
		got, err := r.worth(t.Context(), c.keys)
		usd++
		if err != nil || got["a"] != (worth{"toys", c.usd}) || got["b"] != (worth{}) || strings.TrimSpace(strings.Join(asked, ";")) != c.asked {
			t.Errorf("%v after %v: %v, %v, read %q, want %q", c.keys, c.after, got, err, asked, c.asked)
		}
	}
}
