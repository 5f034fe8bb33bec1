package index

import (
	"sync"

	"tbtwatch/internal/nomenclature"
)

// marketMask has a bit for each country that a list of markets reaches. It is
// a filter only: masks that share no bit have no market in common, others are
// asked of nomenclature.Common.
type marketMask [5]uint64

const maskBits = len(marketMask{}) * 64

var everywhere = marketMask{^uint64(0), ^uint64(0), ^uint64(0), ^uint64(0), ^uint64(0)}

// marketBits numbers the countries (and unknown codes) as they come.
var marketBits = struct {
	sync.Mutex
	of map[string]int
}{of: map[string]int{}}

// maskOf expands markets. What has no bit left reaches everywhere, so that
// nothing is filtered wrongly. unknown says that an empty list may be anywhere.
func maskOf(markets []string, unknown bool) marketMask {
	if unknown && len(markets) == 0 {
		return everywhere
	}
	var m marketMask
	marketBits.Lock()
	defer marketBits.Unlock()
	for _, code := range markets {
		if code == nomenclature.Everywhere {
			return everywhere
		}
		for _, c := range nomenclature.Expand(code) {
			bit, known := marketBits.of[c]
			if !known {
				if bit = len(marketBits.of); bit >= maskBits {
					return everywhere
				}
				marketBits.of[c] = bit
			}
			m[bit/64] |= 1 << (bit % 64)
		}
	}
	return m
}

func (m *marketMask) overlaps(o *marketMask) bool {
	for i := range m {
		if m[i]&o[i] != 0 {
			return true
		}
	}
	return false
}

// CommonMarkets lists the product's markets that a notice reaches, each as the
// narrower code. A notice whose market is not known reaches only products that
// are sold everywhere.
func CommonMarkets(notice, product []string) []string {
	if len(notice) == 0 {
		notice = []string{nomenclature.Everywhere}
		for _, p := range product {
			if p == nomenclature.Everywhere {
				return notice
			}
		}
		return nil
	}
	return nomenclature.Common(notice, product)
}
