package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// root is the repository's root as the tests of this folder see it.
const root = "../.."

// arrows is which packages of the module each package may import: the house's
// map as a table. A package that is not here fails the test below: give it the
// arrows that it needs, pointing towards trade, and no others.
var arrows = map[string][]string{
	// The words, and what stands on nothing but them.
	"internal/trade":        {},
	"internal/calendar":     {},
	"internal/config":       {},
	"internal/netguard":     {},
	"internal/nomenclature": {},
	"internal/prose":        {},
	"internal/docx":         {},
	"internal/export":       {"internal/trade"},
	"internal/demo":         {"internal/trade"},
	"internal/workload":     {"internal/trade"},

	// What stores, and what knows the centre's work.
	"internal/bus":      {"internal/config", "internal/trade"},
	"internal/auth":     {"internal/bus", "internal/config", "internal/trade"},
	"internal/index":    {"internal/nomenclature", "internal/trade"},
	"internal/registry": {"internal/bus", "internal/export", "internal/nomenclature", "internal/trade"},
	"internal/triage":   {"internal/bus", "internal/calendar", "internal/config", "internal/netguard", "internal/nomenclature", "internal/trade"},
	"internal/alert":    {"internal/nomenclature", "internal/trade", "internal/triage"},
	"internal/search":   {"internal/bus", "internal/nomenclature", "internal/trade"},
	"internal/view":     {"internal/bus", "internal/export", "internal/nomenclature", "internal/registry", "internal/search", "internal/trade", "internal/triage"},

	"internal/portal": {"internal/auth", "internal/bus", "internal/export", "internal/nomenclature", "internal/registry", "internal/trade", "internal/triage", "internal/view"},

	// The stages. None of them imports another.
	"ingest":           {"internal/bus", "internal/config", "internal/netguard", "internal/nomenclature", "internal/prose", "internal/trade"},
	"matcher":          {"internal/bus", "internal/index", "internal/nomenclature", "internal/prose", "internal/trade", "internal/triage"},
	"notify":           {"internal/bus", "internal/config", "internal/netguard", "internal/nomenclature", "internal/registry", "internal/trade", "internal/triage"},
	"internal/api":     {"internal/auth", "internal/bus", "internal/alert", "internal/export", "internal/portal", "internal/registry", "internal/trade", "internal/triage", "internal/view"},
	"internal/console": {"internal/auth", "internal/bus", "internal/calendar", "internal/docx", "internal/export", "internal/nomenclature", "internal/portal", "internal/registry", "internal/trade", "internal/triage", "internal/view"},

	// The wiring.
	"cmd/tbtwatch": {
		"ingest", "matcher", "notify", "internal/api", "internal/auth", "internal/bus", "internal/calendar", "internal/alert", "internal/config", "internal/console", "internal/demo",
		"internal/index", "internal/netguard", "internal/nomenclature", "internal/portal", "internal/prose", "internal/registry", "internal/search", "internal/trade", "internal/triage", "internal/view", "internal/workload",
	},
}

// stageFolders never import each other, not even in tests.
var stageFolders = []string{"ingest", "matcher", "notify", "internal/api", "internal/console"}

// owners are the only packages whose production code may import a library, by
// the beginning of its path.
var owners = map[string]string{
	"github.com/nats-io/":             "internal/bus",
	"github.com/redis/go-redis/":      "internal/index",
	"github.com/alicebob/miniredis/":  "internal/index",
	"github.com/slack-go/":            "notify",
	"github.com/wneessen/go-mail":     "notify",
	"github.com/PuerkitoBio/goquery":  "ingest",
	"github.com/alecthomas/kong":      "cmd/tbtwatch",
	"github.com/danielgtaylor/huma/":  "internal/api",
	"github.com/coreos/go-oidc/":      "internal/auth",
	"github.com/pquerna/otp":          "internal/auth",
	"github.com/alexedwards/argon2id": "internal/auth",
	"github.com/blevesearch/":         "internal/search",
	"golang.org/x/mod/":               "internal/auth",
}

// standardOnly are the packages that import nothing from outside at all.
var standardOnly = []string{"internal/trade", "internal/netguard", "internal/docx", "internal/calendar"}

// source is one Go file of the repository and what it imports.
type source struct {
	path    string // from the root
	pkg     string // its folder from the root
	test    bool
	imports []string
}

func sources(t *testing.T) []source {
	t.Helper()
	var out []source
	eachFile(t, ".go", func(path string) {
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, path), nil, parser.ImportsOnly)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		s := source{path: path, pkg: filepath.ToSlash(filepath.Dir(path)), test: strings.HasSuffix(path, "_test.go")}
		for _, spec := range file.Imports {
			name, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatalf("%s: import %s: %v", path, spec.Path.Value, err)
			}
			s.imports = append(s.imports, name)
		}
		out = append(out, s)
	})
	if len(out) < 20 {
		t.Fatalf("only %d Go files found below %s: the test looks at the wrong folder", len(out), root)
	}
	return out
}

// eachFile calls fn with the path, from the root, of every file with that
// ending that belongs to the repository.
func eachFile(t *testing.T, ending string, fn func(path string)) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		from, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		switch name := entry.Name(); {
		case entry.IsDir() && (name == ".git" || name == "testdata" || name == "bin" || strings.HasPrefix(name, "tbtwatch-")):
			return fs.SkipDir
		case !entry.IsDir() && strings.HasSuffix(name, ending):
			fn(filepath.ToSlash(from))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestArrows(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range sources(t) {
		allowed, known := arrows[s.pkg]
		if !known && !seen[s.pkg] {
			t.Errorf("%s is a new package: add it to the table arrows with what it may import", s.pkg)
		}
		seen[s.pkg] = true
		for _, name := range s.imports {
			inner, ours := strings.CutPrefix(name, "tbtwatch/")
			switch {
			case !known || !ours:
			case s.test && !(slices.Contains(stageFolders, s.pkg) && slices.Contains(stageFolders, inner)):
			case inner != s.pkg && !slices.Contains(allowed, inner):
				t.Errorf("%s imports %s, which %s may not: let cmd/tbtwatch hand it in, or move what both need towards internal/trade", s.path, inner, s.pkg)
			}
		}
	}
	for pkg := range arrows {
		if !seen[pkg] {
			t.Errorf("%s stands in the table arrows, but there is no such package", pkg)
		}
	}
}

// TestArrowsTable checks the table itself: it has no circle, and no stage may
// import a stage.
func TestArrowsTable(t *testing.T) {
	var visit func(pkg string, path []string)
	visit = func(pkg string, path []string) {
		if slices.Contains(path, pkg) {
			t.Fatalf("the table arrows has a circle: %s", strings.Join(append(path, pkg), " → "))
		}
		for _, to := range arrows[pkg] {
			if _, ok := arrows[to]; !ok {
				t.Errorf("arrows: %s may import %s, which is not in the table", pkg, to)
			}
			if slices.Contains(stageFolders, pkg) && slices.Contains(stageFolders, to) {
				t.Errorf("arrows: the stage %s may import the stage %s", pkg, to)
			}
			visit(to, append(path, pkg))
		}
	}
	for pkg := range arrows {
		visit(pkg, nil)
	}
}

func TestLibrariesHaveOneOwner(t *testing.T) {
	used := map[string]bool{}
	for _, s := range sources(t) {
		if s.test {
			continue
		}
		for _, name := range s.imports {
			if slices.Contains(standardOnly, s.pkg) && strings.Contains(name, ".") {
				t.Errorf("%s imports %s: %s uses the standard library only", s.path, name, s.pkg)
			}
			for library, owner := range owners {
				if !strings.HasPrefix(name, library) {
					continue
				}
				used[library] = true
				if s.pkg != owner {
					t.Errorf("%s imports %s: only %s knows that library", s.path, name, owner)
				}
			}
		}
	}
	for library := range owners {
		if !used[library] {
			t.Errorf("nothing imports %s any more: remove it from owners, and from go.mod", library)
		}
	}
}
