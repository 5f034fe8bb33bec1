package view

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/registry"
	"tbtwatch/internal/search"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
)

// withIndex is a view on b that has caught up, and its index if it has one.
func withIndex(t *testing.T, b *bus.Bus, indexed bool) *View {
	t.Helper()
	v, run := follow(t, b)
	if indexed {
		v.Finder = runIndex(t, search.Options{Bus: b, Dir: t.TempDir(), Log: v.Log})
	}
	run()
	return v
}

// runIndex runs an index until the test ends, and returns once it has caught up.
func runIndex(t *testing.T, o search.Options) *search.Index {
	t.Helper()
	x, err := search.New(o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); _ = x.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-done })
	waitFor(t, "the index", func() bool { return x.State().Ready })
	return x
}

// searchable puts three families with cases into a bus.
func searchable(t *testing.T) *bus.Bus {
	t.Helper()
	b, _, _ := open(t)
	for i, said := range []string{"Brake linings", "Tea with pesticide residues", "Nothing of the kind"} {
		n := notice("eping", fmt.Sprintf("G/TBT/N/BRA/%d", i+1), "Draft requirements, paper "+fmt.Sprint(i+1))
		n.Description = said
		put(t, b.Notices, n.Key(), n, 0)
		f := trade.Family{ID: n.ID, Papers: []trade.Paper{{Notice: n.Key(), ID: n.ID, Symbols: n.Symbols}}}
		put(t, b.Families, f.Key(), f, 0)
		put(t, b.Cases, f.Key(), trade.Case{Family: n.ID, State: trade.CaseOpen, Symbols: n.Symbols, Level: "red", HeadlineZH: fmt.Sprintf("巴西第 %d 项措施", i+1), Assignee: "li", Dates: []trade.Date{{What: trade.DateCommentDeadline, From: fmt.Sprintf("2026-05-1%d", 9-i)}}}, 0)
		put(t, b.Warnings, f.Key(), trade.Warning{Family: n.ID, Number: fmt.Sprintf("2026-000%d", i+1), Release: 1, Headline: trade.Text{ZH: "巴西预警", EN: "Warning, Brazil"}}, 0)
	}
	p := trade.Product{ID: "P1", Exporter: "E1", Standards: []string{"IEC 60335-1"}}
	put(t, b.Products, p.Key(), p, 0)
	put(t, b.Exporters, registry.ExporterKey("E1"), trade.Exporter{ID: "E1"}, 0)
	return b
}

func families(p CasePage) (out []string) {
	for _, r := range p.Rows {
		out = append(out, r.Family)
	}
	return out
}

// With an index the queue has the cases whose papers have the words, too, in
// its own order; without, what rows hold in memory.
func TestQueueIsNarrowedByPapers(t *testing.T) {
	b := searchable(t)
	bare, whole := withIndex(t, b, false), withIndex(t, b, true)
	for _, c := range []struct {
		text          string
		without, with []string
	}{
		{"pesticide", nil, []string{"G/TBT/N/BRA/2"}},
		{"巴西 residue", nil, []string{"G/TBT/N/BRA/2"}},
		{"draft", nil, []string{"G/TBT/N/BRA/3", "G/TBT/N/BRA/2", "G/TBT/N/BRA/1"}}, // by the days left
		{"li", []string{"G/TBT/N/BRA/3", "G/TBT/N/BRA/2", "G/TBT/N/BRA/1"}, []string{"G/TBT/N/BRA/3", "G/TBT/N/BRA/2", "G/TBT/N/BRA/1"}},
		{"ra/2", []string{"G/TBT/N/BRA/2"}, []string{"G/TBT/N/BRA/2"}}, // a piece of a word, which only memory has
		{"nowhere", nil, nil},
		{"…", nil, nil},
	} {
		for name, v := range map[string]*View{"without an index": bare, "with an index": whole} {
			want := c.without
			if v == whole {
				want = c.with
			}
			if got := families(v.Cases(t.Context(), CaseQuery{Text: c.text, Limit: 9})); !slices.Equal(got, want) {
				t.Errorf("%s %q gives %v, want %v", name, c.text, got, want)
			}
		}
	}
	if got := whole.Cases(t.Context(), CaseQuery{Text: "pesticide", Level: "blue", Limit: 9}); got.Total != 0 {
		t.Errorf("other filters do not count beside the text: %v", families(got))
	}
}

func TestNoticesAreNarrowedByTheirText(t *testing.T) {
	b := searchable(t)
	bare, whole := withIndex(t, b, false), withIndex(t, b, true)
	for _, c := range []struct {
		text          string
		without, with int
	}{{"pesticide", 0, 1}, {"requirement draft", 0, 3}, {"G/TBT/N/BRA", 3, 3}, {"paper 2", 1, 1}, {"bra/", 3, 3}, {"aper", 3, 3}, {"zzzz", 0, 0}} {
		for name, v := range map[string]*View{"without an index": bare, "with an index": whole} {
			want := c.without
			if v == whole {
				want = c.with
			}
			p, err := v.Notices(t.Context(), NoticeQuery{Text: c.text, Limit: 2})
			if err != nil || p.Total != want || len(p.Rows) != min(want, 2) {
				t.Errorf("%s %q gives %d notices, %d shown, %v; want %d", name, c.text, p.Total, len(p.Rows), err, want)
			}
		}
	}
	p, err := whole.Notices(t.Context(), NoticeQuery{Text: "drafts", Limit: 2})
	if err != nil || p.Next == 0 || p.Rows[0].ID != "G/TBT/N/BRA/3" {
		t.Fatalf("the first part, latest first: %+v, %v", p, err)
	}
	if p, err = whole.Notices(t.Context(), NoticeQuery{Text: "drafts", Limit: 2, Before: p.Next}); err != nil || len(p.Rows) != 1 || p.Rows[0].ID != "G/TBT/N/BRA/1" {
		t.Errorf("the second part: %+v, %v", p, err)
	}
	if p, err = whole.Notices(t.Context(), NoticeQuery{Text: "drafts", Source: "gazette", Limit: 2}); err != nil || p.Total != 0 {
		t.Errorf("the source does not count beside the text: %+v, %v", p, err)
	}
}

// A list says where a text was not looked for everywhere: the index is not
// there, or takes too long. What rows show is found all the same.
func TestListsSayWhatWasNotLookedThrough(t *testing.T) {
	b := searchable(t)
	bare, whole, slow := withIndex(t, b, false), withIndex(t, b, true), withIndex(t, b, false)
	slow.Finder = runIndex(t, search.Options{Bus: b, Dir: t.TempDir(), Log: slow.Log, Longest: -1})
	for name, c := range map[string]struct {
		view    *View
		partial bool
	}{"no index": {bare, true}, "an index": {whole, false}, "a slow index": {slow, true}} {
		for _, text := range []string{"BRA/2", "", "…"} {
			want := c.partial && search.HasWords(text)
			cases := c.view.Cases(t.Context(), CaseQuery{Text: text, Limit: 9})
			notices, err := c.view.Notices(t.Context(), NoticeQuery{Text: text, Limit: 9})
			if err != nil {
				t.Fatal(err)
			}
			if cases.Partial != want || notices.Partial != want {
				t.Errorf("%s, %q: cases %v and notices %v say that something may be missing, want %v", name, text, cases.Partial, notices.Partial, want)
			}
			if text == "BRA/2" && (cases.Total != 1 || notices.Total != 1) {
				t.Errorf("%s: %d cases and %d notices are found by the symbol that rows show", name, cases.Total, notices.Total)
			}
		}
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if p := whole.Cases(gone, CaseQuery{Text: "pesticide", Limit: 9}); !p.Partial || p.Total != 0 {
		t.Errorf("the index is asked for a reader who is gone: %v", families(p))
	}
}

func TestSearchFindsEverything(t *testing.T) {
	b := searchable(t)
	for name, v := range map[string]*View{"without an index": withIndex(t, b, false), "with an index": withIndex(t, b, true)} {
		indexed := v.Finder != nil
		for _, c := range []struct {
			text                                string
			cases, notices, standards, warnings int
			always                              bool // also without an index
		}{
			{"BRA/2", 1, 1, 0, 1, false}, {"pesticide", 1, 1, 0, 0, false}, {"巴西", 3, 0, 0, 3, false}, {"G/TBT/N/BRA/1", 1, 1, 0, 1, false},
			{"IEC 60335-1", 0, 0, 1, 0, true}, {"", 0, 0, 0, 0, true}, {"***", 0, 0, 0, 0, true}, {"nowhere", 0, 0, 0, 0, true},
		} {
			if !indexed && !c.always {
				continue
			}
			p, err := v.Search(t.Context(), SearchQuery{Text: c.text, Limit: 10})
			if err != nil {
				t.Fatalf("%s, %q: %v", name, c.text, err)
			}
			got := [4]int{p.Cases.Total, p.Notices.Total, p.Standards.Total, p.Warnings.Total}
			if want := [4]int{c.cases, c.notices, c.standards, c.warnings}; got != want || p.Index.Open != indexed {
				t.Errorf("%s, %q: cases, notices, standards, warnings %v, want %v; index open %v", name, c.text, got, want, p.Index.Open)
			}
			if len(p.Cases.Hits) != p.Cases.Total || len(p.Notices.Hits) != p.Notices.Total || len(p.Warnings.Hits) != p.Warnings.Total {
				t.Errorf("%s, %q: fewer rows than were found", name, c.text)
			}
		}
	}
}

// Without an index the search finds what lists show, and one group alone is
// only that.
func TestSearchOfOneKind(t *testing.T) {
	b := searchable(t)
	bare, whole := withIndex(t, b, false), withIndex(t, b, true)
	p, err := bare.Search(t.Context(), SearchQuery{Text: "G/TBT/N/BRA/2", Limit: 10})
	if err != nil || p.Cases.Total != 1 || p.Notices.Total != 1 {
		t.Errorf("without an index: %+v, %v", p, err)
	}
	p, err = whole.Search(t.Context(), SearchQuery{Text: "BRA", Kind: SearchCases, Offset: 1, Limit: 1})
	if err != nil || p.Cases.Total != 3 || len(p.Cases.Hits) != 1 || p.Notices.Total+p.Warnings.Total != 0 {
		t.Errorf("cases alone: %+v, %v", p, err)
	}
	if (&View{Options: Options{Policy: triage.DefaultConfig()}}).Finder.State().Ready {
		t.Error("a view without an index says that it is ready")
	}
}
