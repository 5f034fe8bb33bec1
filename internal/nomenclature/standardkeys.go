package nomenclature

import (
	"regexp"
	"slices"
)

// anyPart ends the key under which a standard's part is found by those who
// cite the whole.
const anyPart = " *"

// part takes a part off: "IEC 60335-2-9", "GB 4706.1".
var part = regexp.MustCompile(`^(.*?\d)-\d+(?:-\d+)*$|^(GB .*\d)\.\d+$`)

// CitedKeys lists the keys under which the standards that a text cites are
// looked up among ProductKeys: their families, see StandardBase, and where a
// part is cited those that name the whole, where the whole is cited those that
// name a part of it.
func CitedKeys(name string) []string {
	base := StandardBase(name)
	if whole := WholeOf(base); whole != "" {
		return []string{base, whole}
	}
	return []string{base, base + anyPart}
}

// ProductKeys lists the keys under which a product's standards are found.
func ProductKeys(names []string) []string {
	var out []string
	for _, n := range names {
		base := StandardBase(n)
		out = append(out, base)
		if whole := WholeOf(base); whole != "" {
			out = append(out, whole+anyPart)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// StandardOfKey is the standard that a key names.
func StandardOfKey(key string) string {
	if n := len(key) - len(anyPart); n > 0 && key[n:] == anyPart {
		return key[:n]
	}
	return key
}

// WholeOf is the standard of which the one named is a part, "" where it is
// none: IEC 60335 of IEC 60335-2-9, GB 4706 of GB 4706.1.
func WholeOf(base string) string {
	m := part.FindStringSubmatch(base)
	if m == nil {
		return ""
	}
	return m[1] + m[2]
}
