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
		name  string
		lines []string
		want  quoteState
	}{
		{"no quotes", []string{"a,b"}, closed},
		{"empty line", []string{""}, closed},
		{"quoted fields", []string{`"a","b"`}, closed},
		{"doubled quote", []string{`"a""b",c`}, closed},
		{"empty quoted field at the end", []string{`a,""`}, closed},
		{"blank before a quote", []string{`a, "b"`}, closed},
		{"open", []string{`a,"b`}, inQuotes},
		{"open after a doubled quote", []string{`a,"b""`}, inQuotes},
		{"opened by the last byte", []string{`a,"`}, inQuotes},
		{"closed in the next line", []string{`a,"b`, `c",d`}, closed},
		{"closed by the first byte of a line", []string{`a,"b`, `",d`}, closed},
		{"open over three lines", []string{`a,"b`, `c`, ``}, inQuotes},
		{"closed and opened again", []string{`a,"b`, `c","d`}, inQuotes},
		{"text after a closing quote", []string{`"a"b`}, malformed},
		{"next line's own quote", []string{`a,"b`, `c,"d"`}, malformed},
		{"quote inside a field", []string{`a"b`}, closed},
	} {
		q := quoteScan{comma: ',', trim: true}
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
		q := quoteScan{comma: ',', trim: true}
		q.feed([]byte(line))
		r := csv.NewReader(strings.NewReader(line + "\n"))
		r.TrimLeadingSpace = true
		_, err := r.Read()
		if errors.Is(err, csv.ErrBareQuote) {
			return // a quote inside an unquoted field, which the scan leaves alone
		}
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
