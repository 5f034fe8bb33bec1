package triage

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"tbtwatch/internal/trade"
)

// Fifty people make two hundred edits each to the same few dozen cases, each
// with what they saw last. What was accepted stands in the history, once and
// under its author; what met a change of somebody else was refused as such.
func TestEveryAcceptedEditIsInTheHistory(t *testing.T) {
	t.Parallel()
	const editors, edits, cases = 50, 200, 40
	w := newWorld(t)
	families := make([]string, cases)
	for i := range families {
		families[i] = fmt.Sprintf("G/TBT/N/BRA/%d", i+1)
		w.publish(trade.Notice{Source: "eping", ID: families[i], Symbols: []string{families[i]}, Kind: trade.KindNew, Markets: []string{"BR"}, Title: "Helmets", HS: []string{"650610"}}, match("E1", "P1", trade.Likely))
	}
	accepted := make([]map[string]string, editors) // what was said → the case it was said of
	refused := make([]int, editors)
	var wg sync.WaitGroup
	for n := range editors {
		accepted[n] = map[string]string{}
		wg.Go(func() {
			random := rand.New(rand.NewPCG(uint64(n), 1))
			for i := range edits {
				family, by, said := families[random.IntN(cases)], fmt.Sprintf("editor %d", n), fmt.Sprintf("edit %d-%d.", n, i)
				_, seq := w.cas(family)
				var err error
				switch random.IntN(3) {
				case 0:
					err = w.desk.Comment(t.Context(), family, said, by)
				case 1:
					err = w.desk.Assign(t.Context(), family, seq, said, by)
				default:
					err = w.desk.SetLevel(t.Context(), family, seq, []string{"red", "orange", "yellow", "blue"}[random.IntN(4)], by, said)
				}
				switch {
				case err == nil:
					accepted[n][said] = family
				case errors.Is(err, trade.ErrConflict):
					refused[n]++
				default:
					t.Errorf("%s by %s: %v", said, by, err)
				}
			}
		})
	}
	wg.Wait()
	history := map[string]map[string]int{} // case → author and line → how often
	for _, family := range families {
		c, _ := w.cas(family)
		history[family] = map[string]int{}
		for _, h := range c.History {
			for _, word := range strings.FieldsFunc(h.Reason.EN, func(r rune) bool { return strings.ContainsRune("“”\"“:,;() ", r) }) {
				history[family][h.By+" "+word]++
			}
		}
	}
	all, conflicts := 0, 0
	for n := range editors {
		conflicts += refused[n]
		for said, family := range accepted[n] {
			all++
			mark := strings.Fields(said)[1]
			if got := history[family][fmt.Sprintf("editor %d %s", n, mark)]; got != 1 {
				t.Errorf("%s, accepted on %s: %d times in its history", said, family, got)
			}
		}
	}
	if all+conflicts != editors*edits || all == 0 || conflicts == 0 {
		t.Errorf("%d accepted and %d refused of %d: the editors never met, or an edit has no outcome", all, conflicts, editors*edits)
	}
	t.Logf("%d accepted, %d refused because somebody was quicker", all, conflicts)
}
