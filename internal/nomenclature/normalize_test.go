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

func FuzzNormalize(f *testing.F) {
	for _, s := range []string{"Türkiye", "摩托車 LED燈", "thé", "men's", "a\xff\u0301", "½ №", "ﷺ", "ก็", "한글", "か\u3099"} {
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
