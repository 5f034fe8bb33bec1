package triage

import (
	"tbtwatch/internal/nomenclature"
	"tbtwatch/internal/trade"
)

// sectorsOf are the sectors of the codes that a person has set, else of those
// that the papers give, else of the goods by which products are touched; in the
// order in which sectors are shown.
func sectorsOf(f *trade.Family) []string {
	var codes []string
	if f.Codes.Any() {
		codes = f.Codes.HS
	} else {
		for _, p := range f.Papers {
			codes = append(codes, p.HS...)
		}
	}
	seen := map[string]bool{}
	for _, code := range codes {
		seen[nomenclature.SectorOf([]string{code})] = true
	}
	if delete(seen, ""); len(seen) == 0 {
		touchedSectors(f, seen)
	}
	var out []string
	for _, s := range nomenclature.Sectors() {
		if seen[s.ID] {
			out = append(out, s.ID)
		}
	}
	return out
}

// touchedSectors adds those of the goods that speak for direct and likely
// matches; each piece of evidence is read once.
func touchedSectors(f *trade.Family, seen map[string]bool) {
	read := map[trade.Evidence]bool{}
	take := func(g trade.Grade, evidence []trade.Evidence) {
		if g != trade.Direct && g != trade.Likely {
			return
		}
		for _, e := range evidence {
			if e = (trade.Evidence{Kind: e.Kind, Product: e.Product}); read[e] {
				continue
			}
			read[e] = true
			switch e.Kind {
			case trade.EvidenceHS:
				seen[nomenclature.SectorOf([]string{e.Product})] = true
			case trade.EvidenceConcept:
				for _, h := range nomenclature.FindConcepts(e.Product) {
					seen[h.Concept.Sector] = true
				}
			}
		}
	}
	for _, m := range f.Matches {
		take(m.Grade, m.Evidence)
	}
	if f.Packed != nil {
		for _, v := range f.Packed.Verdicts {
			take(v.Grade, v.Evidence)
		}
	}
}
