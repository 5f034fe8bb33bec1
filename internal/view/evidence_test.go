package view

import (
	"strings"
	"testing"

	"tbtwatch/internal/trade"
)

func TestEvidenceInWords(t *testing.T) {
	for _, c := range []struct {
		name   string
		e      trade.Evidence
		zh, en string // parts of the sentences
	}{
		{"code", trade.Evidence{Kind: trade.EvidenceHS, Notice: "871120", Product: "8711201000", Where: "hs"}, "税号 871120", "agrees with the product's 8711201000"},
		{"class", trade.Evidence{Kind: trade.EvidenceICS, Notice: "43.140", Product: "43.140"}, "ICS 分类号 43.140", "ICS code 43.140"},
		{"term", trade.Evidence{Kind: trade.EvidenceTerm, Notice: "helmets", Product: "helmet", Where: "title"}, "标题写到“helmets”", "the title says “helmets”"},
		{"concept", trade.Evidence{Kind: trade.EvidenceConcept, Notice: "motocicleta", Product: "摩托车", Where: "description"}, "同属“摩托车”", "the description says “motocicleta”"},
		{"standard", trade.Evidence{Kind: trade.EvidenceStandard, Notice: "ECE R22", Product: "ECE R22.06", Where: "products"}, "引用标准 ECE R22", "cites the standard ECE R22"},
		{"substance", trade.Evidence{Kind: trade.EvidenceSubstance, Notice: "chlorpyrifos", Product: "毒死蜱", Where: "elsewhere"}, "通报（elsewhere）涉及物质", "notice (elsewhere) names the substance"},
		{"follow-up", trade.Evidence{Kind: trade.EvidenceParent, Where: "G/TBT/N/BRA/1"}, "后续文件：G/TBT/N/BRA/1", "a follow-up of G/TBT/N/BRA/1"},
		{"follow-up, parent as words", trade.Evidence{Kind: trade.EvidenceParent, Notice: "G/TBT/N/BRA/1"}, "G/TBT/N/BRA/1", "G/TBT/N/BRA/1"},
		{"against", trade.Evidence{Kind: trade.EvidenceAgainst, Notice: "bicycle helmets", Where: "title"}, "相反迹象", "against it"},
		{"kind of later days", trade.Evidence{Kind: "novel", Notice: "a", Product: "b"}, "“a”与产品“b”", "“a” agrees"},
		{"percent signs", trade.Evidence{Kind: trade.EvidenceTerm, Notice: "100%s cotton", Product: "%d", Where: "title"}, "100%s cotton", "100%s cotton"},
	} {
		got := Why(c.e)
		if !strings.Contains(got.ZH, c.zh) || !strings.Contains(got.EN, c.en) {
			t.Errorf("%s: %q / %q lack %q / %q", c.name, got.ZH, got.EN, c.zh, c.en)
		}
		if c.name != "percent signs" && strings.Contains(got.ZH+got.EN, "%") {
			t.Errorf("%s: a verb is left in %q / %q", c.name, got.ZH, got.EN)
		}
	}
	if got := Why(trade.Evidence{Kind: trade.EvidenceTerm, Notice: strings.Repeat("长", 9000), Product: "x"}); len(got.ZH) > 2000 {
		t.Errorf("a sentence of %d bytes", len(got.ZH))
	}
}
