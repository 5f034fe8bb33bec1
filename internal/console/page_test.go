package console

import "testing"

func TestNothingTurnsThePage(t *testing.T) {
	for _, c := range []struct{ name, page, want string }{
		{"nothing", "", ""},
		{"Arabic as it is written", "عربي “a” — …", "عربي “a” — …"},
		{"override", "a\u202eb", "ab"},
		{"each of them", "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069", ""},
		{"their neighbours", "\u2029\u202f\u2065\u206a", "\u2029\u202f\u2065\u206a"},
		{"cut off at the end", "a\xe2\x80", "a\xe2\x80"},
	} {
		if got := string(undirected([]byte(c.page))); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
