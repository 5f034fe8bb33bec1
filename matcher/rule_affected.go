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
// goods are affected: where it does and the origin is not among them, the
// product is not touched.
func ruleAffected(p *pair) []finding {
	if len(p.r.Affected) == 0 || len(nomenclature.Common(p.r.Affected, []string{Origin})) > 0 {
		return nil
	}
	return []finding{{force: forbids, Evidence: trade.Evidence{
		Kind: trade.EvidenceAgainst, Notice: strings.Join(p.r.Affected, ", "), Product: Origin, Where: "affected"}}}
}
