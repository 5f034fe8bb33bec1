package registry

import (
	"os"
	"path/filepath"
	"testing"
)

func TestLoadProducts(t *testing.T) {
	path := filepath.Join(t.TempDir(), "products.csv")
	text := productHeader + "E1,,东区,P1,摩托车,,871120,,,,,US,\nE1,甲厂,,P2,头盔,,650610,,,,,US,\nE1,,,P2,头盔,,650610,,,,,US,\nE1,,,P3,头盔,,x,,,,,US,\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := LoadProducts(path)
	if err != nil {
		t.Fatal(err)
	}
	if got.Summary.Progress != (Progress{4, 2, 1, 1}) || len(got.Products) != 2 || len(got.Exporters) != 1 {
		t.Errorf("%+v", got)
	}
	if e := got.Exporters[0]; e.Name != "甲厂" || e.District != "东区" {
		t.Errorf("what several rows say of a firm is put together: %+v", e)
	}
	if _, err := LoadProducts(path + ".missing"); err == nil {
		t.Error("a missing file was read")
	}
}
