package nomenclature

import (
	"fmt"
	"strings"
	"testing"
)

func TestEditions(t *testing.T) {
	for text, want := range map[string]string{
		"GB 7258-2017《机动车运行安全技术条件》": "GB 7258:2017",
		"IEC 62133-2":                               "IEC 62133-2",
		"IEC 62133-2:2017, IEC 62133-2:2017":        "IEC 62133-2:2017",
		"IEC 62133-2: 2017 and IEC 62133-2":         "IEC 62133-2:2017|IEC 62133-2",
		"EN 71-1:2014+A1:2018":                      "EN 71-1:2014",
		"EN 60335-2-9:2003":                         "EN 60335-2-9:2003",
		"DIN EN 1078:2014-04":                       "DIN EN 1078:2014",
		"ISO 9001:2015, 14001:2015 and 45001":       "ISO 9001:2015|ISO 14001:2015|ISO 45001",
		"GB/T 2423.1-2008, 2423.2-2019":             "GB/T 2423.1:2008|GB/T 2423.2:2019",
		"GB 6675.1-2014/.2-2003":                    "GB 6675.1:2014|GB 6675.2:2003",
		"GSO 2530/2016, EOS 3795-1/2021":            "GSO 2530:2016|EOS 3795-1:2021",
		"TIS 2134-2553":                             "TIS 2134:2010",
		"ASTM F963-23, ASTM D7566-14c, ASTM D96-88": "ASTM F 963:2023|ASTM D 7566:2014|ASTM D 96:1988",
		"NOM-086-SCT2-2023, PROY-NOM-194-SE-2021":   "NOM-086-SCT2:2023|NOM-194-SE:2021",
		"DB11/T 1322-2016; T/CAS 309-2018":          "DB11/T 1322:2016|T/CAS 309:2018",
		"ECE R22.06 and UN Regulation No. 22":       "UN R22:6|UN R22",
		"Regulation (EU) 2023/1542; 16 CFR 1203":    "EU 2023/1542|16 CFR 1203",
		"in 2025 nothing":                           "",
	} {
		var got []string
		for _, e := range Editions(text) {
			name := e.Name
			if e.Issue > 0 {
				name += fmt.Sprint(":", e.Issue)
			}
			got = append(got, name)
		}
		if joined := strings.Join(got, "|"); joined != want {
			t.Errorf("Editions(%q) = %q, want %q", text, joined, want)
		}
	}
}

// Every body whose standards are recognised has a name in both languages.
func TestEveryBodyHasAName(t *testing.T) {
	for _, r := range readTable("standards.txt") {
		name := StandardBase(r.text("body") + " 12345")
		b, ok := BodyOf(name)
		if !ok || b.ZH == "" || b.EN == "" {
			t.Errorf("%s: who issues %q? %+v", r.where, name, b)
		}
		if want := b.Code + " "; !strings.HasPrefix(name, want) && b.Code != "ETSI" && b.Code != "UN R" {
			t.Errorf("%s: %q is of %q", r.where, name, b.Code)
		}
	}
	for name, want := range map[string]string{
		"GB 4706.1": "GB", "UN R22": "UN R", "UN GTR 13": "UN GTR", "IEC 62133-2": "IEC", "ETSI EN 300 328": "ETSI", "EU 2023/1542": "EU", "16 CFR 1303": "CFR",
		"KS C 8305": "KS-KR", "KS 2763": "KS", "KS EAS 12": "KS EAS", "JIS T 8131": "JIS", "NOM-003-SCFI": "NOM", "NMX-J-521/2-9-ANCE": "NMX", "DB11/T 1322": "DB",
		"T/CAS 309": "T/", "CSA C22.2 No. 250.13": "CSA", "INMETRO 140": "INMETRO", "ANVISA RDC 843": "ANVISA RDC", "ITU-T K.21": "ITU-T", "UAE.S 5010-1": "UAE.S",
		"MIL-STD 810": "MIL-STD", "rohs": "", "": "", "GBX 12": "", "IECEE": "", "ČSN 12": "ČSN",
	} {
		if b, _ := BodyOf(name); b.Code != want {
			t.Errorf("BodyOf(%q) = %q, want %q", name, b.Code, want)
		}
	}
	for _, cited := range strings.Split(strings.TrimSpace(citedStandards), "\n") {
		text, _, _ := strings.Cut(cited, " → ")
		for _, name := range Standards(text) {
			if _, ok := BodyOf(StandardBase(name)); !ok {
				t.Errorf("nobody issues %q", name)
			}
		}
	}
}
