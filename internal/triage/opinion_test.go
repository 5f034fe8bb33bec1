package triage

import (
	"fmt"
	"strings"
	"testing"

	"tbtwatch/internal/trade"
)

func opinionText(o Opinion, lang string) map[string]string {
	return partsText(Bulletin{Name: o.Name, Headline: o.Member, Parts: o.Parts}, lang)
}

// oneCost leaves the cost that the first firm named.
func oneCost(surveys []trade.Response) []trade.Response {
	for i := range surveys[1:] {
		surveys[i+1].Survey.Cost = 0
	}
	return surveys
}

// surveysOf are surveys of so many firms, each with these difficulties.
func surveysOf(firms int, difficulties ...string) (out []trade.Response) {
	for i := range firms {
		out = append(out, trade.Response{Family: vnm, Exporter: fmt.Sprintf("EX%d", i), Kind: trade.Surveyed, At: "2026-03-01T00:00:00Z",
			Survey: &trade.Survey{Affected: 500, Cost: 20, Difficulties: difficulties, Words: fmt.Sprintf("我厂原话%d", i)}})
	}
	return out
}

func TestAnOpinionSaysWhatIsKnownAndWhatIsNot(t *testing.T) {
	sps := func(_ *BulletinFacts, _ *trade.Family, n *trade.Notice) { n.Area = "SPS" }
	compared := func(b *BulletinFacts, _ *trade.Family, _ *trade.Notice) {
		b.Case.Comparisons = []trade.Comparison{{Standard: "GB 811", Domestic: "冲击一次", Gap: "少一次冲击"}}
	}
	bare := func(b *BulletinFacts, f *trade.Family, n *trade.Notice) {
		*n = trade.Notice{ID: vnm, Kind: trade.KindNew}
		f.Papers = []trade.Paper{{ID: vnm, Kind: trade.KindNew}}
		b.Config.CentreEN, b.Config.Centre = "", ""
	}
	contact := func(b *BulletinFacts, _ *trade.Family, _ *trade.Notice) { b.Config.Bulletin.Contact = "张三" }
	past := func(b *BulletinFacts, _ *trade.Family, _ *trade.Notice) { b.Now = today.AddDate(1, 0, 0) }
	for _, c := range []struct {
		name         string
		firms        int
		change       func(*BulletinFacts, *trade.Family, *trade.Notice)
		answers      []trade.Response
		says, silent map[string][]string
	}{
		{"all is known", 3, contact, surveysOf(3, "time", "testing"), map[string][]string{
			"measure": {vnm, "越南", "Draft regulation", "2026-04-06"}, "facts": {"3 家", "3,000 美元", "1,500 美元（3 家企业的调查）", "60 美元", "占出口的比重 | 待补充"},
			"arguments": {"2.9.4", "45 天", "准备时间不足 | 3 家"}, "requests": {"不少于 60 天", "不少于 6 个月", "第6.1条", "第2.4、2.5、2.7条", "书面答复"}, "sender": {"张三", "国家 TBT/SPS 通报咨询中心", "技术性贸易措施预警中心"},
		}, map[string][]string{"arguments": {"原话"}, "requests": {"评议期已结束"}}},
		{"three surveys, and one that names a cost", 3, nil, oneCost(surveysOf(3, "cost")), map[string][]string{"facts": {"1,500 美元（3 家企业的调查）", "新增成本 | 待补充"}}, nil},
		{"two firms: no sums", 2, nil, surveysOf(2, "cost"), map[string][]string{
			"facts": {"涉及的登记企业 | 待补充", "涉及的产品 | 待补充", "全部市场） | 待补充", "受影响的年出口额 | 待补充", "新增成本 | 待补充"}, "arguments": {"企业反映的困难：成本增加。"}, "sender": {"联系人 | 待补充"},
		}, map[string][]string{"facts": {"2,000", "2 家", "1,000"}, "arguments": {"2 家"}}},
		{"food", 3, sps, surveysOf(3, "registration", "information"), map[string][]string{"requests": {"附件C", "《SPS协定》第3、4、5.8条", "澄清适用范围"}}, map[string][]string{"requests": {"TBT协定"}}},
		{"compared", 3, compared, nil, map[string][]string{"arguments": {"GB 811 | 冲击一次 | 待补充 | 少一次冲击"}, "requests": {"承认等效"}}, nil},
		{"nothing is known", 0, bare, nil, map[string][]string{
			"measure": {"标题（原文） | 待补充"}, "facts": {"涉及的登记企业 | 待补充"}, "arguments": {"待补充"}, "requests": {"待补充"}, "sender": {"提交单位 | 待补充", "本中心截止 | 待补充"},
		}, nil},
		{"too late", 3, past, nil, map[string][]string{"requests": {"评议期已结束"}}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := OpinionOf(OpinionFacts{BulletinFacts: bulletinFacts(c.firms, c.change), Answers: c.answers, NameOf: func(id string) string { return secretFirm + id }})
			zh, en := opinionText(o, "zh"), opinionText(o, "en")
			for part, words := range c.says {
				for _, w := range words {
					if !strings.Contains(zh[part], w) {
						t.Errorf("%s does not say %q: %s", part, w, zh[part])
					}
				}
			}
			for part, words := range c.silent {
				for _, w := range words {
					if strings.Contains(zh[part], w) {
						t.Errorf("%s says %q: %s", part, w, zh[part])
					}
				}
			}
			for lang, text := range map[string]string{"zh": zh[""], "en": en[""]} {
				for _, secret := range []string{secretFirm, secretProduct, "EX0", "原话"} {
					if strings.Contains(text, secret) {
						t.Errorf("%s names %s without being asked to", lang, secret)
					}
				}
			}
			if n := strings.Count(zh[""], "待补充"); n != o.Open || n == 0 || strings.Count(en[""], toFill.EN) < n-1 {
				t.Errorf("%d places are to be filled in, %d are counted", n, o.Open)
			}
		})
	}
}

// A firm is named with what it wrote only when a person chose that comment.
func TestAFirmIsQuotedWhenItIsChosen(t *testing.T) {
	answers := append(surveysOf(2), trade.Response{Family: vnm, Exporter: "EX1", Kind: trade.Commented, Reason: "过渡期太短", At: "2026-03-01T00:00:00Z"}, trade.Response{Family: vnm, Exporter: "EX2", Kind: trade.Receipt, Reason: "收到了"})
	facts := OpinionFacts{BulletinFacts: bulletinFacts(3, nil), Answers: answers, NameOf: func(id string) string { return secretFirm + id }}
	all := OpinionOf(facts).Available
	if len(all) != 3 || all[2].Text != "过渡期太短" {
		t.Fatalf("available are %+v", all)
	}
	facts.Quoted = []string{all[2].Key, "nosuch"}
	text := opinionText(OpinionOf(facts), "zh")[""]
	if !strings.Contains(text, secretFirm+"EX1 表示：“过渡期太短”") || strings.Contains(text, "原话") || strings.Contains(text, "EX0") {
		t.Errorf("quoted: %s", text)
	}
}

func TestAnOpinionsLanguages(t *testing.T) {
	for member, want := range map[string]string{"VN": "[zh en] ", "MX": "[zh en] 西班牙文"} {
		facts := bulletinFacts(3, nil)
		facts.Case.Symbols, facts.Case.Markets = nil, []string{member}
		o := OpinionOf(OpinionFacts{BulletinFacts: facts})
		if got := fmt.Sprint(o.Texts, " ", o.Missing.ZH); got != want {
			t.Errorf("%s: %q, want %q", member, got, want)
		}
	}
	facts := bulletinFacts(3, nil)
	facts.Config.Comments.Default.Languages = []string{"zh", "fr"}
	if o := OpinionOf(OpinionFacts{BulletinFacts: facts}); fmt.Sprint(o.Texts) != "[zh]" || o.Missing.EN != "French" {
		t.Errorf("without English: %v, %v", o.Texts, o.Missing)
	}
}
