package registry

import (
	"encoding/csv"
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestQuoteScan(t *testing.T) {
	for _, tc := range []struct {
		name   string
		lines  []string
		strict bool
		want   quoteState
	}{
		{"no quotes", []string{"a,b"}, true, closed},
		{"empty line", []string{""}, true, closed},
		{"quoted fields", []string{`"a","b"`}, true, closed},
		{"doubled quote", []string{`"a""b",c`}, true, closed},
		{"empty quoted field at the end", []string{`a,""`}, true, closed},
		{"blank before a quote", []string{`a, "b"`}, true, closed},
		{"open", []string{`a,"b`}, true, inQuotes},
		{"open after a doubled quote", []string{`a,"b""`}, true, inQuotes},
		{"opened by the last byte", []string{`a,"`}, true, inQuotes},
		{"closed in the next line", []string{`a,"b`, `c",d`}, true, closed},
		{"closed by the first byte of a line", []string{`a,"b`, `",d`}, true, closed},
		{"open over three lines", []string{`a,"b`, `c`, ``}, true, inQuotes},
		{"closed and opened again", []string{`a,"b`, `c","d`}, true, inQuotes},
		{"text after a closing quote", []string{`"a"b`}, true, malformed},
		{"next line's own quote", []string{`a,"b`, `c,"d"`}, true, malformed},
		{"quote inside a field", []string{`a"b`}, true, malformed},
		{"quote inside a field, tolerated", []string{`a"b`}, false, closed},
	} {
		q := quoteScan{comma: ',', trim: true, strict: tc.strict}
		for _, l := range tc.lines {
			q.feed([]byte(l))
		}
		if q.state != tc.want {
			t.Errorf("%s: state %d, want %d", tc.name, q.state, tc.want)
		}
	}
}

// Where the scan says that a record is complete and well-formed, encoding/csv
// reads it without a complaint, and the other way round.
func TestQuoteScanAgreesWithEncodingCSV(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		line := rapid.StringMatching(`[ab," ]{1,12}`).Draw(t, "line")
		q := quoteScan{comma: ',', trim: true, strict: true}
		q.feed([]byte(line))
		r := csv.NewReader(strings.NewReader(line + "\n"))
		r.TrimLeadingSpace = true
		_, err := r.Read()
		var parse *csv.ParseError
		if wrong := errors.As(err, &parse); wrong != (q.state != closed) {
			t.Fatalf("%q: state %d, encoding/csv says %v", line, q.state, err)
		}
	})
}

func TestTheOpenQuoteIsShown(t *testing.T) {
	q := quoteScan{comma: ',', trim: true}
	line := []byte(`a,"b",c,"d e`)
	q.feed(line)
	if got := q.field(line); got != `"d e` {
		t.Errorf("shown: %s", got)
	}
}
