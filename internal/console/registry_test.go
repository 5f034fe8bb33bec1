package console

import (
	"strings"
	"testing"
)

func TestContainsLower(t *testing.T) {
	fields := []string{"", "a", "E00017", "Ningbo Motor Co., Ltd.", "宁波摩托车有限公司", "宁波MOTOR公司", "ÉLAN Vital", "AAB", "\xffMotor"}
	for _, s := range fields {
		for _, text := range []string{"", "a", "ab", "e0", "motor", "摩托", "波motor", "élan", "ltd.", "x", "motor co., ltd. and more"} {
			if got, want := containsLower(s, text), strings.Contains(strings.ToLower(s), text); got != want {
				t.Errorf("%q in %q: %v, want %v", text, s, got, want)
			}
		}
	}
}
