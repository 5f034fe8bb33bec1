package matcher

import (
	"tbtwatch/internal/index"
	"tbtwatch/internal/trade"
)

var _ = register(ruleHS)

// hsWeight is what agreement in so many digits adds to the score.
var hsWeight = map[int]float64{2: 0.15, 3: 0.2, 4: 0.55, 5: 0.62, 6: 0.7}

// ruleHS compares the HS codes that the notice gives with the product's, to six
// digits: beyond them every tariff counts for itself. Four digits or more are
// direct, a chapter is a reference. It brings the best pair of codes.
func ruleHS(p *pair) {
	against := conflictOf(p.r, p.p)
	if best := p.agreement(); best.code {
		p.add(best)
		if against != siblings {
			return
		}
	}
	if against != noConflict {
		p.add(finding{force: doubts, Evidence: trade.Evidence{
			Kind: trade.EvidenceAgainst, Notice: codeList(p.r.HS), Product: codeList(p.p.HS), Where: whereHS}})
	}
}

// agreement is the best pair of codes, as a finding; the zero finding where no
// two agree.
func (p *pair) agreement() (best finding) {
	bestDigits := 0
	for _, a := range p.r.HS {
		for _, b := range p.p.HS {
			digits, sibling := index.HSAgree(a, b)
			rank := digits
			if sibling {
				rank = 3 // more than a chapter, less than a heading
			}
			if rank <= bestDigits {
				continue
			}
			bestDigits = rank
			best = finding{Evidence: trade.Evidence{Kind: trade.EvidenceHS, Notice: a, Product: b, Where: whereHS, Former: p.r.former[a]}, code: true}
			switch {
			case digits >= 4:
				best.grade, best.strong, best.whole = trade.Direct, true, digits >= index.WorldDigits
			default:
				best.grade = trade.Reference
			}
			best.weight = hsWeight[rank]
		}
	}
	return best
}
