package ingest

import (
	"regexp"
	"slices"
	"testing"
)

func TestHSCodes(t *testing.T) {
	cases := []struct {
		name, cell string
		want       []string
	}{
		{"nothing", "", nil},
		{"names with semicolons", "8517 - Telephone sets, incl. smartphones; other apparatus; parts thereof; 100310 - Barley seed for sowing", []string{"8517", "100310"}},
		{"twice", "0401 - Milk; 0402 - Milk; 0401 - Milk", []string{"0401", "0402"}},
		{"two, four, five and six digits", "87 - VEHICLES; 8711 - Motorcycles; 72106 - plated; 870821 - Belts", []string{"87", "8711", "72106", "870821"}},
		{"numbers in names are no codes", `8502 - Generating sets of an output > 75 kVA but <= 375 kVA; 3203 - (excl. preparations of heading 3207, 3208 and 3215)`, []string{"8502", "3203"}},
		{"dotted", "8711.10 - Mopeds; 8714.10.90 - Parts", []string{"871110", "87141090"}},
		{"bare list", "8711, 8714.10、8715", []string{"8711", "871410", "8715"}},
		{"bare list with its name", "HS: 8711, 8714", []string{"8711", "8714"}},
		{"one bare code", "850760", []string{"850760"}},
		{"full width", "６５０６１０；８７１１", []string{"650610", "8711"}},
		{"en dash and lines", "8711 – Motorcycles\n8714 — Parts", []string{"8711", "8714"}},
		{"HTML", "<p>8711 - Motorcycles</p><p>8714 - Parts</p>", []string{"8711", "8714"}},
		{"words only", "Motorcycles and mopeds", nil},
		{"a year is a heading that is none", "77 - reserved; 00 - none", nil},
		{"too long", "12345678901 - more than any tariff has", nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := hsCodes(c.cell); !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestICSCodes(t *testing.T) {
	cases := []struct {
		name, cell string
		want       []string
	}{
		{"nothing", "", nil},
		{"all lengths", "67 - FOOD TECHNOLOGY; 43.140 - Motorcycles and mopeds; 97.040.40 - Dishwashers", []string{"67", "43.140", "97.040.40"}},
		{"twice", "01.110 - Technical product documentation; 01.110 - Technical product documentation", []string{"01.110"}},
		{"commas and full stops in names", "11.040.25 - Syringes, needles and catheters; 23.120 - Ventilators. Fans. Air-conditioners", []string{"11.040.25", "23.120"}},
		{"bare list", "43.140, 13.340.20", []string{"43.140", "13.340.20"}},
		{"what is no ICS", "8711; 1.2; 433.140; x", nil},
		{"zeros", "00.000", nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := icsCodes(c.cell); !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestWords(t *testing.T) {
	got := words("Plant health; Pests; Fruit fly; Pests;; Adoption/publication of reg.；动物卫生、疫病")
	want := []string{"Plant health", "Pests", "Fruit fly", "Adoption/publication of reg.", "动物卫生", "疫病"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func FuzzCodes(f *testing.F) {
	for _, s := range []string{"8517 - a; b; 100310 - c", "8711, 8714", "43.140 - Motorcycles", "HS: 87.11", "６５０６１０"} {
		f.Add(s)
	}
	hs, ics := regexp.MustCompile(`^\d{2,10}$`), regexp.MustCompile(`^\d{2}(\.\d{3}(\.\d{2})?)?$`)
	f.Fuzz(func(t *testing.T, cell string) {
		for _, codes := range [][]string{hsCodes(cell), icsCodes(cell), words(cell)} {
			if sorted := slices.Sorted(slices.Values(codes)); len(slices.Compact(sorted)) < len(codes) || len(codes) > len(cell) {
				t.Errorf("%q gives %q", cell, codes)
			}
		}
		for _, c := range hsCodes(cell) {
			if !hs.MatchString(c) {
				t.Errorf("%q in %q is no HS code", c, cell)
			}
		}
		for _, c := range icsCodes(cell) {
			if !ics.MatchString(c) {
				t.Errorf("%q in %q is no ICS code", c, cell)
			}
		}
	})
}
