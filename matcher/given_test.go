package matcher

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"tbtwatch/internal/index"
	"tbtwatch/internal/nomenclature"
	"tbtwatch/internal/trade"
)

// TestGivenCodesStay: the words narrow what a code says, and must not deny it.
// For real notices with the headings that officials gave them, a product of each
// heading, called by the heading's short name, is nearly always direct: the
// name is a group's, and words closer than it are the exception.
func TestGivenCodesStay(t *testing.T) {
	data, err := os.ReadFile("../../shared/data/labelled-notices.jsonl")
	if err != nil {
		t.Skipf("../shared/data is not here: %v", err)
	}
	var direct tally
	none := 0
	for line := range strings.Lines(string(data)) {
		var x struct {
			Title, Products, Description string
			HS                           []string
		}
		if err := json.Unmarshal([]byte(line), &x); err != nil {
			t.Fatal(err)
		}
		n := trade.Notice{ID: "N", Title: x.Title, Products: x.Products, Description: x.Description, Markets: []string{nomenclature.Everywhere}}
		for _, h := range x.HS {
			n.HS = append(n.HS, h[:min(4, len(h))])
		}
		r := Read(&n)
		for _, h := range x.HS {
			if len(h) < 4 {
				continue
			}
			p := index.NewProfile(trade.Product{ID: "P", Exporter: "E", HS: []string{h}, Markets: n.Markets,
				NameZH: nomenclature.HSName(h[:4], "zh"), NameEN: nomenclature.HSName(h[:4], "en")}, 1)
			grade, m := gradeOf(&r, p)
			direct.add(grade == string(trade.Direct))
			if grade == "no" {
				none++
				t.Logf("%s %s is none under %s\n\t%s", h, p.NameZH, x.Title, evidence(m))
			}
		}
	}
	t.Logf("direct %s, none %d", &direct, none)
	if direct.share() < 0.92 || none*40 > direct.asked {
		t.Errorf("direct %s, none %d; want 0.92 direct, one in 40 none", &direct, none)
	}
}
