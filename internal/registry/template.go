package registry

import (
	"bytes"

	"tbtwatch/internal/trade"
)

// Template is a CSV file to fill in: the header and one example row, which
// imports without a remark. It is nil for an unknown kind.
func Template(k Kind) []byte {
	examples := map[Kind][]string{
		Products: productCells(
			trade.Exporter{Name: "示例摩托车有限公司", District: "示例区"},
			&trade.Product{
				ID: "P-001", Exporter: "EX-001", NameZH: "两轮摩托车 150cc", NameEN: "Motorcycle 150 cc", HS: []string{"871120"}, ICS: []string{"43.140"},
				Terms: []string{"摩托车", "motocicleta"}, Standards: []string{"UN R41"}, Markets: []string{"EU", "MX"}, ExportValue: 1250000,
			}),
		Subscribers: subscriberCells(&trade.Subscriber{
			ID: "S-001", Kind: trade.SubExporter, Name: "示例摩托车有限公司", Exporter: "EX-001", Markets: []string{"*"},
			Language: "zh", Channel: "email", Address: "export@example.com", Cadence: "immediate",
		}),
	}
	if examples[k] == nil {
		return nil
	}
	var out bytes.Buffer
	w, err := NewCSVWriter(&out, columnNames(k))
	if err == nil {
		err = w.Write(examples[k])
	}
	if err == nil {
		err = w.Flush()
	}
	if err != nil {
		panic("registry: a buffer takes every write: " + err.Error())
	}
	return out.Bytes()
}
