package matcher

import (
	"strings"

	"tbtwatch/internal/nomenclature"
	"tbtwatch/internal/trade"
)

var _ = register(ruleAffected)

// Origin is the market from which all registered products come: the registry
// holds exports of one country, and a product carries no origin of its own.
const Origin = "CN"

// ruleAffected reads the box of an SPS notice that names the countries whose
// goods are affected, and those that are not: where the origin is not among the
// first, or is among the second, the product is not touched.
func ruleAffected(p *pair) {
	if len(nomenclature.Common(p.r.Excepted, []string{Origin})) > 0 {
		p.add(finding{force: forbids, Evidence: trade.Evidence{
			Kind: trade.EvidenceAgainst, Notice: strings.Join(p.r.Excepted, ", "), Product: Origin, Where: "excepted"}})
		return
	}
	if len(p.r.Affected) == 0 || len(nomenclature.Common(p.r.Affected, []string{Origin})) > 0 {
		return
	}
	p.add(finding{force: forbids, Evidence: trade.Evidence{
		Kind: trade.EvidenceAgainst, Notice: strings.Join(p.r.Affected, ", "), Product: Origin, Where: "affected"}})
}
