package nomenclature

import (
	"strings"
	"testing"
)

func TestStandards(t *testing.T) {
	for text, want := range map[string]string{
		"":                                "",
		"no standard in 2025":             "",
		"GB/T 15089-2001 and GB 811-2022": "GB/T 15089|GB 811",
		"符合GB 14622—2016、QC/T 1003规定":                        "GB 14622|QC/T 1003",
		"GB/T1234.5-2020":                                    "GB/T 1234.5",
		"IEC 60335-2-9:2019":                                 "IEC 60335-2-9",
		"ISO/IEC 17025, ISO 9001:2015":                       "ISO/IEC 17025|ISO 9001",
		"EN ISO 12100:2010; BS EN 71-1":                      "EN ISO 12100|BS EN 71-1",
		"UL 8750 (GYS 548)":                                  "UL 8750",
		"ASTM F963-17":                                       "ASTM F 963",
		"JIS C 8714:2007":                                    "JIS C 8714",
		"UN R22, ECE R22.05, ECE-R 22, UN Regulation No. 22": "UN R22|UN R22.05",
		"Regulation UN No. 115":                              "UN R115",
		"ECE 141:2017":                                       "UN R141",
		"Federal Motor Vehicle Safety Standard No. 213a; FMVSS No. 213b, FMVSS 138:2017": "FMVSS 213A|FMVSS 213B|FMVSS 138",
		"Federal Motor Vehicle Safety Standard (FMVSS) No. 216":                          "FMVSS 216",
		"ABNT NBR 16129 e NBR NM 300":                                                    "ABNT NBR 16129|ABNT NBR NM 300",
		"IS 15644:2006 but THIS IS 4500 kg":                                              "IS 15644",
		"IS 302 (Part 1)":                                                                "IS 302-1",
		"SNI 1811:2007; TCVN 5756:2017":                                                  "SNI 1811|TCVN 5756",
		"ГОСТ Р 41.22-2001, ГОСТ 12.1.004":                                               "GOST R 41.22|GOST 12.1.004",
		"DEAS 1252-5:2025, DUS 2728:2024":                                                "DEAS 1252-5|DUS 2728",
		"TR CU 028/2012":                                                                 "TR CU 028/2012",
		"NOM-003-SCFI-2014":                                                              "NOM-003-SCFI",
		"Regulation (EU) No 168/2013, 2006/42/EC":                                        "EU 168/2013|EU 2006/42",
		"AS/NZS 1698:2006":                                                               "AS/NZS 1698",
		"DMS 2188:2024":                                                                  "DMS 2188",
		"PISO 9001, GBX 12":                                                              "",
		"ISO 9001, again ISO 9001:2008":                                                  "ISO 9001",
	} {
		if got := strings.Join(Standards(text), "|"); got != want {
			t.Errorf("Standards(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestSubstances(t *testing.T) {
	for text, want := range map[string]string{
		"":                                      "",
		"Maximum residue limits for Bifenthrin": "bifenthrin",
		"联苯菊酯等农药最大残留限量":                   "bifenthrin",
		"丙硫菌唑、毒死蜱":                        "prothioconazole|chlorpyrifos",
		"CAS 2921-88-2 (chlorpyrifos)":    "chlorpyrifos",
		"formaldehído (50-00-0) y plomo":  "formaldehyde|lead (metal)",
		"CAS 67-64-1":                     "CAS 67-64-1",
		"on 2025-06-3 and 67-64-2":        "",
		"lead to changes, DON University": "",
		"chlorpyrifos-methyl":             "chlorpyrifos-methyl",
		"Patent Blue V":                   "patent blue V",
		"PCB assembly, PFAS":              "PFAS",
	} {
		if got := strings.Join(Substances(text), "|"); got != want {
			t.Errorf("Substances(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestSubstanceTable(t *testing.T) {
	owner := map[string]string{}
	for _, r := range readTable("substances.txt") {
		if r.text("en") == "" {
			t.Errorf("%s: no name", r.where)
		}
		for _, cas := range r.list("cas") {
			if !casNumber.MatchString(cas) || !validCAS(cas) {
				t.Errorf("%s: %s: wrong check digit in %s", r.where, r.text("en"), cas)
			}
			if owner[cas] != "" {
				t.Errorf("%s: %s belongs to %s too", r.where, cas, owner[cas])
			}
			owner[cas] = r.text("en")
		}
	}
}

func FuzzStandards(f *testing.F) {
	for _, s := range []string{"GB/T 1234.5-2020", "ECE R22", "IS 302 (Part 1)", "NOM-003-SCFI-2014", "UN Regulation No. 022", "FMVSS No. 213a"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, name := range append(Standards(s), Substances(s)...) {
			if name == "" || name != strings.TrimSpace(name) {
				t.Fatalf("%q gives %q", s, name)
			}
		}
	})
}

func BenchmarkStandards(b *testing.B) {
	text := strings.Repeat("Draft standard GB/T 15089-2001 on vehicles, see ISO 9001 and UN Regulation No. 22; 2 KB of text. ", 20)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		Standards(text)
	}
}
