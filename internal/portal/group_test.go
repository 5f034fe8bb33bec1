package portal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"tbtwatch/internal/auth"
	"tbtwatch/internal/bus"
	"tbtwatch/internal/registry"
	"tbtwatch/internal/trade"
)

var today = time.Date(2026, 3, 20, 9, 0, 0, 0, time.UTC)

// world is a city with an association and two districts over a real bus: four
// motorcycle makers in 北区, one in 南区, and a toy maker.
type world struct {
	t      *testing.T
	bus    *bus.Bus
	portal *Portal
}

func store[T any](t *testing.T, table *bus.Table[T], key string, v T) {
	t.Helper()
	if _, err := table.Append(t.Context(), key, v); err != nil {
		t.Fatal(err)
	}
}

func newWorld(t *testing.T) *world {
	t.Helper()
	o, run := stand(t, today, seedCity(t))
	email := func(address string) error {
		if !strings.Contains(address, "@") {
			return errors.New("no @")
		}
		return nil
	}
	web := func(address string) error {
		if !strings.HasPrefix(address, "https://") {
			return errors.New("no https")
		}
		return nil
	}
	o.Rules = registry.Rules{Channels: map[string]func(string) error{"email": email, "slack": web, "webhook": web}, Levels: []string{"red", "blue"}}
	o.PreviewSubscriber = func(_ context.Context, s trade.Subscriber) (trade.Preview, error) {
		return trade.Preview{Sent: len(s.Markets), Releases: 9, Examples: []trade.PreviewExample{{Number: "2026-0001", Why: trade.Text{ZH: "秘密产品 1 项", EN: "secret"}}}}, nil
	}
	w := &world{t: t, bus: o.Bus, portal: New(o)}
	run(w.portal.Run)
	return w
}

// seedCity stores the city's firms, products and subscribers.
func seedCity(t *testing.T) func(b *bus.Bus) {
	return func(b *bus.Bus) {
		for i, district := range []string{"北区", "北区", "北区", "北区", "南区", "南区"} {
			id := fmt.Sprintf("E%d", i+1)
			store(t, b.Exporters, registry.ExporterKey(id), trade.Exporter{ID: id, Name: "秘密厂" + id, District: district})
			p := trade.Product{ID: "货" + id, Exporter: id, NameZH: "秘密产品" + id, HS: []string{"871120"}, Markets: []string{"VN"}, ExportValue: float64(111_111 * (i + 1))}
			if i == 5 {
				p.HS = []string{"950300"}
			}
			store(t, b.Products, p.Key(), p)
			store(t, b.Subscribers, registry.SubscriberKey("S"+id), trade.Subscriber{ID: "S" + id, Kind: trade.SubExporter, Exporter: id, Channel: "email", Address: "box" + id + "@secret.example"})
		}
		store(t, b.Subscribers, registry.SubscriberKey("A"), trade.Subscriber{ID: "A", Kind: trade.SubAssociation, Name: "摩托车协会", Sector: "motorcycles", Channel: "email", Address: "a@a.example", Language: "zh", Cadence: "immediate"})
	}
}

// warn releases a warning that touches those firms, and hands it to them and
// the association on that day of March.
func (w *world) warn(family string, day int, firms ...string) {
	w.t.Helper()
	w.warnOf(family, "VN", day, firms...)
}

func (w *world) warnOf(family, market string, day int, firms ...string) {
	w.t.Helper()
	at := time.Date(2026, 3, day, 9, 0, 0, 0, time.UTC).Format(time.RFC3339)
	warning := trade.Warning{Number: "2026-" + family, Family: family, Release: 1, Level: "red", Headline: trade.Text{ZH: "措施" + family, EN: family}, Markets: []string{market}, At: at,
		Dates: []trade.Date{{What: trade.DateCommentDeadline, From: "2026-05-01", To: "2026-05-01"}}}
	to := []string{"A"}
	for _, f := range firms {
		warning.Audience = append(warning.Audience, trade.Match{Family: family, Exporter: f, Product: "货" + f, Markets: []string{market}, Grade: trade.Direct})
		to = append(to, "S"+f)
	}
	store(w.t, w.bus.Warnings, trade.FamilyKey(family), warning)
	for i, s := range to {
		firm := "" // the association's is no firm's
		if i > 0 {
			firm = firms[i-1]
		}
		store(w.t, w.bus.Deliveries, trade.DeliveryKey(s, "email", family, 1), trade.Delivery{Subscriber: s, Exporter: firm, Channel: "email", Family: family, Release: 1, State: trade.Accepted, Reason: "for box@secret.example", At: at})
	}
}

func (w *world) say(family, firm string, kind trade.ResponseKind, day int) {
	r := trade.Response{Family: family, Exporter: firm, Kind: kind, Code: "other", Reason: "我们的秘密", At: time.Date(2026, 3, day, 9, 0, 0, 0, time.UTC).Format(time.RFC3339)}
	store(w.t, w.bus.Responses, r.Key(), r)
}

// settled waits until the portal has counted everything.
func (w *world) settled() {
	w.t.Helper()
	deadline, tick := time.After(20*time.Second), time.NewTicker(5*time.Millisecond)
	defer tick.Stop()
	want := [3]uint64{}
	for i, last := range []func(context.Context) (uint64, error){w.bus.Warnings.LastSeq, w.bus.Deliveries.LastSeq, w.bus.Responses.LastSeq} {
		var err error
		if want[i], err = last(w.t.Context()); err != nil {
			w.t.Fatal(err)
		}
	}
	for {
		w.portal.book.mu.RLock()
		at := w.portal.book.position
		w.portal.book.mu.RUnlock()
		if at == want && w.portal.Ready() == nil {
			return
		}
		select {
		case <-deadline:
			w.t.Fatalf("waited 20 s for %v, have %v", want, at)
		case <-tick.C:
		}
	}
}

func scopeOf(t *testing.T, role trade.Role, m trade.Member) auth.TenantScope {
	t.Helper()
	s, ok := auth.Person{Role: role, Member: m}.Tenant()
	if !ok {
		t.Fatalf("no scope for %s", role)
	}
	return s
}

func text(t *testing.T, v any) string {
	t.Helper()
	out, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestEachGroupSeesItsOwn(t *testing.T) {
	w := newWorld(t)
	w.warn("M1", 2, "E1", "E2", "E3")
	w.warn("M2", 3, "E1", "E2", "E3", "E4") // one firm more than M1
	w.warn("M3", 4, "E5")
	w.warn("M4", 4, "E6") // no motorcycle
	w.say("M1", "E1", trade.Receipt, 4)
	w.say("M1", "E2", trade.NotRelevant, 18) // late: due on the 16th
	w.settled()
	ctx := t.Context()
	association := scopeOf(t, trade.RoleAssociation, trade.Member{Association: "A"})
	north, south := scopeOf(t, trade.RoleDistrict, trade.Member{District: "北区"}), scopeOf(t, trade.RoleDistrict, trade.Member{District: "南区"})
	department := scopeOf(t, trade.RoleDepartment, trade.Member{})

	measures, err := w.portal.Measures(ctx, association)
	if err != nil {
		t.Fatal(err)
	}
	sums := map[string]trade.Sums{}
	for _, m := range measures.Open {
		sums[m.Family] = m.Sums
		if len(m.Advice) == 0 || m.Next != "2026-05-01" {
			t.Errorf("%s says not what to do by when: %+v", m.Family, m)
		}
	}
	if want := (trade.Sums{Firms: 3, Value: trade.Band{From: 500_000, To: 1_000_000}}); sums["M1"] != want || !sums["M2"].Few || !sums["M3"].Few || len(sums) != 3 {
		t.Errorf("the association is told %+v", sums)
	}
	report, err := w.portal.Report(ctx, association, "2026")
	if err != nil || report.Delivered != 4 || report.Months[2].Count != 4 || report.Members.Reached != 3 {
		t.Errorf("report: %+v, %v", report, err)
	}
	if m := report.Members; m.Answered != 0 || m.Receipts != 0 || m.NotRelevant != 0 || m.Days != nil {
		t.Errorf("two firms answered, and the association is told %+v", m)
	}
	area, err := w.portal.Area(department, Span{Year: "2026"})
	if err != nil || area.City.Warned != 3 {
		t.Errorf("area: %+v, %v", area, err)
	}
	everyone, err := w.portal.Measures(ctx, department)
	if err != nil || len(everyone.Open) != 4 {
		t.Errorf("the department sees %d measures, %v", len(everyone.Open), err)
	}
	for who, seen := range map[string]string{"association": text(t, measures) + text(t, report), "department": text(t, area) + text(t, everyone)} {
		for _, secret := range []string{"秘密", "货E", `"E1"`, "secret.example", "111111", "SE1"} {
			if strings.Contains(seen, secret) {
				t.Errorf("the %s is told %q: %s", who, secret, seen)
			}
		}
	}

	card, err := w.portal.Scorecard(north, Span{Year: "2026", Month: "2026-03"})
	if err != nil || len(card.Firms) != 4 || card.Total.Asked != 7 || card.Total.InTime != 1 || card.Total.Late != 1 || card.Total.Overdue != 5 {
		t.Errorf("scorecard: %+v, %v", card, err)
	}
	if first := card.Firms[0]; first.ID != "E3" || first.Overdue != 2 {
		t.Errorf("first comes %+v, want E3 with two overdue", first)
	}
	if february, _ := w.portal.Scorecard(north, Span{Year: "2026", Month: "2026-02"}); february.Total.Asked != 0 {
		t.Errorf("February counts %+v", february.Total)
	}
	firm, err := w.portal.Firm(north, "E2")
	if err != nil || len(firm.Warnings) != 2 || firm.Warnings[0].Answer != AnswerOverdue || firm.Warnings[1].Answer != AnswerLate || firm.Warnings[1].Kinds[0] != trade.NotRelevant {
		t.Errorf("firm: %+v, %v", firm, err)
	}
	if seen := text(t, firm) + text(t, card); strings.Contains(seen, "货") || strings.Contains(seen, "秘密产品") || strings.Contains(seen, "secret.example") || strings.Contains(seen, "我们的秘密") || strings.Contains(seen, "南区") {
		t.Errorf("the district is told of products, addresses or others: %s", seen)
	}

	refused := map[string]error{}
	_, refused["firm of another district"] = w.portal.Firm(south, "E2")
	_, refused["firm that is none"] = w.portal.Firm(south, "E99")
	_, refused["firm to an association"] = w.portal.Firm(association, "E1")
	_, refused["scorecard to a department"] = w.portal.Scorecard(department, Span{Year: "2026"})
	_, refused["area to a district"] = w.portal.Area(north, Span{Year: "2026"})
	_, refused["report to a district"] = w.portal.Report(ctx, north, "2026")
	_, refused["measures to nobody"] = w.portal.Measures(ctx, auth.TenantScope{})
	_, refused["subscription of an exporter"] = w.portal.Subscription(ctx, scopeOf(t, trade.RoleAssociation, trade.Member{Association: "SE1"}))
	for what, err := range refused {
		if !errors.Is(err, trade.ErrNotFound) {
			t.Errorf("%s: %v, want not found", what, err)
		}
	}
}

// What a reader chose has no part in the sums: they are the same for every
// market, and a sector cannot be chosen.
func TestASubscriptionIsNoFilterOfSums(t *testing.T) {
	w := newWorld(t)
	w.warn("M1", 2, "E1", "E2", "E3")
	w.warnOf("M2", "BR", 3, "E3", "E4", "E5") // in no market of the wish below
	w.settled()
	ctx := t.Context()
	me := scopeOf(t, trade.RoleAssociation, trade.Member{Association: "A"})
	before, err := w.portal.Measures(ctx, me)
	if err != nil {
		t.Fatal(err)
	}
	now, err := w.portal.Subscription(ctx, me)
	if err != nil {
		t.Fatal(err)
	}
	wish := map[string]string{"markets": "vn;泰国", "channel": "email", "address": "b@a.example", "cadence": "weekly", "lowest_level": "red", "language": "en", "name": "别的协会", "sector": "toys"}
	changed, bad, err := w.portal.ReadChange(ctx, me, wish)
	if err != nil || bad != nil {
		t.Fatal(bad, err)
	}
	changed.Sector, changed.Kind, changed.ID = "toys", trade.SubDepartment, "SE1" // whatever comes back: it stays the association's
	seen, err := w.portal.Foresee(ctx, me, changed)
	if err != nil || seen.Sent != 2 || strings.Contains(text(t, seen), "秘密") {
		t.Errorf("foreseen: %+v, %v", seen, err)
	}
	if err := w.portal.Subscribe(ctx, me, changed, now.Seq); err != nil {
		t.Fatal(err)
	}
	after, err := w.portal.Subscription(ctx, me)
	if err != nil || after.Address != "b@a.example" || after.Sector != "motorcycles" || after.Name != "摩托车协会" || strings.Join(after.Markets, ",") != "VN,TH" || after.Kind != trade.SubAssociation {
		t.Errorf("after the change: %+v, %v", after, err)
	}
	again, err := w.portal.Measures(ctx, me)
	if err != nil || len(before.Open) != 2 || len(again.Open) != 1 {
		t.Fatalf("%d measures, %d after the markets were cut: the test shows nothing; %v", len(before.Open), len(again.Open), err)
	}
	was := map[string]trade.Sums{}
	for _, m := range before.Open {
		was[m.Family] = m.Sums
	}
	for _, m := range again.Open {
		if m.Sums != was[m.Family] || again.Total != before.Total {
			t.Errorf("the sums changed with the markets: %+v of %+v, were %+v of %+v", m.Sums, again.Total, was[m.Family], before.Total)
		}
	}
	if err := w.portal.Subscribe(ctx, me, changed, now.Seq); !errors.Is(err, trade.ErrConflict) {
		t.Errorf("a change of an old state: %v, want a conflict", err)
	}
	for field, value := range map[string]string{"markets": "XX", "channel": "pigeon", "address": "none", "lowest_level": "purple", "cadence": "hourly", "language": "xx"} {
		typed := maps.Clone(wish)
		typed[field] = value
		if _, bad, err := w.portal.ReadChange(ctx, me, typed); err != nil || bad == nil || bad.Column != field {
			t.Errorf("%s %q: %+v, %v, want it refused", field, value, bad, err)
		}
	}
}

// A month beside its year would tell of single firms: reports are of years.
func TestReportsAreOfYears(t *testing.T) {
	w := newWorld(t)
	var refused *trade.Refused
	if _, err := w.portal.Report(t.Context(), scopeOf(t, trade.RoleAssociation, trade.Member{Association: "A"}), "2026-03"); !errors.As(err, &refused) {
		t.Errorf("a report of a month: %v", err)
	}
}

// Whom a delivery told stands in it: a mailbox that was never written to shows
// nothing of others, and one that is closed takes nothing back.
func TestAFirmIsAskedWhatItWasTold(t *testing.T) {
	w := newWorld(t)
	w.warn("M1", 2, "E1", "E2", "E3")
	w.settled()
	north := scopeOf(t, trade.RoleDistrict, trade.Member{District: "北区"})
	told := func(firm string) (n int) {
		f, err := w.portal.Firm(north, firm)
		if err != nil {
			t.Fatal(err)
		}
		return len(f.Warnings)
	}
	var silent, warned string
	for _, e := range w.portal.o.View.Directory.InDistrict("北区") {
		switch e.ID {
		case "E1", "E2", "E3":
			warned = e.ID
		default:
			silent = e.ID
		}
	}
	if warned == "" || told(warned) != 1 {
		t.Fatalf("%q of the district was told %d things", warned, told(warned))
	}
	if silent != "" && told(silent) != 0 {
		t.Errorf("%s was told nothing, and shows %d deliveries", silent, told(silent))
	}
	key := registry.SubscriberKey("S" + warned)
	e, err := w.bus.Subscribers.Get(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.bus.Subscribers.Delete(t.Context(), key, e.Seq); err != nil {
		t.Fatal(err)
	}
	if last, err := w.bus.Subscribers.LastWrite(t.Context()); err != nil || w.portal.o.View.Directory.WaitForSubscribers(t.Context(), last) != nil {
		t.Fatal(err)
	}
	if told(warned) != 1 {
		t.Errorf("%s ended its subscription, and nothing was ever asked of it", warned)
	}
}

// Families that a later paper joins are one: what was said to the one that
// leads answers what was asked of the other.
func TestJoinedFamiliesAreAnsweredOnce(t *testing.T) {
	b := newBook()
	warning := func(seq uint64, family string, symbols ...string) {
		b.takeWarning(bus.Entry[trade.Warning]{Key: trade.FamilyKey(family), Seq: seq, Value: trade.Warning{Family: family, Symbols: symbols, Release: 1}})
	}
	warning(1, "G/TBT/N/KEN/1", "G/TBT/N/KEN/1")
	warning(2, "G/TBT/N/UGA/2", "G/TBT/N/UGA/2", "G/TBT/N/KEN/1")
	answer := func(seq uint64, family, at string) {
		b.takeResponse(bus.Entry[trade.Response]{Key: family + at, Seq: seq, Value: trade.Response{Family: family, Exporter: "E1", Kind: trade.Receipt, At: at}})
	}
	answer(3, "G/TBT/N/UGA/2", "2026-03-09T00:00:00Z")
	answer(4, "G/TBT/N/KEN/1", "2026-03-04T00:00:00Z")
	lead := b.leading(b.id("G/TBT/N/KEN/1"))
	if b.names[lead] != "G/TBT/N/UGA/2" {
		t.Fatalf("the family led by %s", b.names[lead])
	}
	r := b.reply(lead, b.id("E1"))
	if r == nil || r.first != unix("2026-03-04T00:00:00Z") || len(r.stands) != 2 {
		t.Errorf("the answer: %+v", r)
	}
}
