package ingest

import (
	"fmt"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Size is a number of bytes, written 512KiB, 32MiB or 1GiB.
type Size int64

var sizeUnits = []struct {
	name  string
	bytes int64
}{{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}, {"B", 1}}

// UnmarshalYAML reads a whole number of one of the units.
func (s *Size) UnmarshalYAML(node *yaml.Node) error {
	for _, u := range sizeUnits {
		digits, ok := strings.CutSuffix(node.Value, u.name)
		if !ok {
			continue
		}
		n, err := strconv.ParseInt(strings.TrimSpace(digits), 10, 64)
		if err == nil && n > 0 && n <= (1<<40)/u.bytes {
			*s = Size(n * u.bytes)
			return nil
		}
	}
	return fmt.Errorf("line %d: %q is no size; write 512KiB, 32MiB or 1GiB", node.Line, node.Value)
}

// String prints the size in the largest unit that fits.
func (s Size) String() string {
	for _, u := range sizeUnits {
		if int64(s) >= u.bytes {
			if int64(s)%u.bytes == 0 {
				return fmt.Sprintf("%d %s", int64(s)/u.bytes, u.name)
			}
			return fmt.Sprintf("%.1f %s", float64(s)/float64(u.bytes), u.name)
		}
	}
	return fmt.Sprintf("%d B", int64(s))
}
