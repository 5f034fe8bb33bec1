package notify

import (
	"strings"
	"testing"

	"tbtwatch/internal/trade"
)

func TestWhyInWords(t *testing.T) {
	tests := []struct {
		name   string
		e      trade.Evidence
		zh, en string
	}{
		{"hs", trade.Evidence{Kind: "hs", Notice: "999999", Product: "9999991234"}, "通报的税号 999999 与您的产品税号 9999991234 一致", "the notice's HS code 999999 agrees with your product's code 9999991234"},
		{"ics", trade.Evidence{Kind: "ics", Notice: "43.140", Product: "43.140"}, "通报的 ICS 分类号 43.140 与您的产品分类号 43.140 一致", "the notice's ICS code 43.140 agrees with your product's code 43.140"},
		{"term", trade.Evidence{Kind: "term", Notice: "mopeds", Product: "moped", Where: "title"}, "通报（标题）写到“mopeds”，与您登记的产品名称“moped”相符", "the notice (title) says “mopeds”, which is your product's name “moped”"},
		{"concept", trade.Evidence{Kind: "concept", Notice: "motocicletas", Product: "摩托车", Where: "products"}, "通报（产品范围）写到“motocicletas”，与您的产品同属“摩托车”", "the notice (products covered) says “motocicletas”, which is the same kind of goods as your product: 摩托车"},
		{"standard", trade.Evidence{Kind: "standard", Notice: "UN R41", Product: "ECE R41", Where: "description"}, "通报（内容说明）引用标准 UN R41，您的产品执行 ECE R41", "the notice (description) cites the standard UN R41; your product meets ECE R41"},
		{"substance", trade.Evidence{Kind: "substance", Notice: "lead", Product: "铅"}, "通报涉及物质“lead”，您的产品登记含“铅”", "the notice is about the substance “lead”; your product is registered with “铅”"},
		{"parent", trade.Evidence{Kind: "parent", Notice: "x", Where: "G/TBT/N/EU/9901"}, "本文件是 G/TBT/N/EU/9901 的后续文件，该通报涉及您的产品", "this paper follows G/TBT/N/EU/9901, which touches your product"},
		{"against", trade.Evidence{Kind: "against", Notice: "bicycles", Where: "keywords"}, "但有相反迹象：通报（关键词）写到“bicycles”", "against it: the notice (keywords) says “bicycles”"},
		{"a kind that came later", trade.Evidence{Kind: "smell", Notice: "n", Product: "p"}, "通报“n”与产品“p”相符（smell）", "the notice's “n” agrees with the product's “p” (smell)"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Why(tt.e, "zh"); got != tt.zh {
				t.Errorf("zh: %s, want %s", got, tt.zh)
			}
			if got := Why(tt.e, "en"); got != tt.en {
				t.Errorf("en: %s, want %s", got, tt.en)
			}
		})
	}
	if got := Why(trade.Evidence{Kind: "hs", Notice: "8711", Product: "871120"}, "zh"); !strings.Contains(got, "（") {
		t.Errorf("a known code is named: %s", got)
	}
}

func TestDatesInWords(t *testing.T) {
	for name, tt := range map[string]struct {
		d       trade.Date
		zh, en  string
		basis   string
		english string
	}{
		"a day":         {trade.Date{From: "2026-11-05", To: "2026-11-05", Basis: "as given"}, "2026-11-05", "2026-11-05", "按原文", "as given"},
		"an interval":   {trade.Date{From: "2027-05-01", To: "2027-08-31"}, "2027-05-01 至 2027-08-31", "2027-05-01 to 2027-08-31", "", ""},
		"no day":        {trade.Date{Text: "To be determined", Basis: "not a day"}, "未定（原文未写明具体日期）", "open (the text names no day)", "不是确定的日期", "not a day"},
		"only an end":   {trade.Date{To: "2027-01-01"}, "不晚于 2027-01-01", "by 2027-01-01", "", ""},
		"counted":       {trade.Date{From: "2026-03-06", To: "2026-03-06", Basis: "60 days from 2026-01-05"}, "2026-03-06", "2026-03-06", "自 2026-01-05 起 60 天", "60 days from 2026-01-05"},
		"another basis": {trade.Date{From: "2026-03-06", To: "2026-03-06", Basis: "guess"}, "2026-03-06", "2026-03-06", "guess", "guess"},
	} {
		t.Run(name, func(t *testing.T) {
			got := []string{dayWords(tt.d, "zh"), dayWords(tt.d, "en"), basisWords(tt.d.Basis, "zh"), basisWords(tt.d.Basis, "en")}
			want := []string{tt.zh, tt.en, tt.basis, tt.english}
			if strings.Join(got, "|") != strings.Join(want, "|") {
				t.Errorf("%q, want %q", got, want)
			}
		})
	}
}

func TestActionsByDate(t *testing.T) {
	day := func(what, from, to string) trade.Date { return trade.Date{What: what, From: from, To: to} }
	tests := []struct {
		name    string
		kind    trade.SubscriberKind
		change  func(*trade.Warning)
		says    []string
		silent  []string
		remarks int
	}{
		{"comments open", "exporter", func(w *trade.Warning) {}, []string{"2026-11-05", "2027-05-01 至 2027-08-31", "报送本中心", "与您的产品无关"}, nil, 1},
		{"comments closed before the release", "exporter", func(w *trade.Warning) { w.At = "2026-11-06T00:00:00Z" }, []string{"2027-05-01"}, []string{"2026-11-05"}, 1},
		{"closes today", "district", func(w *trade.Warning) { w.At = "2026-11-05T23:00:00Z" }, []string{"2026-11-05", "上列企业"}, nil, 1},
		{"in force already", "exporter", func(w *trade.Warning) { w.Dates = []trade.Date{day("entry_into_force", "2026-01-01", "2026-01-01")} }, []string{"已生效", "2026-01-01"}, nil, 0},
		{"urgent without a date", "exporter", func(w *trade.Warning) { w.Dates, w.Kind = nil, trade.KindUrgent }, []string{"紧急措施"}, nil, 0},
		{"nothing dated", "association", func(w *trade.Warning) { w.Dates = nil }, []string{"尚未写明"}, []string{"无关"}, 0},
		{"lifted", "exporter", func(w *trade.Warning) { w.Lifted = true }, []string{"已解除"}, []string{"2026-11-05"}, 1},
		{"short transition", "department", func(w *trade.Warning) {
			w.Dates = []trade.Date{day("adoption", "2026-12-01", "2026-12-01"), day("entry_into_force", "2027-02-01", "2027-02-01")}
		}, []string{"2027-02-01"}, nil, 1},
		{"long transition", "department", func(w *trade.Warning) {
			w.Dates = []trade.Date{day("adoption", "2026-12-01", "2026-12-01"), day("entry_into_force", "2027-12-01", "2027-12-01")}
		}, []string{"2027-12-01"}, nil, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := soundWarning()
			tt.change(w)
			text := strings.Join(actions(View{Kind: tt.kind, Warning: *w}, "zh"), "\n")
			mustContain(t, "the advice", text, tt.says...)
			mustNotContain(t, "the advice", text, tt.silent...)
			if got := remarks(w.Dates, "zh"); len(got) != tt.remarks {
				t.Errorf("remarks %q, want %d", got, tt.remarks)
			}
			if en := actions(View{Kind: tt.kind, Warning: *w}, "en"); len(en) != len(strings.Split(text, "\n")) {
				t.Errorf("English gives other advice: %q", en)
			}
		})
	}
}
