package ingest

import (
	"slices"
	"strings"
	"testing"
)

// readingsOf gives what Check says of one fixture, as "row field value !problem".
func readingsOf(t *testing.T, kind, file string) (lines []string, next []string) {
	t.Helper()
	for _, f := range fixtures(t, kind) {
		if f.File != file {
			continue
		}
		readings, follow, err := Check(f.source(t), f.document(f.bytes(t)))
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range readings {
			line := string(rune('0'+r.Row)) + " " + r.Field + " " + r.Value
			if r.Problem != "" {
				line += " !" + r.Problem
			}
			lines = append(lines, line)
		}
		for _, n := range follow {
			next = append(next, n.Role+" "+n.URL)
		}
	}
	return lines, next
}

func TestCheckOfAnAPI(t *testing.T) {
	lines, next := readingsOf(t, "federal-register", "page.json")
	for _, want := range []string{
		"1 id 2026-11634", "1 kind rule", "1 markets US", "1 title Southern Hognose Snake; Comment Period",
		"1 comment_deadline 2026-07-08 (as given, from \"2026-07-08\")", "1 link (text) https://www.govinfo.gov/content/pkg/FR-2026-06-10/pdf/2026-11634.pdf",
	} {
		if !slices.Contains(lines, want) {
			t.Errorf("%q is not told; told are\n%s", want, strings.Join(lines, "\n"))
		}
	}
	if !slices.ContainsFunc(lines, func(l string) bool {
		return strings.HasPrefix(l, "2 row") && strings.Contains(l, "not asked for")
	}) {
		t.Errorf("the row that cannot be believed is not told: %s", strings.Join(lines, "\n"))
	}
	if len(next) != 1 || !strings.Contains(next[0], "page=2") {
		t.Errorf("the next page is not told: %q", next)
	}
}

func TestCheckTellsIntervalsAndOpenDates(t *testing.T) {
	lines, _ := readingsOf(t, "eping", "search.json")
	for _, want := range []string{"1 entry_into_force 2027-05-01 to 2027-08-31 (", "1 adoption To be determined !date not understood: "} {
		if !slices.ContainsFunc(lines, func(l string) bool { return strings.HasPrefix(l, want) }) {
			t.Errorf("%q is not told; told are\n%s", want, strings.Join(lines, "\n"))
		}
	}
}

func TestCheckOfADeclaration(t *testing.T) {
	lines, next := readingsOf(t, "page", "list.html")
	for _, want := range []string{
		"1 symbol G/TBT/N/VNM/211", "1 published 03/06/2025", "1 link https://www.example.vn/n/211.html", "1 field.day 03/06/2025", "1 row TBT new of VN, G/TBT/N/VNM/211",
		`2 published ngày mai !date not understood: "ngày mai" (not a day)`,
		"3 symbol  !matches, but is empty", "3 title  !matches nothing", "3 link  !matches nothing",
		"0 next https://www.example.vn/tbt/list.html?page=2",
	} {
		if !slices.Contains(lines, want) {
			t.Errorf("%q is not told; told are\n%s", want, strings.Join(lines, "\n"))
		}
	}
	if !slices.Equal(next, []string{"list 2 https://www.example.vn/tbt/list.html?page=2"}) {
		t.Errorf("requests %q", next)
	}
}

func TestCheckFollowsDetailPages(t *testing.T) {
	lines, next := readingsOf(t, "page", "chinese.html")
	if !slices.Equal(next, []string{"detail https://www.example.cn/news/2.html"}) {
		t.Errorf("requests %q", next)
	}
	if !slices.ContainsFunc(lines, func(l string) bool {
		return strings.HasPrefix(l, "1 detail.link") && strings.Contains(l, "files.example.net, which is not declared")
	}) {
		t.Errorf("the host that nobody declared is not told:\n%s", strings.Join(lines, "\n"))
	}
	lines, _ = readingsOf(t, "page", "detail.html")
	for _, want := range []string{"1 title 关于锂电池标签的通知", "1 published 2026年2月16日", "1 hs 850760", "1 row rule of CN, https://www.example.cn/news/2.html"} {
		if !slices.Contains(lines, want) {
			t.Errorf("%q is not told; told are\n%s", want, strings.Join(lines, "\n"))
		}
	}
}
