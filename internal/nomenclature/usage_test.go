package nomenclature

import (
	"strings"
	"testing"
)

func TestWordsOfTaiwanAndHongKongAreFound(t *testing.T) {
	for text, want := range map[string]string{
		"機車輪胎": "摩托车轮胎", "電單車車胎": "摩托车轮胎", "電動機車": "电动摩托车", "機車安全帽": "摩托车头盔", "腳踏車": "自行车", "電動腳踏車": "电动自行车",
		"印表機": "打印机", "筆記型電腦": "笔记本电脑", "行動電源": "移动电源", "行動電話": "移动电话", "手提電話": "移动电话", "藍芽耳機": "蓝牙耳机",
		"冷氣機": "空调器", "雪櫃": "冰箱", "洗碗碟機": "洗碗机", "吸塵機": "吸尘器", "瓦斯熱水器": "燃气热水器", "日光燈": "荧光灯", "電扶梯": "自动扶梯",
		"太陽光電模組": "光伏组件", "無線網路攝影機": "无线网络摄像机", "積體電路": "集成电路", "速食麵": "方便面", "嬰兒手推車": "婴儿车",
		"鳳梨": "菠萝", "奇異果": "猕猴桃", "塑膠袋": "塑料袋", "醫療器材": "医疗器械", "電子菸": "电子烟", "朱古力": "巧克力", "馬鈴薯": "马铃薯",
	} {
		mainland := FindConcepts(want)
		if len(mainland) == 0 {
			t.Logf("no concept for %q", want)
			continue
		}
		sentence := "應施檢驗之" + text + "，相關規定"
		found := false
		for _, h := range FindConcepts(sentence) {
			if got := sentence[h.Start:h.End]; got != h.Words {
				t.Errorf("%q: hit %q has the offsets of %q", sentence, h.Words, got)
			}
			found = found || h.Concept.ID == mainland[0].Concept.ID && strings.Contains(text, h.Words)
		}
		if !found {
			t.Errorf("%q is not found as %s (%q)", text, mainland[0].Concept.ID, want)
		}
	}
}

func TestUsageNames(t *testing.T) {
	for name, want := range map[string]string{
		"摩托车":  "电单车",
		"摩托车灯": "机车灯 电单车灯",
		"苹果":   "",
	} {
		got := usageNames(name)
		var sorted []string
		for _, w := range strings.Fields(want) {
			for _, g := range got {
				if g == w {
					sorted = append(sorted, g)
				}
			}
		}
		if strings.Join(sorted, " ") != want || len(got) != len(sorted) {
			t.Errorf("usageNames(%q) = %q, want %q", name, got, want)
		}
	}
	for _, name := range usageNames("摩托车轮胎") {
		if name == "机车车胎" {
			return
		}
	}
	t.Error("two words of a name are not exchanged")
}

// The words differ from the mainland's, no row stands twice, and the table is long enough.
func TestUsageTable(t *testing.T) {
	seen, n := map[string]bool{}, 0
	for _, r := range readTable("usage.txt") {
		word := comparable(r.text("mainland"))
		if seen[word] {
			t.Errorf("%s: %s stands twice", r.where, word)
		}
		seen[word] = true
		other := 0
		for _, o := range r.list("other") {
			if comparable(strings.TrimPrefix(o, "+")) != word {
				other++
			}
		}
		if other == 0 {
			t.Logf("%s: %s differs in characters only", r.where, word)
			continue
		}
		n++
	}
	if n < 150 {
		t.Errorf("%d rows", n)
	}
}

// No word of another usage takes a name away from the concept that has it.
func TestUsageLeavesNamesAlone(t *testing.T) {
	for text, id := range map[string]string{"软体动物": "software", "软体家具": "software", "数位": "", "机车": ""} {
		for _, h := range FindConcepts(text) {
			if h.Concept.ID == id {
				t.Errorf("%q is %s", text, id)
			}
		}
	}
}
