package main

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The house's measures for its own code.
const (
	longestFile     = 400 // lines
	medianFile      = 120 // lines, of production files
	longestFunction = 80  // lines, of production code
)

// goFile is a parsed file of the repository.
type goFile struct {
	path  string
	test  bool
	lines int
	fset  *token.FileSet
	ast   *ast.File
}

func goFiles(t *testing.T) []goFile {
	t.Helper()
	var out []goFile
	eachFile(t, ".go", func(name string) {
		text, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		f := goFile{path: name, test: strings.HasSuffix(name, "_test.go"), lines: bytes.Count(text, []byte("\n")), fset: token.NewFileSet()}
		if f.ast, err = parser.ParseFile(f.fset, name, text, parser.ParseComments|parser.SkipObjectResolution); err != nil {
			t.Fatal(err)
		}
		out = append(out, f)
	})
	return out
}

// at is where a node stands, for messages.
func (f goFile) at(n ast.Node) token.Position { return f.fset.Position(n.Pos()) }

func TestFilesAndFunctionsAreSmall(t *testing.T) {
	var lengths []int
	for _, f := range goFiles(t) {
		if f.lines > longestFile {
			t.Errorf("%s has %d lines, more than %d: split it by what it does", f.path, f.lines, longestFile)
		}
		if f.test {
			continue
		}
		lengths = append(lengths, f.lines)
		for _, d := range f.ast.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || fn.Body == nil {
				continue
			}
			if n := f.fset.Position(fn.End()).Line - f.fset.Position(fn.Pos()).Line + 1; n > longestFunction {
				t.Errorf("%s: %s has %d lines, more than %d", f.at(fn), fn.Name.Name, n, longestFunction)
			}
		}
	}
	slices.Sort(lengths)
	if m := lengths[len(lengths)/2]; m > medianFile {
		t.Errorf("the median production file has %d lines, more than %d", m, medianFile)
	}
}

// TestCallsThatAreNotMade looks for calls by their syntax.
func TestCallsThatAreNotMade(t *testing.T) {
	for _, f := range goFiles(t) {
		ast.Inspect(f.ast, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			switch name := called(call); {
			case name == "time.Sleep" && f.test:
				t.Errorf("%s: a test sleeps; wait for a condition with a deadline, or use testing/synctest", f.at(call))
			case name == "fmt.Errorf" && losesCause(call):
				t.Errorf("%s: the error's cause is printed but not wrapped; use %%w", f.at(call))
			case (name == "os.Exit" || name == "log.Fatal" || name == "log.Fatalf") && !f.test && f.path != "cmd/tbtwatch/main.go":
				t.Errorf("%s: %s outside main; return an error", f.at(call), name)
			}
			return true
		})
	}
}

// called is the name of the called function with its package: "time.Sleep".
func called(call *ast.CallExpr) string {
	fn, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	pkg, ok := fn.X.(*ast.Ident)
	if !ok {
		return ""
	}
	return pkg.Name + "." + fn.Sel.Name
}

// losesCause reports whether an error goes into the message without %w.
func losesCause(call *ast.CallExpr) bool {
	if len(call.Args) == 0 {
		return false
	}
	format, ok := call.Args[0].(*ast.BasicLit)
	if !ok || strings.Contains(format.Value, "%w") {
		return false
	}
	return slices.ContainsFunc(call.Args[1:], func(arg ast.Expr) bool {
		id, ok := arg.(*ast.Ident)
		return ok && (id.Name == "err" || strings.HasSuffix(id.Name, "Err"))
	})
}

// selfExplaining are methods whose meaning the interface that they belong to
// documents.
var selfExplaining = regexp.MustCompile(`^(Error|Unwrap|Is|As|String|GoString|(Unm|M)arshal(JSON|YAML|Text)|Len|Less|Swap)$`)

func TestExportedNamesAreDocumented(t *testing.T) {
	packages := map[string]bool{}
	for _, f := range goFiles(t) {
		if f.test {
			continue
		}
		folder := path.Dir(f.path)
		packages[folder] = packages[folder] || f.ast.Doc.Text() != ""
		for _, d := range f.ast.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Name.IsExported() && d.Doc.Text() == "" && exportedReceiver(d) && !(d.Recv != nil && selfExplaining.MatchString(d.Name.Name)) {
					t.Errorf("%s: %s says nothing about itself", f.at(d), d.Name.Name)
				}
			case *ast.GenDecl:
				undocumented(d, func(name *ast.Ident) { t.Errorf("%s: %s says nothing about itself", f.at(name), name.Name) })
			}
		}
	}
	for folder, ok := range packages {
		if !ok {
			t.Errorf("%s: no file says what the package is for", folder)
		}
	}
}

func exportedReceiver(fn *ast.FuncDecl) bool {
	if fn.Recv == nil {
		return true
	}
	exported := false
	ast.Inspect(fn.Recv.List[0].Type, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			exported = id.IsExported()
			return false
		}
		return true
	})
	return exported
}

// undocumented calls say for each exported name of d without a comment before
// it, behind it, or before its group.
func undocumented(d *ast.GenDecl, say func(*ast.Ident)) {
	for _, spec := range d.Specs {
		switch s := spec.(type) {
		case *ast.TypeSpec:
			if s.Name.IsExported() && d.Doc.Text()+s.Doc.Text()+s.Comment.Text() == "" {
				say(s.Name)
			}
		case *ast.ValueSpec:
			for _, name := range s.Names {
				if name.IsExported() && d.Doc.Text()+s.Doc.Text()+s.Comment.Text() == "" {
					say(name)
				}
			}
		}
	}
}

func TestNothingIsLeftForLater(t *testing.T) {
	later := regexp.MustCompile(`\b(TO` + `DO|FIX` + `ME|XX` + `X|HA` + `CK)\b`)
	for _, ending := range []string{".go", ".md", ".yaml", ".yml", ".sh", ".tmpl", ".html", ".css", ".js", "Makefile", "Dockerfile"} {
		eachFile(t, ending, func(name string) {
			text, err := os.ReadFile(filepath.Join(root, name))
			if err != nil {
				t.Fatal(err)
			}
			for i, line := range strings.Split(string(text), "\n") {
				if word := later.FindString(line); word != "" {
					t.Errorf("%s:%d: %s: do it now, or name it in the documentation", name, i+1, word)
				}
			}
		})
	}
}

// mapLine is a folder in a README's map: "ingest/    collect …".
var mapLine = regexp.MustCompile(`(?m)^ {4}([a-z.]+(?:/[a-z]+)*)/ {2,}\S`)

func TestReadmeMaps(t *testing.T) {
	for _, name := range []string{"README.md", "README.zh-CN.md"} {
		text, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		var named []string
		for _, m := range mapLine.FindAllStringSubmatch(string(text), -1) {
			named = append(named, m[1])
			if info, err := os.Stat(filepath.Join(root, m[1])); err != nil || !info.IsDir() {
				t.Errorf("%s: the map names %s/, which is no folder", name, m[1])
			}
		}
		for pkg := range arrows {
			if !slices.Contains(named, pkg) {
				t.Errorf("%s: the map does not name %s/", name, pkg)
			}
		}
	}
}
