package workload

import (
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
)

const seedArchive = 303

// Archive returns the first n stored notices, against which new products are
// matched.
func (s Source) Archive(n int) ([]Notice, error) {
	out := make([]Notice, 0, n)
	if s.Dir != "" {
		err := eachLine(filepath.Join(s.Dir, "archive.jsonl"), n, func(line []byte) error {
			out = append(out, Notice{})
			return json.Unmarshal(line, &out[len(out)-1])
		})
		return out, err
	}
	g := newGenerator(seedArchive)
	for i := range n {
		out = append(out, g.notice(uint32(i)+1))
	}
	return out, nil
}

// Plain is the text as phrases are looked for in it: words of letters and
// digits in lower case, every Han character a word, a blank around each.
func Plain(text string) string {
	return " " + strings.Join(tokens(text), " ") + " "
}

// Touches compares one product with one notice by the rule that all peers
// follow, without any index: a market in common, and a code that begins the
// product's, or a term in the text. Texts and terms are Plain.
func Touches(p *Product, terms []string, n *Notice, text string) bool {
	if !slices.ContainsFunc(p.Markets, func(m string) bool { return slices.Contains(n.Markets, m) }) {
		return false
	}
	for _, given := range n.HS {
		if slices.ContainsFunc(p.HS, func(c string) bool { return strings.HasPrefix(c, given) }) {
			return true
		}
	}
	for _, given := range n.ICS {
		if p.ICS == given || strings.HasPrefix(p.ICS, given+".") {
			return true
		}
	}
	return slices.ContainsFunc(terms, func(t string) bool { return strings.Contains(text, t) })
}
