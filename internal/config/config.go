// Package config reads configuration strictly: a key that nothing understands
// is refused with its line and the nearest key that exists. What the keys mean
// stands beside the code that uses them.
package config

import (
	"errors"
	"fmt"
	"os"
	"reflect"
	"strings"
	"time"

	"github.com/agnivade/levenshtein"
	"go.yaml.in/yaml/v3"
)

// Load reads the YAML file into the struct that into points to, over the
// defaults that it already holds.
func Load(file string, into any) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("configuration: %w", err)
	}
	var root yaml.Node
	if err := yaml.Unmarshal(text, &root); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	if len(root.Content) == 0 {
		return nil // an empty file: the defaults
	}
	if err := Decode(root.Content[0], into); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return nil
}

// Decode reads node into the struct that into points to, leaving alone what
// node does not mention. A nil node changes nothing. All unknown keys are
// reported at once.
func Decode(node *yaml.Node, into any) error {
	if node == nil {
		return nil
	}
	if err := errors.Join(unknownKeys(node, reflect.TypeOf(into), "")...); err != nil {
		return err
	}
	return node.Decode(into)
}

var nodeType = reflect.TypeFor[yaml.Node]()

// unknownKeys compares the mapping with the struct's yaml tags. Fields of type
// yaml.Node are left to whoever decodes them.
func unknownKeys(node *yaml.Node, t reflect.Type, path string) []error {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t == nodeType || reflect.PointerTo(t).Implements(reflect.TypeFor[yaml.Unmarshaler]()) {
		return nil
	}
	var out []error
	switch {
	case node.Kind == yaml.AliasNode:
		return unknownKeys(node.Alias, t, path)
	case node.Kind == yaml.SequenceNode && t.Kind() == reflect.Slice:
		for i, n := range node.Content {
			out = append(out, unknownKeys(n, t.Elem(), fmt.Sprintf("%s[%d]", path, i))...)
		}
	case node.Kind == yaml.MappingNode && t.Kind() == reflect.Map:
		for i := 0; i+1 < len(node.Content); i += 2 {
			out = append(out, unknownKeys(node.Content[i+1], t.Elem(), join(path, node.Content[i].Value))...)
		}
	case node.Kind == yaml.MappingNode && t.Kind() == reflect.Struct:
		known := fields(t)
		for i := 0; i+1 < len(node.Content); i += 2 {
			key := node.Content[i]
			if ft, ok := known[key.Value]; ok {
				out = append(out, unknownKeys(node.Content[i+1], ft, join(path, key.Value))...)
				continue
			}
			out = append(out, fmt.Errorf("line %d: unknown key %q%s", key.Line, join(path, key.Value), didYouMean(key.Value, known)))
		}
	}
	return out
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

func fields(t reflect.Type) map[string]reflect.Type {
	out := map[string]reflect.Type{}
	for i := range t.NumField() {
		f := t.Field(i)
		name, flags, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		switch {
		case name == "-" || !f.IsExported():
		case flags == "inline":
			for k, v := range fields(f.Type) {
				out[k] = v
			}
		case name == "":
			out[strings.ToLower(f.Name)] = f.Type
		default:
			out[name] = f.Type
		}
	}
	return out
}

func didYouMean(key string, known map[string]reflect.Type) string {
	names := make([]string, 0, len(known))
	for name := range known {
		names = append(names, name)
	}
	if best := Nearest(key, names); best != "" {
		return fmt.Sprintf("; did you mean %q?", best)
	}
	return ""
}

// Nearest returns the known word that word was probably meant to be, or the
// closest one there is; "" only when known is empty.
func Nearest(word string, known []string) string {
	best, bestDistance := "", 0
	for _, k := range known {
		d := levenshtein.ComputeDistance(strings.ToLower(word), strings.ToLower(k))
		if best == "" || d < bestDistance || d == bestDistance && k < best {
			best, bestDistance = k, d
		}
	}
	return best
}

// Secret is a value that never shows itself in logs, errors or JSON. In YAML
// it is the value, or "file:PATH" to read it from a file.
type Secret string

func (Secret) String() string               { return "***" }
func (Secret) GoString() string             { return "***" }
func (Secret) MarshalJSON() ([]byte, error) { return []byte(`"***"`), nil }
func (Secret) MarshalYAML() (any, error)    { return "***", nil }

// Reveal returns the value itself.
func (s Secret) Reveal() string { return string(s) }

// UnmarshalYAML reads the value, or the file that it names.
func (s *Secret) UnmarshalYAML(node *yaml.Node) error {
	var text string
	if err := node.Decode(&text); err != nil {
		return fmt.Errorf("line %d: a secret is text or file:PATH", node.Line)
	}
	if path, ok := strings.CutPrefix(text, "file:"); ok {
		b, err := os.ReadFile(path)
		if err != nil {
			return fmt.Errorf("line %d: secret: %w", node.Line, err)
		}
		text = strings.TrimSpace(string(b))
	}
	*s = Secret(text)
	return nil
}

// Duration is a time.Duration written as "30s", "15m" or "6h".
type Duration time.Duration

// UnmarshalYAML reads the form that time.ParseDuration understands.
func (d *Duration) UnmarshalYAML(node *yaml.Node) error {
	v, err := time.ParseDuration(node.Value)
	if err != nil {
		return fmt.Errorf("line %d: %q is no duration; write 30s, 15m or 6h", node.Line, node.Value)
	}
	*d = Duration(v)
	return nil
}
