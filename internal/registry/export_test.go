package registry

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestNeutralStopsFormulas(t *testing.T) {
	for cell, want := range map[string]string{
		"=1+1": "'=1+1", "+8613": "'+8613", "-5": "'-5", "@SUM(A1)": "'@SUM(A1)", "\t=1": "'\t=1", "\rx": "'\rx", " \n=1": "' \n=1",
		"＝1": "'＝1", "　=1": "'　=1", "'=1": "''=1", "": "", "车": "车", "a=b": "a=b", "'s": "'s", "2-3": "2-3",
	} {
		if got := Neutral(cell); got != want {
			t.Errorf("%q becomes %q, want %q", cell, got, want)
		}
	}
}

func TestRestoreUndoesNeutral(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cell := rapid.StringMatching(`'{0,2}[ \t\r\n]{0,2}[=+@a-]{0,3}`).Draw(t, "cell")
		if got := Restore(Neutral(cell)); got != cell {
			t.Fatalf("%q comes back as %q", cell, got)
		}
	})
}

func TestTemplatesImportWithoutARemark(t *testing.T) {
	for _, k := range []Kind{Products, Subscribers} {
		s := openSheet(t, k, string(Template(k)))
		items := ParseProducts(s)
		if k == Subscribers {
			items = ParseSubscribers(s, testRules)
		}
		got := drain(t, items)
		if len(got) != 1 || got[0].Err != nil || len(got[0].Remarks)+len(s.Remarks()) != 0 {
			t.Errorf("%s: %+v %v", k, got, s.Remarks())
		}
		if !strings.HasPrefix(string(Template(k)), "\uFEFF"+strings.Join(columnNames(k), ",")) {
			t.Errorf("%s: header of the template: %.80s", k, Template(k))
		}
	}
	if Template("nothing") != nil {
		t.Error("a template of an unknown kind")
	}
}
