package nomenclature

import (
	"strings"
	"testing"
)

func TestExcepts(t *testing.T) {
	for _, c := range []struct {
		text string // the words in question stand in brackets
		want bool
	}{
		{"all goods except [widgets]", true},
		{"Excluding toys, games and [widgets]", true},
		{"does not apply to [widgets]", true},
		{"[widgets] are excluded", true},
		{"(such as [widgets]) are not covered", true},
		{"除[蓝色阀芯]外的产品", true},
		{"除[蓝色阀芯]以外", true},
		{"不包括[蓝色阀芯]", true},
		{"[蓝色阀芯]除外", true},
		{"salvo [widgets]", true},
		{"sauf les [widgets]", true},
		{"不包括玩具、[蓝色阀芯]", true},
		{"不包括玩具，包括[蓝色阀芯]", false},
		{"不包括玩具，不包括[蓝色阀芯]", true},
		{"exempts [widgets]", true},
		{"except toys. [widgets] are covered", false},
		{"except toys; [widgets]", false},
		{"excludes toys but [widgets] are covered", false},
		{"除[蓝色阀芯]外，还包括头盔", false},
		{"除玩具外的[蓝色阀芯]", false},
		{"[widgets], except toys", false},
		{"exceptional [widgets]", false},
		{"[widgets]", false},
	} {
		start := strings.Index(c.text, "[")
		text := strings.Replace(c.text, "[", "", 1)
		end := strings.Index(text, "]")
		text = strings.Replace(text, "]", "", 1)
		if got := ReadExceptions(text).Excepts(start, end); got != c.want {
			t.Errorf("%s: excepted %v, want %v", c.text, got, c.want)
		}
	}
}
