package calendar

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const year2027 = `kind,from,to,name
off,2027-01-01,2027-01-03,元旦
work,2026-12-27,,元旦
放假,2027-02-05,2027-02-12,春节
off,2027-05-01,2027-05-05,劳动节
上班,2027-05-08
off,2027-10-01,2027-10-07,国庆节
`

func write(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "calendar.csv")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestLoadAddsAYear(t *testing.T) {
	c, err := Load(write(t, "\ufeff"+strings.ReplaceAll(year2027, "\n", "\r\n")))
	if err != nil {
		t.Fatal(err)
	}
	if got := c.KnownUntil().Format(dayForm); got != "2027-12-31" {
		t.Errorf("KnownUntil() = %s", got)
	}
	for s, want := range map[string]bool{
		"2026-02-14": true, "2026-12-27": true, "2027-01-01": false, "2027-02-12": false, "2027-05-08": true, "2027-05-06": true, "2027-05-05": false,
	} {
		if got := c.Working(day(t, s)); got != want {
			t.Errorf("Working(%s) = %v, want %v", s, got, want)
		}
	}
	if China().Working(day(t, "2026-12-27")) || China().Known(day(t, "2027-01-01")) {
		t.Error("loading a file has changed the calendar that is built in")
	}
}

// A year that the file names is the file's alone: what is built in of it is
// forgotten, as where the State Council has changed its mind.
func TestLoadReplacesAYear(t *testing.T) {
	c, err := Load(write(t, "off,2026-01-01\noff,2026-05-01,2026-05-03\noff,2026-10-01,2026-10-07\n"))
	if err != nil {
		t.Fatal(err)
	}
	for s, want := range map[string]bool{"2026-01-02": true, "2026-05-09": false, "2026-02-17": true, "2025-10-08": false} {
		if got := c.Working(day(t, s)); got != want {
			t.Errorf("Working(%s) = %v, want %v", s, got, want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"nothing", "kind,from,to,name\n", "names no day"},
		{"an unknown kind", "holiday,2027-01-01\n", "neither off nor work"},
		{"no day", "off,1/1/2027\n", `line 1 (第1行): "1/1/2027" is no day`},
		{"no last day", "off,2027-01-01,Jan 3\n", "is no day"},
		{"a day that does not exist", "off,2027-02-29\n", "is no day"},
		{"a span backwards", "off,2027-01-03,2027-01-01\n", "no span"},
		{"a span that is a slip", "off,2027-01-01,2027-11-03\n", "no span"},
		{"a worked weekday", "work,2027-01-04\n", "is a Monday"},
		{"a day named twice", "off,2027-01-01\nwork,2027-01-02\noff,2027-01-02\n", "line 3 (第3行): 2027-01-02 is named twice"},
		{"a year in part", "off,2027-01-01\noff,2027-05-01\n", "2027-10-01 is not off"},
		{"a year in part after a whole one", year2027 + "off,2028-01-01\n", "2028-05-01 is not off"},
		{"quotes left open", "off,\"2027-01-01\n", "no table"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if _, err := Parse(strings.NewReader(test.text)); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want an error with %q", err, test.want)
			}
		})
	}
}

func TestLoadRefuses(t *testing.T) {
	file := write(t, "off,2028-01-01\noff,2028-05-01\noff,2028-10-01\n")
	if _, err := Load(file); err == nil || !strings.Contains(err.Error(), "but not 2027") {
		t.Errorf("a gap of a year: got %v", err)
	}
	if _, err := Load(filepath.Join(t.TempDir(), "none.csv")); err == nil {
		t.Error("a file that is not there was loaded")
	}
}
