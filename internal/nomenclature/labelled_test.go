package nomenclature

import (
	"bufio"
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// labelled is a real notice with the codes that its authors gave it.
type labelled struct {
	ID          string   `json:"id"`
	Lang        string   `json:"lang"`
	Title       string   `json:"title"`
	Products    string   `json:"products"`
	Description string   `json:"description"`
	HS          []string `json:"hs"`
	Kind        string   `json:"text_kind"`
}

func readLabelled(t *testing.T) []labelled {
	t.Helper()
	f, err := os.Open("../../../shared/data/labelled-notices.jsonl")
	if err != nil {
		t.Skipf("../shared/data is not here: %v", err)
	}
	defer f.Close()
	var out []labelled
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var n labelled
		if err := json.Unmarshal(lines.Bytes(), &n); err != nil {
			t.Fatal(err)
		}
		out = append(out, n)
	}
	return out
}

// agree reports whether one code is a prefix of the other, down to `digits`.
func agree(a, b string, digits int) bool {
	a, b = a[:min(len(a), digits)], b[:min(len(b), digits)]
	return strings.HasPrefix(a, b) || strings.HasPrefix(b, a)
}

// TestInferenceOnLabelledNotices measures how many real notices the vocabulary
// places where their authors did. The bounds are what was reached; they may
// only rise.
func TestInferenceOnLabelledNotices(t *testing.T) {
	notices, hit4, hit2, precise, inferred := 0, 0, 0, 0, 0
	for _, n := range readLabelled(t) {
		if n.Kind != "own_words" {
			continue
		}
		notices++
		var codes, why []string
		right := 0
		hits := FindConcepts(strings.Join([]string{n.Title, n.Products, n.Description}, "\n"))
		for _, h := range hits {
			if h.Negated {
				continue
			}
			ok := false
			for _, code := range h.Concept.HS {
				codes = append(codes, code)
				for _, want := range n.HS {
					ok = ok || agree(code, want, 2)
				}
			}
			if ok {
				right++
			}
			why = append(why, h.Concept.ID+"="+h.Words)
		}
		precise, inferred = precise+right, inferred+len(why)
		found4, found2 := false, false
		for _, want := range n.HS {
			for _, code := range codes {
				found4 = found4 || agree(code, want, 4)
				found2 = found2 || agree(code, want, 2)
			}
		}
		if found4 {
			hit4++
		}
		if found2 {
			hit2++
		}
		if !found4 || right < len(why) {
			t.Logf("%s %s: wants %v, heading found: %v; %s", n.ID, n.Lang, n.HS, found4, strings.Join(why, ", "))
		}
	}
	t.Logf("of %d notices in their own words: heading found for %d, chapter for %d; %d of %d concepts agree with a chapter",
		notices, hit4, hit2, precise, inferred)
	if hit4*100 < notices*85 {
		t.Errorf("only %d of %d notices reach their heading", hit4, notices)
	}
}
