package nomenclature

import "sync"

// simplified gives the simplified form of a Chinese character, or the
// character itself. The table holds what stands in notices and registries, one
// character for one: words that only Taiwan or Hong Kong uses ("機車" for a
// motorcycle) are names of concepts, not spelling.
func simplified(r rune) rune {
	if isHan(r) {
		if s := simplification()[r-0x4e00]; s != 0 {
			return s
		}
	}
	return r
}

var simplification = sync.OnceValue(func() *[0x9fff - 0x4e00 + 1]rune {
	var t [0x9fff - 0x4e00 + 1]rune
	for _, r := range readTable("simplified.txt") {
		pairs := []rune(r.text("pairs"))
		for i := 0; i+1 < len(pairs); i += 2 {
			if isHan(pairs[i]) {
				t[pairs[i]-0x4e00] = pairs[i+1]
			}
		}
	}
	return &t
})
