package triage

import (
	"strings"
	"testing"

	"tbtwatch/internal/trade"
)

func TestEvidenceInWords(t *testing.T) {
	for _, c := range []struct {
		name      string
		e         trade.Evidence
		staff, en string
		firm      string
	}{
		{"code", trade.Evidence{Kind: "hs", Notice: "999999", Product: "9999991234", Where: "hs"},
			"通报的税号 999999 与产品税号 9999991234 一致", "the notice's HS code 999999 agrees with the code 9999991234 of the product", "通报的税号 999999 与您的产品税号 9999991234 一致"},
		{"code with a name", trade.Evidence{Kind: "hs", Notice: "8711", Product: "871120", Where: "hs"}, "通报的税号 8711（摩托车", "8711 (", "）包括您的产品税号 871120"},
		{"wider code of the product", trade.Evidence{Kind: "hs", Notice: "871120", Product: "8711", Where: "hs"}, "是产品税号 8711 的一部分", "is part of the code 8711 of the product", "您的产品税号"},
		{"chapter", trade.Evidence{Kind: "hs", Notice: "87", Product: "871120", Where: "hs"}, "是整章，产品税号 871120 在该章内", "is a whole chapter", "您的产品税号 871120"},
		{"sibling", trade.Evidence{Kind: "hs", Notice: "871150", Product: "871120", Where: "hs"}, "同属品目 8711，子目不同", "the same heading 8711, with other subheadings", "与您的产品"},
		{"same chapter only", trade.Evidence{Kind: "hs", Notice: "8714", Product: "871120", Where: "hs"}, "只是同属第 87 章", "no more than chapter 87", "与您的产品"},
		{"inferred code", trade.Evidence{Kind: "hs", Notice: "8711", Product: "871120", Where: "title"}, "由通报文字（标题）推断的税号 8711", "), inferred from the notice's words (title), covers", "包括您的产品税号"},
		{"class", trade.Evidence{Kind: "ics", Notice: "43.140", Product: "43.140", Where: "ics"}, "与产品分类号 43.140 一致", "agrees with the code 43.140 of the product", "与您的产品分类号"},
		{"neighbouring class", trade.Evidence{Kind: "ics", Notice: "43.020", Product: "43.140", Where: "ics"}, "相近", "is near the code 43.140", "您的产品"},
		{"class of the product's kind", trade.Evidence{Kind: "ics", Notice: "97.060", Product: "洗衣机", Where: "ics"}, "）包含“洗衣机”", "comprises “洗衣机”, the product", "）包含您的产品“洗衣机”"},
		{"class of the product's code", trade.Evidence{Kind: "ics", Notice: "97.060", Product: "845011", Where: "ics"}, "包含产品（税号 845011）", "comprises the product (HS code 845011)", "包含您的产品（税号 845011）"},
		{"term", trade.Evidence{Kind: "term", Notice: "mopeds", Product: "moped", Where: "title"}, "通报（标题）写到“mopeds”，与产品登记的名称“moped”相符", "the notice (title) says “mopeds”, a registered name of the product (“moped”)", "与您的产品登记的名称“moped”相符"},
		{"concept", trade.Evidence{Kind: "concept", Notice: "motocicletas", Product: "摩托车", Where: "products"}, "通报（产品范围）写到“motocicletas”，与产品“摩托车”属于同类商品", "the same kind of goods as the product, “摩托车”", "与您的产品“摩托车”"},
		{"concept by the product's code", trade.Evidence{Kind: "concept", Notice: "motorcycles", Product: "871120", Where: "title"}, "产品的税号 871120 属于此类商品", "the HS code 871120 of the product is of this kind", "您的产品的税号"},
		{"standard", trade.Evidence{Kind: "standard", Notice: "UN R41", Product: "ECE R41", Where: "description"}, "通报（内容说明）引用标准 UN R41，产品执行 ECE R41", "cites the standard UN R41; the product meets ECE R41", "您的产品执行"},
		{"substance", trade.Evidence{Kind: "substance", Notice: "lead", Product: "铅"}, "通报涉及物质“lead”，产品登记含“铅”", "the notice is about the substance “lead”", "您的产品登记含"},
		{"follow-up", trade.Evidence{Kind: "parent", Notice: "x", Where: "G/TBT/N/EU/9901"}, "本文件是 G/TBT/N/EU/9901 的后续文件，该通报涉及产品", "this paper follows G/TBT/N/EU/9901, which touches the product", "涉及您的产品"},
		{"follow-up, parent as words", trade.Evidence{Kind: "parent", Notice: "G/TBT/N/BRA/1"}, "G/TBT/N/BRA/1 的后续文件", "follows G/TBT/N/BRA/1", "您的产品"},
		{"against", trade.Evidence{Kind: "against", Notice: "bicycles", Where: "keywords"}, "但有相反迹象：通报（关键词）写到“bicycles”", "against it: the notice (keywords) says “bicycles”", "bicycles"},
		{"other codes", trade.Evidence{Kind: "against", Notice: "8714, 8716", Product: "871120", Where: "hs"}, "但通报所列税号（8714, 8716）指其他商品，产品的税号为 871120", "name other goods", "您的产品的税号"},
		{"an excepted origin", trade.Evidence{Kind: "against", Notice: "CN, JP", Product: "CN", Where: "excepted"}, "不涉及来自中国、日本的货物", "not about goods from China, Japan", "中国"},
		{"other origins", trade.Evidence{Kind: "against", Notice: "BR, JP", Product: "CN", Where: "affected"}, "只涉及来自巴西、日本的货物，不含中国", "only about goods from Brazil, Japan, not from China", "巴西"},
		{"place of later days", trade.Evidence{Kind: "term", Notice: "a", Product: "b", Where: "footnote"}, "通报（footnote）写到", "the notice (footnote) says", "您的产品"},
		{"kind of later days", trade.Evidence{Kind: "smell", Notice: "n", Product: "p"}, "通报“n”与产品“p”相符", "the notice's “n” agrees with “p” of the product", "您的产品“p”"},
		{"codes that are none", trade.Evidence{Kind: "hs", Notice: "摩托", Product: "摩托车", Where: "hs"}, "通报“摩托”与产品“摩托车”相符", "agrees with", "您的产品"},
		{"percent signs", trade.Evidence{Kind: "term", Notice: "100%s cotton", Product: "%d", Where: "title"}, "100%s cotton", "100%s cotton", "%d"},
	} {
		staff, firm := Evidence(c.e, ToStaff), Evidence(c.e, ToFirm)
		if !strings.Contains(staff.ZH, c.staff) || !strings.Contains(staff.EN, c.en) || !strings.Contains(firm.ZH, c.firm) {
			t.Errorf("%s:\n%s\n%s\n%s\nwant\n%s\n%s\n%s", c.name, staff.ZH, staff.EN, firm.ZH, c.staff, c.en, c.firm)
		}
		if strings.Contains(staff.ZH+staff.EN, "您") || strings.Contains(staff.EN, "your") {
			t.Errorf("%s: staff is told %+v", c.name, staff)
		}
		if c.name != "percent signs" && strings.Contains(firm.ZH+firm.EN, "%") {
			t.Errorf("%s: a verb is left in %+v", c.name, firm)
		}
	}
	if got := Evidence(trade.Evidence{Kind: trade.EvidenceTerm, Notice: strings.Repeat("长", 9000), Product: "x"}, ToFirm); len(got.ZH) > 2000 {
		t.Errorf("a long text is not shortened: %d bytes", len(got.ZH))
	}
}
