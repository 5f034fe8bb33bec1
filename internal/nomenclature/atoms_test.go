package nomenclature

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestAtomsFindWhatTheFinderFinds: a term stands in a text for a Finder exactly
// where one of its forms stands among the text's atoms.
func TestAtomsFindWhatTheFinderFinds(t *testing.T) {
	words := []string{"Motorcycle", "tyres", "berries", "摩托车", "LED", "灯", "thé", "the", "naïve", "12.5", "de", "motores", "chassis", ", ", " - ", "'s", "(x)", "。"}
	text := rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(rapid.SampledFrom(words), 1, 8).Draw(t, "words"), rapid.SampledFrom([]string{" ", ""}).Draw(t, "gap"))
	})
	rapid.Check(t, func(t *rapid.T) {
		term, in := Normalize(text.Draw(t, "term")), text.Draw(t, "text")
		f := NewFinder()
		f.Add(term, 1)
		want := len(f.Find(in)) > 0
		var atoms []string
		Atoms(in, func(form []byte, start, end int) {
			if start > end || end > len(in) {
				t.Fatalf("%q: an atom from %d to %d", in, start, end)
			}
			atoms = append(atoms, string(form))
		})
		got := false
		for _, form := range TermForms(term) {
			for i := range atoms {
				got = got || i+len(form) <= len(atoms) && slices.Equal(atoms[i:i+len(form)], form)
			}
		}
		if got != want {
			t.Fatalf("%q in %q (%q): %v by atoms, %v by the Finder", term, in, atoms, got, want)
		}
	})
}
