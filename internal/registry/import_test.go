package registry

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
)

func importText(t *testing.T, b *bus.Bus, k Kind, text string) Summary {
	t.Helper()
	s := openSheet(t, k, text)
	items := ParseProducts(s)
	if k == Subscribers {
		items = ParseSubscribers(s, testRules)
	}
	sum, err := Import(t.Context(), b, items, nil)
	if err != nil {
		t.Fatal(err)
	}
	if sum.Rows != sum.Accepted+sum.Unchanged+sum.Refused {
		t.Errorf("%d rows in, %+v out", sum.Rows, sum.Progress)
	}
	return sum
}

func manyProducts(from, to int) string {
	var out strings.Builder
	out.WriteString(productHeader)
	for i := from; i < to; i++ {
		fmt.Fprintf(&out, "E%d,企业 %d,示例区,P%d,摩托车,Motorcycle,871120,43.140,moto,,,US;EU,%d\n", i/7, i/7, i, 1000+i)
	}
	return out.String()
}

func TestImportTwiceChangesNothing(t *testing.T) {
	b := openBus(t)
	var calls []Progress
	s := openSheet(t, Products, manyProducts(0, 2300)+"E9999,x,,P,,,,,,,,,\n")
	sum, err := Import(t.Context(), b, ParseProducts(s), func(p Progress) { calls = append(calls, p) })
	if err != nil {
		t.Fatal(err)
	}
	if want := (Progress{2301, 2300, 0, 1}); sum.Progress != want || len(sum.Errors) != 1 || sum.Errors[0].Line != 2302 {
		t.Errorf("%+v", sum)
	}
	if len(calls) != 3 || calls[0].Rows != 1000 || calls[2] != sum.Progress {
		t.Errorf("progress %+v", calls)
	}
	if line, _ := json.Marshal(sum.Progress); string(line) != `{"rows":2301,"accepted":2300,"unchanged":0,"refused":1}` {
		t.Errorf("as JSON: %s", line)
	}
	before, _ := b.Products.LastSeq(t.Context())
	if again := importText(t, b, Products, manyProducts(0, 2300)); again.Progress != (Progress{2300, 0, 2300, 0}) {
		t.Errorf("again: %+v", again.Progress)
	}
	if after, _ := b.Products.LastSeq(t.Context()); after != before {
		t.Errorf("an unchanged import wrote %d messages", after-before)
	}
	e, err := b.Exporters.Get(t.Context(), ExporterKey("E328"))
	if err != nil || e.Value != (trade.Exporter{ID: "E328", Name: "企业 328", District: "示例区"}) {
		t.Errorf("%+v %v", e, err)
	}
}

func TestWhatAFileDoesNotStateIsKept(t *testing.T) {
	b := openBus(t)
	importText(t, b, Products, productHeader+"E,甲厂,东区,P,摩托车,Motorcycle,871120,43.140,moto,UN R41,Pb,US,5\n")
	if sum := importText(t, b, Products, "exporter_id,product_id,name_zh,export_value_usd\nE,P,摩托车,9\n"); sum.Accepted != 1 {
		t.Errorf("%+v", sum)
	}
	key := (&trade.Product{ID: "P", Exporter: "E"}).Key()
	got, err := b.Products.Get(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	want := trade.Product{ID: "P", Exporter: "E", NameZH: "摩托车", NameEN: "Motorcycle", HS: []string{"871120"}, ICS: []string{"43.140"}, Terms: []string{"moto"},
		Standards: []string{"UN R41"}, Substances: []string{"Pb"}, Markets: []string{"US"}, ExportValue: 9}
	if d := cmp.Diff(want, got.Value); d != "" {
		t.Error(d)
	}
	if e, _ := b.Exporters.Get(t.Context(), ExporterKey("E")); e.Value.Name != "甲厂" || e.Value.District != "东区" {
		t.Errorf("exporter lost what it had: %+v", e.Value)
	}
	if sum := importText(t, b, Products, "exporter_id,exporter_name,product_id,hs\nE,甲公司,P,871120\nE,甲公司,P2,871120\n"); sum.Progress != (Progress{2, 2, 0, 0}) {
		t.Errorf("a new name of the firm is a change of its first row: %+v", sum.Progress)
	}
	if err := b.Products.Delete(t.Context(), key, mustSeq(t, b, key)); err != nil {
		t.Fatal(err)
	}
	if sum := importText(t, b, Products, "exporter_id,product_id,hs\nE,P,871120\n"); sum.Accepted != 1 {
		t.Errorf("a deleted product can be registered again: %+v", sum)
	}
}

func mustSeq(t *testing.T, b *bus.Bus, key string) uint64 {
	t.Helper()
	e, err := b.Products.Get(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	return e.Seq
}

func TestTwoImportsAtOnceLoseNothing(t *testing.T) {
	b := openBus(t)
	done := make(chan error, 2)
	for _, value := range []string{"1", "2"} {
		text := strings.ReplaceAll(manyProducts(0, 1200), "moto,", "moto"+value+",")
		s := openSheet(t, Products, text)
		go func() {
			_, err := Import(context.Background(), b, ParseProducts(s), nil)
			done <- err
		}()
	}
	for range 2 {
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	}
	n := 0
	if _, err := b.Products.Scan(t.Context(), func(bus.Entry[trade.Product]) error { n++; return nil }); err != nil || n != 1200 {
		t.Errorf("%d products, %v", n, err)
	}
}

func TestImportSubscribers(t *testing.T) {
	b := openBus(t)
	importText(t, b, Products, productHeader+"E1,甲厂,,P,摩托车,,871120,,,,,US,\n")
	text := subscriberHeader + "S1,exporter,甲厂,E1,,,,,email,a@example.com,,\nS2,exporter,乙厂,E2,,,,,email,b@example.com,,\nS3,exporter,丙厂,E3,,,,,email,none,,\n"
	sum := importText(t, b, Subscribers, text)
	if sum.Progress != (Progress{3, 2, 0, 1}) {
		t.Errorf("%+v", sum.Progress)
	}
	if len(sum.Remarks) != 1 || sum.Remarks[0].String() != `line 3, column exporter_id, value "E2": no such exporter is registered: nothing will be sent until it is` {
		t.Errorf("%v", sum.Remarks)
	}
	if again := importText(t, b, Subscribers, text); again.Progress != (Progress{3, 0, 2, 1}) {
		t.Errorf("again: %+v", again.Progress)
	}
}

func TestTheListOfErrorsIsBounded(t *testing.T) {
	b := openBus(t)
	s := openSheet(t, Products, small+strings.Repeat("E,P,车,x\n", maxListed+7))
	items, heard := ParseProducts(s), 0
	items.OnBad = func(RowError) { heard++ }
	sum, err := Import(t.Context(), b, items, nil)
	if err != nil || len(sum.Errors) != maxListed || sum.ErrorsLeftOut != 7 || heard != maxListed+7 || sum.Refused != maxListed+7 {
		t.Errorf("%d listed, %d left out, %d heard, %v", len(sum.Errors), sum.ErrorsLeftOut, heard, err)
	}
}

// Whatever the rows are: every one has one outcome, and the same file again
// changes nothing.
func TestEveryRowHasOneOutcome(t *testing.T) {
	b := openBus(t)
	cell := rapid.SampledFrom([]string{"", "E1", "E2", "871120", "x", "\"", "\"a\nb\"", "=1", "车", "\x00"})
	rapid.Check(t, func(rt *rapid.T) {
		rows := rapid.SliceOfN(rapid.SliceOfN(cell, 3, 5), 0, 12).Draw(rt, "rows")
		text := small
		for _, r := range rows {
			text += strings.Join(r, ",") + "\n"
		}
		first := importText(t, b, Products, text)
		second := importText(t, b, Products, text)
		if second.Accepted != 0 || second.Refused != first.Refused || second.Rows != first.Rows {
			rt.Fatalf("first %+v, then %+v:\n%s", first.Progress, second.Progress, text)
		}
	})
}
