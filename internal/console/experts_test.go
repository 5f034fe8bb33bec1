package console

import (
	"fmt"
	"testing"

	"tbtwatch/internal/trade"
)

func TestExpertsAreFoundBySectorAndICS(t *testing.T) {
	people := []trade.User{
		{Name: "sector", Expert: []string{"motorcycles"}}, {Name: "ics", Expert: []string{"43.140"}}, {Name: "field", Expert: []string{"43"}},
		{Name: "gone", Expert: []string{"43"}, Disabled: true}, {Name: "other", Expert: []string{"4", "67"}}, {Name: "none"},
	}
	got := fmt.Sprint(expertsOf(people, []string{"motorcycles"}, []string{"43.140"}))
	if want := "[{sector [motorcycles]} {ics [43.140]} {field [43]}]"; got != want {
		t.Errorf("experts %s, want %s", got, want)
	}
}
