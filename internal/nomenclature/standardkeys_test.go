package nomenclature

import (
	"slices"
	"testing"
)

// TestStandardsMeet: a part meets the whole and itself, never another part; a
// regional copy meets what it copies.
func TestStandardsMeet(t *testing.T) {
	for _, c := range []struct {
		cited, product string
		want           bool
	}{
		{"ISO 4210-2", "ISO 4210", true},
		{"ISO 4210", "ISO 4210-2", true},
		{"IEC 60335", "IEC 60335-2-9", true},
		{"IEC 60335-2-9", "IEC 60335-2-15", false},
		{"IEC 60335-2-15", "IEC 60335-2-15", true},
		{"EN 60335-2-15", "IEC 60335-2-15", true},
		{"IEC 60335-2-15", "EN 60335-2-15", true},
		{"GB 4706", "GB 4706.1", true},
		{"GB 4706.1", "GB 4706.2", false},
		{"UN R22", "UN R22.06", true},
		{"UN R22", "UN R44", false},
		{"EN 1078", "EN 1077", false},
	} {
		keys := ProductKeys([]string{c.product})
		if got := slices.ContainsFunc(CitedKeys(c.cited), func(k string) bool { return slices.Contains(keys, k) }); got != c.want {
			t.Errorf("a notice citing %s meets a product of %s: %t, want %t", c.cited, c.product, got, c.want)
		}
	}
}
