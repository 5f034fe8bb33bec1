package registry

import "tbtwatch/internal/trade"

// ParseProduct reads one row. It returns the problems of a bad row as one
// RowError, and remarks on what was taken in a way its sender may not expect.
func ParseProduct(row Row) (trade.Exporter, trade.Product, []Remark, *RowError) {
	r := &reader{row: row}
	if row.Bad != nil {
		return trade.Exporter{}, trade.Product{}, nil, &RowError{Line: row.Line, Problem: *row.Bad}
	}
	e := trade.Exporter{
		ID:       r.id("exporter_id"),
		Name:     r.text("exporter_name", maxName),
		District: r.text("district", maxName),
	}
	p := trade.Product{
		ID:          r.id("product_id"),
		Exporter:    e.ID,
		NameZH:      r.text("name_zh", maxName),
		NameEN:      r.text("name_en", maxName),
		HS:          r.hs(),
		ICS:         r.ics(),
		Terms:       r.list("terms"),
		Standards:   r.list("standards"),
		Substances:  r.list("substances"),
		Markets:     r.markets(),
		ExportValue: r.value(),
	}
	if len(r.problems) == 0 {
		r.usable(&p)
	}
	return e, p, r.remarks, r.err()
}

// usable refuses a product that no notice could ever be compared with.
func (r *reader) usable(p *trade.Product) {
	if p.NameZH == "" && p.NameEN == "" && len(p.HS)+len(p.ICS)+len(p.Terms) == 0 {
		r.fail("", p.ID, twof("the product has neither a name nor a code", "产品既无名称也无编码"),
			twof("give at least one of name_zh, name_en, hs, ics, terms", "name_zh、name_en、hs、ics、terms 至少填写一项"))
	}
	if _, given := r.row.head.at["markets"]; given && len(p.Markets) == 0 {
		r.remark("markets", "", twof("no market: nothing will match this product; write * for everywhere", "未填市场：该产品不会匹配到任何通报；如销往各地请填 *"))
	}
}

// MergeProduct is the product to store: what the file states, and for columns
// that the file does not have what is stored already.
func MergeProduct(stored *trade.Product, row trade.Product, has func(string) bool) trade.Product {
	if stored == nil {
		return row
	}
	keep(has("name_zh"), &row.NameZH, stored.NameZH)
	keep(has("name_en"), &row.NameEN, stored.NameEN)
	keep(has("hs"), &row.HS, stored.HS)
	keep(has("ics"), &row.ICS, stored.ICS)
	keep(has("terms"), &row.Terms, stored.Terms)
	keep(has("standards"), &row.Standards, stored.Standards)
	keep(has("substances"), &row.Substances, stored.Substances)
	keep(has("markets"), &row.Markets, stored.Markets)
	keep(has("export_value_usd"), &row.ExportValue, stored.ExportValue)
	return row
}

// mergeExporter is the exporter to store: an empty cell leaves name and
// district as they are, because most rows of a firm do not repeat them.
func mergeExporter(stored *trade.Exporter, row trade.Exporter) trade.Exporter {
	if stored == nil {
		return row
	}
	keep(row.Name != "", &row.Name, stored.Name)
	keep(row.District != "", &row.District, stored.District)
	return row
}

func keep[T any](stated bool, field *T, stored T) {
	if !stated {
		*field = stored
	}
}
