package trade

import (
	"crypto/sha256"
	"encoding/base32"
	"slices"
	"strings"
)

var keyEncoding = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// Key names the parts by 26 characters [a-z2-7] (130 bits of SHA-256), safe in
// a NATS subject, a Redis key, a file name and a Message-ID. Symbols contain
// "/" and names may be Chinese, neither of which a subject can hold.
func Key(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return keyEncoding.EncodeToString(sum[:])[:26]
}

// Distinct returns the distinct elements of s as they stand, leaving s alone.
func Distinct(s []string) []string {
	seen := make(map[string]bool, len(s))
	return slices.DeleteFunc(slices.Clone(s), func(e string) bool {
		again := seen[e]
		seen[e] = true
		return again
	})
}

// SortedUnique returns the distinct elements of s in order, leaving s alone.
func SortedUnique(s []string) []string {
	out := slices.Clone(s)
	slices.Sort(out)
	return slices.Compact(out)
}
