package notify

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tbtwatch/internal/trade"
)

// secretsOf lists the words that betray a firm or its goods.
func secretsOf(firm string) []string {
	out := []string{firms[firm].Name}
	for _, p := range goods {
		if p.Exporter == firm {
			out = append(out, p.NameZH, p.NameEN, p.HS[0], `"`+p.ID+`"`)
		}
	}
	return out
}

func TestWhoUnsubscribedIsNotTold(t *testing.T) {
	w := soundWarning()
	m := messageTo(t, "firm", "zh", w)
	m.To.Stopped = "2026-03-02T08:00:00Z"
	_, reason, told := ViewFor(m.To, w, Facts{})
	if told || reason.EN != "unsubscribed: the recipient stopped this subscription on 2026-03-02" || reason.ZH != "已退订：接收人于 2026-03-02 停止接收" {
		t.Errorf("told %v, because %+v", told, reason)
	}
}

func TestWhoMutedAMeasureIsNotToldOfIt(t *testing.T) {
	w := soundWarning()
	for who, kind := range map[string]string{"association": "a measure of its sector", "firm": "its own product"} {
		for _, tc := range []struct {
			name, muted, reason string
		}{
			{"for good", w.Family, "muted: the subscriber does not want to hear of " + w.Family},
			{"until a later day", w.Family + " until 2026-12-02", "muted: the subscriber does not want to hear of " + w.Family + " until 2026-12-02"},
			{"until today", w.Family + " until 2026-12-01", ""},
			{"another one", "G/TBT/N/VNM/99999", ""},
		} {
			t.Run(kind+", "+tc.name, func(t *testing.T) {
				to := messageTo(t, who, "zh", w).To
				to.Muted = tc.muted
				facts := facts()
				facts.Today = "2026-12-01"
				_, reason, told := ViewFor(to, w, facts)
				if told != (tc.reason == "") || !told && reason.EN != tc.reason {
					t.Errorf("told %v, because %+v", told, reason)
				}
			})
		}
	}
}

func TestViewShowsOnlyOwnThings(t *testing.T) {
	w := soundWarning()
	for who, rule := range map[string]struct{ says, hides []string }{
		"firm": {
			says:  []string{"两轮摩托车 A1", "摩托车消声器 A2", "871120"},
			hides: append(append(append(secretsOf("B"), secretsOf("C")...), secretsOf("D")...), "scooters-of-B", "乙的踏板车", `"sums"`, `"firms"`, "4,770,001", "王某"),
		},
		"association": {says: []string{`"firms":3`, `"export_value_usd":{"from":2000000,"to":5000000}`}, hides: append(everySecret(), `"products"`, "4700001")},
		"district":    {says: []string{"甲样摩托（虚构）", "乙样车业（虚构）", `"products":2`}, hides: append(append(secretsOf("C"), "export_value", "871120", "871110", "a1", "b1"), "3000000", "1000001")},
		"department":  {says: []string{`"firms":4`}, hides: append(everySecret(), `"products"`, "4770001")},
		"machine":     {says: []string{`"firms":4`}, hides: everySecret()},
	} {
		t.Run(who, func(t *testing.T) {
			m := messageTo(t, who, "zh", w)
			b, err := json.Marshal(m.View)
			if err != nil {
				t.Fatal(err)
			}
			text := string(b)
			mustContain(t, "the view", text, rule.says...)
			mustNotContain(t, "the view", text, rule.hides...)
		})
	}
	if len(w.Audience) != 5 || w.LevelWhy == (trade.Text{}) {
		t.Error("ViewFor changed the warning it was given")
	}
}

func everySecret() []string {
	var out []string
	for id := range firms {
		out = append(out, secretsOf(id)...)
	}
	return out
}

func TestViewBestMatchFirstAndEachProductOnce(t *testing.T) {
	w := soundWarning()
	w.Audience = append(w.Audience, trade.Match{Exporter: "A", Product: "a1", Markets: []string{"DE"}, Grade: trade.Reference, Score: 1, Evidence: evidence("ics", "43", "43.140", "ics")})
	v := messageTo(t, "firm", "zh", w).View
	if len(v.Products) != 2 || v.Products[0].ID != "a1" || v.Products[0].Grade != trade.Direct {
		t.Errorf("products: %+v", v.Products)
	}
}

func TestWhyNotSent(t *testing.T) {
	sub := func(kind trade.SubscriberKind, change func(*trade.Subscriber)) trade.Subscriber {
		s := trade.Subscriber{ID: "S", Kind: kind, Name: "N", Exporter: "A", District: "东区"}
		change(&s)
		return s
	}
	tests := []struct {
		name   string
		to     trade.Subscriber
		change func(*trade.Warning, *Facts)
		reason string // "" means that it is sent
	}{
		{"firm without a match", sub("exporter", func(s *trade.Subscriber) { s.Exporter = "Z" }), nil, "not concerned"},
		{"firm that is no longer registered", sub("exporter", func(s *trade.Subscriber) {}), func(_ *trade.Warning, f *Facts) {
			f.Exporter = func(string) (trade.Exporter, bool) { return trade.Exporter{}, false }
		}, "not concerned"},
		{"firm whose products are no longer registered", sub("exporter", func(s *trade.Subscriber) {}), func(_ *trade.Warning, f *Facts) {
			f.Product = func(string, string) (trade.Product, bool) { return trade.Product{}, false }
		}, "not concerned"},
		{"firm that asks for another market", sub("exporter", func(s *trade.Subscriber) { s.Markets = []string{"US"} }), nil, "market"},
		{"firm that asks for one of the bloc's countries", sub("exporter", func(s *trade.Subscriber) { s.Markets = []string{"FR"} }), nil, ""},
		{"association of another sector", sub("association", func(s *trade.Subscriber) { s.Sector = "toys" }), nil, "sector"},
		{"association with another market", sub("association", func(s *trade.Subscriber) { s.Sector, s.Markets = "motorcycles", []string{"BR"} }), nil, "market"},
		{"association when no firm is touched", sub("association", func(s *trade.Subscriber) {}), func(w *trade.Warning, _ *Facts) { w.Audience = nil }, "not concerned"},
		{"district without a firm", sub("district", func(s *trade.Subscriber) { s.District = "南区" }), nil, "district"},
		{"district without a name", sub("district", func(s *trade.Subscriber) { s.District = "" }), nil, "district"},
		{"department, another market", sub("department", func(s *trade.Subscriber) { s.Markets = []string{"JP"} }), nil, "market"},
		{"department when no firm is touched", sub("department", func(s *trade.Subscriber) {}), func(w *trade.Warning, _ *Facts) { w.Audience = nil }, ""},
		{"machine, everywhere", sub("machine", func(s *trade.Subscriber) { s.Markets = []string{"*"} }), nil, ""},
		{"a kind that does not exist", sub("tourist", func(s *trade.Subscriber) {}), nil, "not concerned"},
		{"level too low", sub("exporter", func(s *trade.Subscriber) { s.LowestLevel = "red" }), nil, "level"},
		{"level just right", sub("exporter", func(s *trade.Subscriber) { s.LowestLevel = "orange" }), nil, ""},
		{"level dropped since the first release", sub("exporter", func(s *trade.Subscriber) { s.LowestLevel = "red" }), func(_ *trade.Warning, f *Facts) { f.Peak = "red" }, ""},
		{"lifted, never warned", sub("exporter", func(s *trade.Subscriber) { s.LowestLevel = "red" }), func(w *trade.Warning, f *Facts) { w.Lifted, f.Peak = true, "yellow" }, "level"},
		{"lifted, warned before", sub("exporter", func(s *trade.Subscriber) { s.LowestLevel = "red" }), func(w *trade.Warning, f *Facts) { w.Lifted, f.Peak = true, "red" }, ""},
		{"level that nobody configured", sub("exporter", func(s *trade.Subscriber) { s.LowestLevel = "violet" }), nil, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w, f := soundWarning(), facts()
			if tt.change != nil {
				tt.change(w, &f)
			}
			_, reason, ok := ViewFor(tt.to, w, f)
			if ok != (tt.reason == "") || !strings.HasPrefix(reason.EN, tt.reason) || reason.ZH == "" || reason.ZH == reason.EN {
				t.Errorf("sent %v because %+v; want a reason that begins with %q", ok, reason, tt.reason)
			}
		})
	}
}

func TestMarketsAreTheRecipientsOwn(t *testing.T) {
	to := subscribers["firm"]
	to.Markets = []string{"DE"}
	v, _, _ := ViewFor(to, soundWarning(), facts())
	if strings.Join(v.Markets, " ") != "DE" || strings.Join(v.Products[0].Markets, " ") != "DE" {
		t.Errorf("markets %v, product's %v", v.Markets, v.Products[0].Markets)
	}
}

// Where single firms sell is theirs to know: everybody else sees the measure's
// markets.
func TestMarketsOfFirmsStayWithThem(t *testing.T) {
	for who, want := range map[string]string{"firm": "DE EU FR", "association": "EU", "district": "EU", "department": "EU", "machine": "EU"} {
		if got := strings.Join(messageTo(t, who, "zh", soundWarning()).View.Markets, " "); got != want {
			t.Errorf("%s sees %s, want %s", who, got, want)
		}
	}
}

// What may be told of others is decided outside; without a decision it is
// withheld, however many firms there are.
func TestSumsAreToldAsDecided(t *testing.T) {
	told := trade.Sums{Firms: 3, Value: trade.Band{From: 10_000, To: 20_000}}
	for _, c := range []struct {
		who           string
		decided, want *trade.Sums
	}{
		{"association", &told, &told},
		{"association", &trade.Sums{Few: true}, &trade.Sums{Few: true}},
		{"association", nil, &trade.Sums{Few: true}},
		{"department", nil, &trade.Sums{Few: true}},
		{"machine", nil, &trade.Sums{Few: true}},
		{"district", &told, &told},
		{"district", nil, nil}, // its firms are named
		{"firm", &told, nil},
	} {
		f := facts()
		f.Sums = c.decided
		v, why, ok := ViewFor(subscribers[c.who], soundWarning(), f)
		if diff := cmp.Diff(c.want, v.Sums); !ok || diff != "" {
			t.Errorf("%s, decided %+v: sent %v (%s), sums (-want +got):\n%s", c.who, c.decided, ok, why.EN, diff)
		}
	}
}
