package nomenclature

import (
	"strings"
	"testing"
)

// wtoMembers are the members of the WTO under the names of its own lists, each
// with the code its document symbols carry and the code we want.
const wtoMembers = `
Afghanistan AFG AF|Albania ALB AL|Angola AGO AO|Antigua and Barbuda ATG AG|Argentina ARG AR|Armenia ARM AM|Australia AUS AU
Austria AUT AT|Bahrain, Kingdom of BHR BH|Bangladesh BGD BD|Barbados BRB BB|Belgium BEL BE|Belize BLZ BZ|Benin BEN BJ
Bolivia, Plurinational State of BOL BO|Botswana BWA BW|Brazil BRA BR|Brunei Darussalam BRN BN|Bulgaria BGR BG|Burkina Faso BFA BF
Burundi BDI BI|Cabo Verde CPV CV|Cambodia KHM KH|Cameroon CMR CM|Canada CAN CA|Central African Republic CAF CF|Chad TCD TD
Chile CHL CL|China CHN CN|Colombia COL CO|Comoros COM KM|Congo COG CG|Costa Rica CRI CR|Côte d'Ivoire CIV CI|Croatia HRV HR
Cuba CUB CU|Cyprus CYP CY|Czech Republic CZE CZ|Democratic Republic of the Congo COD CD|Denmark DNK DK|Djibouti DJI DJ
Dominica DMA DM|Dominican Republic DOM DO|Ecuador ECU EC|Egypt EGY EG|El Salvador SLV SV|Estonia EST EE|Eswatini SWZ SZ
European Union EU EU|Fiji FJI FJ|Finland FIN FI|France FRA FR|Gabon GAB GA|The Gambia GMB GM|Georgia GEO GE|Germany DEU DE
Ghana GHA GH|Greece GRC GR|Grenada GRD GD|Guatemala GTM GT|Guinea GIN GN|Guinea-Bissau GNB GW|Guyana GUY GY|Haiti HTI HT
Honduras HND HN|Hong Kong, China HKG HK|Hungary HUN HU|Iceland ISL IS|India IND IN|Indonesia IDN ID|Ireland IRL IE|Israel ISR IL
Italy ITA IT|Jamaica JAM JM|Japan JPN JP|Jordan JOR JO|Kazakhstan KAZ KZ|Kenya KEN KE|Korea, Republic of KOR KR
Kuwait, the State of KWT KW|Kyrgyz Republic KGZ KG|Lao People's Democratic Republic LAO LA|Latvia LVA LV|Lesotho LSO LS
Liberia LBR LR|Liechtenstein LIE LI|Lithuania LTU LT|Luxembourg LUX LU|Macao, China MAC MO|Madagascar MDG MG|Malawi MWI MW
Malaysia MYS MY|Maldives MDV MV|Mali MLI ML|Malta MLT MT|Mauritania MRT MR|Mauritius MUS MU|Mexico MEX MX
Moldova, Republic of MDA MD|Mongolia MNG MN|Montenegro MNE ME|Morocco MAR MA|Mozambique MOZ MZ|Myanmar MMR MM|Namibia NAM NA
Nepal NPL NP|Netherlands NLD NL|New Zealand NZL NZ|Nicaragua NIC NI|Niger NER NE|Nigeria NGA NG|North Macedonia MKD MK
Norway NOR NO|Oman OMN OM|Pakistan PAK PK|Panama PAN PA|Papua New Guinea PNG PG|Paraguay PRY PY|Peru PER PE|Philippines PHL PH
Poland POL PL|Portugal PRT PT|Qatar QAT QA|Romania ROU RO|Russian Federation RUS RU|Rwanda RWA RW|Saint Kitts and Nevis KNA KN
Saint Lucia LCA LC|Saint Vincent and the Grenadines VCT VC|Samoa WSM WS|Saudi Arabia, Kingdom of SAU SA|Senegal SEN SN
Seychelles SYC SC|Sierra Leone SLE SL|Singapore SGP SG|Slovak Republic SVK SK|Slovenia SVN SI|Solomon Islands SLB SB
South Africa ZAF ZA|Spain ESP ES|Sri Lanka LKA LK|Suriname SUR SR|Sweden SWE SE|Switzerland CHE CH|Chinese Taipei TPKM TW
Tajikistan TJK TJ|Tanzania TZA TZ|Thailand THA TH|Timor-Leste TLS TL|Togo TGO TG|Tonga TON TO|Trinidad and Tobago TTO TT
Tunisia TUN TN|Türkiye TUR TR|Uganda UGA UG|Ukraine UKR UA|United Arab Emirates ARE AE|United Kingdom GBR GB
United States of America USA US|Uruguay URY UY|Vanuatu VUT VU|Venezuela, Bolivarian Republic of VEN VE|Viet Nam VNM VN
Yemen YEM YE|Zambia ZMB ZM|Zimbabwe ZWE ZW`

func TestEveryMemberOfTheWTO(t *testing.T) {
	n := 0
	for _, line := range strings.Split(strings.ReplaceAll(strings.TrimSpace(wtoMembers), "\n", "|"), "|") {
		words := strings.Fields(line)
		name, symbol, want := strings.Join(words[:len(words)-2], " "), words[len(words)-2], words[len(words)-1]
		n++
		for _, s := range []string{name, symbol, want, strings.ToUpper(name)} {
			if got, ok := Market(s); !ok || got != want {
				t.Errorf("Market(%q) = %q, want %s", s, got, want)
			}
		}
	}
	if n != 166 {
		t.Errorf("%d members, the WTO has 166", n)
	}
}

// Names as Chinese notices and registries write them.
func TestChineseNames(t *testing.T) {
	for code, names := range map[string]string{
		"AE": "阿联酋 阿拉伯联合酋长国", "BD": "孟加拉国", "BO": "玻利维亚", "BR": "巴西", "CD": "刚果民主共和国", "CI": "科特迪瓦",
		"CZ": "捷克 捷克共和国", "DO": "多米尼加", "EC": "厄瓜多尔", "EG": "埃及", "GB": "英国 联合王国", "HK": "中国香港 香港",
		"ID": "印度尼西亚", "IN": "印度", "JP": "日本", "KE": "肯尼亚", "KR": "韩国 大韩民国", "KZ": "哈萨克斯坦", "LA": "老挝",
		"MX": "墨西哥", "MY": "马来西亚", "NG": "尼日利亚", "NZ": "新西兰", "PE": "秘鲁", "PH": "菲律宾", "PK": "巴基斯坦",
		"RU": "俄罗斯 俄罗斯联邦", "SA": "沙特 沙特阿拉伯", "TH": "泰国", "TR": "土耳其", "TW": "中国台北 台湾", "TZ": "坦桑尼亚",
		"UG": "乌干达", "US": "美国", "UZ": "乌兹别克斯坦", "VN": "越南", "ZA": "南非", "EU": "欧盟 歐盟 欧洲联盟",
		"GCC": "海合会 海湾合作委员会", "EAC": "东非共同体", "EAEU": "欧亚经济联盟", "ASEAN": "东盟", "MERCOSUR": "南方共同市场",
	} {
		for _, name := range strings.Fields(names) {
			if got, ok := Market(name); !ok || got != code {
				t.Errorf("Market(%q) = %q, want %s", name, got, code)
			}
		}
	}
}
