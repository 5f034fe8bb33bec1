package matcher

import (
	"slices"
	"testing"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
)

// stageOf is a stage over a real bus, with a motorcycle and a helmet registered.
func stageOf(t *testing.T) *Stage {
	t.Helper()
	s := newLate(t, openBus(t)).Stage
	for _, p := range []trade.Product{
		{ID: "moto", Exporter: "A", NameEN: "Motorcycle", HS: []string{"871120"}, Markets: []string{"TW", "KE", "UG"}},
		{ID: "helmet", Exporter: "B", NameEN: "Motorcycle helmet", HS: []string{"650610"}, Markets: []string{"*"}},
	} {
		if _, err := s.Bus.Products.Put(t.Context(), p.Key(), p, 0); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// run stores the notices and matches each as a batch of its own.
func run(t *testing.T, s *Stage, notices ...trade.Notice) {
	t.Helper()
	for _, n := range notices {
		seq, err := s.Bus.Notices.Put(t.Context(), n.Key(), n, 0)
		if err == nil {
			err = s.match(t.Context(), []bus.Entry[trade.Notice]{{Key: n.Key(), Seq: seq, Value: n}})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// reached lists who the family of that root touches.
func reached(t *testing.T, s *Stage, root string) (id string, products []string) {
	t.Helper()
	for range 3 {
		e, err := s.Bus.Families.Get(t.Context(), trade.FamilyKey(root))
		if err != nil {
			t.Fatal(err)
		}
		if root = e.Value.Alias; root == "" {
			for m := range e.Value.All() {
				products = append(products, m.Exporter+" "+m.Product+" "+string(m.Grade))
			}
			slices.Sort(products)
			return e.Value.ID, products
		}
	}
	t.Fatal("aliases in a circle")
	return "", nil
}

// An addendum without a code reaches exactly the recipients of its parent,
// whichever of them comes first.
func TestStageHandsAnAddendumItsParentsRecipients(t *testing.T) {
	parent := `{"symbol":"G/TBT/N/TPKM/425","title":"Vehicle inspection","hs":"8711","published":"2026-01-05"}`
	child := `{"symbol":" G/TBT/N/TPKM/425/ADD.5","title":"Helmets are mentioned; the comment period is extended to 15 September 2026","published":"2026-02-05"}`
	for name, lines := range map[string][]string{"parent first": {parent, child}, "parent last": {child, parent}} {
		s := stageOf(t)
		run(t, s, noticesOf(t, lines...)...)
		id, got := reached(t, s, "G/TBT/N/TPKM/425")
		if want := []string{"A moto direct"}; id != "G/TBT/N/TPKM/425" || !slices.Equal(got, want) {
			t.Errorf("%s: family %s reaches %q, want %q", name, id, got, want)
		}
		e, _ := s.Bus.Families.Get(t.Context(), trade.FamilyKey("G/TBT/N/TPKM/425"))
		latest := e.Value.Latest()
		if len(e.Value.Papers) != 2 || latest.Kind != trade.KindAddendum || len(latest.Changes) != 1 || latest.Changes[0].What != trade.EffectCommentPeriod {
			t.Errorf("%s: papers %+v", name, e.Value.Papers)
		}
	}
}

// Neighbours' notifications of one standard are one family with the markets of
// both, also when they come one by one.
func TestStageJoinsNeighbours(t *testing.T) {
	s := stageOf(t)
	run(t, s, noticesOf(t,
		`{"symbol":"G/TBT/N/UGA/2158","title":"DEAS 1252-5:2025, Motorcycles — Specification","hs":"8711","published":"2026-01-05"}`,
		`{"symbol":"G/TBT/N/KEN/1307","title":"DEAS 1252-5: 2025 Motorcycles - Specification","hs":"8711","published":"2026-01-20"}`,
		`{"symbol":"G/TBT/N/KEN/1308","title":"DEAS 1252-6:2025, Helmets","hs":"6506","published":"2026-01-20"}`)...)
	first, got := reached(t, s, "G/TBT/N/UGA/2158")
	second, _ := reached(t, s, "G/TBT/N/KEN/1307")
	other, _ := reached(t, s, "G/TBT/N/KEN/1308")
	if first != second || first == other || !slices.Equal(got, []string{"A moto direct"}) {
		t.Errorf("families %q, %q and %q; the first reaches %q", first, second, other, got)
	}
	e, _ := s.Bus.Families.Get(t.Context(), trade.FamilyKey(first))
	for m := range e.Value.All() {
		if !slices.Equal(trade.SortedUnique(m.Markets), []string{"KE", "UG"}) {
			t.Errorf("%s in %q", m.Product, m.Markets)
		}
	}
}
