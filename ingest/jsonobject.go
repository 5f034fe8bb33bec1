package ingest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"tbtwatch/internal/prose"
	"tbtwatch/internal/trade"
)

// object reads one JSON object leniently about numbers and strictly about
// shape: what should be text and is a list is noted in wrong.
type object struct {
	m     map[string]any
	path  string
	wrong *[]string
}

// asObject decodes raw, which must be a JSON object within the bounds.
func asObject(raw []byte) (object, error) {
	var m map[string]any
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	if err := dec.Decode(&m); err != nil || m == nil {
		return object{}, trade.Refusef("expected an object, got %s", clip(string(raw), 40))
	}
	return object{m: m, wrong: new([]string)}, nil
}

// err is the list of what had the wrong shape, or nil.
func (o object) err() error {
	if len(*o.wrong) == 0 {
		return nil
	}
	return trade.Refusef("wrong shape: %s", strings.Join(*o.wrong, "; "))
}

// text is the string or number under key, "" for null and absent.
func (o object) text(key string) string {
	switch v := o.m[key].(type) {
	case nil:
		return ""
	case string:
		return v
	case json.Number:
		return v.String()
	case bool:
		return strconv.FormatBool(v)
	default:
		*o.wrong = append(*o.wrong, o.path+key+" is not text")
		return ""
	}
}

// first is the first non-empty text under keys.
func (o object) first(keys ...string) string {
	for _, k := range keys {
		if v := o.text(k); strings.TrimSpace(v) != "" {
			return v
		}
	}
	return ""
}

// object is the object under key, an empty one for null and absent.
func (o object) object(key string) object {
	sub := object{path: o.path + key + ".", wrong: o.wrong}
	switch v := o.m[key].(type) {
	case nil:
	case map[string]any:
		sub.m = v
	default:
		*o.wrong = append(*o.wrong, o.path+key+" is not an object")
	}
	return sub
}

// objects is the list of objects under key.
func (o object) objects(key string) []object {
	var out []object
	switch v := o.m[key].(type) {
	case nil:
	case []any:
		for i, e := range v {
			if m, ok := e.(map[string]any); ok {
				out = append(out, object{m: m, path: fmt.Sprintf("%s%s.%d.", o.path, key, i), wrong: o.wrong})
				continue
			}
			*o.wrong = append(*o.wrong, fmt.Sprintf("%s%s.%d is not an object", o.path, key, i))
		}
	default:
		*o.wrong = append(*o.wrong, o.path+key+" is not a list")
	}
	return out
}

// texts is the text under name in each object of the list under key; a list
// of plain texts, or one text of parts divided by ";", will do as well.
func (o object) texts(key, name string) []string {
	var out []string
	switch v := o.m[key].(type) {
	case string:
		return words(v)
	case []any:
		for _, e := range v {
			if s, ok := e.(string); ok {
				out = addOnce(out, prose.Line(s))
			}
		}
		if len(out) > 0 {
			return out
		}
	}
	for _, e := range o.objects(key) {
		if s := prose.Line(e.text(name)); s != "" {
			out = addOnce(out, s)
		}
	}
	return out
}
