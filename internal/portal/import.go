package portal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"tbtwatch/internal/auth"
	"tbtwatch/internal/bus"
	"tbtwatch/internal/export"
	"tbtwatch/internal/registry"
	"tbtwatch/internal/trade"
)

// Limits of a firm's own file.
const (
	MostUpload = 4 << 20 // bytes

	mostUnpacked = 64 << 20 // bytes of a workbook's parts
	mostRows     = 5000
	mostText     = 8 << 20 // bytes of all cells: the plan goes back and forth in a page
	mostBatch    = 500     // writes that are stored together
)

// problemColumn heads the column of a file of refused rows that says what is
// wrong. Coming back it is left out silently.
const problemColumn = "问题 problem"

// Planned is a product that an import would add or change.
type Planned struct {
	Product trade.Product
	Changes []FieldChange // against what is stored; none for a new one
}

// Plan is what a file would do. Nothing is stored before it is confirmed.
type Plan struct {
	Rows      int
	Errors    []registry.RowError
	Remarks   []registry.Remark
	Added     []Planned
	Changed   []Planned
	Same      int             // rows that change nothing
	Missing   []trade.Product // registered, and not in the file
	CanRemove bool            // every row tells which product it is: what is missing is missing

	Stamp string // of what would change: another one means that somebody wrote meanwhile

	good    [][]string // the rows that were taken
	kept    []string   // ids of refused rows: their products are not missing
	refused [][]string // the rows that were not, with what is wrong
	seqs    map[string]uint64
}

// Good are the rows that were taken, as a table that PlanImport reads.
func (p *Plan) Good() [][]string { return p.good }

// Refused are the rows that were not taken as they stood in the file, with a
// column that says what is wrong.
func (p *Plan) Refused() [][]string { return p.refused }

// Kept are the ids of the rows that were not taken: their products stay.
func (p *Plan) Kept() []string { return p.kept }

// PlanImport reads a firm's file and says what it would do. A row of another
// firm is refused like one of a firm that there is not. Products whose ids are
// in kept do not count as missing.
func (p *Portal) PlanImport(ctx context.Context, t auth.TenantScope, file io.Reader, kept ...string) (*Plan, error) {
	exporter, err := ownOf(t)
	if err != nil {
		return nil, err
	}
	sheet, err := registry.OpenWithin(file, registry.Products, registry.Limits{Unpacked: mostUnpacked, Given: map[string]string{"exporter_id": exporter}})
	if err != nil {
		return nil, err
	}
	defer func() { _ = sheet.Close() }() // read only
	r := &planning{Plan: &Plan{CanRemove: true, kept: slices.Clone(kept), seqs: map[string]uint64{}}, exporter: exporter, named: map[string]bool{}}
	for _, id := range kept {
		r.named[id] = true
	}
	if err := r.read(sheet); err != nil {
		return nil, err
	}
	return r.Plan, p.compare(ctx, r, sheet.Has)
}

// planning is a plan being made.
type planning struct {
	*Plan
	exporter string
	products []trade.Product
	named    map[string]bool // ids that the file names, also in refused rows
	text     int             // bytes of cells so far
}

func (r *planning) read(sheet *registry.Sheet) error {
	items := registry.ParseProducts(sheet)
	for {
		i, err := items.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if r.Rows++; r.Rows > mostRows {
			return trade.Refusef("the file has more than %d rows: split it; 文件超过 %d 行，请拆分后上传", mostRows, mostRows)
		}
		for _, c := range registry.ColumnNames(registry.Products) {
			r.text += len(i.Row.Get(c))
		}
		if r.text > mostText {
			return trade.Refusef("the file holds more than %d MiB of text: split it; 文件文字超过 %d MiB，请拆分后上传", mostText>>20, mostText>>20)
		}
		if i.Err == nil && i.Product.Exporter != r.exporter {
			i.Err = r.foreign(&i)
		}
		r.take(&i)
	}
	for _, m := range sheet.Remarks() {
		if m.Value != problemColumn {
			r.Remarks = append(r.Remarks, m)
		}
	}
	return nil
}

// foreign refuses a row by what the reader's own id is: nothing is looked up.
func (r *planning) foreign(i *registry.Item) *registry.RowError {
	return &registry.RowError{Line: i.Line, Problem: registry.Problem{
		Column: "exporter_id", Value: i.Product.Exporter, Why: "is not your firm's id", WhyZH: "不是贵企业的编号",
		Fix: "write " + r.exporter + ", or leave the whole column out", FixZH: "请填写 " + r.exporter + "，或删去整列",
	}}
}

func (r *planning) take(i *registry.Item) {
	id := registry.Clean(i.Row.Get("product_id")) // as stored ids are
	r.named[id] = true
	switch {
	case i.Err != nil:
		r.refuse(i)
	case i.Repeats > 0:
		r.Same++
	default:
		r.named[i.Product.ID] = true
		r.products = append(r.products, i.Product)
	}
	r.Remarks = append(r.Remarks, i.Remarks...)
	if id == "" {
		r.CanRemove = false
	}
}

func (r *planning) refuse(i *registry.Item) {
	columns := registry.ColumnNames(registry.Products)
	if r.refused == nil {
		r.refused = [][]string{append(slices.Clone(columns), problemColumn)}
	}
	var cells []string
	for _, c := range columns {
		cells = append(cells, export.Restore(i.Row.Get(c)))
	}
	r.refused = append(r.refused, append(cells, i.Err.ZH()+" / "+i.Err.Error()))
	r.Errors = append(r.Errors, *i.Err)
	if id := registry.Clean(i.Row.Get("product_id")); id != "" {
		r.kept = append(r.kept, id)
	}
}

// compare holds what was read against what is stored.
func (p *Portal) compare(ctx context.Context, r *planning, has func(string) bool) error {
	all, err := p.allProducts(ctx, r.exporter)
	if err != nil {
		return err
	}
	var keys []string
	for i := range r.products {
		keys = append(keys, r.products[i].Key())
	}
	for _, x := range all {
		if !r.named[x.ID] {
			r.Missing = append(r.Missing, x)
			keys = append(keys, x.Key())
		}
	}
	stored, err := p.o.Bus.Products.GetMany(ctx, keys)
	if err != nil {
		return err
	}
	r.good = [][]string{registry.ColumnNames(registry.Products)}
	for _, x := range r.products {
		e, known := stored[x.Key()]
		r.seqs[x.Key()] = e.Seq
		known = known && !e.Deleted
		var was *trade.Product
		if known {
			was = &e.Value
		}
		is := registry.MergeProduct(was, x, has)
		r.good = append(r.good, registry.ProductCells(trade.Exporter{}, is))
		switch {
		case !known:
			r.Added = append(r.Added, Planned{Product: is})
		case len(ProductChanges(*was, is)) == 0:
			r.Same++
		default:
			r.Changed = append(r.Changed, Planned{is, ProductChanges(*was, is)})
		}
	}
	for _, x := range r.Missing {
		r.seqs[x.Key()] = stored[x.Key()].Seq
	}
	return r.stamp()
}

// stamp names what the plan would change and the places that it saw.
func (r *planning) stamp() error {
	text, err := json.Marshal([]any{r.Added, r.Changed, r.Missing, r.seqs}) // keys of a map are sorted
	if err != nil {
		return fmt.Errorf("portal: %w", err)
	}
	r.Stamp = trade.Key("plan", string(text))
	return nil
}

// Imported says what an import did.
type Imported struct{ Added, Changed, Removed, Same int }

// Import does what a plan with that stamp says; remove takes what is missing
// off the register, too, which only the reader of a plan that could may ask
// for. file are the plan's good rows, kept its refused ids. When somebody wrote
// meanwhile it returns trade.ErrConflict and the plan as it is now.
//
// More than 500 products are stored in several steps: a crash in between
// leaves a part, which the same import completes.
func (p *Portal) Import(ctx context.Context, t auth.TenantScope, file io.Reader, kept []string, stamp string, remove bool) (Imported, *Plan, error) {
	plan, err := p.PlanImport(ctx, t, file, kept...)
	if err != nil {
		return Imported{}, nil, err
	}
	if plan.Stamp != stamp {
		return Imported{}, plan, trade.ErrConflict
	}
	var writes []bus.Write[trade.Product]
	for _, x := range slices.Concat(plan.Added, plan.Changed) {
		writes = append(writes, bus.Write[trade.Product]{Key: x.Product.Key(), Value: x.Product, Last: plan.seqs[x.Product.Key()]})
	}
	done := Imported{Added: len(plan.Added), Changed: len(plan.Changed), Same: plan.Same}
	if remove && plan.CanRemove {
		for _, x := range plan.Missing {
			writes = append(writes, bus.Write[trade.Product]{Key: x.Key(), Last: plan.seqs[x.Key()], Delete: true})
		}
		done.Removed = len(plan.Missing)
	}
	for part := range slices.Chunk(writes, mostBatch) {
		if err := p.o.Bus.Products.PutBatch(ctx, part); err != nil {
			return Imported{}, plan, err
		}
	}
	if last, err := p.o.Bus.Products.LastWrite(ctx); err == nil && len(writes) > 0 {
		p.shown(ctx, last)
	}
	return done, plan, nil
}
