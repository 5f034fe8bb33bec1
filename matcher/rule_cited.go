package matcher

import (
	"slices"

	"tbtwatch/internal/nomenclature"
	"tbtwatch/internal/trade"
)

var (
	_ = register(func(p *pair) { p.cited(trade.EvidenceStandard, p.r.Standards, p.p.Standards, 0.3) })
	_ = register(func(p *pair) { p.cited(trade.EvidenceSubstance, p.r.Substances, p.p.Substances, 0.2) })
)

// cited adds the standards or substances that notice and product both name.
// One standard covers many goods, so by itself it is a reference.
func (p *pair) cited(kind string, notice []Cited, product []string, weight float64) {
	most := 3 // more of them say no more
	for _, name := range product {
		i := slices.IndexFunc(notice, func(c Cited) bool { return c.Name == name })
		if i < 0 {
			continue
		}
		shown := name
		if kind == trade.EvidenceStandard {
			shown = nomenclature.StandardOfKey(name)
		}
		p.add(finding{Evidence: trade.Evidence{Kind: kind, Notice: shown, Product: shown, Where: notice[i].Where},
			grade: trade.Reference, weight: weight, tie: name})
		if most--; most == 0 {
			return
		}
	}
}
