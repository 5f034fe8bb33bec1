package main

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
)

// TestReadmeExamples runs the example of match in each README and compares
// what it prints with what is printed there.
func TestReadmeExamples(t *testing.T) {
	shown := regexp.MustCompile(`(?s)\$ echo '(\{[^']*\})' \|\n +bin/tbtwatch match --registry (\S+) \| head -1\n(.*?\})\n\n`)
	for _, name := range []string{"README.md", "README.zh-CN.md"} {
		m := shown.FindStringSubmatch(readFile(t, root+"/"+name))
		if m == nil {
			t.Errorf("%s shows no example of match", name)
			continue
		}
		var out, said bytes.Buffer
		status := execute(t.Context(), []string{"match", "--registry", root + "/" + m[2]}, streams{strings.NewReader(m[1]), &out, &said})
		if status != exitDone {
			t.Errorf("%s: the example ends with status %d: %s", name, status, said.String())
		}
		got, _, _ := strings.Cut(out.String(), "\n")
		if want := regexp.MustCompile(`\n\s*`).ReplaceAllString(strings.TrimSpace(m[3]), ""); got != want {
			t.Errorf("%s shows\n%s\nbut match prints\n%s", name, want, got)
		}
	}
}
