package portal

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"tbtwatch/internal/export"
	"tbtwatch/internal/trade"
)

// workbook is a table as a spreadsheet would save it.
func workbook(t *testing.T, rows ...[]any) *bytes.Buffer {
	t.Helper()
	f := excelize.NewFile()
	for i, row := range rows {
		at, _ := excelize.CoordinatesToCellName(1, i+1)
		if err := f.SetSheetRow("Sheet1", at, &row); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		t.Fatal(err)
	}
	return &out
}

func asCSV(t *testing.T, rows [][]string) *bytes.Buffer {
	t.Helper()
	var out bytes.Buffer
	if err := export.WriteCSV(&out, rows); err != nil {
		t.Fatal(err)
	}
	return &out
}

// A broken workbook is told row by row, its good rows are taken, the refused
// ones mended and taken, too.
func TestABrokenWorkbookIsMended(t *testing.T) {
	r := newRig(t)
	a, ctx := scope(t, "A"), t.Context()
	head := []any{"exporter_id", "product_id", "name_zh", "hs", "markets"}
	plan, err := r.portal.PlanImport(ctx, a, workbook(t, head,
		[]any{"A", "P1", "摩托车头盔（新）", "650610", "BR"}, []any{"A", "P2", `=HYPERLINK("http://x")<script>`, "65x", "BR"}, []any{"B", "S9", "头盔", "650610", "BR"}, []any{"C", "P4", "头盔", "650610", "BR"}, []any{"A", "P5", "手套", "420329", "EU"}))
	if err != nil {
		t.Fatal(err)
	}
	r.silent("the plan", []any{plan.Added, plan.Changed, plan.Missing, plan.Remarks}, nil)
	if plan.Rows != 5 || len(plan.Errors) != 3 || len(plan.Added) != 1 || len(plan.Changed) != 1 || len(plan.Missing) != 0 {
		t.Fatalf("the plan: %+v", plan)
	}
	foreign, unknown := plan.Errors[1], plan.Errors[2]
	if foreign.Value, unknown.Value = "", ""; foreign.Problem != unknown.Problem || plan.Errors[0].Column != "hs" || plan.Errors[0].Line != 3 {
		t.Errorf("refused: %+v", plan.Errors)
	}
	if n := products(r); n != 3 {
		t.Errorf("before it is confirmed there are %d products", n)
	}
	done, _, err := r.portal.Import(ctx, a, asCSV(t, plan.Good()), plan.Kept(), plan.Stamp, true)
	if err != nil || done != (Imported{Added: 1, Changed: 1}) {
		t.Fatalf("imported %+v, %v", done, err)
	}
	file := asCSV(t, plan.Refused())
	if !strings.Contains(file.String(), `'=HYPERLINK`) || strings.Contains(file.String(), ",=") {
		t.Errorf("a spreadsheet would run %s", file)
	}
	mended := strings.NewReplacer("65x", "650610", "\nB,", "\nA,", "\nC,", "\nA,").Replace(file.String())
	plan, err = r.portal.PlanImport(ctx, a, strings.NewReader(mended))
	if err != nil || len(plan.Errors) != 0 || len(plan.Added) != 3 || len(plan.Remarks) != 0 || len(plan.Missing) != 2 {
		t.Fatalf("mended: %+v, %v", plan, err)
	}
	if _, _, err := r.portal.Import(ctx, a, asCSV(t, plan.Good()), nil, plan.Stamp, true); err != nil {
		t.Fatal(err)
	}
	p, _, err := r.portal.OwnProductByID(ctx, a, "P2")
	if err != nil || p.NameZH != `=HYPERLINK("http://x")<script>` {
		t.Errorf("P2 is %+v, %v", p, err)
	}
	if _, _, err := r.portal.OwnProductByID(ctx, a, "P1"); !errors.Is(err, trade.ErrNotFound) {
		t.Errorf("P1 is not in the file, which is the whole list: %v", err)
	}
	if e, _ := r.portal.o.View.Directory.Exporter("B"); e.District != "机密区" {
		t.Errorf("B is now %+v", e)
	}
}

func products(r *rig) int { return r.portal.o.View.Counts().Products }

func TestAnImportIsComparedAgain(t *testing.T) {
	r := newRig(t)
	a, ctx := scope(t, "A"), t.Context()
	const file = "product_id,name_zh,hs\nP1,新名称,650610\n"
	plan, err := r.portal.PlanImport(ctx, a, strings.NewReader(file))
	if err != nil || len(plan.Changed) != 1 || len(plan.Changed[0].Changes) != 1 {
		t.Fatalf("%+v, %v", plan, err)
	}
	p, seq, _ := r.portal.OwnProductByID(ctx, a, "P1")
	p.Terms = []string{"casco"}
	if err := r.portal.SaveProduct(ctx, a, p, seq); err != nil {
		t.Fatal(err)
	}
	_, again, err := r.portal.Import(ctx, a, asCSV(t, plan.Good()), []string{"P9"}, plan.Stamp, false)
	if !errors.Is(err, trade.ErrConflict) || again == nil || again.Stamp == plan.Stamp {
		t.Fatalf("somebody wrote meanwhile: %v", err)
	}
	if kept := again.Kept(); len(kept) != 1 || kept[0] != "P9" {
		t.Errorf("compared again it forgets whose rows were refused: %v", kept)
	}
	var refused *trade.Refused
	for what, text := range map[string]string{"too many rows": "product_id,name_zh\n" + strings.Repeat("P,头盔\n", mostRows+1), "a PDF": "%PDF-1.7", "nothing": "", "no columns": "a,b\n1,2\n"} {
		if _, err := r.portal.PlanImport(ctx, a, strings.NewReader(text)); !errors.As(err, &refused) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// A refused row names its product however a spreadsheet wrote it: the product
// is not missing.
func TestRefusedRowsKeepTheirProducts(t *testing.T) {
	r := newRig(t)
	a := scope(t, "A")
	for _, id := range []string{"P1", " P1 ", "P\u200b1"} {
		plan, err := r.portal.PlanImport(t.Context(), a, strings.NewReader("product_id,name_zh,hs\n\""+id+"\",头盔,65x\n"))
		if err != nil || len(plan.Errors) != 1 || len(plan.Missing) != 0 {
			t.Errorf("%q: %d refused, missing %+v, %v", id, len(plan.Errors), plan.Missing, err)
		}
	}
}
