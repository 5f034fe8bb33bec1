package nomenclature

import (
	"slices"
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
		"联苯菊酯等农药最大残留限量":                         "bifenthrin",
		"丙硫菌唑、毒死蜱":                              "prothioconazole|chlorpyrifos",
		"CAS 2921-88-2 (chlorpyrifos)":          "chlorpyrifos",
		"formaldehído (50-00-0) y plomo":        "formaldehyde|lead (metal)",
		"CAS 67-64-1":                           "CAS 67-64-1",
		"on 2025-06-3 and 67-64-2":              "",
		"lead to changes, DON University":       "",
		"chlorpyrifos-methyl":                   "chlorpyrifos-methyl",
		"Patent Blue V":                         "patent blue V",
		"PCB assembly, PFAS":                    "PFAS",
		"DEHP, BBP":                             "bis(2-ethylhexyl) phthalate|phthalates|butyl benzyl phthalate",
		"聚苯乙烯泡沫、二甲苯":                            "xylene",
		"UN R22, ECE R32 and R 125":             "",
		"R-134a y R-410A":                       "HFC-134a|R-410A",
		"polychlorinated biphenyls (1336-36-3)": "polychlorinated biphenyls",
		"TBT Agreement, CBD and THC":            "tetrahydrocannabinol",
		"六溴环十二烷和多溴联苯醚":                          "hexabromocyclododecane|polybrominated diphenyl ethers",
		"苯醚甲环唑 0.5 mg/kg":                       "difenoconazole",
		"lambda-cyhalothrin; metam-sodium":      "cyhalothrin|metam",
		"indigo denim, bright red":              "",
		"styrene-butadiene rubber":              "",
	} {
		if got := strings.Join(Substances(text), "|"); got != want {
			t.Errorf("Substances(%q) = %q, want %q", text, got, want)
		}
	}
}

// Every row has a name in Chinese, CAS numbers with the right check digit, and
// names that no other row has, but for the members of a group.
func TestSubstanceTable(t *testing.T) {
	owner, named := map[string]string{}, map[string]string{}
	rows, nameless := readTable("substances.txt"), 0
	for _, r := range rows {
		name := r.text("en")
		if name == "" {
			t.Errorf("%s: no name", r.where)
		}
		if len(r.list("zh")) == 0 {
			nameless++
			t.Logf("%s: %s has no Chinese name", r.where, name)
		}
		for _, cas := range r.list("cas") {
			if !casNumber.MatchString(cas) || !validCAS(cas) {
				t.Errorf("%s: %s: wrong check digit in %s", r.where, name, cas)
			}
			if owner[cas] != "" {
				t.Errorf("%s: %s belongs to %s too", r.where, cas, owner[cas])
			}
			owner[cas] = name
		}
		for _, n := range slices.Concat([]string{name}, r.list("zh"), r.list("other")) {
			key := comparable(n)
			if other := named[key]; other != "" && other != name && other != "phthalates" && name != "phthalates" {
				t.Errorf("%s: %q names %s and %s", r.where, n, other, name)
			}
			named[key] = name
			if !slices.Contains(Substances(n), name) {
				t.Errorf("%s: %s is not found by its name %q", r.where, name, n)
			}
		}
	}
	if len(rows) < 500 || nameless > 3 {
		t.Errorf("%d substances, %d without a Chinese name", len(rows), nameless)
	}
}

func FuzzStandards(f *testing.F) {
	for _, s := range []string{"GB/T 1234.5-2020", "ECE R22", "IS 302 (Part 1)", "NOM-003-SCFI-2014", "UN Regulation No. 022", "FMVSS No. 213a"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		names := append(Standards(s), Substances(s)...)
		for _, name := range names {
			if name == "" || name != strings.TrimSpace(name) || slices.Contains(CitedKeys(name), "") {
				t.Fatalf("%q gives %q", s, name)
			}
		}
		if len(names) > len(s) || !slices.Equal(names, append(Standards(s), Substances(s)...)) {
			t.Fatalf("%q gives %q", s, names)
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
