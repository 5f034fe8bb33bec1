package portal

import (
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"tbtwatch/internal/auth"
	"tbtwatch/internal/trade"
)

// silent fails where anything of B shows in what A is given.
func (r *rig) silent(what string, given any, err error) {
	r.Helper()
	text, bad := json.Marshal(given)
	if bad != nil {
		r.Fatal(bad)
	}
	said := string(text)
	if err != nil {
		said += err.Error()
	}
	for _, secret := range []string{"机密", "123456789", "jimi", `"S-B"`, `"B"`, "4711", "4708"} {
		if strings.Contains(said, secret) {
			r.Errorf("%s tells A %q: %s", what, secret, said)
		}
	}
}

// A reads everything there is for it, and nothing of it is B's.
func TestNothingOfAnotherFirmShows(t *testing.T) {
	r := newRig(t)
	a, ctx := scope(t, "A"), t.Context()
	everybody := slices.Clone(r.portal.o.View.Directory.Subscribers())
	defer func() { // the notifier goes through the same list
		if now := r.portal.o.View.Directory.Subscribers(); !reflect.DeepEqual(now, everybody) {
			t.Errorf("reading changed the list of all subscribers: %+v, was %+v", now, everybody)
		}
	}()
	home, err := r.portal.OwnWarnings(ctx, a)
	r.silent("home", home, err)
	if len(home.Open) != 1 || len(home.Past) != 0 || home.Products != 1 || home.Subscriptions != 1 {
		t.Fatalf("A sees %+v", home)
	}
	row := home.Open[0]
	if row.Next != "2026-04-30" || row.Centre.Day != "2026-04-16" || row.Centre.Close != "2026-04-30" || len(row.Products) != 1 || row.Answered || !strings.Contains(row.Products[0].Why[0].ZH, "您的产品") || len(row.Advice) == 0 {
		t.Errorf("the row is %+v", row)
	}
	w, err := r.portal.OwnWarning(ctx, a, trade.FamilyKey(family))
	r.silent("warning", w, err)
	if err != nil || len(w.Releases) != 1 || len(w.Warning.Changed) != 0 || len(w.Answers) != 0 {
		t.Errorf("the warning is %+v, %v", w, err)
	}
	if k := w.Known; len(k.Products) != 1 || k.There != 900_000 || k.Affected != 900_000 || k.Previous != nil {
		t.Errorf("the survey begins with %+v", k)
	}
	products, err := r.portal.OwnProducts(ctx, a, 0)
	r.silent("products", products, err)
	if products.Total != 1 {
		t.Errorf("A has %d products", products.Total)
	}
	table, err := r.portal.ProductTable(ctx, a)
	r.silent("table", table, err)
	subs, err := r.portal.OwnSubscriptions(a)
	r.silent("subscriptions", subs, err)
	if len(subs) != 1 || strings.Contains(subs[0].Address, "secret") {
		t.Errorf("subscriptions of A: %+v", subs)
	}
	would, err := r.portal.PreviewSubscription(ctx, a, trade.Subscriber{ID: "x", Exporter: "B", Kind: trade.SubDepartment, LowestLevel: "red"})
	r.silent("preview", would, err)
	if would.Sent != 1 || would.Kept != 2 {
		t.Errorf("the preview is %+v", would)
	}
}

// What is B's is to A as what there is not: the same error, word for word.
func TestForeignIsAsUnknown(t *testing.T) {
	r := newRig(t)
	a, ctx := scope(t, "A"), t.Context()
	answer := func(key string) error {
		return r.portal.Answer(ctx, a, key, trade.Response{Kind: trade.Receipt})
	}
	for _, c := range []struct {
		what             string
		foreign, unknown func() error
	}{
		{"warning", func() error { _, err := r.portal.OwnWarning(ctx, a, trade.FamilyKey(others)); return err }, func() error { _, err := r.portal.OwnWarning(ctx, a, trade.FamilyKey("none")); return err }},
		{"answer", func() error { return answer(trade.FamilyKey(others)) }, func() error { return answer(trade.FamilyKey("none")) }},
		{"no key", func() error { return answer("x.*") }, func() error { return answer("x.>") }},
		{"subscription", func() error { _, _, err := r.portal.OwnSubscription(ctx, a, "S-B"); return err }, func() error { _, _, err := r.portal.OwnSubscription(ctx, a, "S-X"); return err }},
		{"removal", func() error { return r.portal.RemoveSubscription(ctx, a, "S-B", 1) }, func() error { return r.portal.RemoveSubscription(ctx, a, "S-X", 1) }},
		{"test", func() error { _, err := r.portal.TestSubscription(ctx, a, "S-B"); return err }, func() error { _, err := r.portal.TestSubscription(ctx, a, "S-X"); return err }},
		{"change", func() error { _, _, err := r.portal.ReadSubscription(ctx, a, "S-B", nil); return err }, func() error { _, _, err := r.portal.ReadSubscription(ctx, a, "S-X", nil); return err }},
		{"product", func() error { _, _, err := r.portal.OwnProductByID(ctx, a, "S9"); return err }, func() error { _, _, err := r.portal.OwnProductByID(ctx, a, "X9"); return err }},
		{"removal of a product", func() error { return r.portal.RemoveProduct(ctx, a, "S9", 1) }, func() error { return r.portal.RemoveProduct(ctx, a, "X9", 1) }},
		{"feed", func() error { _, err := r.portal.Calendar(ctx, feedKey("B")+".x", "zh", ""); return err }, func() error { _, err := r.portal.Calendar(ctx, feedKey("X")+".x", "zh", ""); return err }},
	} {
		foreign, unknown := c.foreign(), c.unknown()
		if !errors.Is(foreign, trade.ErrNotFound) || foreign.Error() != unknown.Error() {
			t.Errorf("%s: foreign %v, unknown %v", c.what, foreign, unknown)
		}
	}
	if len(r.sent) > 0 {
		t.Errorf("tests went to %+v", r.sent)
	}
	if _, _, err := r.portal.OwnProductByID(ctx, a, "S9"); !errors.Is(err, trade.ErrNotFound) {
		t.Errorf("B's product: %v", err)
	}
	for _, role := range []trade.Role{trade.RoleDistrict, trade.RoleAssociation, trade.RoleDepartment} {
		other, ok := auth.Person{Role: role, Member: trade.Member{Exporter: "B", District: "机密区", Association: "x"}}.Tenant()
		if _, err := r.portal.OwnWarnings(ctx, other); !ok || !errors.Is(err, trade.ErrNotFound) {
			t.Errorf("%s opens an exporter's page: %v", role, err)
		}
	}
}

// What A writes under B's name becomes A's.
func TestNobodyWritesForAnother(t *testing.T) {
	r := newRig(t)
	a, ctx := scope(t, "A"), t.Context()
	if err := r.portal.SaveProduct(ctx, a, trade.Product{ID: "S9", Exporter: "B", NameZH: "甲的"}, 0); err != nil {
		t.Fatal(err)
	}
	theirs := trade.Product{ID: "S9", Exporter: "B"}
	if e, err := r.bus.Products.Get(ctx, theirs.Key()); err != nil || e.Value.NameZH != "机密手套" {
		t.Errorf("B's product is now %+v, %v", e.Value, err)
	}
	if err := r.portal.SaveSubscription(ctx, a, trade.Subscriber{ID: "S-B", Channel: "email", Address: "a@example.org"}, 1); !errors.Is(err, trade.ErrConflict) {
		t.Errorf("A writes over S-B: %v", err)
	}
	if err := r.portal.Answer(ctx, a, trade.FamilyKey(family), trade.Response{Exporter: "B", By: "机密人", Product: "P1", Kind: trade.NotRelevant, Code: "other_goods"}); err != nil {
		t.Fatal(err)
	}
	w, err := r.portal.OwnWarning(ctx, a, trade.FamilyKey(family))
	if err != nil || len(w.Answers) != 1 || w.Answers[0].By != "人 A" || !w.Products[0].NotRelevant() || w.Open {
		t.Errorf("after the answer: %+v, %v", w, err)
	}
}

func TestAnswersStandBesideEachOtherAndChange(t *testing.T) {
	r := newRig(t)
	a, ctx, key := scope(t, "A"), t.Context(), trade.FamilyKey(family)
	for _, said := range []trade.Response{
		{Kind: trade.Receipt}, {Kind: trade.NotRelevant, Product: "P1", Code: "compliant"}, {Kind: trade.Relevant, Product: "P1"},
		{Kind: trade.Surveyed, Survey: &trade.Survey{Affected: 1000, Needs: []string{"training"}}}, {Kind: trade.Surveyed, Survey: &trade.Survey{Affected: 2000}},
		{Kind: trade.Commented, Reason: "过渡期太短"}, {Kind: trade.Commented, Reason: "过渡期太短"}, {Kind: trade.Commented, Reason: "试验方法不明"},
	} {
		if err := r.portal.Answer(ctx, a, key, said); err != nil {
			t.Fatalf("%+v: %v", said, err)
		}
	}
	w, err := r.portal.OwnWarning(ctx, a, key)
	if err != nil || len(w.Answers) != 5 || !w.Open || !w.Answered || w.Products[0].Said.Kind != trade.Relevant || w.Surveyed.Survey.Affected != 2000 || w.Received == nil {
		t.Errorf("stands: %+v, %v", w, err)
	}
	var refused *trade.Refused
	for what, said := range map[string]trade.Response{
		"an empty survey": {Kind: trade.Surveyed, Survey: &trade.Survey{}}, "no reason": {Kind: trade.NotRelevant}, "a code of its own": {Kind: trade.Surveyed, Survey: &trade.Survey{Needs: []string{"x"}}},
		"nothing": {Kind: trade.Commented}, "another firm's product": {Kind: trade.Relevant, Product: "S9"}, "no kind": {},
	} {
		err := r.portal.Answer(ctx, a, key, said)
		if r.silent(what, nil, err); !errors.As(err, &refused) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestTheSecondEditorIsTold(t *testing.T) {
	r := newRig(t)
	a, ctx := scope(t, "A"), t.Context()
	mine, seq, err := r.portal.OwnProductByID(ctx, a, "P1")
	if err != nil {
		t.Fatal(err)
	}
	first := mine
	first.HS = []string{"65061010"}
	if err := r.portal.SaveProduct(ctx, a, first, seq); err != nil {
		t.Fatal(err)
	}
	mine.NameEN = "Helmet"
	if err := r.portal.SaveProduct(ctx, a, mine, seq); !errors.Is(err, trade.ErrConflict) {
		t.Errorf("the second save: %v", err)
	}
	stands, _, _ := r.portal.OwnProductByID(ctx, a, "P1")
	if d := ProductChanges(stands, mine); len(d) != 2 || d[0] != (FieldChange{"name_en", "", "Helmet"}) || d[1].Was != "65061010" {
		t.Errorf("the differences are %+v", d)
	}
	if err := r.portal.SaveProduct(ctx, a, mine, 0); !errors.Is(err, trade.ErrConflict) {
		t.Errorf("a new product with a taken id: %v", err)
	}
}

func TestSubscriptionsAreKeptMaskedAndTested(t *testing.T) {
	r := newRig(t)
	a, ctx := scope(t, "A"), t.Context()
	now, seq, err := r.portal.OwnSubscription(ctx, a, "S-A")
	if err != nil || now.Address != "https://hooks.example.org/…" {
		t.Fatalf("%+v, %v", now, err)
	}
	s, bad, err := r.portal.ReadSubscription(ctx, a, "S-A", map[string]string{"channel": "slack", "lowest_level": "red", "language": "en"})
	if err != nil || bad != nil || s.Address != "https://hooks.example.org/T/secret-a" {
		t.Fatalf("kept address: %+v, %v, %v", s, bad, err)
	}
	if err := r.portal.SaveSubscription(ctx, a, s, seq); err != nil {
		t.Fatal(err)
	}
	if err := r.portal.SaveSubscription(ctx, a, s, seq); !errors.Is(err, trade.ErrConflict) {
		t.Errorf("saved from what was read before: %v", err)
	}
	fresh := map[string]string{"channel": "email", "address": "a@example.org", "name": "<script>"}
	s, _, _ = r.portal.ReadSubscription(ctx, a, "", fresh)
	if err := r.portal.SaveSubscription(ctx, a, s, 0); err != nil {
		t.Fatal(err)
	}
	if again, _, _ := r.portal.ReadSubscription(ctx, a, "", fresh); !errors.Is(r.portal.SaveSubscription(ctx, a, again, 0), trade.ErrConflict) {
		t.Error("the same subscription twice")
	}
	var refused *trade.Refused
	for n := range testsAtOnce + 1 {
		_, err := r.portal.TestSubscription(ctx, a, "S-A")
		if errors.As(err, &refused) != (n == testsAtOnce) {
			t.Errorf("test %d: %v", n, err)
		}
	}
	if len(r.sent) != testsAtOnce || r.sent[0].Address != "https://hooks.example.org/T/secret-a" {
		t.Errorf("tests went to %+v", r.sent)
	}
}

func TestFeedsOpenToTheirTokenOnly(t *testing.T) {
	r := newRig(t)
	a, ctx := scope(t, "A"), t.Context()
	token, err := r.portal.RenewFeed(ctx, a)
	if err != nil {
		t.Fatal(err)
	}
	cal, err := r.portal.Calendar(ctx, token, "zh", "https://tbt.example")
	r.silent("the calendar", cal, err)
	for _, want := range []string{"METHOD:PUBLISH", "DTSTART;VALUE=DATE:20260430", "DTEND;VALUE=DATE:20260501", "DTSTART;VALUE=DATE:20260416", "UID:" + trade.Key("event", family, trade.DateCommentDeadline), "SEQUENCE:0", "STATUS:CONFIRMED", "评议截止前 10 个工作日"} {
		if !strings.Contains(cal, want) {
			t.Errorf("the calendar lacks %s:\n%s", want, cal)
		}
	}
	if strings.Contains(cal, "摩托车头盔") {
		t.Error("the calendar names a product")
	}
	for _, line := range strings.Split(cal, "\r\n") {
		if len(line) > 75 || !strings.HasPrefix(strings.ToValidUTF8(line, "\x00"), line) {
			t.Errorf("the line %q has %d octets", line, len(line))
		}
	}
	feed, err := r.portal.Atom(ctx, token, "en", "https://tbt.example")
	r.silent("the feed", feed, err)
	if !strings.Contains(feed, "[Orange] Brazil: helmets") || strings.Count(feed, "<entry>") != 1 || !strings.Contains(feed, "urn:tbtwatch:warning:"+trade.FamilyKey(family)) {
		t.Errorf("the feed is %s", feed)
	}
	w, err := r.bus.Warnings.Get(ctx, trade.FamilyKey(family))
	if err != nil {
		t.Fatal(err)
	}
	recall := w.Value
	recall.Release, recall.Recalls, recall.Lifted, recall.Level = recall.Release+1, recall.Release, true, "lifted"
	if _, err := r.bus.Warnings.Put(ctx, w.Key, recall, w.Seq); err != nil {
		t.Fatal(err)
	}
	if feed, err = r.portal.Atom(ctx, token, "zh", ""); err != nil || !strings.Contains(feed, "[撤回] ") || strings.Contains(feed, "橙色") {
		t.Errorf("recalled, the feed is %s, %v", feed, err)
	}
	if cal, err = r.portal.Calendar(ctx, token, "zh", ""); err != nil || !strings.Contains(cal, "STATUS:CANCELLED") || strings.Contains(cal, "STATUS:CONFIRMED") || !strings.Contains(cal, "UID:"+trade.Key("event", family, trade.DateCommentDeadline)) {
		t.Errorf("recalled, the calendar is %s, %v", cal, err)
	}
	if home, err := r.portal.OwnWarnings(ctx, a); err != nil || len(home.Past) != 1 || home.Past[0].Recalls != 1 {
		t.Errorf("recalled, the list is %+v, %v", home.Past, err)
	}
	if x, err := r.portal.OwnWarning(ctx, a, trade.FamilyKey(family)); err != nil || x.Recalls != 1 || x.Releases[len(x.Releases)-1].Recalls != 1 || x.Releases[0].Recalls != 0 {
		t.Errorf("recalled, the warning is %+v, %v", x.Releases, err)
	}
	link, err := r.portal.OwnFeed(ctx, a)
	if err != nil || link.By != "人 A" || strings.Contains(link.Sum, sumOf(token[27:])) {
		t.Errorf("%+v, %v", link, err)
	}
	renewed, err := r.portal.RenewFeed(ctx, a)
	if err != nil {
		t.Fatal(err)
	}
	for what, x := range map[string]string{"the old one": token, "cut": renewed[:40], "another firm's key": feedKey("B") + renewed[26:], "no key": "x", "a subject": "*." + renewed} {
		if _, err := r.portal.Atom(ctx, x, "zh", ""); !errors.Is(err, trade.ErrNotFound) {
			t.Errorf("%s opens the feed: %v", what, err)
		}
	}
	if err := r.portal.ShutFeed(ctx, a); err != nil {
		t.Fatal(err)
	}
	if _, err := r.portal.Atom(ctx, renewed, "zh", ""); !errors.Is(err, trade.ErrNotFound) {
		t.Errorf("shut, it opens: %v", err)
	}
}

func TestSuggestionsComeFromTheName(t *testing.T) {
	r := newRig(t)
	got, err := r.portal.Suggest(t.Context(), scope(t, "A"), trade.Product{ID: "P7", NameZH: "摩托车", Terms: []string{"motocicleta"}})
	if err != nil {
		t.Fatal(err)
	}
	have := map[string]bool{}
	for _, s := range got {
		have[s.Field+"="+s.Value] = true
	}
	if !have["hs=8711"] || !have["ics=43.140"] || have["terms=motocicleta"] {
		t.Errorf("suggested: %+v", got)
	}
}
