package ingest

import (
	"reflect"
	"strings"
	"testing"
)

func TestReadJSONSaysWhatCameInstead(t *testing.T) {
	cases := []struct{ name, body, want string }{
		{"a page", "<!DOCTYPE html><title>Sign in</title>", `got a page or XML that begins "Sign in"`},
		{"XML", "<error>x</error>", "got a page or XML"},
		{"cut off", `{"items":[{"id":1},{"i`, "breaks off or is broken after"},
		{"a stray comma", `{"items":[1,]}`, "breaks off or is broken"},
		{"more after the end", `{"items":[]} {"items":[]}`, "more follows"},
		{"nothing", "", "empty"},
		{"blanks", " \n", "empty"},
		{"another charset", "{\"title\":\"caf\xe9\"}", "not UTF-8"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var into map[string]any
			err := readJSON(Document{Body: strings.NewReader(c.body)}, &into)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
	var into map[string]any
	if err := readJSON(Document{Body: strings.NewReader("\uFEFF{\"a\":12345678901234567890}\n")}, &into); err != nil {
		t.Errorf("a byte order mark: %v", err)
	}
	fields, err := flatten(into)
	if err != nil || fields["a"] != "12345678901234567890" {
		t.Errorf("a long number is kept as %q, %v", fields["a"], err)
	}
}

func TestObject(t *testing.T) {
	o, err := asObject([]byte(`{"s":"x","n":7,"b":true,"z":null,"o":{"p":"q"},"l":[{"name":"a"},{"name":" b "},{"name":"a"}],"t":["c","c","d"],"joined":"e; f","bad":[1]}`))
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]string{"s": "x", "n": "7", "b": "true", "z": "", "absent": ""} {
		if got := o.text(key); got != want {
			t.Errorf("text(%s) is %q, want %q", key, got, want)
		}
	}
	if got := o.first("absent", "z", "n"); got != "7" {
		t.Errorf("first is %q", got)
	}
	if got := o.object("o").text("p") + o.object("absent").text("p"); got != "q" {
		t.Errorf("object is %q", got)
	}
	for key, want := range map[string][]string{"l": {"a", "b"}, "t": {"c", "d"}, "joined": {"e", "f"}, "absent": nil} {
		if got := o.texts(key, "name"); !reflect.DeepEqual(got, want) {
			t.Errorf("texts(%s) is %q, want %q", key, got, want)
		}
	}
	if err := o.err(); err != nil {
		t.Errorf("nothing was wrong, and yet: %v", err)
	}
	_, _, _ = o.text("o"), o.object("s"), o.objects("bad")
	_ = o.object("o").objects("p")
	err = o.err()
	for _, want := range []string{"o is not text", "s is not an object", "bad.0 is not an object", "o.p is not a list"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not say %q", err, want)
		}
	}
	for _, raw := range []string{`null`, `[]`, `"x"`, `7`, `{`, ``} {
		if _, err := asObject([]byte(raw)); err == nil {
			t.Errorf("%q was taken for an object", raw)
		}
	}
}

func TestFlattenIsBounded(t *testing.T) {
	wide := map[string]any{}
	var list []any
	for range maxFields + 2 {
		list = append(list, "x")
	}
	wide["l"] = list
	if _, err := flatten(wide); err == nil || !strings.Contains(err.Error(), "more than") {
		t.Errorf("%d leaves: %v", len(list), err)
	}
	var deep any = "x"
	for range maxDepth + 2 {
		deep = map[string]any{"k": deep}
	}
	if _, err := flatten(map[string]any{"k": deep}); err == nil {
		t.Error("a deep object was flattened")
	}
	got, err := flatten(map[string]any{"a": []any{map[string]any{"b": "c"}, true, nil}, "d": ""})
	if want := map[string]string{"a.0.b": "c", "a.1": "true", "d": ""}; err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, %v, want %v", got, err, want)
	}
}

func TestClip(t *testing.T) {
	for in, want := range map[string]string{"": "", "abc": "abc", "摩托车头盔": "摩托车…", "abcd": "abc…"} {
		if got := clip(in, 3); got != want {
			t.Errorf("%q clipped to %q, want %q", in, got, want)
		}
	}
}
