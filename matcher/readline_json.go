package matcher

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode"

	"tbtwatch/internal/nomenclature"
	"tbtwatch/internal/trade"
)

// jsonFault puts a decoder's complaint in words that name the place.
func jsonFault(err error) string {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return fmt.Sprintf("%s, at byte %d", syntax, syntax.Offset)
	case errors.As(err, &kind):
		return "its JSON is of another kind (" + kind.Value + ")"
	}
	return err.Error()
}

// keyTwice finds a key that a valid JSON object has twice. A decoder would take
// the last value and let the other vanish.
func keyTwice(line []byte) (string, bool) {
	dec := json.NewDecoder(bytes.NewReader(line))
	seen := map[string]bool{}
	for depth, isKey := 0, false; ; {
		tok, err := dec.Token()
		if err != nil {
			return "", false
		}
		switch t := tok.(type) {
		case json.Delim:
			if t == '{' || t == '[' {
				depth++
			} else {
				depth--
			}
			isKey = depth == 1
			continue
		case string:
			if depth == 1 && isKey {
				if seen[t] {
					return t, true
				}
				seen[t], isKey = true, false
				continue
			}
		}
		isKey = depth == 1
	}
}

// dateKinds are the dates of a line, those first from which others are counted.
var dateKinds = []string{trade.DatePublished, trade.DateCommentDeadline, trade.DateAdoption, trade.DateEntryIntoForce}

// lineKeys are the names under which a line may say something, the surest
// first, as foldKey writes them: ours, and those of ePing's sheet and JSON.
var lineKeys = map[string][]string{
	"symbol":                  {"symbol", "id", "documentsymbol"},
	"member":                  {"member", "notifyingmember", "members"},
	"affected":                {"affected", "specificregionsorcountrieslikelytobeaffected", "countriesaffected", "regionsaffected"},
	"kind":                    {"kind", "notificationtype", "type"},
	"lang":                    {"lang", "language"},
	"title":                   {"title", "titleplain"},
	"description":             {"description", "descriptionplain"},
	"products":                {"products", "productscovered", "productsfreetext"},
	"hs":                      {"hs", "hscodes", "hscode", "hscodetext"},
	"ics":                     {"ics", "icscodes", "icscode", "icscodetext"},
	"area":                    {"area"},
	"keywords":                {"keywords"},
	trade.DatePublished:       {"published", "date", "distributiondate", "dateofdistribution", "circulated", "publicationdate"},
	trade.DateCommentDeadline: {"commentdeadline", "finaldateforcomments", "commentdeadlinedate", "deadline", "commentdeadlinedatetext"},
	trade.DateAdoption:        {"proposedadoption", "adoption", "proposedadoptiondate", "adoptiondate", "proposeddateofadoption", "proposedadoptiondatetext"},
	trade.DateEntryIntoForce: {"proposedentryintoforce", "entryintoforce", "proposedentryintoforcedate", "entryintoforcedate",
		"proposeddateofentryintoforce", "proposedentryintoforcedatetext"},
}

// foldKey makes "Proposed adoption  date", proposed_adoption_date and
// proposedAdoptionDate one.
func foldKey(key string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, strings.NewReplacer("(s)", "s").Replace(key))
}

// lineReader takes typed values out of a JSON object; the first error sticks.
type lineReader struct {
	raw    map[string]json.RawMessage
	folded map[string]lineValue
	err    error
}

// lineValue is a value with its key as given.
type lineValue struct {
	key string
	raw json.RawMessage
}

// newLineReader indexes the object's values that say something by their folded
// keys; of two keys that fold alike the smaller one counts.
func newLineReader(raw map[string]json.RawMessage) *lineReader {
	l := &lineReader{raw: raw, folded: make(map[string]lineValue, len(raw))}
	for k, v := range raw {
		v = bytes.TrimSpace(v)
		if len(v) == 0 || string(v) == "null" || string(v) == `""` {
			continue
		}
		f := foldKey(k)
		if known, ok := l.folded[f]; !ok || k < known.key {
			l.folded[f] = lineValue{k, v}
		}
	}
	return l
}

// value is what the line has under one of the names of a thing.
func (l *lineReader) value(thing string) (key string, v json.RawMessage) {
	for _, name := range lineKeys[thing] {
		if v, ok := l.folded[name]; ok {
			return v.key, v.raw
		}
	}
	return "", nil
}

// text reads a text (or number).
func (l *lineReader) text(thing string) string { return l.scalar(l.value(thing)) }

// text0 is text where the value is one, else "".
func (l *lineReader) text0(thing string) string {
	if name, v := l.value(thing); len(v) > 0 && v[0] == '"' {
		return l.scalar(name, v)
	}
	return ""
}

func (l *lineReader) scalar(key string, v json.RawMessage) string {
	v = bytes.TrimSpace(v)
	if len(v) == 0 || string(v) == "null" {
		return ""
	}
	var s string
	switch c := v[0]; {
	case c == '"':
		if err := json.Unmarshal(v, &s); err == nil {
			return s
		}
	case c == '-' || c >= '0' && c <= '9':
		return string(v)
	}
	if l.err == nil {
		l.err = trade.Refusef("%q should be a text", key)
	}
	return ""
}

// list reads a list of texts or numbers, or one text whose parts are separated
// by ";" or line ends.
func (l *lineReader) list(thing string) []string {
	key, v := l.value(thing)
	if len(v) == 0 || v[0] != '[' {
		return nonBlank(strings.FieldsFunc(l.scalar(key, v), func(r rune) bool { return strings.ContainsRune(";；、\n", r) }))
	}
	var items []json.RawMessage
	if err := json.Unmarshal(v, &items); err != nil && l.err == nil {
		l.err = trade.Refusef("%q: %s", key, jsonFault(err))
	}
	var out []string
	for _, item := range items {
		out = append(out, l.scalar(key, item))
	}
	return nonBlank(out)
}

// codes reads codes that stand alone or before their names.
func (l *lineReader) codes(thing string) []string {
	var out []string
	_, v := l.value(thing)
	bare := bareItems(v)
	for _, part := range l.list(thing) {
		if string(v) == part || bare[part] {
			part = leadingZero(part)
		}
		out = append(out, splitCodes(part)...)
	}
	return out
}

// bareItems are the items of a list as they stand in it; a text that is among
// them stands there without quotation marks.
func bareItems(list json.RawMessage) map[string]bool {
	var items []json.RawMessage
	if json.Unmarshal(list, &items) != nil {
		return nil
	}
	out := make(map[string]bool, len(items))
	for _, i := range items {
		out[string(i)] = true
	}
	return out
}

// leadingZero gives back the zero that an HS code of the chapters 01 to 09
// loses as a number: 902 was 0902. 72106 names no heading with it and stays.
func leadingZero(code string) string {
	whole, _, _ := strings.Cut(code, ".")
	if len(whole)%2 == 1 && len(whole) >= 3 && nomenclature.HSName("0"+whole[:3], "en") != "" {
		return "0" + code
	}
	return code
}

func nonBlank(in []string) []string {
	var out []string
	for _, s := range in {
		if s = strings.TrimSpace(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// fields keeps every key as given: texts as they are, the rest as JSON.
func (l *lineReader) fields() map[string]string {
	out := make(map[string]string, len(l.raw))
	for k, v := range l.raw {
		var s string
		if json.Unmarshal(v, &s) != nil {
			s = string(v)
		}
		out[k] = s
	}
	return out
}
