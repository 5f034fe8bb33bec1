package console

import (
	"slices"
	"strings"
)

// Paths lists every address that is read in a browser, as patterns of net/http
// without the method, sorted: the signed-in pages and those open to everybody.
func Paths() []string {
	out := []string{"/bulletins/{key}/{release}", "/sign-in"}
	for pattern := range (&site{}).routes() {
		if path, ok := strings.CutPrefix(pattern, "GET "); ok {
			out = append(out, path)
		}
	}
	slices.Sort(out)
	return out
}
