package trade

import (
	"strings"
	"testing"
)

func TestMutesAreReadAndRefused(t *testing.T) {
	for _, tc := range []struct{ name, in, out, refused string }{
		{"none", " ; ", "", ""},
		{"one for good", "G/TBT/N/VNM/12", "G/TBT/N/VNM/12", ""},
		{"two, one of them until a day", "G/TBT/N/VNM/12； G/SPS/N/JPN/5 until 2027-03-01", "G/TBT/N/VNM/12; G/SPS/N/JPN/5 until 2027-03-01", ""},
		{"a follow-up's symbol means the measure", "g/tbt/n/vnm/12/Add.1", "G/TBT/N/VNM/12", ""},
		{"what is no WTO symbol is taken as it stands", "rapex:A12/00123/26", "rapex:A12/00123/26", ""},
		{"no day", "G/TBT/N/VNM/12 until spring", "", "spring"},
		{"no semicolon", "G/TBT/N/VNM/12 G/TBT/N/VNM/13", "", "semicolons"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			mutes, err := ParseMutes(tc.in)
			var out []string
			for _, m := range mutes {
				out = append(out, m.String())
			}
			if got := strings.Join(out, "; "); tc.refused == "" && (err != nil || got != tc.out) {
				t.Errorf("%q, %v, want %q", got, err, tc.out)
			}
			if tc.refused != "" && (err == nil || !strings.Contains(err.Error(), tc.refused)) {
				t.Errorf("%v, want a refusal that says %q", err, tc.refused)
			}
		})
	}
}

func TestWhatIsMutedOnADay(t *testing.T) {
	w := Warning{Family: "G/TBT/N/KHM/9", Symbols: []string{"G/TBT/N/KHM/9", "G/TBT/N/VNM/12/Add.1"}}
	for _, tc := range []struct {
		name, muted string
		want        bool
	}{
		{"nothing", "", false},
		{"another measure", "G/TBT/N/VNM/1", false},
		{"the family", "G/TBT/N/KHM/9", true},
		{"one of the joint papers", "G/TBT/N/VNM/12", true},
		{"until tomorrow", "G/TBT/N/VNM/12 until 2026-12-02", true},
		{"until today", "G/TBT/N/VNM/12 until 2026-12-01", false},
		{"what cannot be read", "G/TBT/N/VNM/12; x until spring", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if _, got := (&Subscriber{Muted: tc.muted}).MutedBy(&w, "2026-12-01"); got != tc.want {
				t.Errorf("%v, want %v", got, tc.want)
			}
		})
	}
}
