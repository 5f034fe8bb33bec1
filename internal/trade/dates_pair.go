package trade

import (
	"slices"
	"sort"
)

// cueAt is a cue found in a clause.
type cueAt struct {
	cue
	start, end int
	han        bool
}

// datesIn reads the dates of a clause: to each cue the nearest time behind it
// and before the next cue, else the nearest one before it; each time once.
func datesIn(c clause, days known, kind Kind) []Date {
	cues := cuesIn(c.folded)
	if len(cues) == 0 {
		return nil
	}
	times := timesIn(c.folded)
	used := map[int]bool{}
	var out []Date
	said := cutText(c.text, 300)
	for i, q := range cues {
		next, before := len(c.folded), 0
		if i+1 < len(cues) {
			next = cues[i+1].start
		}
		if i > 0 {
			before = cues[i-1].end
		}
		t := timeFor(q, times, used, before, next)
		if t < 0 || times[t].kind == length && q.what != DateCommentDeadline && !times[t].since || q.past && !kind.FollowUp() && kind != KindUrgent {
			continue
		}
		used[t] = true
		d := times[t].read(c.folded, q, before, next, days)
		d.What, d.Text = q.what, said
		out = append(out, d)
	}
	return out
}

func cuesIn(folded string) []cueAt {
	var out []cueAt
	for _, q := range dateCues {
		if !saidIn(folded, q.stems) {
			continue
		}
		for _, ix := range q.form.FindAllStringIndex(folded, -1) {
			out = append(out, cueAt{q, ix[0], ix[1], folded[ix[0]] >= 0xE3})
		}
	}
	slices.SortFunc(out, func(a, b cueAt) int {
		if a.start != b.start {
			return a.start - b.start
		}
		return b.end - a.end
	})
	kept := out[:0]
	for _, q := range out {
		if n := len(kept); n > 0 && (q.start < kept[n-1].end || q.what == kept[n-1].what && q.start-kept[n-1].end < 4) {
			kept[n-1].end = max(kept[n-1].end, q.end) // the same words under two cues, or beside each other
			continue
		}
		kept = append(kept, q)
	}
	return kept
}

// timeFor finds the time of a cue, -1 for none. The times are in the order of
// the text and do not overlap.
func timeFor(q cueAt, times []timeAt, used map[int]bool, before, next int) int {
	behind, ahead := farBehind, farBefore
	if q.han {
		behind, ahead = farHan, farHan
	}
	best := -1
	first := sort.Search(len(times), func(i int) bool { return times[i].start >= q.end })
	for i := first; i < len(times) && times[i].start-q.end <= behind; i++ {
		if !used[i] && times[i].end <= next && (best < 0 || times[i].target) {
			best = i
		}
	}
	if best >= 0 {
		return best
	}
	for i := sort.Search(len(times), func(i int) bool { return times[i].end > q.start }) - 1; i >= 0; i-- {
		t := times[i]
		if t.start < before || q.start-t.end > ahead {
			break
		}
		if !used[i] && t.kind != noTime {
			return i
		}
	}
	return -1
}
