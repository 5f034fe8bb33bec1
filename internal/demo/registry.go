package demo

import (
	"bytes"
	_ "embed"
)

//go:embed data/products.csv
var products []byte

//go:embed data/subscribers.csv
var subscribers []byte

// Products is the sample registry as `import products` takes it: CSV, UTF-8,
// one product a line, the columns exporter_id, exporter_name, district,
// product_id, name_zh, name_en, hs, ics, terms, standards, substances, markets,
// export_value_usd. All firms and districts are made up.
func Products() []byte { return bytes.Clone(products) }

// Subscribers is the sample list of who hears of warnings, as `import
// subscribers` takes it. base, such as "http://127.0.0.1:9000", is put before
// the address of the webhook subscriber: where [StartWebhookSink] listens. The
// mail addresses are under .example, which no mail server serves.
func Subscribers(base string) []byte {
	return bytes.ReplaceAll(subscribers, []byte("{base}"), []byte(base))
}
