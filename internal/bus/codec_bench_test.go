package bus

import (
	"encoding/json"
	"testing"

	"tbtwatch/internal/trade"
)

// BenchmarkDecode decodes a product as the bus does, and with the library's
// decoder of before.
func BenchmarkDecode(b *testing.B) {
	p := trade.Product{ID: "P123456", Exporter: "E12345", NameZH: "两轮摩托车制动灯", NameEN: "brake lamp for motorcycles", HS: []string{"871120", "851220"}, ICS: []string{"43.140"},
		Terms: []string{"motorcycle brake lamp", "制动灯", "farol de freio"}, Standards: []string{"UN R50", "GB 4599"}, Markets: []string{"US", "EU", "BR", "VN"}, ExportValue: 123456.7}
	data, encoding, err := encode(p)
	if err != nil || encoding != "" {
		b.Fatal(encoding, err)
	}
	for name, read := range map[string]func(v any) error{
		"bus":           func(v any) error { return decode(data, encoding, v) },
		"encoding-json": func(v any) error { return json.Unmarshal(data, v) },
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				var back trade.Product
				if err := read(&back); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
