package nomenclature

import (
	"strings"
	"testing"
)

// What is a standard, and how it is normalised; "text → names, separated by |".
var citedStandards = `
GB 7258-2017《机动车运行安全技术条件》 → GB 7258
GB/T 19001-2016 → GB/T 19001
国家标准GB4706.1-2005 → GB 4706.1
GB 4706.1, 4706.12 和 4706.15 → GB 4706.1|GB 4706.12|GB 4706.15
GB 14622、14621和18176标准 → GB 14622|GB 14621|GB 18176
GB/T 2423.1-2008, 2423.2-2008 → GB/T 2423.1|GB/T 2423.2
GB/Z 20288-2006 → GB/Z 20288
SN/T 1234.5-2019 → SN/T 1234.5
NY/T 393-2020和NY 5071-2002 → NY/T 393|NY 5071
QB/T 1714-2015; FZ/T 73001-2016 → QB/T 1714|FZ/T 73001
DB11/T 1322-2016 → DB11/T 1322
DB44/ 26-2001 → DB44 26
T/CAS 309-2018, T/ZZB 0123-2021 → T/CAS 309|T/ZZB 0123
CNS 15364:2013 → CNS 15364
CNS 3193 国家标准 → CNS 3193
JIS C 9335-2-9:2019 → JIS C 9335-2-9
JIS T 8131 → JIS T 8131
KS C IEC 62133-2 → IEC 62133-2
KS C 8305 → KS C 8305
KS 2763:2018 → KS 2763
KC 62133-2 (2020) → KC 62133-2
KS EAS 12:2018 → KS EAS 12
ISO 9001:2015, 14001:2015 and 45001 → ISO 9001|ISO 14001|ISO 45001
ISO/TS 16949:2009 → ISO/TS 16949
ISO TR 24971 → ISO/TR 24971
ISO/IEC 17065:2012 → ISO/IEC 17065
ISO 10993-1, -5 and -10 → ISO 10993-1|ISO 10993-5|ISO 10993-10
IEC 60335-2-9/-2-13 → IEC 60335-2-9|IEC 60335-2-13
IEC 60335-1 and IEC 60335-2-24 → IEC 60335-1|IEC 60335-2-24
IEC 60335-2-9, -13 → IEC 60335-2-9|IEC 60335-2-13
IEC 61000-3-2/61000-3-3 → IEC 61000-3-2|IEC 61000-3-3
IEEE 1547-2018, IEEE Std. 802.11 → IEEE 1547|IEEE 802.11
ITU-T G.984.1; Recommendation ITU-T K.21 → ITU-T G.984.1|ITU-T K.21
ITU-R M.1371-5 → ITU-R M.1371
ETSI EN 301 489-1 V2.2.3 → ETSI EN 301 489-1
EN 300 328 and EN 301 893 → ETSI EN 300 328|ETSI EN 301 893
ETSI EN 301 489-1/-17 → ETSI EN 301 489-1|ETSI EN 301 489-17
ETSI EN 303 645 → ETSI EN 303 645
EN 71-1:2014+A1:2018 → EN 71-1
EN IEC 62133-2:2017 → EN IEC 62133-2
EN 1078 and EN 397 helmets → EN 1078|EN 397
CENELEC EN 50604-1 → EN 50604-1
EN ISO 13485:2016 → EN ISO 13485
DIN EN 1078:2014-04 → DIN EN 1078
DIN VDE 0100-410 → DIN VDE 0100-410
BS 1363-1:2016 → BS 1363-1
BS 1363 plugs → BS 1363
BS EN IEC 60335-1 → BS EN IEC 60335-1
NF EN 15194 → NF EN 15194
UNE-EN 1078:2012+A1 → UNE EN 1078
UNE-EN ISO 9001 → UNE EN ISO 9001
UNI EN 15194:2017 → UNI EN 15194
ГОСТ 31489-2012 и ГОСТ Р 51321.1-2007 → GOST 31489|GOST R 51321.1
GOST IEC 60335-1-2015 → GOST IEC 60335-1
ТР ТС 004/2011, ТР ТС 020/2011 → TR CU 004/2011|TR CU 020/2011
TP TC 018/2011 → TR CU 018/2011
ТР ЕАЭС 037/2016 → TR EAEU 037/2016
СТБ IEC 62133-2-2018 → STB IEC 62133-2
UL 1973, UL 2272 and UL 60335-2-40 → UL 1973|UL 2272|UL 60335-2-40
UL 94V-0 → UL 94
ANSI/UL 8750 → UL 8750
ASTM F963-23 / ASTM D4236 → ASTM F 963|ASTM D 4236
ASTM D7566-14c → ASTM D 7566
ANSI Z87.1-2020; ANSI/BHMA A156.2 → ANSI Z 87.1|ANSI A 156.2
NFPA 70 → NFPA 70
SAE J1772 and SAE J3016 → SAE J 1772|SAE J 3016
CSA C22.2 No. 60335-1:16 → CSA C22.2 No. 60335-1
CAN/CSA-C22.2 No. 250.13-14 → CSA C22.2 No. 250.13
CSA Z614 → CSA Z 614
FMVSS Nos. 108, 126 and 305a → FMVSS 108|FMVSS 126|FMVSS 305A
Canada Motor Vehicle Safety Standard 108 → CMVSS 108
16 CFR Part 1203 → 16 CFR 1203
16 CFR parts 1112 and 1231 → 16 CFR 1112|16 CFR 1231
49 CFR 571.218 → 49 CFR 571.218
21 C.F.R. § 101.9 → 21 CFR 101.9
40 CFR § 86.1811 → 40 CFR 86.1811
Title 16, Code of Federal Regulations, part 1303 → 16 CFR 1303
FCC Part 15 → 47 CFR 15
PROY-NOM-194-SE-2021 → NOM-194-SE
NOM-086-SCT2-2023 → NOM-086-SCT2
NMX-J-521/2-9-ANCE-2018 → NMX-J-521/2-9-ANCE
NTC 5830; NTC-IEC 60335-1 → NTC 5830|NTC IEC 60335-1
IRAM 2063, IRAM-NM 60335-1 → IRAM 2063|NM 60335-1
NTP 209.027:2016 → NTP 209.027
PRTE INEN 046 (1R) → RTE INEN 046
RTE INEN 034:2010; NTE INEN 2656 → RTE INEN 034|NTE INEN 2656
RTCA 67.01.07:10 → RTCA 67.01.07
RTCR 458:2011 → RTCR 458
COGUANOR NTG 34039 → COGUANOR 34039
NCh 1318/1:2018 → NCh 1318/1
NTON 03 026-10 → NTON 03
ABNT NBR 16129:2012 → ABNT NBR 16129
Portaria Inmetro nº 140/2022 → INMETRO 140
INMETRO Ordinance No. 456 of 2010 → INMETRO 456
Resolution RDC No. 843/2024 → ANVISA RDC 843
IS 15644:2006, IS 302 (Part 2/Sec 9) → IS 15644
IS/IEC 60079-0 → IS IEC 60079-0
AIS-156 (Rev. 3) → AIS 156
SLS 1144; PS 3733-2019; BDS 1769 → SLS 1144|PS 3733|BDS 1769
SNI IEC 60335-1:2009 → SNI IEC 60335-1
QCVN 4:2009/BKHCN; TCVN 5756:2017 → QCVN 4|TCVN 5756
TIS 2134-2553 (2010) → TIS 2134
มอก. 2134-2553 → TIS 2134
MS 2271:2010, MS IEC 60335-1 → MS 2271|MS IEC 60335-1
SS 638:2018 → SS 638
PNS IEC 60598-1 → PNS IEC 60598-1
AS 1754-2013; NZS 4601:1973 → AS 1754|NZS 4601
AS/NZS 60335.2.9:2014 → AS/NZS 60335.2.9
SANS 60335-1, VC 8055 → SANS 60335-1|VC 8055
US 24:2020, US EAS 12:2018 → US 24|US EAS 12
TZS 789, FDRS 512, RS EAS 12 → TZS 789|FDRS 512|RS EAS 12
DEAS 1252-5:2025 → DEAS 1252-5
GSO 2530/2016, SASO IEC 60335-1 → GSO 2530|SASO IEC 60335-1
UAE.S GSO 9:2019; UAE.S 5010-1:2019 → UAE.S GSO 9|UAE.S 5010-1
EOS 3795-1/2016 → EOS 3795-1
SI 900-2-9 → SI 900-2-9
TS EN 1078; TS 4031:2015 → TS EN 1078|TS 4031
UN R13, R79 and R155 → UN R13|UN R79|UN R155
UN Regulations Nos. 13, 14 and 16 → UN R13|UN R14|UN R16
ECE R22.06; UN Regulation No. 022 → UN R22.06|UN R22
符合联合国第22号法规 → UN R22
UN GTR No. 13 → UN GTR 13
Directive 2014/53/EU → EU 2014/53
Regulation (EU) 2023/1542 and Regulation (EC) No 1907/2006 → EU 2023/1542|EU 1907/2006
(UE) n.º 10/2011; 94/62/CE → EU 10/2011|EU 94/62
欧盟法规2023/1542；（EU）2019/1020 → EU 2023/1542|EU 2019/1020
Decision 768/2008/EC → EU 768/2008
CODEX STAN 1-1985; CXS 234-1999; CAC/RCP 1-1969; CAC/GL 20-1995 → CXS 1|CXS 234|CXC 1|CXG 20
OIML R 76-1:2006 → OIML R 76-1
ISPM 15, ISPM No. 38 → ISPM 15|ISPM 38
OECD Test Guideline 406, OECD TG 301B → OECD TG 406|OECD TG 301B
ADR 42/05; ADR 19/02 → ADR 42/05|ADR 19/02
`

// What is none, though letters and numbers stand there.
var noStandards = `
8 GB 256 GB memory
32 GB RAM and 512GB SSD
PUBLICADO EN 2023
CONTENIDO DE SODIO EN 100 G
VIGENTE EN 15 DIAS
THIS IS 4500 kg
IT IS 302
WHAT IS 20
ISO 2024 congress
IEEE 2025 conference
an ISO of 100
EN 60 DIAS
US 24 dollars
US 2024 election
US 10-15 per kilo
AS 12-15 KG
AS 2025 BEGINS
MS 304 stainless
SS 304 or SS 316 stainless steel
SS 304-316
PS 5 console
PS 3/4 inch
SI 2020/1234
KC 100 mark
SC 12 and JT 3
TS 5 buses
RS 232 and RS-485 ports
ES 500 g
OS 10 or OS 11 update
QS 9000
JS 2020
ECE 2020 meeting
UN 3480 and UN 3481
UNECE 2023 report
UN R-value 5000
HS 8711.60 and ICS 43.140
CAS 50-00-0
E 171
R-134a and R32
RoHS 2.0 and REACH 1
G/TBT/N/EU/1234
notice 2023/1542
12/05/2023
1/2 of 3/4
Part 15 of this book
FCC 2020
CFR 16
OECD 38 members
OECD 2021 report
WHO 2020
NOM 003
T/T 30 days payment
PISO 9001
GBX 12
DISO 12
aEN 71-1
ABNT 2020
DB 12
RDC 2020
GTR 2020
Euro 5 and Euro 6
Class 1 laser
P/N 60335
ISO 100% recycled
AIS 2025
Inmetro 2020 report
C22 2
DIN 2024 A4 paper
`

func TestCitedStandards(t *testing.T) {
	n := 0
	for _, line := range strings.Split(strings.TrimSpace(citedStandards), "\n") {
		text, want, _ := strings.Cut(line, " → ")
		n++
		if got := strings.Join(Standards(text), "|"); got != want {
			t.Errorf("Standards(%q) = %q, want %q", text, got, want)
		}
	}
	if n < 60 {
		t.Errorf("%d examples", n)
	}
}

func TestNoStandards(t *testing.T) {
	lines := strings.Split(strings.TrimSpace(noStandards), "\n")
	for _, text := range lines {
		if got := Standards(text); len(got) > 0 {
			t.Errorf("Standards(%q) = %q, want none", text, got)
		}
	}
	if len(lines) < 40 {
		t.Errorf("%d examples", len(lines))
	}
}

// A list ends where its members do: dates, quantities and temperatures are none.
func TestListsOfStandardsEnd(t *testing.T) {
	for text, want := range map[string]string{
		"GB 4706.1, 2020 edition":                 "GB 4706.1",
		"IEC 60335-2-9, 12 May 2020":              "IEC 60335-2-9",
		"UN R22, 12 May 2020":                     "UN R22",
		"UN R22, 2020":                            "UN R22",
		"IEC 60068-2-1, -25 °C":                   "IEC 60068-2-1",
		"ISO 9001, 15000 companies":               "ISO 9001",
		"ISO 9001, 15000 kg":                      "ISO 9001",
		"EN 1078, 50 pieces":                      "EN 1078",
		"GB 14622, 14621":                         "GB 14622|GB 14621",
		"GB 14622 和 2025 年":                       "GB 14622",
		"FMVSS 108, 45 days":                      "FMVSS 108",
		"GB/T 1234.5-2020 and GB/T 1234.6":        "GB/T 1234.5|GB/T 1234.6",
		"16 CFR 1303 and 2025 rules":              "16 CFR 1303",
		"IEC 62133-2, 62133-1 or 61960-3":         "IEC 62133-2|IEC 62133-1|IEC 61960-3",
		"ISO 4210-2 to 4210-9 for bicycles":       "ISO 4210-2|ISO 4210-9",
		"EN 71-1, -2, -3":                         "EN 71-1|EN 71-2|EN 71-3",
		"GB 6675.1/.2 toys":                       "GB 6675.1|GB 6675.2",
		"GB 6675.1~6675.4":                        "GB 6675.1|GB 6675.4",
		"16 CFR Part 1112, 1231 and 1500 (toys).": "16 CFR 1112|16 CFR 1231|16 CFR 1500",
	} {
		if got := strings.Join(Standards(text), "|"); got != want {
			t.Errorf("Standards(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestStandardBase(t *testing.T) {
	for name, want := range map[string]string{
		"EN 60335-1": "IEC 60335-1", "IEC 60335-1": "IEC 60335-1", "BS EN 60335-1": "IEC 60335-1", "BS EN IEC 60335-1": "IEC 60335-1",
		"EN IEC 62133-2": "IEC 62133-2", "DIN EN 62133-2": "IEC 62133-2", "UNE EN 60335-2-9": "IEC 60335-2-9", "GOST IEC 60335-1": "IEC 60335-1",
		"EN ISO 12100": "ISO 12100", "DIN EN ISO 12100": "ISO 12100", "UNE EN ISO 9001": "ISO 9001", "BS ISO 4210-2": "ISO 4210-2",
		"BS EN 71-1": "EN 71-1", "TS EN 1078": "EN 1078", "EN 1078": "EN 1078", "EN 50604-1": "EN 50604-1",
		"AS/NZS 60335.2.9": "IEC 60335-2-9", "AS/NZS 3112": "AS/NZS 3112", "AS/NZS CISPR 32": "CISPR 32", "EN 55032": "CISPR 32", "EN 55014-1": "CISPR 14-1",
		"SANS 60335-1": "IEC 60335-1", "SANS 1574": "SANS 1574", "UL 60335-2-40": "IEC 60335-2-40", "UL 1973": "UL 1973", "KC 62133-2": "IEC 62133-2",
		"CSA C22.2 No. 60335-1": "IEC 60335-1", "CSA C22.2 No. 250.13": "CSA C22.2 No. 250.13",
		"ISO/IEC 17025": "ISO 17025", "ISO/TS 16949": "ISO 16949", "ISO/IEC 80079-34": "IEC 80079-34",
		"BS EN 301 489-1": "ETSI EN 301 489-1", "ETSI EN 301 489-1": "ETSI EN 301 489-1",
		"GB/T 19001": "GB 19001", "GB/T 4706.1": "GB 4706.1", "GB 4706.1": "GB 4706.1", "TCVN 6238": "TCVN 6238", "TCVN 60335": "TCVN 60335",
		"49 CFR 571.108": "FMVSS 108", "49 CFR 575": "49 CFR 575", "FMVSS 108": "FMVSS 108", "UN R22.06": "UN R22", "UN R22": "UN R22",
		"NOM-003-SCFI": "NOM-003-SCFI", "EU 2023/1542": "EU 2023/1542", "NM 60335-1": "IEC 60335-1", "": "", "anything": "anything",
	} {
		if got := StandardBase(name); got != want {
			t.Errorf("StandardBase(%q) = %q, want %q", name, got, want)
		}
		if twice := StandardBase(want); twice != want {
			t.Errorf("StandardBase(%q) = %q, not itself", want, twice)
		}
	}
}

// What Standards gives it recognises again, unless the year was needed to tell.
func TestStandardNamesAreStable(t *testing.T) {
	for _, line := range strings.Split(strings.TrimSpace(citedStandards), "\n") {
		text, _, _ := strings.Cut(line, " → ")
		for _, name := range Standards(text) {
			if again := Standards(name); len(again) > 0 && again[0] != name {
				t.Errorf("%q gives %q, which gives %q", text, name, again)
			}
		}
	}
}
