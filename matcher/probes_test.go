package matcher

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tbtwatch/internal/index"
	"tbtwatch/internal/nomenclature"
	"tbtwatch/internal/trade"
)

// rowsOf reads a table of the test data: cells separated by |, lines of #
// passed over. A row has at most n cells, so that the last may hold a |.
func rowsOf(t *testing.T, file string, n int) [][]string {
	t.Helper()
	data, err := os.ReadFile("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	var rows [][]string
	for line := range strings.Lines(string(data)) {
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		cells := strings.SplitN(line, "|", n)
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		if len(cells) != n {
			t.Fatalf("%s: %d cells, want %d: %s", file, len(cells), n, line)
		}
		rows = append(rows, cells)
	}
	return rows
}

func cellList(cell string) []string {
	return strings.FieldsFunc(cell, func(r rune) bool { return r == ';' })
}

func probeProducts(t *testing.T) map[string]*index.Profile {
	t.Helper()
	return profilesOf(t, "probe-products.txt")
}

// profilesOf reads a table of products of the test data, by their names.
func profilesOf(t *testing.T, file string) map[string]*index.Profile {
	t.Helper()
	out := map[string]*index.Profile{}
	for _, c := range rowsOf(t, file, 9)[1:] {
		for i := range c {
			c[i] = strings.ReplaceAll(c[i], "; ", ";")
		}
		p := trade.Product{ID: c[0], Exporter: "E", HS: cellList(c[1]), ICS: cellList(c[2]), NameZH: c[3], NameEN: c[4],
			Terms: cellList(c[5]), Standards: cellList(c[6]), Substances: cellList(c[7]), Markets: cellList(c[8])}
		if len(p.Markets) == 0 {
			p.Markets = []string{nomenclature.Everywhere}
		}
		out[p.ID] = index.NewProfile(p, 1)
	}
	return out
}

// gradeOf is what the matcher says of a pair, with "no" for no match.
func gradeOf(r *Reading, p *index.Profile) (string, trade.Match) {
	m, ok := Judge(r, p, p.FindTerms(r.Fields))
	if !ok || m.Grade == trade.NoGrade {
		return "no", m
	}
	return string(m.Grade), m
}

// TestProbes grades what an analyst would be asked, and counts. A wrong
// "direct" is never taken: it would be released without a person.
func TestProbes(t *testing.T) {
	products := probeProducts(t)
	asked, right, no := 0, 0, 0
	for _, row := range rowsOf(t, "probes.txt", 3) {
		_, r := readingOf(t, row[2])
		for _, want := range strings.Fields(row[1]) {
			name, grades, _ := strings.Cut(want, ":")
			p := products[name]
			if p == nil {
				t.Fatalf("%s: no product %q", row[0], name)
			}
			got, m := gradeOf(r, p)
			asked++
			accepted := strings.Split(grades, "/")
			if slices.Contains(accepted, "no") {
				no++
			}
			switch {
			case slices.Contains(accepted, got):
				right++
			case got == string(trade.Direct):
				t.Errorf("%s: %s is graded direct, an analyst says %s\n\t%s\n\t%s\n\t%s", row[0], name, grades, row[2], mentionWords(r), evidence(m))
			default:
				t.Logf("%s: %s is graded %s, an analyst says %s\n\t%s\n\t%s\n\t%s", row[0], name, got, grades, row[2], mentionWords(r), evidence(m))
			}
		}
	}
	share := float64(right) / float64(asked)
	t.Logf("%d of %d graded right (%.3f), %d of them no", right, asked, share, no)
	if share < 0.985 || asked < 300 || no*5 < asked*2 {
		t.Errorf("%d of %d graded right (%.3f), %d of them no; want 300 asked, 0.985 right, 40 %% no", right, asked, share, no)
	}
}

// TestTheIndexFindsEveryProbe: what Judge says is what the index gives, to the
// last word of evidence.
func TestTheIndexFindsEveryProbe(t *testing.T) {
	set, profiles, byName := index.NewSet(), []*index.Profile(nil), map[string]*index.Profile{}
	for _, p := range probeProducts(t) {
		set.Put(p.Product, uint64(set.Len())+1)
		profiles, byName[p.Exporter+" "+p.ID] = append(profiles, p), p
	}
	for _, row := range rowsOf(t, "probes.txt", 3) {
		_, r := readingOf(t, row[2])
		if diff := cmp.Diff(bruteForce(r, profiles), written(r, set, byName)); diff != "" {
			t.Errorf("%s: each product and the index differ (-each +index):\n%s", row[0], diff)
		}
	}
}
