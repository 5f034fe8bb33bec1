package triage

import (
	"errors"
	"strings"
	"testing"

	"tbtwatch/internal/trade"
)

func TestComparisonsAreAPersonsRecord(t *testing.T) {
	w := newWorld(t)
	n := trade.Notice{Source: "eping", ID: "G/TBT/N/BRA/1", Symbols: []string{"G/TBT/N/BRA/1"}, Kind: trade.KindNew, Title: "Helmets, ABNT NBR 7471"}
	w.publish(n, trade.Match{Exporter: "E1", Product: "P1", Grade: trade.Likely, Score: 0.6})
	long := strings.Repeat("字", MostCompared)
	for _, step := range []struct {
		name    string
		row     trade.Comparison
		want    []trade.Comparison
		refused string
		said    string
	}{
		{"first", trade.Comparison{Standard: " ABNT NBR 7471 ", Domestic: "GB 811-2022\r\n第 5 章 ", Foreign: long}, []trade.Comparison{{Standard: "ABNT NBR 7471", Domestic: "GB 811-2022\n第 5 章", Foreign: long}}, "", "编辑了国内外标准比对：ABNT NBR 7471"},
		{"second", trade.Comparison{Standard: "UN R22", Gap: "测试速度"}, []trade.Comparison{{Standard: "ABNT NBR 7471", Domestic: "GB 811-2022\n第 5 章", Foreign: long}, {Standard: "UN R22", Gap: "测试速度"}}, "", "编辑了国内外标准比对：UN R22"},
		{"replaced", trade.Comparison{Standard: "abnt nbr 7471", Gap: "无"}, []trade.Comparison{{Standard: "abnt nbr 7471", Gap: "无"}, {Standard: "UN R22", Gap: "测试速度"}}, "", "编辑了国内外标准比对：abnt nbr 7471"},
		{"too long", trade.Comparison{Standard: "UN R22", Gap: long + "字"}, nil, "2001", ""},
		{"long name", trade.Comparison{Standard: strings.Repeat("x", 201), Gap: "x"}, nil, "201", ""},
		{"no name", trade.Comparison{Gap: "x"}, nil, "name the standard", ""},
		{"nothing", trade.Comparison{Standard: "EN 1078", Domestic: " "}, nil, "at least one", ""},
		{"removed", trade.Comparison{Standard: "UN R22", Gap: "\t"}, []trade.Comparison{{Standard: "abnt nbr 7471", Gap: "无"}}, "", "删除了国内外标准比对：UN R22"},
	} {
		before, seq := w.cas(n.ID)
		err := w.desk.Compare(t.Context(), n.ID, seq, step.row, "王工")
		after, _ := w.cas(n.ID)
		if step.refused != "" {
			var refused *trade.Refused
			if !errors.As(err, &refused) || !strings.Contains(refused.Reason, step.refused) || len(after.History) != len(before.History) {
				t.Errorf("%s: %v", step.name, err)
			}
			continue
		}
		if err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		if len(after.Comparisons) != len(step.want) {
			t.Fatalf("%s: %+v", step.name, after.Comparisons)
		}
		for i, want := range step.want {
			if after.Comparisons[i] != want {
				t.Errorf("%s, row %d: %+v, want %+v", step.name, i, after.Comparisons[i], want)
			}
		}
		if h := after.History[len(after.History)-1]; h.By != "王工" || h.Reason.ZH != step.said || h.To != after.State {
			t.Errorf("%s: the history says %+v", step.name, h)
		}
	}
}

// The second of two people is told; a paper that comes meanwhile takes nothing
// away.
func TestComparisonsOfTwoPeople(t *testing.T) {
	w := newWorld(t)
	n := trade.Notice{Source: "eping", ID: "G/TBT/N/BRA/1", Symbols: []string{"G/TBT/N/BRA/1"}, Kind: trade.KindNew, Title: "Helmets"}
	match := trade.Match{Exporter: "E1", Product: "P1", Grade: trade.Likely, Score: 0.6}
	w.publish(n, match)
	_, seq := w.cas(n.ID)
	if err := w.desk.Compare(t.Context(), n.ID, seq, trade.Comparison{Standard: "UN R22", Gap: "甲"}, "甲"); err != nil {
		t.Fatal(err)
	}
	if err := w.desk.Compare(t.Context(), n.ID, seq, trade.Comparison{Standard: "UN R22", Gap: "乙"}, "乙"); !errors.Is(err, trade.ErrConflict) {
		t.Errorf("the second writer: %v", err)
	}
	n.Title = "Helmets, corrected"
	w.publish(n, match)
	if c, _ := w.cas(n.ID); c.Title != n.Title || len(c.Comparisons) != 1 || c.Comparisons[0].Gap != "甲" {
		t.Errorf("after a further paper: %q, %+v", c.Title, c.Comparisons)
	}
}

func TestComparisonsHaveAnEnd(t *testing.T) {
	w := newWorld(t)
	n := trade.Notice{Source: "eping", ID: "G/TBT/N/BRA/1", Symbols: []string{"G/TBT/N/BRA/1"}, Kind: trade.KindNew, Title: "Helmets"}
	w.publish(n, trade.Match{Exporter: "E1", Product: "P1", Grade: trade.Likely, Score: 0.6})
	for i := range MostComparisons {
		if err := w.desk.Compare(t.Context(), n.ID, 0, trade.Comparison{Standard: strings.Repeat("i", i+1), Gap: "x"}, "甲"); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.desk.Compare(t.Context(), n.ID, 0, trade.Comparison{Standard: "one more", Gap: "x"}, "甲"); err == nil || !strings.Contains(err.Error(), "已达上限") {
		t.Errorf("row %d: %v", MostComparisons+1, err)
	}
	if err := w.desk.Compare(t.Context(), n.ID, 0, trade.Comparison{Standard: "ii", Gap: "y"}, "甲"); err != nil {
		t.Errorf("a row that is there: %v", err)
	}
}
