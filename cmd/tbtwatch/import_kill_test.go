package main

import (
	"context"
	"encoding/json"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
)

// replaceSelf makes the benches start this test binary instead of the program.
func replaceSelf(t *testing.T) {
	t.Helper()
	before := again
	t.Cleanup(func() { again = before })
	again = func(ctx context.Context, args ...string) (*exec.Cmd, error) {
		text, err := json.Marshal(childConfig{Args: args})
		cmd := exec.CommandContext(ctx, os.Args[0])
		cmd.Env = append(os.Environ(), "TBTWATCH_TEST_CHILD="+string(text))
		return cmd, err
	}
}

// A server process is killed with SIGKILL again and again while another process
// imports 4,000 rows. It must end in the state of an undisturbed import; the
// bench itself compares them.
func TestImportSurvivesKills(t *testing.T) {
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp)
	replaceSelf(t)
	status, out, errs := program(t, "bench", "import", "--rows", "4000", "--kills", "5", "--seed", "7")
	if status != exitDone {
		t.Fatalf("status %d\n%s%s", status, out, errs)
	}
	inOrder(t, out, []string{
		"sheet: 4000 rows", `import: {"rows": 4000`, "rows/s", "progress lines", "at rest", "together at most", "processor time: server",
		"import with 5 kills", `{"rows": 4000`, "same end state after 5 kills",
	})
	if strings.Count(out, "hit the import") < 2 {
		t.Errorf("fewer than two kills hit the import:\n%s", out)
	}
	t.Log(out)
	if left, _ := filepath.Glob(filepath.Join(tmp, "tbtwatch-bench-*")); len(left) > 0 {
		t.Errorf("the bench left %v", left)
	}
}

// The comparison can fail: each of these differences is seen.
func TestEndStateSeesDifferences(t *testing.T) {
	notice := trade.Notice{Source: "eping-bulk", ID: "G/TBT/N/USA/1", Symbols: []string{"G/TBT/N/USA/1"}, Title: "a"}
	family := trade.Family{ID: "G/TBT/N/USA/1", Roots: []string{"G/TBT/N/USA/1"}, Papers: []trade.Paper{{Notice: notice.Key(), Hash: "h"}}}
	seen := map[string]string{}
	for _, c := range []struct {
		name   string
		change func(*trade.Notice, *trade.Family, *trade.Case)
	}{
		{"nothing", func(*trade.Notice, *trade.Family, *trade.Case) {}},
		{"a notice's title", func(n *trade.Notice, _ *trade.Family, _ *trade.Case) { n.Title = "b" }},
		{"history or news", func(n *trade.Notice, _ *trade.Family, _ *trade.Case) { n.Backfill = true }},
		{"a family's roots", func(_ *trade.Notice, f *trade.Family, _ *trade.Case) { f.Roots = []string{"x"} }},
		{"a family's paper", func(_ *trade.Notice, f *trade.Family, _ *trade.Case) { f.Papers = nil }},
		{"a match", func(_ *trade.Notice, f *trade.Family, _ *trade.Case) {
			f.Matches = []trade.Match{{Exporter: "E", Product: "P", Grade: trade.Direct}}
		}},
		{"a case's state", func(_ *trade.Notice, _ *trade.Family, k *trade.Case) { k.State = trade.CaseClosed }},
	} {
		n, f, k := notice, family, trade.Case{Family: family.ID, State: trade.CaseOpen}
		c.change(&n, &f, &k)
		dir := t.TempDir()
		fill(t, dir, n, f, k)
		s, err := readEndState(t.Context(), dir)
		if err != nil {
			t.Fatal(err)
		}
		if s.Notices != 1 || s.Families != 1 || s.Cases != 1 {
			t.Errorf("%s: %s", c.name, s)
		}
		if other, same := seen[s.Digest]; same {
			t.Errorf("%q looks like %q", c.name, other)
		}
		seen[s.Digest] = c.name
		if !strings.Contains(s.String(), s.Digest[:16]) {
			t.Errorf("%s does not show its digest", s)
		}
	}
}

func fill(t *testing.T, dir string, n trade.Notice, f trade.Family, c trade.Case) {
	t.Helper()
	b, err := bus.Open(t.Context(), bus.Config{Dir: filepath.Join(dir, "nats"), NoSync: true}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if _, err := b.Notices.Put(t.Context(), n.Key(), n, 0); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Families.Put(t.Context(), f.Key(), f, 0); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Cases.Put(t.Context(), f.Key(), c, 0); err != nil {
		t.Fatal(err)
	}
}
