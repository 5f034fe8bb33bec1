package matcher

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"tbtwatch/internal/trade"
)

// TestLabelledPairs grades pairs that were labelled without knowledge of the
// rules, and counts by grade, by language and by score. What is wrong is
// logged, not tuned away one by one; a wrong "direct" is never taken.
func TestLabelledPairs(t *testing.T) {
	products := profilesOf(t, "pair-products.txt")
	var total tally
	byLanguage, confusion := map[string]*tally{}, map[string]*tally{}
	var bins [11]tally // of the scores, 0 for no match; right counts the labels direct and likely
	no, open := 0, 0
	for _, row := range rowsOf(t, "pairs.txt", 3) {
		lang, _, _ := strings.Cut(row[0], ",")
		_, r := readingOf(t, row[2])
		for _, want := range strings.Fields(row[1]) {
			name, label, _ := strings.Cut(want, ":")
			p := products[name]
			if p == nil {
				t.Fatalf("%s: no product %q", row[0], name)
			}
			accepted := strings.Split(label, "/")
			got, m := gradeOf(r, p)
			right := slices.Contains(accepted, got)
			cell := label + " graded " + got
			if len(accepted) > 1 {
				open, cell = open+1, fmt.Sprintf("open (right: %t)", right)
			}
			if label == "no" {
				no++
			}
			total.add(right)
			tallyOf(byLanguage, lang).add(right)
			tallyOf(confusion, cell).add(right)
			if len(accepted) == 1 {
				score := m.Score
				if got == "no" {
					score = 0
				}
				bins[int(score*10+1e-9)].add(label == "direct" || label == "likely")
			}
			if right {
				continue
			}
			say := t.Logf
			if got == string(trade.Direct) {
				say = t.Errorf
			}
			say("wrong %s | %s:%s graded %s | %s\n\t%s\n\t%s", row[0], name, label, got, row[2], mentionWords(r), evidence(m))
		}
	}

	for _, counts := range []map[string]*tally{confusion, byLanguage} {
		for _, k := range slices.Sorted(maps.Keys(counts)) {
			t.Logf("%-30s %s", k, counts[k])
		}
	}
	for i, b := range bins {
		if b.asked > 0 {
			t.Logf("score from %.1f: labelled direct or likely %s", float64(i)/10, &b)
		}
		if lower := float64(i) / 10; b.asked >= 10 && (b.share() < lower-0.1 || i < 5 && b.share() > lower+0.2) {
			t.Errorf("scores from %.1f say more, or less, than is right: %s", lower, &b)
		}
	}
	t.Logf("all: %s; %d labelled no, %d open", &total, no, open)
	if total.share() < 0.95 || total.asked < 300 || no*5 < total.asked*2 || open*10 > total.asked {
		t.Errorf("%s, %d labelled no, %d open; want 0.95 right of 300 or more, 40 %% no, at most 10 %% open", &total, no, open)
	}
}

// tally counts how many of those asked are right.
type tally struct{ right, asked int }

func tallyOf(m map[string]*tally, key string) *tally {
	if m[key] == nil {
		m[key] = &tally{}
	}
	return m[key]
}

func (c *tally) add(right bool) {
	c.asked++
	if right {
		c.right++
	}
}

func (c *tally) share() float64 { return float64(c.right) / float64(max(c.asked, 1)) }

func (c *tally) String() string { return fmt.Sprintf("%d of %d (%.3f)", c.right, c.asked, c.share()) }
