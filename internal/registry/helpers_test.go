package registry

import (
	"errors"
	"io"
	"log/slog"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
)

const productHeader = "exporter_id,exporter_name,district,product_id,name_zh,name_en,hs,ics,terms,standards,substances,markets,export_value_usd\n"

func openBus(t *testing.T) *bus.Bus {
	t.Helper()
	b, err := bus.Open(t.Context(), bus.Config{Dir: t.TempDir()}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	return b
}

func openSheet(t *testing.T, k Kind, text string) *Sheet {
	t.Helper()
	s, err := Open(strings.NewReader(text), k)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// refusal is why a file was refused, empty when it was not.
func refusal(err error) trade.Text {
	var refused *trade.Refused
	if !errors.As(err, &refused) {
		return trade.Text{}
	}
	return *refused.Text()
}

// drain reads all items.
func drain(t *testing.T, items *Items) []Item {
	t.Helper()
	var out []Item
	for {
		i, err := items.Next()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, i)
	}
}

func gb18030(t *testing.T, text string) string {
	t.Helper()
	out, err := simplifiedchinese.GB18030.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// goodIDs lists the ids of the products that were taken.
func goodIDs(items []Item) string {
	var ids []string
	for _, i := range items {
		if i.Err == nil {
			ids = append(ids, i.Product.ID)
		}
	}
	return strings.Join(ids, " ")
}

// badLines lists what was refused, one line each.
func badLines(items []Item) string {
	var lines []string
	for _, i := range items {
		if i.Err != nil {
			lines = append(lines, i.Err.Error())
		}
	}
	return strings.Join(lines, "\n")
}
func columnNames(k Kind) []string {
	var out []string
	for _, c := range Columns(k) {
		out = append(out, c.Name)
	}
	return out
}
