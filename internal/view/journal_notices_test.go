package view

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"tbtwatch/internal/trade"
)

// shownOfNotices is all that lists, statistics and standards say of notices.
func shownOfNotices(t *testing.T, v *View) string {
	t.Helper()
	var out []any
	for _, q := range []NoticeQuery{{Limit: 200}, {Source: "b", Limit: 200}, {Text: "helmets 3", Limit: 200}} {
		p, err := v.Notices(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, p)
	}
	for _, q := range []StatisticsQuery{{}, {Market: "US"}, {Sector: "motorcycles"}} {
		s, err := v.Statistics(q)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, s)
	}
	found, bodies := v.standards.find(StandardQuery{Limit: 200})
	for _, s := range found {
		out = append(out, s.name, len(s.measures))
	}
	text, err := json.Marshal(append(out, bodies, v.Counts().BySource))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestNoticesComeFromTheJournal(t *testing.T) {
	b, _, _ := open(t)
	last := map[string]uint64{}
	write := func(i int, change func(*trade.Notice)) {
		n := notice(string("ab"[i%2]), fmt.Sprintf("G/TBT/N/USA/%d", i), fmt.Sprint("Helmets ", i))
		n.Markets, n.HS, n.ICS, n.Area = []string{"US", "CA"}[:1+i%2], []string{"871120"}, []string{"43.140"}, "TBT"
		n.Products, n.Description, n.Keywords = "Motorcycles by ISO 4210", "as in EN 1078", []string{"UL 2849"}
		n.Dates = []trade.Date{{What: trade.DateAdoption, From: "2026-09-01"}, {What: trade.DatePublished, From: "2026-03-04"}, {What: trade.DateCommentDeadline, From: "2026-05-01", To: "2026-05-03"}}
		if change != nil {
			change(&n)
		}
		last[n.Key()] = put(t, b.Notices, n.Key(), n, last[n.Key()])
		f := trade.Family{ID: n.ID, Papers: []trade.Paper{{Notice: n.Key(), Published: "2026-03-04"}}}
		key := "family-" + n.Key()
		last[key] = put(t, b.Families, key, f, last[key])
	}
	const many = 40
	for i := range many {
		write(i, nil)
	}
	write(3, func(n *trade.Notice) { n.Title, n.SeenAt, n.Backfill = "Helmets 3, revised", now.Add(time.Hour), true })
	write(5, func(n *trade.Notice) { n.SeenAt, n.Keywords, n.Dates = time.Time{}, nil, nil })
	dir := t.TempDir()
	path := filepath.Join(dir, noticeForm.file())
	_, read, end := kept(t, b, dir)
	if got := read()["notices"]; got != many+2 {
		t.Fatalf("the first start read %d notices of the bus, want %d", got, many+2)
	}
	write(4, func(n *trade.Notice) { n.Title = "Helmets 4, revised" })
	end()
	write(6, func(n *trade.Notice) { n.Markets = []string{"MX"} }) // while nobody runs
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	fresh, _, _ := kept(t, b, "")
	want := shownOfNotices(t, fresh)
	for _, c := range []struct {
		name    string
		journal []byte
		most    int // notices that may be read of the bus
	}{
		{"as it was left", whole, 3},
		{"the last row cut off", whole[:len(whole)-3], 4},
		{"nothing in it", nil, many + 5},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := os.WriteFile(path, c.journal, 0o600); err != nil {
				t.Fatal(err)
			}
			v, read, end := kept(t, b, dir)
			defer end()
			if n := read()["notices"]; n > c.most {
				t.Errorf("%d notices were read of the bus, want %d at most", n, c.most)
			}
			if got := shownOfNotices(t, v); got != want {
				t.Errorf("it shows\n%s\nwant\n%s", got, want)
			}
		})
	}
}
