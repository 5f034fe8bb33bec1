package nomenclature

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func day(t *testing.T, s string) time.Time {
	t.Helper()
	d, err := time.Parse(time.DateOnly, s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestExpandAt(t *testing.T) {
	for _, c := range []struct {
		bloc, on, in, out string // codes that are members on that day, and are not
		n                 int    // how many there are; 0: not asked
	}{
		{"EU", "1996-01-01", "GB AT SE", "PL HR", 15},
		{"EU", "2004-04-30", "GB", "PL", 15},
		{"EU", "2004-05-01", "PL GB", "RO", 25},
		{"EU", "2007-01-01", "RO BG", "HR", 27},
		{"EU", "2013-06-30", "GB", "HR", 27},
		{"EU", "2013-07-01", "GB HR", "", 28},
		{"EU", "2020-01-31", "GB", "", 28},
		{"EU", "2020-02-01", "HR", "GB", 27},
		{"EU", "2030-01-01", "HR", "GB", 27},
		{"EEA", "2019-06-01", "GB NO LI", "CH", 31},
		{"EUCU", "2020-06-01", "TR GB", "", 0},
		{"EUCU", "2021-01-01", "TR", "GB", 0},
		{"EAEU", "2012-05-01", "BY KZ RU", "AM KG", 3},
		{"EAEU", "2015-06-01", "AM", "KG", 4},
		{"EAEU", "2009-01-01", "", "RU", 0},
		{"EAC", "2010-01-01", "KE RW", "SS CD SO", 5},
		{"EAC", "2017-01-01", "SS", "CD SO", 6},
		{"EAC", "2023-01-01", "CD", "SO", 7},
		{"EAC", "2024-06-01", "SO", "", 8},
		{"ASEAN", "2024-01-01", "VN KH", "TL", 10},
		{"ASEAN", "2025-12-01", "TL", "", 11},
		{"MERCOSUR", "2014-01-01", "VE", "BO", 5},
		{"MERCOSUR", "2020-01-01", "UY", "BO VE", 4},
		{"MERCOSUR", "2025-01-01", "BO", "VE", 5},
		{"ECOWAS", "2025-01-28", "ML BF NE", "", 15},
		{"ECOWAS", "2025-01-29", "NG", "ML BF NE", 12},
		{"SADC", "2005-01-01", "MU", "SC MG", 0},
		{"SADC", "2009-01-01", "SC MG", "KM", 0},
		{"CPTPP", "2019-06-01", "VN JP", "GB PE", 7},
		{"CPTPP", "2025-01-01", "GB PE", "US", 12},
		{"RCEP", "2021-12-31", "", "CN", 0},
		{"RCEP", "2023-07-01", "CN PH ID", "IN", 15},
		{"APEC", "2024-01-01", "CN HK TW", "IN", 21},
		{"AFUNION", "2010-01-01", "EG", "MA SS", 52},
		{"DE", "2010-01-01", "DE", "", 1},
	} {
		got := ExpandAt(c.bloc, day(t, c.on))
		for _, m := range strings.Fields(c.in) {
			if !slices.Contains(got, m) {
				t.Errorf("%s on %s lacks %s: %v", c.bloc, c.on, m, got)
			}
		}
		for _, m := range strings.Fields(c.out) {
			if slices.Contains(got, m) {
				t.Errorf("%s on %s has %s: %v", c.bloc, c.on, m, got)
			}
		}
		if c.n != 0 && len(got) != c.n || !slices.IsSorted(got) {
			t.Errorf("%s on %s: %d members, want %d: %v", c.bloc, c.on, len(got), c.n, got)
		}
	}
}

// Members exist, memberships of one country do not overlap, none starts before
// notices do or after the date of the table.
func TestMembershipsArePossible(t *testing.T) {
	for bloc, m := range loadAtlas().markets {
		if m.members == nil {
			continue
		}
		last := map[string]term{}
		for _, term := range m.terms {
			if got, ok := Market(term.country); !ok || got != term.country || loadAtlas().markets[got].members != nil {
				t.Errorf("%s: member %q is no country", bloc, term.country)
			}
			for _, d := range []string{term.since, term.until} {
				if d != "" && (d < "1995-01-01" || d > blocsAsOf) {
					t.Errorf("%s: %s: %s is not between the first notices and the date of the table", bloc, term.country, d)
				}
			}
			if before, ok := last[term.country]; ok && (before.until == "" || before.until >= term.since) {
				t.Errorf("%s: memberships of %s overlap", bloc, term.country)
			}
			last[term.country] = term
		}
	}
	today := day(t, blocsAsOf)
	for _, bloc := range Blocs() {
		if now, at := Expand(bloc), ExpandAt(bloc, today); !slices.Equal(now, at) || len(now) == 0 {
			t.Errorf("%s: Expand gives %v, ExpandAt %v", bloc, now, at)
		}
	}
}

func TestTermsAreRead(t *testing.T) {
	for in, want := range map[string]string{
		"HR": "", "HR since 2013-07-01": "", "SC since 1997-09-08 until 2004-06-30": "",
		"HR since": "no member", "HR from 2013-07-01": "neither", "HR since 2013-02-30": "out of range", "HR since 2014-01-01 until 2013-01-01": "ends before",
	} {
		_, err := parseTerm(in)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("parseTerm(%q): %v, want %q", in, err, want)
		}
	}
}
