package ingest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"tbtwatch/internal/prose"
	"tbtwatch/internal/trade"
)

// Bounds on what one document and one notice may hold.
const (
	maxDocument = 64 << 20 // bytes of a JSON, feed or HTML document
	maxFields   = 2000     // leaves of one notice
	maxDepth    = 32       // nesting of one notice
	maxBad      = 64 << 10 // bytes kept of a bad item
)

// readAll reads a document whole, refusing what is larger than maxDocument,
// empty, or not UTF-8.
func readAll(doc Document) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(doc.Body, maxDocument+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("reading %s: %w", doc.URL, err)
	case len(body) > maxDocument:
		return nil, trade.Refusef("the document is larger than %d MiB", maxDocument>>20)
	case len(bytes.TrimSpace(body)) == 0:
		return nil, trade.Refusef("the document is empty")
	case !utf8.Valid(body):
		return nil, trade.Refusef("the document is not UTF-8")
	}
	return bytes.TrimPrefix(body, []byte("\uFEFF")), nil
}

// readJSON reads the document as one JSON value into the struct or map that
// into points to, and says in words what came instead where it is none.
func readJSON(doc Document, into any) error {
	body, err := readAll(doc)
	if err != nil {
		return err
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	if err := dec.Decode(into); err != nil {
		if strings.HasPrefix(strings.TrimSpace(string(body[:min(len(body), 64)])), "<") {
			return trade.Refusef("expected JSON, got a page or XML that begins %q", clip(prose.Line(string(body[:min(len(body), 4096)])), 80))
		}
		var shape *json.UnmarshalTypeError
		if errors.As(err, &shape) {
			at := shape.Field
			if at == "" {
				at = "the document"
			}
			return trade.Refusef("the JSON has another shape: %s is of type %s", at, shape.Value)
		}
		return fmt.Errorf("the JSON breaks off or is broken after %d bytes: %w", dec.InputOffset(), err)
	}
	if dec.More() {
		return trade.Refusef("after the JSON, at byte %d, more follows", dec.InputOffset())
	}
	return nil
}

// clip shortens s to n runes.
func clip(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n]) + "…"
	}
	return s
}

// flatten gives every leaf of a JSON value by its dotted path
// ("product.barcodes.0.barcode"), as given; nulls are left out.
func flatten(m map[string]any) (map[string]string, error) {
	out := map[string]string{}
	var walk func(path string, v any, depth int) error
	walk = func(path string, v any, depth int) error {
		if depth > maxDepth || len(out) > maxFields {
			return trade.Refusef("nested deeper than %d levels or more than %d fields, at %s", maxDepth, maxFields, clip(path, 80))
		}
		switch v := v.(type) {
		case map[string]any:
			for k, e := range v {
				if err := walk(path+"."+k, e, depth+1); err != nil {
					return err
				}
			}
		case []any:
			for i, e := range v {
				if err := walk(path+"."+strconv.Itoa(i), e, depth+1); err != nil {
					return err
				}
			}
		case string:
			out[path[1:]] = v
		case json.Number:
			out[path[1:]] = v.String()
		case bool:
			out[path[1:]] = strconv.FormatBool(v)
		}
		return nil
	}
	return out, walk("", m, 0)
}

// badItem is a row that could not be believed, with its bytes within bounds.
func badItem(where string, why error, raw []byte) Item {
	return Item{Bad: &Bad{Where: where, Reason: why.Error(), Bytes: slices.Clone(raw[:min(len(raw), maxBad)])}}
}
