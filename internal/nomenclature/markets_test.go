package nomenclature

import (
	"slices"
	"strings"
	"testing"
)

func TestMarketKnowsNamesAndCodes(t *testing.T) {
	for name, want := range map[string]string{
		"US": "US", "USA": "US", "usa": "US", "United States of America": "US", "美国": "US", "美國": "US",
		"TPKM": "TW", "Chinese Taipei": "TW", "中国台北": "TW", "台灣": "TW",
		"The Separate Customs Territory of Taiwan, Penghu, Kinmen and Matsu": "TW",
		"EEC": "EU", "EU": "EU", "European Union": "EU", "欧盟": "EU", "歐盟": "EU",
		"HKG": "HK", "Hong Kong, China": "HK", "中国香港": "HK", "MAC": "MO", "Macao, China": "MO", "ARE": "AE", "阿联酋": "AE",
		"Korea, Republic of": "KR", "韩国": "KR", "Bahrain, Kingdom of": "BH", "Viet Nam": "VN", "Vietnam": "VN",
		"Türkiye": "TR", "Turkiye": "TR", "Turkey": "TR", "Moldova, Republic of": "MD", "Tanzania": "TZ",
		"Bolivia, Plurinational State of": "BO", "Kuwait, the State of": "KW", "Saudi Arabia, Kingdom of": "SA", "沙特": "SA",
		"Venezuela, Bolivarian Republic of": "VE", "Côte d'Ivoire": "CI", "Cote d’Ivoire": "CI", "Lao People's Democratic Republic": "LA",
		"Russian Federation": "RU", "Czech Republic": "CZ", "Slovak Republic": "SK", "Kyrgyz Republic": "KG", "KGZ": "KG",
		"United Kingdom": "GB", "UK": "GB", "GBR": "GB", "Brunei Darussalam": "BN", "Eswatini": "SZ", "The Gambia": "GM",
		"特立尼达和多巴哥": "TT", "圭亚那": "GY", "牙买加": "JM", "南非": "ZA", "海合会": "GCC", "EAEU": "EAEU", "东盟": "ASEAN",
		"all trading partners": "*", "*": "*", " 全部贸易伙伴 ": "*", "European Communities": "EU", "Philippines": "PH", "Ukraine": "UA",
		"Dominican Republic": "DO", "Cameroon": "CM", "BDI": "BI", "CAN": "CA", "EC": "EC", "Comunidad Andina": "ANDEAN", "South Sudan": "SS", "Somalia": "SO",
	} {
		if got, ok := Market(name); !ok || got != want {
			t.Errorf("Market(%q) = %q, %v; want %q", name, got, ok, want)
		}
	}
	for _, name := range []string{"", "Atlantis", "XX", "EQV", "ZZ", "---"} {
		if got, ok := Market(name); ok {
			t.Errorf("Market(%q) = %q, want unknown", name, got)
		}
	}
}

func TestEveryMarketHasBothNamesAndIsFoundByThem(t *testing.T) {
	if n := len(Markets()); n < 240 || n > 260 {
		t.Errorf("%d countries, ISO 3166 has about 249", n)
	}
	for _, code := range append(Markets(), Blocs()...) {
		for _, lang := range []string{"zh", "en"} {
			name := MarketName(code, lang)
			if name == code || name == "" {
				t.Errorf("%s has no name in %s", code, lang)
			}
			if got, _ := Market(name); got != code {
				t.Errorf("Market(%q) = %q, want %s", name, got, code)
			}
		}
	}
	if got := MarketName("QQ", "zh"); got != "QQ" {
		t.Errorf("unknown market is called %q", got)
	}
	if got := MarketName("TW", "zh"); got != "中国台北" {
		t.Errorf("TW is called %q", got)
	}
}

func TestExpand(t *testing.T) {
	for code, n := range map[string]int{
		"EU": 27, "EEA": 30, "EFTA": 4, "GCC": 6, "EAC": 8, "EAEU": 5, "ASEAN": 11, "MERCOSUR": 5, "SACU": 5,
		"ANDEAN": 4, "CARICOM": 15, "ECOWAS": 12, "UEMOA": 8, "CEMAC": 6, "COMESA": 21, "DE": 1, "*": 1, "??": 1,
	} {
		got := Expand(code)
		if len(got) != n || !slices.IsSorted(got) {
			t.Errorf("Expand(%s) = %v, want %d codes in order", code, got, n)
		}
	}
	for _, bloc := range Blocs() {
		for _, c := range Expand(bloc) {
			if got, ok := Market(c); !ok || got != c {
				t.Errorf("%s: member %q is no market", bloc, c)
			}
		}
	}
	Expand("EU")[0] = "broken"
	if Expand("EU")[0] != "AT" {
		t.Error("a caller can change the members of a bloc")
	}
}

func TestCommon(t *testing.T) {
	for _, c := range []struct {
		name                  string
		notice, product, want []string
	}{
		{"bloc notice, country product", []string{"EU"}, []string{"DE"}, []string{"DE"}},
		{"country notice, bloc product", []string{"DE"}, []string{"EU"}, []string{"DE"}},
		{"everywhere product", []string{"EU"}, []string{"*"}, []string{"EU"}},
		{"everywhere notice", []string{"*"}, []string{"US", "EU"}, []string{"US", "EU"}},
		{"nothing shared", []string{"EU"}, []string{"US", "GB"}, nil},
		{"order of the product", []string{"US", "EU"}, []string{"FR", "US", "DE"}, []string{"FR", "US", "DE"}},
		{"no repetition", []string{"EU", "DE", "EEA"}, []string{"DE"}, []string{"DE"}},
		{"bloc in bloc", []string{"EEA"}, []string{"EU"}, []string{"EU"}},
		{"overlapping blocs", []string{"EEA"}, []string{"EFTA"}, []string{"IS", "LI", "NO"}},
		{"joint papers of six", []string{"SA", "YE", "KW"}, []string{"GCC"}, []string{"SA", "KW"}},
		{"unknown codes meet themselves", []string{"Q9"}, []string{"Q9", "Q8"}, []string{"Q9"}},
		{"empty", nil, []string{"*"}, nil},
	} {
		if got := Common(c.notice, c.product); !slices.Equal(got, c.want) {
			t.Errorf("%s: Common(%v, %v) = %v, want %v", c.name, c.notice, c.product, got, c.want)
		}
	}
}

func TestUnions(t *testing.T) {
	for country, want := range map[string]string{"KE": "EAC", "TZ": "EAC", "SA": "GCC", "RU": "EAEU", "BO": "ANDEAN MERCOSUR", "DE": "", "CN": "", "EAC": "", "": ""} {
		if got := strings.Join(Unions(country), " "); got != want {
			t.Errorf("%s is of %q, want %q", country, got, want)
		}
	}
}
