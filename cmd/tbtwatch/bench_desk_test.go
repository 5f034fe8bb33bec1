package main

import (
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A small store is prepared, every page is asked for and answered while the
// matcher is fed, and a second run takes the store that the first one kept.
func TestBenchDeskAsksForEveryPage(t *testing.T) {
	replaceSelf(t)
	store := filepath.Join(t.TempDir(), "store")
	args := []string{"bench", "desk", "--products", "400", "--exporters", "60", "--notices", "150", "--open", "30", "--judged", "24",
		"--for", "2s", "--feed", "20", "--rate", "40", "--limit", "1m", "--ready-within", "5m", "--keep", store}
	status, out, errs := program(t, args...)
	if status != exitDone {
		t.Fatalf("status %d\n%s%s", status, out, errs)
	}
	inOrder(t, out, []string{"products", "families, by the matcher", "prepared in", "400 products", "start to ready", "fed 40 notices", "server: resident"})
	pages, err := knownPages()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range pages {
		if !strings.Contains(out, "\n"+p.pattern+p.query+" ") {
			t.Errorf("the page %s%s was not asked for", p.pattern, p.query)
		}
	}
	if strings.Contains(out, "FAILED") {
		t.Errorf("a page failed:\n%s", out)
	}
	status, out, errs = program(t, append(args, "--limit", "1us", "--feed", "0")...)
	if status != exitPartly || strings.Contains(out, "prepared in") || !strings.Contains(out, "MISSED") || !strings.Contains(errs, "missed") {
		t.Errorf("with a limit that nobody keeps: status %d\n%s%s", status, out, errs)
	}
	if status, _, errs = program(t, append(args, "--products", "500")...); status == exitDone || !strings.Contains(errs, "name another folder") {
		t.Errorf("a store of another size: status %d, %s", status, errs)
	}
}

// A page about a record is not asked for with the key of none.
func TestPagesWithoutKeysAreNotAskedFor(t *testing.T) {
	pages, err := knownPages()
	if err != nil {
		t.Fatal(err)
	}
	w := &walk{rnd: rand.New(rand.NewPCG(1, 2))}
	for _, p := range pages {
		address, err := w.address(p)
		if needs := placeholder.MatchString(strings.NewReplacer("{$}", "", "{release}", "", "{seq}", "", "{month}", "").Replace(p.pattern + p.query)); needs != (err != nil) {
			t.Errorf("%s%s: %q, %v", p.pattern, p.query, address, err)
		}
	}
	if answerable(deskKeys{}) == nil {
		t.Error("a store without any key would be measured")
	}
}

func TestPageTimes(t *testing.T) {
	p := pageTimes{}
	if p.at(0.95) != 0 {
		t.Error("no answer took time")
	}
	for i := range 100 {
		p.took = append(p.took, time.Duration(i+1))
	}
	if p.at(0.5) != 51 || p.at(0.95) != 96 || p.at(1) != 100 {
		t.Errorf("%d, %d, %d", p.at(0.5), p.at(0.95), p.at(1))
	}
}
