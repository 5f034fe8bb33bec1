package export

import "testing"

func TestRestoreTakesOffTheQuoteOfNeutralisedCells(t *testing.T) {
	for cell, want := range map[string]string{
		"'=1+1": "=1+1", "'+8613": "+8613", "'-5": "-5", "'@SUM(A1)": "@SUM(A1)", "'\t=1": "\t=1", "'\rx": "\rx", "' \n=1": " \n=1",
		"'＝1": "＝1", "'　=1": "　=1", "''=1": "'=1", "": "", "车": "车", "a=b": "a=b", "'\n": "\n", "'\ufeff=1": "\ufeff=1", "'s": "'s", "2-3": "2-3", "=1": "=1",
	} {
		if got := Restore(cell); got != want {
			t.Errorf("%q becomes %q, want %q", cell, got, want)
		}
	}
}

func TestHarmlessCellsAreRestored(t *testing.T) {
	for cell, want := range map[string]string{
		"=1+1": "'=1+1", "+8613": "'+8613", "-5": "'-5", "@SUM(A1)": "'@SUM(A1)", "\t=1": "'\t=1", "\n=1": "'\n=1", "\n": "'\n", "\u200b+1": "'\u200b+1", "  －1": "'  －1", "＋1": "'＋1", "＠A": "'＠A", "＝1": "'＝1", "'=1": "''=1", "": "", "车": "车", "a=b": "a=b", "12": "12", "0.5": "0.5",
	} {
		got := Harmless(cell)
		if got != want {
			t.Errorf("%q becomes %q, want %q", cell, got, want)
		}
		if back := Restore(got); back != cell {
			t.Errorf("%q comes back as %q", cell, back)
		}
	}
}
