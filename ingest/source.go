// Package ingest collects: one polite client fetches, one file for each kind
// of source parses, what cannot be believed goes to quarantine, and notices
// are published with one outcome for each input.
package ingest

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
)

// Source turns one authority's documents into notices. It neither fetches nor
// knows the time: the runner does both.
type Source interface {
	// Plan gives the requests that a run begins with.
	Plan(state bus.SourceState, now time.Time) []Request
	// Parse reads one document and emits what it holds, in order. An error
	// means that the document as a whole is not to be believed: it goes to
	// quarantine and what was emitted is dropped. A list without a row is
	// such an error (ErrEmpty).
	Parse(doc Document, emit func(Item) error) error
}

// Request asks for one document.
type Request struct {
	Method string // GET unless set
	URL    string
	Header http.Header
	Body   []byte
	Role   string        // the source's own word for what it expects: "list", "detail" …
	Carry  *trade.Notice // what is known already: the list's row for a detail page

	Charset string   // declared charset, which wins over what header and document say; "" for none
	Hosts   []string // of a planned request: further hosts that the run may reach, subdomains included
}

// Document is a fetched body: decompressed, and for text in UTF-8.
type Document struct {
	Request Request
	URL     string // after redirects
	Header  http.Header
	Body    io.Reader
	Raw     string    // SHA-256 of the capture as received
	At      time.Time // when it was fetched
}

// Item is one thing that a document held; exactly one field is set.
type Item struct {
	Notice *trade.Notice
	Next   *Request // a further page or detail
	Bad    *Bad
}

// Bad is a row that could not be believed while the rest could.
type Bad struct {
	Where  string // row number, line or path within the document
	Reason string
	Bytes  []byte
}

// ErrEmpty is a document without a single row where rows used to be: a fault
// of the source, not a quiet day.
var ErrEmpty = trade.Refusef("the list is empty where rows are expected")

// Kind makes sources of one kind from configuration. Every file of this
// package that reads a kind of source registers itself; nothing else lists them.
type Kind struct {
	Name  string
	About string                                   // one line for `tbtwatch sources` and the page
	Every time.Duration                            // default interval between runs
	Rows  bool                                     // a run without any row is a fault
	New   func(options *yaml.Node) (Source, error) // options may be nil: the defaults
}

var kinds = map[string]Kind{}

func register(k Kind) Kind {
	if _, twice := kinds[k.Name]; twice {
		panic("ingest: two kinds of source are called " + k.Name)
	}
	kinds[k.Name] = k
	return k
}

// Kinds lists the kinds of source by name.
func Kinds() []Kind {
	out := slices.Collect(maps.Values(kinds))
	slices.SortFunc(out, func(a, b Kind) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// Config declares one watched source in tbtwatch.yaml.
type Config struct {
	Name    string    `yaml:"name"`     // unique; letters, digits and "-"
	Kind    string    `yaml:"kind"`     // one of Kinds
	Every   string    `yaml:"every"`    // duration such as "6h"; the kind's default if empty
	Off     bool      `yaml:"off"`      // declared, but not watched
	MinRows int       `yaml:"min_rows"` // fewer rows are a fault; 0: less than a tenth of the last run's
	Options yaml.Node `yaml:"options"`  // what the kind understands
}

// Open makes the source that c declares.
func (c Config) Open() (Source, Kind, error) {
	k, ok := kinds[c.Kind]
	if !ok {
		return nil, Kind{}, fmt.Errorf("source %q: there is no kind %q; known kinds: %v", c.Name, c.Kind, slices.Sorted(maps.Keys(kinds)))
	}
	var options *yaml.Node
	if !c.Options.IsZero() {
		options = &c.Options
	}
	s, err := k.New(options)
	if err != nil {
		return nil, k, fmt.Errorf("source %q: %w", c.Name, err)
	}
	return s, k, nil
}
