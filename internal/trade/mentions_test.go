package trade

import (
	"strings"
	"testing"
)

func TestMentions(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"adopted with changes", "G/TBT/N/TPKM/541 was adopted with changes.", "G/TBT/N/TPKM/541 same"},
		{"adoption of what was notified", "The draft notified as G/TBT/N/TPKM/541 on 5 May 2025 has been adopted.", "G/TBT/N/TPKM/541 same"},
		{"revision of a draft", "This is a revised version of the draft notified in document G/TBT/N/TPKM/541/Add.1", "G/TBT/N/TPKM/541 same"},
		{"Chinese", "以G/TBT/N/TPKM/541通报的草案已修改后通过", "G/TBT/N/TPKM/541 same"},
		{"Spanish", "El proyecto notificado en el documento G/TBT/N/TPKM/541 fue aprobado", "G/TBT/N/TPKM/541 same"},
		{"French", "Le projet notifié sous la cote G/TBT/N/TPKM/541 a été approuvé", "G/TBT/N/TPKM/541 same"},
		{"of another member", "The draft notified as G/TBT/N/JPN/541 has been adopted.", "G/TBT/N/JPN/541 related"},
		{"of the other committee", "The draft notified as G/SPS/N/TPKM/541 has been adopted.", "G/SPS/N/TPKM/541 related"},
		{"replaces", "This notification replaces G/TBT/N/TPKM/541.", "G/TBT/N/TPKM/541 replaces"},
		{"relevant documents", "Relevant documents: G/TBT/N/TPKM/541, G/TBT/N/TPKM/542/Rev.1", "G/TBT/N/TPKM/541 related, G/TBT/N/TPKM/542 related"},
		{"notified before, and nothing became of it", "Related measures were notified in G/TBT/N/TPKM/541.", "G/TBT/N/TPKM/541 related"},
		{"the stronger reading counts", "See G/TBT/N/TPKM/541. G/TBT/N/TPKM/541 has been revised.", "G/TBT/N/TPKM/541 same"},
		{"itself", "G/TBT/N/TPKM/900 has been adopted", ""},
		{"nobody", "Requirements for helmets", ""},
	} {
		n := Notice{Symbols: []string{"G/TBT/N/TPKM/900"}, Description: c.text}
		var got []string
		for _, m := range Mentions(&n) {
			got = append(got, m.Root+" "+m.How)
		}
		if s := strings.Join(got, ", "); s != c.want {
			t.Errorf("%s: %q, want %q", c.name, s, c.want)
		}
	}
	n := Notice{Symbols: []string{"G/TBT/N/TPKM/900"}, Fields: map[string]string{"Relevant documents": "G/TBT/N/TPKM/541", "other": "G/TBT/N/TPKM/1"}}
	if got := Mentions(&n); len(got) != 1 || got[0].Where != "Relevant documents" || got[0].How != MentionRelated {
		t.Errorf("box 8: %+v", got)
	}
}
