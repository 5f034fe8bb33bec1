package demo

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"tbtwatch/internal/trade"
)

func TestPapersAreWellFormed(t *testing.T) {
	types := regexp.MustCompile(`^(Regular notification|Urgent notification|Emergency notifications \(SPS\)|(Addendum|Corrigendum|Revision) to Regular Notification)$`)
	seen := map[string]bool{}
	for _, p := range Papers() {
		name := strings.Join(p.Symbols, ", ")
		if got := trade.SymbolStrings(name); !slices.Equal(got, p.Symbols) {
			t.Errorf("%s is read as %q", name, got)
		}
		if seen[name] {
			t.Errorf("%s stands twice", name)
		}
		seen[name] = true
		if len(p.Members) != len(p.Symbols) || !types.MatchString(p.Type) || p.Title == "" {
			t.Errorf("%s: %d members, type %q, title %q", name, len(p.Members), p.Type, p.Title)
		}
		for _, m := range p.Members {
			if members[m] == "" {
				t.Errorf("%s: %q is no member of members.csv", name, m)
			}
		}
		if p.AgeHours < 0 || p.AgeHours > 96 {
			t.Errorf("%s is %d hours old, not within four days", name, p.AgeHours)
		}
		if filled := p.at(time.Now()); strings.Contains(filled.Title+filled.Description+filled.Entry+filled.Adoption, "{") {
			t.Errorf("%s: a date stays open in %q", name, filled.Title+filled.Description+filled.Entry+filled.Adoption)
		}
	}
	if len(seen) < 60 {
		t.Errorf("%d papers, want at least 60", len(seen))
	}
}

// Follow-ups have their parents in the sample world, or are orphans of the past on purpose.
func TestFollowUpsOfTheSecondPortionHaveParents(t *testing.T) {
	first := map[string]bool{}
	for _, p := range Papers() {
		if p.Wave < 2 {
			for _, s := range p.Symbols {
				first[s] = true
			}
		}
	}
	kinds := map[trade.Kind]bool{}
	for _, p := range Papers() {
		s := trade.ParseSymbols(p.Symbols[0])[0]
		if p.Wave == 2 && s.Kind().FollowUp() {
			kinds[s.Kind()] = true
			if !first[s.Root()] {
				t.Errorf("%s: its parent %s does not show before", s, s.Root())
			}
		}
	}
	for _, want := range []trade.Kind{trade.KindAddendum, trade.KindCorrigendum, trade.KindRevision} {
		if !kinds[want] {
			t.Errorf("no %s in the second portion", want)
		}
	}
}

// Enough papers name sample products so that the demo has warnings to send.
func TestPapersHitProducts(t *testing.T) {
	rows := table(t, Products(), productHead)
	reach := map[string][]string{"European Union": {"EU", "DE", "SE"}, "Kenya": {"KE"}, "Brazil": {"BR"}, "Colombia": {"CO"}, "Mexico": {"MX"},
		"Viet Nam": {"VN", "ASEAN"}, "Thailand": {"TH", "ASEAN"}, "Philippines": {"PH", "ASEAN"}, "Indonesia": {"ID", "ASEAN"}, "Japan": {"JP"},
		"Korea, Republic of": {"KR"}, "United States of America": {"US"}, "Chile": {"CL"}, "Uganda": {"UG"}, "Australia": {"AU"}, "Canada": {"CA"}}
	hits, firms := 0, map[string]bool{}
	for _, p := range Papers() {
		hit := false
		for _, r := range rows {
			for _, c := range p.HS {
				hs := code(c)
				if len(hs) < 4 || !slices.ContainsFunc(list(r["hs"]), func(have string) bool { return strings.HasPrefix(have, hs) }) {
					continue
				}
				for _, m := range list(r["markets"]) {
					if m == "*" || slices.Contains(reach[p.Members[0]], m) {
						hit, firms[r["exporter_id"]] = true, true
					}
				}
			}
		}
		if hit {
			hits++
		}
	}
	if hits < 15 || len(firms) < 15 {
		t.Errorf("%d papers hit products of %d firms directly, want 15 and 15", hits, len(firms))
	}
	t.Logf("%d papers hit products of %d firms", hits, len(firms))
}

func TestGenerate(t *testing.T) {
	a, b := Generate(500, 3), Generate(500, 3)
	seen := map[string]bool{}
	for i, p := range a {
		if p.Title != b[i].Title || seen[p.Symbols[0]] || len(trade.ParseSymbols(p.Symbols[0])) != 1 {
			t.Fatalf("paper %d (%v) is not repeatable, not distinct or no notice", i, p.Symbols)
		}
		seen[p.Symbols[0]] = true
	}
	for _, p := range Papers() {
		if seen[p.Symbols[0]] {
			t.Errorf("%s is generated and in the sample world", p.Symbols[0])
		}
	}
	if c := Generate(500, 4); c[0].Description == a[0].Description && c[1].Description == a[1].Description && c[2].Description == a[2].Description {
		t.Error("another seed gives the same texts")
	}
}
