package demo

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"tbtwatch/internal/trade"
)

// maxNumber is the highest running number that a symbol may have.
const maxNumber = 999_999

// renumber gives every measure of a pattern a number of its own in each round.
type renumber struct {
	place map[string]int // root symbol → place among its member's roots
	roots map[string]int // "TBT/KEN" → how many roots
	top   map[string]int // "TBT/KEN" → highest number in the pattern
}

func newRenumber(pattern [][]patternCell) *renumber {
	r := &renumber{place: map[string]int{}, roots: map[string]int{}, top: map[string]int{}}
	for _, line := range pattern {
		for _, c := range line {
			for _, s := range trade.ParseSymbols(c.text()) {
				if _, known := r.place[s.Root()]; known {
					continue
				}
				member := s.Area + "/" + s.Member
				r.place[s.Root()] = r.roots[member]
				r.roots[member]++
				r.top[member] = max(r.top[member], s.Number)
			}
		}
	}
	return r
}

// check refuses more rounds than there are numbers.
func (r *renumber) check(rounds int) error {
	for member, n := range r.roots {
		if r.top[member]+(rounds-1)*n > maxNumber {
			return fmt.Errorf("the numbers of %s end at %d", member, maxNumber)
		}
	}
	return nil
}

// number is s's number in that round: its own in round 0, later one above all
// of the pattern, the places of a round side by side.
func (r *renumber) number(s trade.Symbol, round int) int {
	member := s.Area + "/" + s.Member
	if round == 0 {
		return s.Number
	}
	return r.top[member] + (round-1)*r.roots[member] + r.place[s.Root()] + 1
}

// row is the pattern's line in that round.
func (r *renumber) row(line []patternCell, round int) []any {
	if round == 0 {
		return cells(line, func(text string) string { return text })
	}
	swap := r.replacer(line, round)
	return cells(line, swap)
}

// replacer renumbers the line's symbols, and their names in the addresses of
// documents (BDI606 in …/TBTN25/BDI606.DOCX), in a text of the line.
func (r *renumber) replacer(line []patternCell, round int) func(string) string {
	names := map[string]string{}
	for _, c := range line {
		for _, s := range trade.ParseSymbols(c.text()) {
			names[s.Member+strconv.Itoa(s.Number)] = s.Member + strconv.Itoa(r.number(s, round))
		}
	}
	return func(text string) string {
		if strings.Contains(text, "docs.wto.org") {
			return documentName.ReplaceAllStringFunc(text, func(found string) string {
				head, tail := "", found
				if _, ok := names[tail]; !ok && found[0] == 'N' { // …/SPS/NJPN1326A1.DOCX
					head, tail = found[:1], found[1:]
				}
				if name, ok := names[tail]; ok {
					return head + name
				}
				return found
			})
		}
		return printed.ReplaceAllStringFunc(text, func(found string) string {
			s := trade.ParseSymbols(found)
			if len(s) != 1 {
				return found
			}
			cut := strings.LastIndex(found, "/")
			return found[:cut+1] + strconv.Itoa(r.number(s[0], round))
		})
	}
}

var (
	printed      = regexp.MustCompile(`G/(?:SPS|TBT)/N/[A-Z]{2,4}/\d{1,6}`)
	documentName = regexp.MustCompile(`[A-Z]{2,5}\d{1,6}`)
)

func (c patternCell) text() string {
	if c.formula != "" {
		return c.formula
	}
	s, _ := c.value.(string)
	return s
}

// cells turns a line into what a stream writer takes, each text through swap.
func cells(line []patternCell, swap func(string) string) []any {
	out := make([]any, len(line))
	for i, c := range line {
		switch v := c.value.(type) {
		case string:
			out[i] = swap(v)
			if v == "" {
				out[i] = nil
			}
		default:
			out[i] = v
		}
		if c.formula != "" {
			out[i] = excelize.Cell{Formula: swap(c.formula)}
		}
	}
	return out
}
