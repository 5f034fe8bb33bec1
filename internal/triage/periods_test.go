package triage

import (
	"slices"
	"strings"
	"testing"

	"tbtwatch/internal/trade"
)

func stated(what, day string) trade.Date { return trade.Date{What: what, From: day, To: day} }

func TestCommentArguments(t *testing.T) {
	const tbt, sps = "G/TBT/N/VNM/300", "G/SPS/N/VNM/300"
	paper := func(kind trade.Kind, symbol, published string) trade.Paper {
		p := trade.Paper{ID: symbol, Kind: kind, Published: published}
		if strings.HasPrefix(symbol, "G/") {
			p.Symbols = []string{symbol}
		}
		return p
	}
	closes, adopted, force := trade.DateCommentDeadline, trade.DateAdoption, trade.DateEntryIntoForce
	tests := []struct {
		name   string
		papers []trade.Paper
		dates  []trade.Date
		want   []string // codes
		says   []string // in one of the texts, briefs or bases
	}{
		{"59 days", []trade.Paper{paper(trade.KindNew, tbt, "2026-01-01")}, []trade.Date{stated(closes, "2026-03-01")}, []string{ArgumentPeriod},
			[]string{tbt, "只有 59 天", "延长至 2026-03-02", "2.9.4", "G/TBT/1", "a period of 59 days only", "to 2026-03-02 or later"}},
		{"60 days", []trade.Paper{paper(trade.KindNew, tbt, "2026-01-01")}, []trade.Date{stated(closes, "2026-03-02")}, nil, nil},
		{"a period in SPS", []trade.Paper{paper(trade.KindNew, sps, "2026-01-01")}, []trade.Date{stated(closes, "2026-02-01")}, []string{ArgumentPeriod},
			[]string{"附件B第5(d)款", "G/SPS/7", "31 天"}},
		{"no symbol tells the agreement", []trade.Paper{paper(trade.KindRule, "VN-1", "2026-01-01")}, []trade.Date{stated(closes, "2026-02-01")}, []string{ArgumentPeriod},
			[]string{"《TBT协定》第2.9.4条、《SPS协定》附件B第5(d)款"}},
		{"an addendum moved the end", []trade.Paper{paper(trade.KindNew, tbt, "2026-01-01"), paper(trade.KindAddendum, tbt+"/Add.1", "2026-02-01")}, []trade.Date{stated(closes, "2026-03-15")}, nil, nil},
		{"a revision begins anew", []trade.Paper{paper(trade.KindNew, tbt, "2026-01-01"), paper(trade.KindRevision, tbt+"/Rev.1", "2026-03-01")}, []trade.Date{stated(closes, "2026-03-31")}, []string{ArgumentPeriod},
			[]string{tbt + "/Rev.1 于 2026-03-01", "30 天"}},
		{"an addendum whose parent nobody saw", []trade.Paper{paper(trade.KindAddendum, tbt+"/Add.1", "2026-02-01")}, []trade.Date{stated(closes, "2026-03-15")}, nil, nil},
		{"the day of circulation is not known", []trade.Paper{paper(trade.KindNew, tbt, "")}, []trade.Date{stated(closes, "2026-02-01")}, nil, nil},
		{"the end is an interval", []trade.Paper{paper(trade.KindNew, tbt, "2026-01-01")}, []trade.Date{{What: closes, From: "2026-02-01", To: "2026-02-28"}}, nil, nil},
		{"the end is open", []trade.Paper{paper(trade.KindNew, tbt, "2026-01-01")}, []trade.Date{{What: closes, Text: "to be determined"}}, nil, nil},
		{"the end lies before the beginning", []trade.Paper{paper(trade.KindNew, tbt, "2026-02-01")}, []trade.Date{stated(closes, "2026-01-01")}, nil, nil},
		{"179 days", []trade.Paper{paper(trade.KindNew, tbt, "2026-01-01")}, []trade.Date{stated(adopted, "2026-03-01"), stated(force, "2026-08-27")}, []string{ArgumentTransition},
			[]string{"179 天", "2.12", "WT/MIN(01)/17", "2026-09-01 或更晚", "拟批准至生效"}},
		{"180 days pass for six months", []trade.Paper{paper(trade.KindNew, tbt, "2026-01-01")}, []trade.Date{stated(adopted, "2026-03-01"), stated(force, "2026-08-28")}, nil, nil},
		{"the request ends in a shorter month", []trade.Paper{paper(trade.KindNew, tbt, "2026-01-01")}, []trade.Date{stated(adopted, "2026-08-31"), stated(force, "2026-12-31")}, []string{ArgumentTransition}, []string{"推迟至 2027-02-28 或更晚"}},
		{"six months to the day", []trade.Paper{paper(trade.KindNew, tbt, "2026-01-01")}, []trade.Date{stated(adopted, "2026-03-01"), stated(force, "2026-09-01")}, nil, nil},
		{"six months from a day that February does not have", []trade.Paper{paper(trade.KindNew, tbt, "2026-01-01")}, []trade.Date{stated(adopted, "2026-08-31"), stated(force, "2027-02-28")}, nil, nil},
		{"a transition in SPS", []trade.Paper{paper(trade.KindNew, sps, "2026-01-01")}, []trade.Date{stated(adopted, "2026-03-01"), stated(force, "2026-04-01")}, []string{ArgumentTransition},
			[]string{"附件B第2款", "SPS Annex B para. 2", "31 天"}},
		{"a gazette publishes the rule itself", []trade.Paper{paper(trade.KindRule, "US-1", "2026-03-01")}, []trade.Date{stated(force, "2026-04-01")}, []string{ArgumentTransition}, []string{"公布至生效只有 31 天"}},
		{"the circulation of a draft begins no transition", []trade.Paper{paper(trade.KindNew, tbt, "2026-03-01")}, []trade.Date{stated(force, "2026-04-01")}, nil, nil},
		{"adoption is not known", []trade.Paper{paper(trade.KindNew, tbt, "2026-01-01")}, []trade.Date{{What: adopted, Text: "mid-2026"}, stated(force, "2026-04-01")}, nil, nil},
		{"both", []trade.Paper{paper(trade.KindNew, tbt, "2026-01-01")}, []trade.Date{stated(closes, "2026-02-01"), stated(adopted, "2026-03-01"), stated(force, "2026-04-01")}, []string{ArgumentPeriod, ArgumentTransition}, nil},
		{"urgent", []trade.Paper{paper(trade.KindUrgent, tbt, "2026-01-01")}, []trade.Date{stated(closes, "2026-01-10"), stated(adopted, "2026-01-01"), stated(force, "2026-01-02")}, []string{ArgumentUrgency},
			[]string{"2.10.1", "紧急问题的性质", "why the regular procedure"}},
		{"an SPS emergency and its addendum", []trade.Paper{paper(trade.KindUrgent, sps, "2026-01-01"), paper(trade.KindAddendum, sps+"/Add.1", "2026-02-01")}, nil, []string{ArgumentUrgency}, []string{"附件B第6(a)款"}},
		{"withdrawn", []trade.Paper{paper(trade.KindUrgent, tbt, "2026-01-01"), {ID: "a", Kind: trade.KindAddendum, Changes: []trade.Effect{{What: trade.EffectWithdrawn}}}}, nil, nil, nil},
		{"a recall", []trade.Paper{paper(trade.KindRecall, "r", "2026-01-01")}, []trade.Date{stated(closes, "2026-01-10")}, nil, nil},
		{"nothing", nil, []trade.Date{stated(adopted, "2026-03-01"), stated(force, "2026-04-01")}, nil, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var codes, text []string
			for _, a := range CommentArguments(test.dates, test.papers) {
				codes, text = append(codes, a.Code), append(text, a.Brief.ZH, a.Brief.EN, a.Text.ZH, a.Text.EN, a.Basis)
				if strings.Contains(strings.Join(text, ""), "%") {
					t.Errorf("a form was not filled: %q", text)
				}
			}
			if !slices.Equal(codes, test.want) {
				t.Fatalf("got %v, want %v", codes, test.want)
			}
			for _, want := range test.says {
				if !strings.Contains(strings.Join(text, "\n"), want) {
					t.Errorf("nothing says %q:\n%s", want, strings.Join(text, "\n"))
				}
			}
		})
	}
}
