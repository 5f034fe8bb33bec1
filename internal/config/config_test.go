package config

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"
)

type inner struct {
	Token Secret   `yaml:"token"`
	Wait  Duration `yaml:"wait"`
}

type sample struct {
	Listen  string           `yaml:"listen"`
	Inner   inner            `yaml:"inner"`
	List    []inner          `yaml:"list"`
	ByName  map[string]inner `yaml:"by_name"`
	Options yaml.Node        `yaml:"options"`
	Hidden  string           `yaml:"-"`
}

func load(t *testing.T, text string) (sample, error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "c.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c := sample{Listen: "default", Inner: inner{Wait: Duration(time.Second)}}
	return c, Load(file, &c)
}

func TestLoadKeepsDefaultsAndLeavesOptionsToOthers(t *testing.T) {
	for name, text := range map[string]string{"empty": "", "comment": "# nothing\n", "another key": "inner: {token: x}\n"} {
		if c, err := load(t, text); err != nil || c.Listen != "default" || c.Inner.Wait != Duration(time.Second) {
			t.Errorf("%s: %+v, %v", name, c, err)
		}
	}
	c, err := load(t, "listen: a\ninner: {wait: 30s}\noptions: {whatever: [1, 2]}\nby_name: {x: {wait: 6h}}\n")
	if err != nil || c.Listen != "a" || c.Inner.Wait != Duration(30*time.Second) || c.ByName["x"].Wait != Duration(6*time.Hour) || c.Options.IsZero() {
		t.Errorf("%+v, %v", c, err)
	}
}

func TestUnknownKeysAreRefusedWithTheNearestKnownOne(t *testing.T) {
	cases := []struct{ name, text, want string }{
		{"at the top", "lisen: x", `line 1: unknown key "lisen"; did you mean "listen"?`},
		{"inside", "inner:\n  tokn: x", `line 2: unknown key "inner.tokn"; did you mean "token"?`},
		{"in a list", "list:\n- {wait: 1s}\n- {wiat: 1s}", `line 3: unknown key "list[1].wiat"; did you mean "wait"?`},
		{"in a map", "by_name: {x: {toke: y}}", `unknown key "by_name.x.toke"; did you mean "token"?`},
		{"two at once", "a: 1\nb: 2", `unknown key "b"`},
		{"what is no key", "hidden: x", `unknown key "hidden"`},
		{"not a duration", "inner: {wait: soon}", `line 1: "soon" is no duration; write 30s, 15m or 6h`},
		{"broken YAML", "a: [1", "c.yaml"},
	}
	for _, tc := range cases {
		if _, err := load(t, tc.text); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: %v, want %q", tc.name, err, tc.want)
		}
	}
	if err := Load(filepath.Join(t.TempDir(), "missing.yaml"), &sample{}); err == nil {
		t.Error("a missing file was taken")
	}
}

func TestSecretsNeverShow(t *testing.T) {
	file := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(file, []byte("hunter2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := load(t, "inner: {token: 'file:"+file+"'}")
	if err != nil || c.Inner.Token.Reveal() != "hunter2" {
		t.Fatalf("%q, %v", c.Inner.Token.Reveal(), err)
	}
	asJSON, _ := json.Marshal(c)
	asYAML, _ := yaml.Marshal(c.Inner)
	for form, text := range map[string]string{"%v": fmt.Sprintf("%v", c), "%+v": fmt.Sprintf("%+v", c.Inner), "%#v": fmt.Sprintf("%#v", c.Inner), "JSON": string(asJSON), "YAML": string(asYAML)} {
		if strings.Contains(text, "hunter2") {
			t.Errorf("%s shows the secret: %s", form, text)
		}
	}
	if _, err := load(t, "inner: {token: 'file:/nowhere/at/all'}"); err == nil || !strings.Contains(err.Error(), "line 1: secret") {
		t.Errorf("a secret's missing file: %v", err)
	}
	if _, err := load(t, "inner: {token: [a]}"); err == nil {
		t.Error("a list was taken for a secret")
	}
}

func TestNearest(t *testing.T) {
	known := []string{"triage", "matcher", "notify"}
	for word, want := range map[string]string{"triag": "triage", "MATCH": "matcher", "notfy": "notify"} {
		if got := Nearest(word, known); got != want {
			t.Errorf("%s: %s", word, got)
		}
	}
	if Nearest("x", nil) != "" {
		t.Error("something out of nothing")
	}
}
