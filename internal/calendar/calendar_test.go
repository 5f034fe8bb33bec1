package calendar

import (
	"testing"
	"time"
)

var beijing = time.FixedZone("CST", 8*3600)

func day(t *testing.T, s string) time.Time {
	t.Helper()
	d, err := time.ParseInLocation(dayForm, s, beijing)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestWorking(t *testing.T) {
	tests := map[string]bool{
		"2024-02-09": true, "2024-02-10": false, "2024-02-18": true, "2024-09-14": true, "2024-09-17": false,
		"2025-01-01": false, "2025-01-02": true, "2025-01-26": true, "2025-02-04": false, "2025-02-05": true, "2025-02-08": true,
		"2025-06-02": false, "2025-10-08": false, "2025-10-09": true, "2025-10-11": true, "2025-10-12": false,
		"2026-01-02": false, "2026-01-04": true, "2026-02-14": true, "2026-02-15": false, "2026-02-23": false, "2026-02-24": true, "2026-02-28": true,
		"2026-04-06": false, "2026-05-05": false, "2026-05-09": true, "2026-06-19": false, "2026-06-22": true, "2026-09-20": true,
		"2026-09-25": false, "2026-10-07": false, "2026-10-08": true, "2026-10-10": true, "2026-11-28": false, "2026-11-30": true,
		// Outside of the years that are known, weekends only.
		"2027-01-01": true, "2027-01-02": false, "2023-10-02": true,
	}
	for s, want := range tests {
		if got := China().Working(day(t, s)); got != want {
			t.Errorf("Working(%s) = %v, want %v", s, got, want)
		}
	}
}

// The years' sums of holidays: what the State Council's notices give.
func TestDaysOfTheYears(t *testing.T) {
	for year, want := range map[int][2]int{2024: {28, 8}, 2025: {28, 5}, 2026: {33, 6}} {
		var off, worked int
		for d, works := range China().days {
			switch {
			case d.year != year:
			case works:
				worked++
			default:
				off++
			}
		}
		if off != want[0] || worked != want[1] {
			t.Errorf("%d: %d days off and %d weekend days worked, want %v", year, off, worked, want)
		}
	}
}

func TestWorkedDaysAreWeekendDays(t *testing.T) {
	for d, works := range China().days {
		if at := time.Date(d.year, d.month, d.day, 0, 0, 0, 0, time.UTC); works && !weekend(at) {
			t.Errorf("%s is worked, but no weekend day", at.Format(dayForm))
		}
	}
}

func TestKnownUntil(t *testing.T) {
	var none *Calendar
	if got := none.KnownUntil(); !got.IsZero() || none.Known(day(t, "2026-01-01")) || !none.Working(day(t, "2026-01-01")) {
		t.Errorf("no calendar: known until %s, want weekends only", got)
	}
	if got := China().KnownUntil().Format(dayForm); got != "2026-12-31" {
		t.Errorf("KnownUntil() = %s", got)
	}
	for s, want := range map[string]bool{"2023-12-31": false, "2024-01-01": true, "2025-07-01": true, "2026-12-31": true, "2027-01-01": false} {
		if got := China().Known(day(t, s)); got != want {
			t.Errorf("Known(%s) = %v, want %v", s, got, want)
		}
	}
}

func TestAddAndBetween(t *testing.T) {
	tests := []struct {
		name, from string
		n          int
		want       string
	}{
		{"within a week", "2026-11-23", 4, "2026-11-27"},
		{"over a weekend", "2026-11-27", 1, "2026-11-30"},
		{"from a weekend", "2026-11-28", 1, "2026-11-30"},
		{"back over a weekend", "2026-11-30", -1, "2026-11-27"},
		{"nothing", "2026-11-28", 0, "2026-11-28"},
		{"over National Day, the worked Saturday counts", "2026-09-30", 3, "2026-10-10"},
		{"back over National Day", "2026-10-12", -10, "2026-09-21"},
		{"back over the worked Sunday", "2026-09-21", -1, "2026-09-20"},
		{"over Spring Festival", "2026-02-13", 2, "2026-02-24"},
		{"over the turn of the year", "2025-12-31", 1, "2026-01-04"},
		{"end of what is known", "2026-12-31", 2, "2027-01-04"},
		{"back into what is known", "2027-01-04", -4, "2026-12-29"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			from := day(t, test.from)
			got := China().Add(from.Add(15*time.Hour), test.n)
			if got.Format(dayForm) != test.want || got.Location() != beijing || got.Hour() != 0 {
				t.Errorf("Add(%s, %d) = %s, want %s at midnight", test.from, test.n, got, test.want)
			}
			if n := China().Between(from, got); n != test.n {
				t.Errorf("Between(%s, %s) = %d, want %d", test.from, test.want, n, test.n)
			}
			if n := China().Between(got, from); test.n > 0 && China().Working(from) && n != -test.n {
				t.Errorf("Between(%s, %s) = %d, want %d", test.want, test.from, n, -test.n)
			}
		})
	}
}

// Every working day is reached by one step from the one before, so no day is
// left out and none comes twice.
func TestNoGaps(t *testing.T) {
	c := China()
	at, steps := day(t, "2023-12-31"), 0
	for d := at.AddDate(0, 0, 1); d.Year() < 2028; d = d.AddDate(0, 0, 1) {
		if !c.Working(d) {
			continue
		}
		next := c.Add(at, 1)
		if !next.Equal(d) {
			t.Fatalf("the working day after %s is %s, want %s", at.Format(dayForm), next.Format(dayForm), d.Format(dayForm))
		}
		if c.Working(at) && !c.Add(d, -1).Equal(at) {
			t.Fatalf("the working day before %s is not %s", d.Format(dayForm), at.Format(dayForm))
		}
		at, steps = d, steps+1
	}
	if got := c.Between(day(t, "2023-12-31"), at); got != steps {
		t.Errorf("Between counts %d working days, want %d", got, steps)
	}
}
