package bus

import "tbtwatch/internal/trade"

// Run is the record of one run of a source: what was fetched and what became
// of every row. It is only written when the numbers add up.
type Run struct {
	Source   string      `json:"source"`
	Started  string      `json:"started"` // RFC 3339
	Ended    string      `json:"ended"`
	Trigger  string      `json:"trigger"` // schedule, person, import, replay
	Error    string      `json:"error,omitempty"`
	Fetched  int         `json:"fetched"` // documents
	Bytes    int64       `json:"bytes"`   // as received
	Tally    trade.Tally `json:"tally"`
	First    bool        `json:"first,omitempty"` // the source's first live run: nothing alerts
	Notes    []string    `json:"notes,omitempty"`
	Captures []Capture   `json:"captures,omitempty"`
}

// Capture says where the bytes of one fetch are kept.
type Capture struct {
	URL     string `json:"url"`
	Status  int    `json:"status,omitempty"`
	SHA256  string `json:"sha256,omitempty"`
	Bytes   int64  `json:"bytes"`
	Charset string `json:"charset,omitempty"` // the one that was decoded
	At      string `json:"at"`                // RFC 3339
}

// SourceState is what the next run of a source has to know.
type SourceState struct {
	Source       string            `json:"source"`
	ETag         map[string]string `json:"etag,omitempty"`          // by URL
	LastModified map[string]string `json:"last_modified,omitempty"` // by URL
	Watermark    string            `json:"watermark,omitempty"`     // the source's own notion of "up to here"
	LastRows     int               `json:"last_rows"`
	LastOK       string            `json:"last_ok,omitempty"` // RFC 3339
	LastRun      string            `json:"last_run,omitempty"`
	LastError    string            `json:"last_error,omitempty"`
	Failures     int               `json:"failures"` // in a row
	Primed       bool              `json:"primed"`   // had its first live run
}

// DeadLetter is a message that a stage gave up, with the reason.
type DeadLetter struct {
	Consumer string `json:"consumer"`
	Subject  string `json:"subject"`
	Seq      uint64 `json:"seq"` // in its stream
	Reason   string `json:"reason"`
	Attempts uint64 `json:"attempts"`
	Payload  []byte `json:"payload,omitempty"` // as stored, at most 64 KiB
	At       string `json:"at"`
}

// Answer is what the API answered to a request with an idempotency key, or that
// somebody is at work on it.
type Answer struct {
	Request string            `json:"request"`         // hash of the request
	Owner   string            `json:"owner,omitempty"` // who is at work; empty when it is done
	Until   string            `json:"until,omitempty"` // RFC 3339: then a silent owner counts as dead
	Status  int               `json:"status,omitempty"`
	Header  map[string]string `json:"header,omitempty"`
	Body    string            `json:"body,omitempty"`
	Lost    bool              `json:"lost,omitempty"` // it was too large to be kept
}
