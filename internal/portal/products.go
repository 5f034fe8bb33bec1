package portal

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"tbtwatch/internal/auth"
	"tbtwatch/internal/bus"
	"tbtwatch/internal/registry"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/view"
)

// ProductFields are the columns of a product that its firm writes, in the
// order of the form.
var ProductFields = []string{"product_id", "name_zh", "name_en", "hs", "ics", "terms", "standards", "substances", "markets", "export_value_usd"}

// OwnProducts lists a part of the firm's products, latest change first.
func (p *Portal) OwnProducts(ctx context.Context, t auth.TenantScope, before uint64) (view.Page[trade.Product], error) {
	exporter, err := ownOf(t)
	if err != nil {
		return view.Page[trade.Product]{}, err
	}
	return p.o.View.Products(ctx, exporter, before, 100)
}

// OwnProductByID reads one product and its place, to be named when it is
// changed. The id is looked for among the firm's own and nowhere else.
func (p *Portal) OwnProductByID(ctx context.Context, t auth.TenantScope, id string) (trade.Product, uint64, error) {
	exporter, err := ownOf(t)
	if err != nil {
		return trade.Product{}, 0, err
	}
	e, err := p.stored(ctx, exporter, id)
	return e.Value, e.Seq, err
}

// stored reads a product of the firm. That there is none is said in the same
// words whatever was asked for; the entry's place is then the one to expect.
func (p *Portal) stored(ctx context.Context, exporter, id string) (bus.Entry[trade.Product], error) {
	e, err := p.o.Bus.Products.Get(ctx, (&trade.Product{ID: id, Exporter: exporter}).Key())
	if errors.Is(err, trade.ErrNotFound) {
		err = trade.ErrNotFound
	}
	return e, err
}

// ReadProduct reads what was typed as a line of a file is read: the same
// mistakes are found, the same remarks made. The firm is the reader's, whatever
// was typed.
func (p *Portal) ReadProduct(t auth.TenantScope, typed map[string]string) (trade.Product, []registry.Remark, *registry.RowError, error) {
	exporter, err := ownOf(t)
	if err != nil {
		return trade.Product{}, nil, nil, err
	}
	values := map[string]string{"exporter_id": exporter}
	for _, name := range ProductFields {
		values[name] = typed[name]
	}
	_, product, remarks, bad := registry.ParseProduct(registry.FormRow(values))
	return product, remarks, bad, nil
}

// SaveProduct stores a product that ReadProduct has read. last is the place of
// the one that it was made from, 0 for a new one; trade.ErrConflict means that
// somebody else wrote meanwhile, or that the id is taken.
func (p *Portal) SaveProduct(ctx context.Context, t auth.TenantScope, product trade.Product, last uint64) error {
	exporter, err := ownOf(t)
	if err != nil {
		return err
	}
	product.Exporter = exporter
	if last == 0 {
		e, err := p.stored(ctx, exporter, product.ID)
		if err == nil {
			return fmt.Errorf("product %s: %w", product.ID, trade.ErrConflict)
		}
		if !errors.Is(err, trade.ErrNotFound) {
			return err
		}
		last = e.Seq // of the tombstone, if there is one
	}
	seq, err := p.o.Bus.Products.Put(ctx, product.Key(), product, last)
	if err != nil {
		return err
	}
	p.shown(ctx, seq)
	return nil
}

// RemoveProduct takes a product off the register.
func (p *Portal) RemoveProduct(ctx context.Context, t auth.TenantScope, id string, last uint64) error {
	exporter, err := ownOf(t)
	if err != nil {
		return err
	}
	e, err := p.stored(ctx, exporter, id)
	if err != nil {
		return err
	}
	if err := p.o.Bus.Products.Delete(ctx, e.Key, last); err != nil {
		return err
	}
	gone, err := p.o.Bus.Products.LastWrite(ctx)
	if err == nil {
		p.shown(ctx, gone)
	}
	return nil
}

// shown waits a moment until lists show a write, so that who made it finds it
// there; they show it soon in any case.
func (p *Portal) shown(ctx context.Context, seq uint64) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !p.o.View.ShowsProducts(seq) {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// PreviewProduct says which open measures would touch the product.
func (p *Portal) PreviewProduct(ctx context.Context, t auth.TenantScope, product trade.Product) ([]trade.Touching, error) {
	exporter, err := ownOf(t)
	if err != nil {
		return nil, err
	}
	if p.o.PreviewProduct == nil {
		return nil, trade.Refusef("matching does not run in this process, ask the administrator; 本进程不做匹配，请联系管理员")
	}
	product.Exporter = exporter
	found, err := p.o.PreviewProduct(ctx, product)
	return append([]trade.Touching{}, found...), err
}

// FieldChange is a field of a product that differs.
type FieldChange struct {
	Field string `json:"field"` // its column
	Was   string `json:"was"`
	Is    string `json:"is"`
}

// ProductChanges lists the fields in which two states of a product differ.
func ProductChanges(was, is trade.Product) []FieldChange {
	names := registry.ColumnNames(registry.Products)
	a, b := registry.ProductCells(trade.Exporter{}, was), registry.ProductCells(trade.Exporter{}, is)
	var out []FieldChange
	for i, name := range names {
		if a[i] != b[i] && slices.Contains(ProductFields, name) {
			out = append(out, FieldChange{name, a[i], b[i]})
		}
	}
	return out
}

// ProductValues are a product's fields as the form holds them, by column.
func ProductValues(product trade.Product) map[string]string {
	out := map[string]string{}
	cells := registry.ProductCells(trade.Exporter{}, product)
	for i, name := range registry.ColumnNames(registry.Products) {
		if slices.Contains(ProductFields, name) {
			out[name] = cells[i]
		}
	}
	return out
}

// FreeProductID proposes an id for a new product.
func (p *Portal) FreeProductID(ctx context.Context, t auth.TenantScope) (string, error) {
	exporter, err := ownOf(t)
	if err != nil {
		return "", err
	}
	all, err := p.allProducts(ctx, exporter)
	if err != nil {
		return "", err
	}
	taken := map[string]bool{}
	for _, x := range all {
		taken[strings.ToUpper(x.ID)] = true
	}
	for n := len(all) + 1; ; n++ {
		if id := fmt.Sprintf("P%02d", n); !taken[id] {
			return id, nil
		}
	}
}

// allProducts reads every product of the firm, by id.
func (p *Portal) allProducts(ctx context.Context, exporter string) ([]trade.Product, error) {
	var out []trade.Product
	for before := uint64(0); ; {
		page, err := p.o.View.Products(ctx, exporter, before, 200)
		if err != nil {
			return nil, err
		}
		out = append(out, page.Rows...)
		if before = page.Next; before == 0 {
			slices.SortFunc(out, func(a, b trade.Product) int { return strings.Compare(a.ID, b.ID) })
			return out, nil
		}
	}
}

// ProductTable is the firm's products as a table with the columns of an
// import, to be mended and taken in again. Without products it has one row that
// shows how to fill it in.
func (p *Portal) ProductTable(ctx context.Context, t auth.TenantScope) ([][]string, error) {
	exporter, err := ownOf(t)
	if err != nil {
		return nil, err
	}
	all, err := p.allProducts(ctx, exporter)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		all = []trade.Product{{ID: "P01", Exporter: exporter, NameZH: "摩托车头盔（示例，请改写）", NameEN: "Motorcycle helmet (an example: overwrite it)", HS: []string{"650610"}, ICS: []string{"13.340.20"}, Markets: []string{"EU", "BR"}, ExportValue: 100_000}}
	}
	rows := [][]string{registry.ColumnNames(registry.Products)}
	firm := p.firm(exporter)
	for _, x := range all {
		rows = append(rows, registry.ProductCells(firm, x))
	}
	return rows, nil
}
