package main

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/demo"
	"tbtwatch/internal/registry"
	"tbtwatch/internal/trade"
)

// set stores a record in place of what stands there.
func set[T any](t *timeline, table *bus.Table[T], key string, v T) {
	t.Helper()
	e, _ := table.Get(t.Context(), key)
	if _, err := table.Put(t.Context(), key, v, e.Seq); err != nil {
		t.Fatal(err)
	}
}

// register brings in a firm with a mailbox and a product.
func (t *timeline) register(id, name string, hs ...string) trade.Product {
	t.Helper()
	set(t, t.sys.bus.Exporters, registry.ExporterKey(id), trade.Exporter{ID: id, Name: "后来的企业 " + id})
	set(t, t.sys.bus.Subscribers, registry.SubscriberKey("S-"+id), trade.Subscriber{ID: "S-" + id, Kind: trade.SubExporter, Name: id, Exporter: id, Channel: "email", Address: strings.ToLower(id) + "@late.example"})
	p := trade.Product{ID: "P1", Exporter: id, NameEN: name, HS: hs, Markets: []string{"VN"}, ExportValue: 1_000_000}
	set(t, t.sys.bus.Products, p.Key(), p)
	return p
}

func (t *timeline) told(exporter, symbol string, release int) trade.DeliveryState {
	e, err := t.sys.bus.Deliveries.Get(t.Context(), trade.DeliveryKey("S-"+exporter, "email", symbol, release))
	if err != nil {
		return ""
	}
	return e.Value.State
}

func (t *timeline) touches(symbol, exporter string) bool {
	t.Helper()
	e, err := t.sys.bus.Families.Get(t.Context(), trade.FamilyKey(symbol))
	if err != nil {
		t.Fatal(err)
	}
	for m := range e.Value.All() {
		if m.Exporter == exporter {
			return true
		}
	}
	return false
}

// respond runs the command against the server.
func (t *timeline) respond(args ...string) {
	t.Helper()
	if status, out, err := program(t.T, append([]string{"respond", "--data", t.sys.cfg.Data}, args...)...); status != exitDone {
		t.Fatalf("respond %v: %d %s %s", args, status, out, err)
	}
}

func TestAFirmThatComesLater(t *testing.T) {
	tl := newTimeline(t)
	const symbol = "G/TBT/N/VNM/900002"
	tl.stand.world.Publish(demo.Paper{
		Symbols: []string{symbol}, Members: []string{"Viet Nam"}, Type: "Regular notification", Title: "Draft regulation on brakes of motorcycles",
		Products: "Motorcycles", HS: []string{"871120 - Motorcycles, piston engine over 50 to 250 cc"}, CommentDays: 60,
	})
	until(t, 15*time.Second, "the notice is warned of", func() bool { return tl.mailsAbout(symbol, 1) > 0 })
	tl.settle()
	p := trade.Product{ID: "P1", Exporter: "LATE", NameEN: "Motorcycle 150 cc", HS: []string{"87112040"}, Markets: []string{"VN"}}
	var touching []trade.Touching
	client := remote{Data: tl.sys.cfg.Data}.client()
	if err := client.tell(t.Context(), http.MethodPost, "/api/v1/products/preview", p, &touching); err != nil || len(touching) == 0 || touching[0].Notice != symbol || touching[0].Grade != trade.Direct {
		t.Fatalf("preview of the product: %+v, %v", touching, err)
	}

	tl.register("LATE", "Motorcycle 150 cc", "87112040")
	tl.settle()
	if s := tl.told("LATE", symbol, 2); s != trade.Accepted {
		t.Fatalf("the firm that registered later was not told: %q", s)
	}
	if n := tl.mailsAbout(symbol, 2); n != 1 {
		t.Errorf("%d mails because one firm registered a product", n)
	}

	tl.respond(symbol, "LATE", "P1", "--not-relevant", "只做越野车")
	addendum := func(n string) {
		tl.stand.world.Publish(demo.Paper{Symbols: []string{symbol + "/Add." + n}, Members: []string{"Viet Nam"}, Type: "Addendum to Regular Notification", Title: "Extension of the period for comments", CommentDays: 90})
	}
	addendum("1")
	until(t, 15*time.Second, "the addendum is warned of", func() bool { return tl.mailsAbout(symbol, 3) > 0 })
	tl.settle()
	if s := tl.told("LATE", symbol, 3); s != trade.Suppressed {
		t.Errorf("not relevant, and the addendum is %q", s)
	}
	if _, out, _ := program(t, "explain", symbol, "LATE", "--data", tl.sys.cfg.Data); !strings.Contains(out, "not relevant: said by") || !strings.Contains(out, "只做越野车") {
		t.Errorf("explain says\n%s", out)
	}
	tl.respond(symbol, "LATE", "P1", "--relevant")
	tl.settle()
	if s := tl.told("LATE", symbol, 3); s != trade.Accepted {
		t.Errorf("taken back, and the addendum is %q", s)
	}
	tl.comparePreviews()
}

// comparePreviews holds every subscriber's preview against the ledger.
func (t *timeline) comparePreviews() {
	t.Helper()
	sent := map[string]int{}
	if _, err := t.sys.bus.Deliveries.Scan(t.Context(), func(e bus.Entry[trade.Delivery]) error {
		if e.Value.State == trade.Accepted {
			sent[e.Value.Subscriber]++
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	client := remote{Data: t.sys.cfg.Data}.client()
	for _, s := range t.sys.directory.Subscribers() {
		var p trade.Preview
		if err := client.tell(t.Context(), http.MethodPost, "/api/v1/subscribers/preview", s, &p); err != nil {
			t.Fatal(err)
		}
		if p.Sent != sent[s.ID] {
			text, _ := json.Marshal(p)
			t.Errorf("%s: %d sent, the preview says %s", s.ID, sent[s.ID], text)
		}
	}
}

func TestAnEditedNoticeAndAProductThatGoes(t *testing.T) {
	tl := newTimeline(t)
	const symbol = "G/TBT/N/VNM/900003"
	battery := tl.register("CELLS", "Lithium-ion battery pack", "850760")
	tl.stand.world.Publish(demo.Paper{
		Symbols: []string{symbol}, Members: []string{"Viet Nam"}, Type: "Regular notification", Title: "Draft regulation on brakes of motorcycles",
		Products: "Motorcycles", HS: []string{"871120 - Motorcycles, piston engine over 50 to 250 cc"}, CommentDays: 60,
	})
	until(t, 15*time.Second, "the notice is warned of", func() bool { return tl.mailsAbout(symbol, 1) > 0 })
	tl.settle()
	if tl.touches(symbol, "CELLS") {
		t.Fatal("batteries are touched by a notice on brakes")
	}
	e, err := tl.sys.bus.Notices.Get(t.Context(), trade.Key("eping", symbol))
	if err != nil {
		t.Fatal(err)
	}
	n := e.Value // the authority corrects its page: the same paper, other codes
	n.HS, n.Products = append(n.HS, "850760"), "Motorcycles and their lithium-ion batteries"
	set(tl, tl.sys.bus.Notices, e.Key, n)
	tl.settle()
	if s := tl.told("CELLS", symbol, 2); s != trade.Accepted {
		t.Errorf("the edited notice: %q", s)
	}
	elsewhere := battery
	elsewhere.Markets = []string{"BR"}
	set(tl, tl.sys.bus.Products, battery.Key(), elsewhere)
	tl.settle()
	if tl.touches(symbol, "CELLS") {
		t.Error("no longer sold there, and still touched")
	}
	set(tl, tl.sys.bus.Products, battery.Key(), battery)
	tl.settle()
	if !tl.touches(symbol, "CELLS") {
		t.Error("sold there again, and not touched")
	}
	last, err := tl.sys.bus.Products.Get(t.Context(), battery.Key())
	if err != nil {
		t.Fatal(err)
	}
	if err := tl.sys.bus.Products.Delete(t.Context(), battery.Key(), last.Seq); err != nil {
		t.Fatal(err)
	}
	tl.settle()
	if tl.touches(symbol, "CELLS") {
		t.Error("deleted, and still touched")
	}
}
