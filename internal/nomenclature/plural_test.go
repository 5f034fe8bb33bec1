package nomenclature

import (
	"slices"
	"strings"
	"testing"
)

func TestSingular(t *testing.T) {
	for in, want := range map[string]string{
		"motorcycles": "motorcycle", "batteries": "battery", "boxes": "box", "glasses": "glass", "torches": "torch",
		"tomatoes": "tomato", "tyres": "tyre", "gas": "gas", "bus": "bus", "chassis": "chassis", "citrus": "citrus",
		"glass": "glass", "pies": "pie", "series": "sery", "": "", "s": "s", "摩托车s": "摩托车",
	} {
		if got := stemmed(in); got != want {
			t.Errorf("singular of %q is %q, want %q", in, got, want)
		}
	}
}

// Whatever plural a writer uses has to fold to a form that is kept.
func TestInflectionsCoverPlurals(t *testing.T) {
	for word, plurals := range map[string]string{
		"motorcycle": "motorcycles", "battery": "batteries", "bus": "buses", "gas": "gases", "knife": "knives", "shelf": "shelves",
		"motor": "motores motors", "camion": "camiones", "pared": "paredes", "arroz": "arroces", "animal": "animales animais animaux",
		"automovel": "automoveis", "textil": "texteis textiles", "limao": "limoes", "cao": "caos", "pneu": "pneus", "bateau": "bateaux",
		"homem": "homens", "shoe": "shoes", "cookie": "cookies", "moto": "motos",
	} {
		forms := inflections(word)
		for _, p := range append(strings.Fields(plurals), word) {
			if !slices.Contains(forms, stemmed(p)) {
				t.Errorf("%q is kept as %q, which misses %q", word, forms, p)
			}
		}
		if len(forms) > 6 {
			t.Errorf("%q is kept in %d forms: %q", word, len(forms), forms)
		}
	}
	for _, w := range []string{"r134a", "8711", "摩", "ав", "a"} {
		if got := inflections(w); len(got) != 1 {
			t.Errorf("%q is kept as %q, want itself", w, got)
		}
	}
}

func TestFormsStayFew(t *testing.T) {
	term := "motor animal arroz limao pneu textil bateau"
	if n := len(formsOf(term)); n == 0 || n > maxForms {
		t.Errorf("%q is kept in %d forms, at most %d wanted", term, n, maxForms)
	}
	if forms := formsOf("摩托车"); len(forms) != 1 || forms[0].head != "摩托" || forms[0].atoms != 3 {
		t.Errorf("摩托车: %+v", forms)
	}
}

// Offsets have to point into the text as it was given, whatever folding did to it.
func TestFoldKeepsOffsets(t *testing.T) {
	text := "Ｌ１ ﬁbre, 摩托車's “thé”\u00ad x\u0301y №5 men's"
	var f folded
	f.reset(true)
	f.fold(text)
	var got []string
	for _, a := range f.atoms {
		if !a.isBreak {
			got = append(got, text[a.srcFrom:a.srcTo]+"="+string(f.text[a.from:a.to]))
		}
	}
	want := []string{"Ｌ１=l1", "ﬁbre=fibre", "摩=摩", "托=托", "車=车", "thé=thé", "x\u0301y=xy", "№5=no5", "men=men"}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}
