package main

import (
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"tbtwatch/internal/view"
)

// TestAPIExamples runs the examples of docs/api.md in their order, as a reader
// would, against a server with the demo's data.
func TestAPIExamples(t *testing.T) {
	t.Parallel()
	blocks := regexp.MustCompile("(?s)```sh\n(.*?)```").FindAllStringSubmatch(readFile(t, root+"/docs/api.md"), -1)
	if len(blocks) < 7 {
		t.Fatalf("docs/api.md has %d examples: the test reads something else", len(blocks))
	}
	data := t.TempDir()
	s := serveChild(t, data, "--demo")
	until(t, 40*time.Second, "a case waits for a person", func() bool {
		var page view.CasePage
		s.get("/api/v1/cases?waiting=true", &page)
		return page.Total > 0
	})
	until(t, 60*time.Second, "the second portion has arrived and nothing waits", func() bool { return updates(s) > 0 && s.settled() })
	script := "set -eu\n"
	for i, b := range blocks {
		script += "echo '== example " + string(rune('a'+i)) + "'\n" + b[1]
	}
	cmd := exec.CommandContext(t.Context(), "sh", "-c", script)
	cmd.Dir, cmd.Env = t.TempDir(), append(os.Environ(), "SERVER="+s.url, "DATA="+data, "no_proxy=*")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("an example fails: %v\n%s", err, out)
	}
	for _, want := range []string{`"total":`, `"family":`, "Measure,Number,Headline", "body.codes.hs[2]", `"saved":true`, `"done":false`, `"done":true`, `"name":"mine"`, "Idempotency-Replayed: true"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("the examples do not show %s:\n%s", want, out)
		}
	}
}
