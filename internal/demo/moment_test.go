package demo

import (
	"strings"
	"testing"
	"time"
)

func TestFill(t *testing.T) {
	now := time.Date(2026, 12, 31, 23, 0, 0, 0, time.FixedZone("", -5*3600)) // 1 January 2027, UTC
	for name, c := range map[string]struct{ text, want string }{
		"plain text":          {"Draft {x} 5", "Draft {x} 5"},
		"day":                 {"until {day+60}.", "until 2 March 2027."},
		"today":               {"{day}", "1 January 2027"},
		"month from its 1st":  {"{month+1}", "February 2027"},
		"year and short year": {"{year}/{yy}/{year+1}", "2027/27/2028"},
		"Brazilian":           {"{br+30}", "31/01/2027"},
		"Chinese":             {"{zhday-1} {zhmonth+4}", "2026年12月31日 2027年5月"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := fill(c.text, now); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// The same text and moment give the same; a text without a brace stays as it is.
func FuzzFill(f *testing.F) {
	for _, s := range []string{"{day+60}", "{{day}}", "{month-1}{yy}", "{day+99999999999999999999}", "plain", "{zhday+}"} {
		f.Add(s, int64(1_800_000_000))
	}
	f.Fuzz(func(t *testing.T, text string, unix int64) {
		now := time.Unix(unix%4_000_000_000, 0)
		once := fill(text, now)
		if !strings.Contains(text, "{") && once != text {
			t.Errorf("%q became %q", text, once)
		}
		if again := fill(text, now); again != once {
			t.Errorf("%q became %q and %q", text, once, again)
		}
	})
}
