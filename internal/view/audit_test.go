package view

import (
	"fmt"
	"strings"
	"testing"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
)

// The audit has one key, and every entry of it is a row, page by page: those
// that were there, those that come, and those beyond what is kept ready.
func TestAuditListsEveryEntry(t *testing.T) {
	b, _, _ := open(t)
	const before, after = recentRows + 30, 20
	write := func(from, to int) {
		t.Helper()
		for i := from; i < to; i++ {
			if _, err := b.Audit.Append(t.Context(), "log", trade.Audit{At: now, Actor: fmt.Sprint(i)}); err != nil {
				t.Fatal(err)
			}
		}
	}
	write(0, before)
	v, run := follow(t, b)
	run()
	write(before, before+after)
	waitFor(t, "the new entries to be seen", func() bool { return v.audit.size() == before+after })
	var got []string
	for next, first := uint64(0), true; first || next > 0; first = false {
		page, err := v.Audit(t.Context(), next, 40)
		if err != nil || page.Total != before+after {
			t.Fatalf("%d in all, want %d; %v", page.Total, before+after, err)
		}
		for _, e := range page.Rows {
			got = append(got, e.Actor)
		}
		next = page.Next
	}
	var want []string
	for i := before + after - 1; i >= 0; i-- {
		want = append(want, fmt.Sprint(i))
	}
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("%d rows: %v", len(got), got)
	}
	again := bus.Entry[trade.Audit]{Key: "log", Seq: 1}
	if err := v.audit.take(again); err != nil || v.audit.size() != before+after {
		t.Errorf("an entry that is told twice: %d rows, %v", v.audit.size(), err)
	}
}
