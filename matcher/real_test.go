package matcher

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// realData is where the authorities' own payloads lie, beside the repository.
const realData = "../../shared/data"

// readReal reads a file of notice lines in place.
func readReal(t *testing.T, name string, fn func(line []byte)) {
	t.Helper()
	f, err := os.Open(filepath.Join(realData, name))
	if err != nil {
		t.Skip("../shared/data is not here: " + err.Error())
	}
	defer f.Close()
	if err := Lines(f, MaxLine, func(_ int, line []byte, refused error) error {
		if refused == nil {
			fn(line)
		}
		return refused
	}); err != nil {
		t.Fatal(err)
	}
}

// TestRealNoticesAreRead reads notices whose official codes are known, hides
// the codes, and compares the headings that the words give.
func TestRealNoticesAreRead(t *testing.T) {
	read, right, five := 0, 0, 0
	readReal(t, "labelled-notices.jsonl", func(line []byte) {
		n, err := ReadLine(line)
		if err != nil {
			t.Errorf("%.60s: %v", line, err)
			return
		}
		if wto := strings.HasPrefix(n.ID, "G/"); len(n.Markets) == 0 || wto != (len(n.Symbols) > 0) {
			t.Errorf("%s: symbols %q, markets %q", n.ID, n.Symbols, n.Markets)
		}
		official := n.HS
		if n.HS, n.ICS = nil, nil; len(official) == 0 || n.Fields["text_kind"] != "own_words" {
			return
		}
		read++
		headings := []string{}
		for _, c := range Classify(&n, "").HS {
			if h := c.Code[:4]; !slices.Contains(headings, h) {
				headings = append(headings, h)
			}
		}
		met := func(h string) bool {
			return slices.ContainsFunc(official, func(o string) bool { return h[:min(4, len(o))] == o[:min(4, len(o))] })
		}
		if len(headings) > 0 && met(headings[0]) {
			right++
		}
		if slices.ContainsFunc(headings[:min(5, len(headings))], met) {
			five++
		}
	})
	t.Logf("of %d notices the first heading is right for %d, one of the first five for %d", read, right, five)
	if right*2 < read || five*10 < read*6 {
		t.Errorf("of %d notices the first heading is right for %d and one of five for %d; half and six tenths are the least", read, right, five)
	}
}
