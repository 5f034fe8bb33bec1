package main

import (
	"encoding/base64"
	"encoding/pem"
	"go/ast"
	"log/slog"
	"maps"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"tbtwatch/ingest"
	"tbtwatch/internal/trade"
	"tbtwatch/notify"
)

const example = root + "/deploy/tbtwatch.yaml"

// unset is a setting that the example only shows: "# key: value", at any
// depth. Explanations begin with "##".
var unset = regexp.MustCompile(`(?m)^( *)# (.*)$`)

func readFile(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// withSecrets puts files in the place of the secrets and certificates that
// text names.
func withSecrets(t *testing.T, text string) string {
	t.Helper()
	dir := t.TempDir()
	contents := map[string]string{
		"redis_url": "redis://tbtwatch:word@127.0.0.1:6379/0",
		"webhook":   "whsec_" + base64.StdEncoding.EncodeToString([]byte("0123456789abcdef0123456789abcdef")),
	}
	text = regexp.MustCompile(`file:/run/secrets/\w+`).ReplaceAllStringFunc(text, func(name string) string {
		base := filepath.Base(name)
		content := "word"
		for part, c := range contents {
			if strings.Contains(base, part) {
				content = c
			}
		}
		return "file:" + writeFile(t, filepath.Join(dir, base), content)
	})
	server := httptest.NewTLSServer(nil)
	defer server.Close()
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	text = strings.ReplaceAll(text, "/etc/tbtwatch/calendar.csv", writeFile(t, filepath.Join(dir, "calendar.csv"), "off,2027-01-01\noff,2027-05-01\noff,2027-10-01\n"))
	return strings.ReplaceAll(text, "/etc/ssl/certs/ca-certificates.crt", writeFile(t, filepath.Join(dir, "ca.pem"), string(certificate)))
}

func writeFile(t *testing.T, path, content string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// load reads text as a configuration file and checks it as serve does.
func load(t *testing.T, text string) Config {
	t.Helper()
	c, err := loadConfig(writeFile(t, filepath.Join(t.TempDir(), "tbtwatch.yaml"), text))
	if err == nil {
		err = c.finish()
	}
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestExampleStatesTheDefaults(t *testing.T) {
	got, err := loadConfig(example)
	if err != nil {
		t.Fatal(err)
	}
	if want := defaultConfig(); !reflect.DeepEqual(got, want) {
		t.Errorf("deploy/tbtwatch.yaml as it stands is not the defaults:\n%s", cmp.Diff(want, got, cmp.Exporter(func(reflect.Type) bool { return true })))
	}
}

// TestExampleWithEverythingSet takes every "# " away: the file still has to be
// understood by whoever reads its parts.
func TestExampleWithEverythingSet(t *testing.T) {
	c := load(t, withSecrets(t, unset.ReplaceAllString(readFile(t, example), "$1$2")))
	shown := map[string]bool{}
	for _, s := range c.Sources {
		shown[s.Kind] = true
		if _, _, err := s.Open(); err != nil {
			t.Error(err)
		}
	}
	if got := c.Triage.Calendar.KnownUntil().Format(trade.Day); got != "2027-12-31" {
		t.Errorf("with a file for 2027 the working days are known until %s", got)
	}
	for _, k := range ingest.Kinds() {
		if !shown[k.Name] {
			t.Errorf("deploy/tbtwatch.yaml shows no source of kind %q", k.Name)
		}
	}
	if _, err := notify.OpenChannels(c.Channels, notify.Env{DataDir: t.TempDir(), Shared: true, Log: slog.New(slog.DiscardHandler)}); err != nil {
		t.Error(err)
	}
	for _, name := range notify.ChannelNames() {
		if _, ok := c.Channels[name]; !ok {
			t.Errorf("deploy/tbtwatch.yaml does not show the channel %q", name)
		}
	}
}

// TestExampleNamesEveryKey compares the example with the yaml tags of the
// code, by path where reflection reaches, and by file for the options that a
// kind of source or a channel reads by itself.
func TestExampleNamesEveryKey(t *testing.T) {
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(unset.ReplaceAllString(readFile(t, example), "$1$2")), &doc); err != nil {
		t.Fatal(err)
	}
	shown := map[string]bool{}
	paths(doc.Content[0], "", shown)
	for _, p := range keysOf(reflect.TypeFor[Config](), "") {
		if !slices.ContainsFunc(slices.Collect(maps.Keys(shown)), matching(p)) {
			t.Errorf("deploy/tbtwatch.yaml does not show %s: describe it there, with its default", p)
		}
	}
	options := map[string][]*yaml.Node{}
	for _, s := range child(doc.Content[0], "sources").Content {
		where := "ingest/" + child(s, "kind").Value
		options[where] = append(options[where], child(s, "options"))
	}
	for _, name := range notify.ChannelNames() {
		options["notify/"+name] = []*yaml.Node{child(child(doc.Content[0], "channels"), name)}
	}
	for where, keys := range optionKeys(t) {
		have := map[string]bool{}
		for _, node := range options[where] {
			names(node, have)
		}
		for _, key := range keys {
			if !have[key] {
				t.Errorf("deploy/tbtwatch.yaml does not show the option %s of %s", key, where)
			}
		}
	}
}

// paths collects the dotted paths of node's keys; list items add nothing.
func paths(node *yaml.Node, at string, into map[string]bool) {
	for i, n := range node.Content {
		switch {
		case node.Kind == yaml.SequenceNode:
			paths(n, at, into)
		case i%2 == 1:
			p := strings.TrimPrefix(at+"."+node.Content[i-1].Value, ".")
			into[p] = true
			paths(n, p, into)
		}
	}
}

// names collects the keys below node, at any depth.
func names(node *yaml.Node, into map[string]bool) {
	for i, n := range node.Content {
		if node.Kind == yaml.MappingNode && i%2 == 0 {
			into[n.Value] = true
		}
		names(n, into)
	}
}

func child(node *yaml.Node, key string) *yaml.Node {
	for i := 0; i+1 < len(node.Content); i += 2 {
		if node.Content[i].Value == key {
			return node.Content[i+1]
		}
	}
	return &yaml.Node{}
}

// keysOf lists the dotted paths of t's yaml tags, "*" for the keys of a map.
func keysOf(t reflect.Type, at string) []string {
	switch {
	case t == reflect.TypeFor[yaml.Node](), reflect.PointerTo(t).Implements(reflect.TypeFor[yaml.Unmarshaler]()):
		return nil
	case t.Kind() == reflect.Slice || t.Kind() == reflect.Pointer:
		return keysOf(t.Elem(), at)
	case t.Kind() == reflect.Map:
		return keysOf(t.Elem(), at+".*")
	case t.Kind() != reflect.Struct:
		return nil
	}
	var out []string
	for i := range t.NumField() {
		name, flags, _ := strings.Cut(t.Field(i).Tag.Get("yaml"), ",")
		switch {
		case flags == "inline":
			out = append(out, keysOf(t.Field(i).Type, at)...)
		case name != "-" && name != "":
			p := strings.TrimPrefix(at+"."+name, ".")
			out = append(append(out, p), keysOf(t.Field(i).Type, p)...)
		}
	}
	return out
}

// matching compares paths, "*" standing for one part.
func matching(pattern string) func(string) bool {
	parts := strings.Split(pattern, ".")
	return func(p string) bool {
		return slices.EqualFunc(parts, strings.Split(p, "."), func(want, have string) bool { return want == "*" || want == have })
	}
}

// optionKeys reads from the code which keys each kind of source and each
// channel has: the yaml tags of the structs in the files that are named after
// it. A struct that is inlined belongs to whoever inlines it.
func optionKeys(t *testing.T) map[string][]string {
	t.Helper()
	inlined := map[string][]string{} // "ingest.place" → its keys
	own := map[string][]string{}     // "ingest/page" → the keys in page.go, page_*.go
	uses := map[string][]string{}    // "ingest/page" → the structs that it inlines
	for _, f := range goFiles(t) {
		folder, name, _ := strings.Cut(strings.TrimSuffix(f.path, ".go"), "/")
		if f.test || folder != "ingest" && folder != "notify" {
			continue
		}
		where := folder + "/" + optionOwner(folder, name)
		ast.Inspect(f.ast, func(n ast.Node) bool {
			spec, ok := n.(*ast.TypeSpec)
			if !ok {
				return true
			}
			body, ok := spec.Type.(*ast.StructType)
			if !ok {
				return true
			}
			for _, field := range body.Fields.List {
				if field.Tag == nil {
					continue
				}
				key, flags, _ := strings.Cut(reflect.StructTag(strings.Trim(field.Tag.Value, "`")).Get("yaml"), ",")
				typ, _ := field.Type.(*ast.Ident)
				switch {
				case flags == "inline" && typ != nil:
					uses[where] = append(uses[where], folder+"."+typ.Name)
				case key != "" && key != "-":
					own[where] = append(own[where], key)
					inlined[folder+"."+spec.Name.Name] = append(inlined[folder+"."+spec.Name.Name], key)
				}
			}
			return true
		})
	}
	out := map[string][]string{}
	for where, keys := range own {
		if !strings.HasSuffix(where, "/") {
			out[where] = keys
		}
	}
	for where, structs := range uses {
		for _, s := range structs {
			if len(inlined[s]) == 0 {
				t.Errorf("%s inlines %s, whose keys were not found", where, s)
			}
			out[where] = append(out[where], inlined[s]...)
		}
	}
	return out
}

// optionOwner is the kind of source or the channel that a file belongs to, ""
// for none: federalregister_page.go belongs to federal-register.
func optionOwner(folder, file string) string {
	kinds := notify.ChannelNames()
	if folder == "ingest" {
		kinds = nil
		for _, k := range ingest.Kinds() {
			kinds = append(kinds, k.Name)
		}
	}
	stem, _, _ := strings.Cut(file, "_")
	for _, k := range kinds {
		if stem == strings.ReplaceAll(k, "-", "") {
			return k
		}
	}
	return ""
}

// TestExampleOptionsAreDefaults opens each source that needs no options with
// one of the shown options at a time: unless it is marked as an example, the
// source has to be the same as without it.
func TestExampleOptionsAreDefaults(t *testing.T) {
	text := withSecrets(t, unset.ReplaceAllString(readFile(t, example), "$1$2"))
	var c struct{ Sources []ingest.Config }
	if err := yaml.Unmarshal([]byte(text), &c); err != nil {
		t.Fatal(err)
	}
	compared := 0
	for _, s := range c.Sources {
		plain, kind, err := ingest.Config{Name: s.Name, Kind: s.Kind}.Open()
		if err != nil {
			continue // a kind that nothing is the default of
		}
		if every, err := time.ParseDuration(s.Every); err != nil || every != kind.Every {
			t.Errorf("source %s: every: %s is shown, the default is %s", s.Name, s.Every, kind.Every)
		}
		for i := 0; i+1 < len(s.Options.Content); i += 2 {
			key, value := s.Options.Content[i], s.Options.Content[i+1]
			if strings.Contains(value.LineComment+key.LineComment, "example") {
				continue
			}
			one := ingest.Config{Name: s.Name, Kind: s.Kind, Options: yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{key, value}}}
			with, _, err := one.Open()
			if err != nil {
				t.Errorf("source %s: %s alone: %v", s.Name, key.Value, err)
				continue
			}
			compared++
			if !reflect.DeepEqual(plain, with) {
				t.Errorf("source %s: %s: %q is shown as the default, but is not; mark it as an example or correct it", s.Name, key.Value, value.Value)
			}
		}
	}
	if compared < 12 {
		t.Errorf("only %d options were compared: the example has lost its options, or the test its eyes", compared)
	}
}
