package nomenclature

import (
	"testing"
	"unicode/utf8"
)

func TestNormalize(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"empty", "", ""},
		{"only punctuation", " — … ! ", ""},
		{"case and space", "  Motor\tCYCLES\r\n", "motor cycles"},
		{"hyphen is a space", "E-bike", "e bike"},
		{"diacritics", "Türkiye, São Tomé", "turkiye sao tome"},
		{"decomposed diacritics", "Tu\u0308rkiye", "turkiye"},
		{"letters that do not decompose", "Straße Øresund Łódź œuvre ǣ", "strasse oresund lodz oeuvre ae"},
		{"nouns that would become function words", "thé vert, té", "thé vert té"},
		{"also decomposed", "the\u0301", "thé"},
		{"and in their plural", "thés", "thés"},
		{"full width and ligatures", "ＬＥＤ ﬁbre", "led fibre"},
		{"possessive", "Men's thobes, bird’s nest", "men thobes bird nest"},
		{"traditional characters", "摩托車輪胎", "摩托车轮胎"},
		{"spaces inside Chinese", "摩托 车\n轮胎", "摩托车轮胎"},
		{"Chinese beside Latin", "LED 灯", "led灯"},
		{"Chinese punctuation", "肉；乳与蛋。", "肉乳与蛋"},
		{"soft hyphen and zero width", "mo\u00adtor\u200bcycle", "motorcycle"},
		{"pinyin in brackets", "摩托车(mótuōchē)头盔，標準（zhǔn）化", "摩托车头盔标准化"},
		{"other brackets", "机动车(motor)条例(2026)，镥 (lu)", "机动车motor条例2026镥lu"},
		{"decimal point", "2.4GHz; v.3", "2.4ghz v 3"},
		{"Cyrillic", "Мотоцикл", "мотоцикл"},
		{"Arabic stays", "دراجة نارية", "دراجة نارية"},
		{"invalid bytes", "a\xffb", "a b"},
	} {
		if got := Normalize(c.in); got != c.want {
			t.Errorf("%s: Normalize(%q) = %q, want %q", c.name, c.in, got, c.want)
		}
	}
}

func TestSimplified(t *testing.T) {
	for in, want := range map[rune]rune{'車': '车', '輪': '轮', '電': '电', '胡': '胡', 'a': 'a', '龍': '龙', '臺': '台', '檸': '柠'} {
		if got := simplified(in); got != want {
			t.Errorf("simplified(%c) = %c, want %c", in, got, want)
		}
	}
}

// Every character has one simplified form, which is simplified itself.
func TestSimplifiedTableIsSound(t *testing.T) {
	form := map[rune]rune{}
	for _, r := range readTable("simplified.txt") {
		pairs := []rune(r.text("pairs"))
		for i := 0; i+1 < len(pairs); i += 2 {
			if other := form[pairs[i]]; other != 0 && other != pairs[i+1] {
				t.Errorf("%s: %c is %c and %c", r.where, pairs[i], other, pairs[i+1])
			}
			form[pairs[i]] = pairs[i+1]
		}
	}
	for trad, simp := range form {
		if simplified(simp) != simp {
			t.Errorf("%c is %c, which is %c in turn", trad, simp, simplified(simp))
		}
	}
}

// Words of Taiwanese and Hong Kong notices on goods, food, law and electricity.
func TestNoticesAreSimplified(t *testing.T) {
	for in, want := range map[string]string{
		"經濟部標準檢驗局": "经济部标准检验局", "應施檢驗商品": "应施检验商品", "相關檢驗規定": "相关检验规定", "進出口貨物稅則號別": "进出口货物税则号别",
		"來源國及處理辦法": "来源国及处理办法", "參考國家標準": "参考国家标准", "狀態與態樣": "状态与态样", "亞洲、歐亞經濟聯盟": "亚洲欧亚经济联盟",
		"電纜線組、延長線": "电缆线组延长线", "變壓器、整流器": "变压器整流器", "麗緻餅乾、餛飩、糯米粽": "丽致饼干馄饨糯米粽", "檸檬、柚類及櫞": "柠檬柚类及橼",
		"蘋果、荔枝、龍眼、鳳梨": "苹果荔枝龙眼凤梨", "鱸魚、鯛魚、鯷魚、鰻魚": "鲈鱼鲷鱼鳀鱼鳗鱼", "菸酒與農藥殘留容許量": "烟酒与农药残留容许量", "嬰兒配方食品": "婴儿配方食品",
		"機動車輛、輪圈及輞": "机动车辆轮圈及辋", "銲接、鋰離子電芯": "焊接锂离子电芯", "禁止輸入之物質清單": "禁止输入之物质清单", "週期與鐘錶": "周期与钟表",
		"肉類、臘腸、鹹蛋、醬油": "肉类腊肠咸蛋酱油", "紡織、羽絨、襪": "纺织羽绒袜", "貫徹並執行": "贯彻并执行", "噪音汙染、溫室氣體": "噪音污染温室气体",
	} {
		if got := Normalize(in); got != want {
			t.Errorf("Normalize(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzNormalize(f *testing.F) {
	for _, s := range []string{"Türkiye", "摩托車 LED燈", "thé", "men's", "a\xff\u0301", "½ №", "ﷺ", "ก็", "한글", "か\u3099", "mŉ"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		once := Normalize(s)
		if !utf8.ValidString(once) {
			t.Fatalf("Normalize(%q) = %q is no UTF-8", s, once)
		}
		if twice := Normalize(once); twice != once {
			t.Fatalf("Normalize(%q) = %q, again: %q", s, once, twice)
		}
	})
}
