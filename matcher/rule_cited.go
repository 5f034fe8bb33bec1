package matcher

import (
	"slices"

	"tbtwatch/internal/nomenclature"
	"tbtwatch/internal/trade"
)

var (
	_ = register(func(p *pair) []finding {
		return cited(trade.EvidenceStandard, p.r.Standards, p.p.Standards, 0.3)
	})
	_ = register(func(p *pair) []finding {
		return cited(trade.EvidenceSubstance, p.r.Substances, p.p.Substances, 0.2)
	})
)

// cited brings the standards or substances that notice and product both name.
// One standard covers many goods, so by itself it is a reference.
func cited(kind string, notice []Cited, product []string, weight float64) []finding {
	var out []finding
	for _, name := range product {
		i := slices.IndexFunc(notice, func(c Cited) bool { return c.Name == name })
		if i < 0 {
			continue
		}
		shown := name
		if kind == trade.EvidenceStandard {
			shown = nomenclature.StandardOfKey(name)
		}
		out = append(out, finding{Evidence: trade.Evidence{Kind: kind, Notice: shown, Product: shown, Where: notice[i].Where},
			grade: trade.Reference, weight: weight, tie: name})
		if len(out) == 3 { // more of them say no more
			break
		}
	}
	return out
}
