package triage

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"tbtwatch/internal/trade"
)

const secretFirm, secretProduct = "保密头盔厂", "保密牌Xq7头盔"

// bulletinFacts is a measure that everything is known of, with so many firms.
func bulletinFacts(firms int, change func(*BulletinFacts, *trade.Family, *trade.Notice)) BulletinFacts {
	n := &trade.Notice{
		Source: "eping", ID: vnm, Symbols: []string{vnm}, Area: "TBT", Kind: trade.KindNew, Members: []string{"VN"}, Markets: []string{"VN"}, Lang: "en",
		Title: "Draft regulation on motorcycle helmets", Description: "Helmets shall meet ISO 9001 and be marked.", Products: "Motorcycle helmets", HS: []string{"650610"},
		Dates: []trade.Date{
			{What: trade.DatePublished, From: "2026-02-20", To: "2026-02-20", Text: "20 February 2026", Basis: "as given"},
			{What: trade.DateCommentDeadline, Text: "45 days", From: "2026-04-06", To: "2026-04-06", Basis: "45 days from 2026-02-20 (circulation)"},
			{What: trade.DateAdoption, From: "2026-07-01", To: "2026-07-01", Text: "2026-07-01", Basis: "as given"},
			{What: trade.DateEntryIntoForce, From: "2026-10-01", To: "2026-10-01", Text: "2026-10-01", Basis: "as given"},
		},
		Links:  []trade.Link{{Rel: "notice", URL: "https://example.org/n"}},
		Fields: map[string]string{"Agency responsible": "STAMEQ", "Notified under Article": "2.9.2"},
	}
	f := &trade.Family{ID: vnm, Matched: true, Roots: []string{vnm}, Papers: []trade.Paper{{
		Notice: "k", ID: vnm, Symbols: n.Symbols, Kind: n.Kind, Published: "2026-02-20", Title: n.Title, Products: n.Products, Markets: n.Markets, HS: n.HS, Dates: n.Dates,
	}}}
	out := BulletinFacts{Family: f, Latest: n, Config: DefaultConfig(), Now: today}
	for i := range firms {
		m := match(fmt.Sprintf("EX%d", i), "P1", trade.Direct)
		m.Evidence = []trade.Evidence{{Kind: trade.EvidenceTerm, Notice: "helmets", Product: secretProduct, Where: "title"}}
		f.Matches, f.Exposure = append(f.Matches, m), f.Exposure+1000
		out.Firms = append(out.Firms, Touched{
			Exporter: trade.Exporter{ID: m.Exporter, Name: fmt.Sprintf("%s%d", secretFirm, i), District: "江北"},
			Products: []TouchedProduct{{trade.Product{ID: "P1", Exporter: m.Exporter, NameZH: secretProduct, ExportValue: 1000}, m}},
		})
	}
	if change != nil {
		change(&out, f, n)
	}
	grading, words := out.Config.Grade(f, n.Text(), today), Compose(f, n)
	out.Case = trade.Case{
		Family: f.ID, Number: "2026-0007", State: trade.CaseReleased, Release: 1, Kind: n.Kind, Markets: n.Markets, Symbols: f.Roots, Level: grading.Level, LevelWhy: grading.Why,
		Machine: out.Case.Machine, Edited: out.Case.Edited, HeadlineZH: words.Headline.ZH, HeadlineEN: words.Headline.EN, SummaryZH: words.Summary.ZH, SummaryEN: words.Summary.EN,
		Direct: len(out.Firms), Exporters: len(out.Firms), Dates: CurrentDates(f),
		History: append(out.Case.History, trade.Change{By: ByRule}), Overrides: out.Case.Overrides, Comparisons: out.Case.Comparisons,
	}
	if out.Case.Machine {
		out.Case.SummaryZH += machineTitle + "头盔条例草案。"
	}
	out.Releases = []Issue{{"2026-0007", 1, grading.Level, ByRule, "2026-03-01T08:00:00Z"}}
	return out
}

// parts are the bulletin's parts as text, by key, and the whole.
func partsText(b Bulletin, lang string) map[string]string {
	out := map[string]string{"": b.Name.In(lang) + "\n" + b.Headline.In(lang)}
	for _, p := range b.Parts {
		out[p.Key] = p.Plain(lang)
		out[""] += "\n" + p.Heading.In(lang) + "\n" + p.Plain(lang)
	}
	return out
}

func TestBulletinSaysWhatIsKnownAndWhatIsNot(t *testing.T) {
	withdraw := func(_ *BulletinFacts, f *trade.Family, _ *trade.Notice) {
		f.Papers = append(f.Papers, trade.Paper{ID: vnm + "/Add.1", Kind: trade.KindAddendum, Published: "2026-02-25", Markets: []string{"VN"}, Changes: []trade.Effect{{What: trade.EffectWithdrawn}}})
	}
	bare := func(_ *BulletinFacts, f *trade.Family, n *trade.Notice) {
		*n = trade.Notice{ID: vnm, Kind: trade.KindNew, Title: "Helmets for motorcyclists"}
		f.Papers = []trade.Paper{{ID: vnm, Kind: trade.KindNew, Title: n.Title}}
	}
	joint := func(_ *BulletinFacts, f *trade.Family, n *trade.Notice) {
		n.Symbols, n.Members, n.Markets = []string{"G/TBT/N/KEN/2011", "G/TBT/N/UGA/2390"}, []string{"KE"}, []string{"KE", "UG"}
		n.Joint = []trade.JointRow{{Member: "KE"}, {Member: "UG"}}
		f.Papers[0].Symbols, f.Papers[0].Markets = n.Symbols, n.Markets
	}
	moved := func(b *BulletinFacts, f *trade.Family, n *trade.Notice) {
		later := trade.Date{What: trade.DateCommentDeadline, From: "2026-05-06", To: "2026-05-06", Text: "6 May 2026", Basis: "as given"}
		f.Papers = append(f.Papers, trade.Paper{ID: vnm + "/Add.1", Kind: trade.KindAddendum, Published: "2026-02-25", Markets: []string{"VN"}, Dates: []trade.Date{later}})
		draft := *n
		b.Draft = &draft
		*n = trade.Notice{ID: vnm + "/Add.1", Kind: trade.KindAddendum, Markets: n.Markets, Description: "The period is longer.", Links: []trade.Link{{Rel: "text", URL: "https://example.org/add"}}}
	}
	judged := func(b *BulletinFacts, f *trade.Family, _ *trade.Notice) {
		f.Codes = &trade.Codes{HS: []string{"392690"}, ICS: []string{"13.340.20"}, By: "Wang"}
		b.Case.Comparisons = []trade.Comparison{{Standard: "GB 811", Domestic: "冲击一次", Gap: "少一次冲击"}}
	}
	past := func(b *BulletinFacts, _ *trade.Family, _ *trade.Notice) { b.Now = today.AddDate(2, 0, 0) }
	for _, c := range []struct {
		name   string
		to     Audience
		firms  int
		change func(*BulletinFacts, *trade.Family, *trade.Notice)
		says   map[string][]string // by part
		silent map[string][]string
	}{
		{"all is known", Internal, 3, nil, map[string][]string{
			"head": {"2026-0007", "2026-03-01"}, "brief": {"3 家", "2026-03-23"}, "measure": {vnm, "越南", "2.9.2", "STAMEQ", "TBT", "没有译文", "草案"},
			"goods": {"650610", "通报所列", "通报未列 ICS"}, "dates": {"45 days", "自通报之日 2026-02-20 起 45 天", "2026-03-23", "92 天", "评议期只有 45 天", "不足六个月", "距下一日期 2026-04-06 还有 35 天"},
			"content": {"be marked", "首份文件"}, "standards": {"ISO 9001", "尚未比对"}, "impact": {secretFirm + "0", "江北", "3,000", "占比"},
			"advice": {"企业 | ", "行业协会 | ", "区县 | ", "政府部门 | ", "2026-03-23", "2026-10-01"}, "comment": {"未设置"}, "texts": {"https://example.org/n"},
			"basis": {secretProduct, "直接涉及"}, "record": {"2026-0007 | 1 | 2026-03-01", "没有解除"}, "issued": {"无签发人", "未登记", "没有人员经办"},
		}, map[string][]string{"goods": {"推断"}}},
		{"codes and a comparison by a person", Public, 3, judged, map[string][]string{
			"goods": {"HS 392690", "ICS 13.340.20", "本中心研判确定"}, "standards": {"GB 811 | 冲击一次 | — | 少一次冲击"},
		}, map[string][]string{"goods": {"通报所列", "通报未列", "Wang"}, "standards": {"尚未比对"}}},
		{"nothing is known", Internal, 0, bare, map[string][]string{
			"measure": {"通报未写明"}, "goods": {"推断（依据“Helmets for motorcyclists”）", "通报未列 HS", "原文：通报未写明"}, "dates": {"评议截止 | 未说明", "本中心截止 | 无法计算", "过渡期 | 无法计算", "没有未到的日期"},
			"content": {"原文）：通报未写明"}, "standards": {"没有引用标准"}, "impact": {"登记库中没有"}, "advice": {"尚未写明可以行动的日期"},
			"comment": {"评议截止日未写明"}, "texts": {"没有给出原文链接", "日期不详"}, "basis": {"没有匹配的登记产品"},
		}, map[string][]string{"dates": {"| 202"}}},
		{"withdrawn", Internal, 3, withdraw, map[string][]string{"": {"解除通报"}, "brief": {"解除"}, "advice": {"不需要进一步行动"}, "comment": {"不再征求意见"}, "record": {"此前预警解除"}, "measure": {"撤销"}, "content": {"措施状态 | 草案征求意见 | 撤销"}},
			map[string][]string{"advice": {"2026-"}, "brief": {"请对照"}}},
		{"joint members", Public, 3, joint, map[string][]string{"measure": {"G/TBT/N/KEN/2011, G/TBT/N/UGA/2390", "肯尼亚、乌干达"}}, nil},
		{"an addendum moved the deadline", Internal, 1, moved, map[string][]string{"content": {vnm + "/Add.1 | 评议截止 | 2026-04-06 | 2026-05-06 | 实质", "be marked", "The period is longer."}, "measure": {"2.9.2", "越南"}, "standards": {"ISO 9001"}, "texts": {"https://example.org/n", "https://example.org/add"}, "dates": {"2026-05-06", "2026-04-17"}}, map[string][]string{"dates": {"评议期只有"}}},
		{"a machine translated the title", Public, 1, func(b *BulletinFacts, _ *trade.Family, _ *trade.Notice) { b.Case.Machine = true }, map[string][]string{"measure": {"头盔条例草案（机器翻译，未经人工校对"}}, map[string][]string{"content": {"摘要"}}},
		{"a person wrote the summary", Internal, 1, func(b *BulletinFacts, _ *trade.Family, _ *trade.Notice) { b.Case.Edited = true }, map[string][]string{"content": {"摘要：越南发布"}}, nil},
		{"all days have passed", Internal, 1, past, map[string][]string{"comment": {"已于 2026-04-06 结束"}, "advice": {"立即核对"}, "dates": {"没有未到的日期"}}, map[string][]string{"advice": {"前报送"}}},
		{"the public hears sums", Public, 3, nil, map[string][]string{"": {"预警通告"}, "impact": {"3 家", "3,000 美元"}, "basis": {"不对外公开"}, "issued": {"技术性贸易措施预警中心"}}, map[string][]string{"": {secretFirm, secretProduct, "江北", "分 ="}}},
		{"of two firms it hears none", Public, 2, nil, map[string][]string{"impact": {"少于三家，不列数字"}}, map[string][]string{"": {"2 家", "2,000", secretFirm}}},
		{"of three of which two export it hears no amount", Public, 3, func(b *BulletinFacts, _ *trade.Family, _ *trade.Notice) {
			b.Firms[2].Products[0].Product.ExportValue = 0
		},
			map[string][]string{"impact": {"3 家", "不列金额"}}, map[string][]string{"": {"3,000"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := BulletinOf(bulletinFacts(c.firms, c.change), c.to)
			if len(b.Parts) != 14 {
				t.Fatalf("%d parts", len(b.Parts))
			}
			text := partsText(b, "zh")
			for part, words := range c.says {
				for _, w := range words {
					if !strings.Contains(text[part], w) {
						t.Errorf("part %q does not say %q:\n%s", part, w, text[part])
					}
				}
			}
			for part, words := range c.silent {
				for _, w := range words {
					if strings.Contains(text[part], w) {
						t.Errorf("part %q says %q:\n%s", part, w, text[part])
					}
				}
			}
			for key, en := range partsText(b, "en") {
				if strings.TrimSpace(en) == "" || strings.Contains(en+text[key], "%!") {
					t.Errorf("part %q in English: %q", key, en)
				}
			}
		})
	}
}

// What an authority wrote, however long or hostile, leaves a bulletin that can
// be shown and stored.
func TestBulletinOfHostileText(t *testing.T) {
	bad := strings.Repeat("长\x00\u202e<script>\ufffe\r\n", 3000) + "\xff"
	b := BulletinOf(bulletinFacts(1, func(f *BulletinFacts, family *trade.Family, n *trade.Notice) {
		n.Title, n.Description, n.Products, n.Fields["Agency responsible"] = bad, bad, bad, bad
		family.Papers[0].Title, family.Papers[0].Products = bad, bad
		f.Firms[0].Exporter.Name, f.Config.Bulletin.Contact = bad, bad
	}), Internal)
	for _, p := range b.Parts {
		text := p.Plain("zh") + p.Plain("en") + b.Headline.ZH
		if !utf8.ValidString(text) || strings.ContainsAny(text, "\x00\u202e\ufffe\r") {
			t.Errorf("part %s holds what nobody can see", p.Key)
		}
		if n := utf8.RuneCountInString(text); n > 60_000 {
			t.Errorf("part %s has %d characters", p.Key, n)
		}
	}
}

// A person's text stands in its own language and for its own audience, and is
// marked when the facts it replaced have changed, not when a day has gone by.
func TestOverridesStandUntilFactsChange(t *testing.T) {
	fresh := BulletinOf(bulletinFacts(3, nil), Internal)
	dates := fresh.Parts[4]
	own := trade.Override{Audience: "internal", Part: dates.Key, Lang: "zh", Text: "人工写的时间", Facts: dates.Facts.ZH, By: "李明"}
	with := func(change func(*BulletinFacts, *trade.Family, *trade.Notice), to Audience) Part {
		return BulletinOf(bulletinFacts(3, func(b *BulletinFacts, f *trade.Family, n *trade.Notice) {
			b.Case.Overrides = []trade.Override{own}
			if change != nil {
				change(b, f, n)
			}
		}), to).Parts[4]
	}
	if p := with(nil, Internal); p.In("zh") == nil || p.In("zh").Stale || p.In("en") != nil {
		t.Errorf("after writing: %+v", p.Written)
	}
	if p := with(func(b *BulletinFacts, _ *trade.Family, _ *trade.Notice) { b.Now = b.Now.Add(24 * time.Hour) }, Internal); p.In("zh").Stale {
		t.Error("a day later the text is called stale")
	}
	if p := with(func(_ *BulletinFacts, f *trade.Family, _ *trade.Notice) { f.Papers[0].Dates[1].To = "2026-04-09" }, Internal); !p.In("zh").Stale {
		t.Error("the deadline moved, and the text is not marked")
	}
	if p := with(nil, Public); len(p.Written) > 0 {
		t.Error("what was written for departments is shown to the public")
	}
}

// The public never reads the name of a firm or product, nor a number that
// stands for fewer than three firms.
func TestThePublicLearnsNoSecret(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		firms := rapid.IntRange(0, 6).Draw(t, "firms")
		valued := 0
		facts := bulletinFacts(firms, func(b *BulletinFacts, f *trade.Family, n *trade.Notice) {
			grades := []trade.Grade{trade.Direct, trade.Likely}
			f.Exposure = 0
			for i := range b.Firms {
				p := &b.Firms[i].Products[0]
				p.Product.ExportValue = float64(rapid.SampledFrom([]int{0, 7_654_321}).Draw(t, "value"))
				p.Match.Grade, p.Match.Inferred = rapid.SampledFrom(grades).Draw(t, "grade"), rapid.Bool().Draw(t, "inferred")
				f.Exposure += p.Product.ExportValue
				if p.Product.ExportValue > 0 {
					valued++
				}
			}
			if rapid.Bool().Draw(t, "a follow-up without words of its own") {
				n.Title, n.Products, n.HS = "Add.", "", nil
				f.Papers = append(f.Papers, trade.Paper{ID: vnm + "/Add.1", Kind: trade.KindAddendum, Title: "Add.", Markets: []string{"VN"}})
				f.Papers[0].HS, f.Papers[0].Title, f.Papers[0].Products = nil, "Draft", ""
			}
			b.Case.History, b.Case.Machine = []trade.Change{{By: "员工甲"}}, rapid.Bool().Draw(t, "machine")
		})
		b := BulletinOf(facts, Public)
		for _, lang := range []string{"zh", "en"} {
			text := partsText(b, lang)[""]
			for _, secret := range []string{secretFirm, secretProduct, "EX0", "江北", "员工甲"} {
				if strings.Contains(text, secret) {
					t.Fatalf("the public reads %q:\n%s", secret, text)
				}
			}
			if amount := dollars(facts.Family.Exposure); valued < FewestFirms && valued > 0 && strings.Contains(text, amount) {
				t.Fatalf("%d firms stand behind the amount %s", valued, amount)
			}
			impact := partsText(b, lang)["impact"]
			if told := strings.Contains(impact, fmt.Sprintf("企业 %d 家", firms)) || strings.Contains(impact, fmt.Sprintf("concerned: %d,", firms)); told != (firms >= FewestFirms) {
				t.Fatalf("%d firms, and their number is told: %v\n%s", firms, told, impact)
			}
		}
	})
}

func TestNamesOfFirmsAreFound(t *testing.T) {
	for _, c := range []struct{ text, firm, want string }{
		{"请甲头盔厂注意", "甲头盔厂", "甲头盔厂"}, {"请甲 头盔\n厂注意", "甲头盔厂", "甲头盔厂"}, {"tell acme  ltd. now", "Acme Ltd", "Acme Ltd"},
		{"placement", "Ace", ""}, {"the Ace, again", "Ace", "Ace"}, {"aace ace", "ace", "ace"}, {"请注意", "注", ""}, {"anything", "", ""},
	} {
		if got := namedIn(c.text, []string{c.firm}); got != c.want {
			t.Errorf("%q in %q: %q", c.firm, c.text, got)
		}
	}
}
