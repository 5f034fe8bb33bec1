package nomenclature

import (
	"slices"
	"strings"
	"testing"
)

// FuzzOrigins: whatever the box says, markets of the table come out, each once,
// and none that is both meant and not.
func FuzzOrigins(f *testing.F) {
	for _, s := range []string{"Brazil, Rio Grande do Sul; Korea, Republic of", "除日本和欧盟外", "all countries except Japan", "日本、越南除外", "Ｊａｐａｎ;\u200fChina"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, box string) {
		affected, excepted := Origins(box)
		for _, codes := range [][]string{affected, excepted} {
			for i, c := range codes {
				if again, ok := Market(c); !ok || again != c || slices.Contains(codes[:i], c) {
					t.Fatalf("%q gives %q", box, codes)
				}
			}
		}
		again, without := Origins(box)
		if !slices.Equal(affected, again) || !slices.Equal(excepted, without) {
			t.Fatalf("%q gives %q and %q", box, affected, again)
		}
	})
}

func TestOrigins(t *testing.T) {
	for _, c := range []struct{ name, cell, affected, excepted string }{
		{"nothing means all", "", "", ""},
		{"all trading partners", "All trading partners", "", ""},
		{"所有", "所有贸易伙伴", "", ""},
		{"one", "China", "CN", ""},
		{"and", "China and Viet Nam", "CN VN", ""},
		{"and within a name", "Trinidad and Tobago, Bosnia and Herzegovina and China", "TT BA CN", ""},
		{"和", "中国和越南", "CN VN", ""},
		{"a region is told by its country", "Brazil, Rio Grande do Sul", "BR", ""},
		{"an island likewise", "France, island of Corsica", "FR", ""},
		{"a comma within a name", "Korea, Republic of", "KR", ""},
		{"several by semicolon", "China; Viet Nam; China", "CN VN", ""},
		{"several by comma", "China, Japan, Korea, Republic of", "CN JP KR", ""},
		{"an unknown name shuts nobody out", "China; the northern region", "", ""},
		{"a customs territory", "Chinese Taipei", "TW", ""},
		{"a bloc", "ASEAN member states; European Union", "ASEAN EU", ""},
		{"other than", "All countries other than Japan", "", "JP"},
		{"other than, alone", "other than Japan", "", "JP"},
		{"except several", "All trading partners except China, Japan and Korea, Republic of", "", "CN JP KR"},
		{"a bloc without a member", "European Union, excluding France", "EU", "FR"},
		{"除…外", "除日本外", "", "JP"},
		{"除…以外的所有", "除日本和韩国以外的所有贸易伙伴", "", "JP KR"},
		{"除外", "所有贸易伙伴（中国除外）", "", "CN"},
		{"Spanish", "Todos los interlocutores comerciales excepto China", "", "CN"},
		{"French", "Tous les partenaires commerciaux à l'exception de la Chine; Japan", "", ""},
		{"an exception that is unknown excepts nobody", "All trading partners except the moon", "", ""},
	} {
		affected, excepted := Origins(c.cell)
		if a, e := strings.Join(affected, " "), strings.Join(excepted, " "); a != c.affected || e != c.excepted {
			t.Errorf("%s: affected %q, excepted %q; want %q and %q", c.name, a, e, c.affected, c.excepted)
		}
	}
}
