package search

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// What a merge left behind when the process ended is nothing that the index
// needs: it is opened, goes on where it was, and the file goes.
func TestWhatAMergeLeftBehind(t *testing.T) {
	for name, text := range map[string]func(whole []byte) []byte{
		"half of a segment": func(whole []byte) []byte { return whole[:len(whole)/2] },
		"an empty segment":  func([]byte) []byte { return nil },
		"zeroes":            func(whole []byte) []byte { return make([]byte, len(whole)) },
		"a whole segment":   slices.Clone[[]byte],
	} {
		t.Run(name, func(t *testing.T) {
			b, dir := stored(t), t.TempDir()
			x, stop := start(t, b, dir)
			first := found(t, x, Notice, "requirements")[0]
			stop()
			f, err := openFolder(dir, quiet)
			if err != nil {
				t.Fatal(err)
			}
			if err := f.index.Delete(docID(Notice, first)); err != nil { // it comes back only if it is read again
				t.Fatal(err)
			}
			f.close(false)
			left := leave(t, dir, text)
			x, _ = start(t, b, dir)
			if got := found(t, x, Notice, "requirements"); len(got) != 19 || slices.Contains(got, first) {
				t.Errorf("%d notices are found, want the 19 of the index as it was: it was built again", len(got))
			}
			if _, err := os.Stat(left); !os.IsNotExist(err) {
				t.Errorf("the file is still there: %v", err)
			}
			late := notice("G/TBT/N/KEN/99", "Requirements that come later")
			put(t, b.Notices, late.Key(), late, 0)
			waitFor(t, "a notice that comes now", func() bool { return slices.Contains(found(t, x, Notice, "requirements"), late.Key()) })
		})
	}
}

// leave puts a file beside the segments of the index, made of the first one.
func leave(t *testing.T, dir string, text func(whole []byte) []byte) string {
	t.Helper()
	store := filepath.Join(dir, edition, "store")
	files, err := filepath.Glob(filepath.Join(store, "*.zap"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no segment: %v", err)
	}
	whole, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	left := filepath.Join(store, "0000000000f4.zap")
	if err := os.WriteFile(left, text(whole), 0o600); err != nil {
		t.Fatal(err)
	}
	return left
}
