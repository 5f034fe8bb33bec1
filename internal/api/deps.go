// Package api is the REST interface: /api/v1 for programs with a token, its
// description in OpenAPI 3.1, and the pages that machines watch us by
// (/healthz, /readyz, /metrics). It imports no other stage: what it needs from
// them it is given as functions.
package api

import (
	"context"
	"io"
	"log/slog"

	"tbtwatch/internal/alert"
	"tbtwatch/internal/auth"
	"tbtwatch/internal/bus"
	"tbtwatch/internal/portal"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
	"tbtwatch/internal/view"
)

// Progress tells where an import stands. Line, when set, is one refused row in
// words; the others are then not set.
type Progress struct {
	Phase string `json:"phase,omitempty"`
	Rows  int    `json:"rows"`
	Total int    `json:"total,omitempty"`
	Line  string `json:"-"`
}

// ImportFunc takes a file in. It calls progress from one goroutine and returns
// a summary that marshals to one JSON object, also beside an error when part
// of the file was taken. It ends at a batch boundary when ctx ends.
type ImportFunc func(ctx context.Context, body io.Reader, filename string, progress func(Progress)) (summary any, err error)

// Check is a part of the system that /readyz asks. The detail is shown; an
// error means that the part is not ready.
type Check struct {
	Name  string
	Check func(ctx context.Context) (detail string, err error)
}

// Version says what is running.
type Version struct {
	Version string `json:"version"`
	Commit  string `json:"commit,omitempty"`
	Go      string `json:"go,omitempty"`
}

// Deps is what the API stands on. A function that is nil belongs to a stage
// that this process does not run; its routes answer 503 and say so.
type Deps struct {
	Bus     *bus.Bus
	View    *view.View
	Desk    *triage.Desk
	Guard   *auth.Guard
	Portal  *portal.Portal // what readers from outside the centre see
	Log     *slog.Logger
	Version Version
	// PublicURL is where invited people open the pages; "" when they cannot.
	PublicURL string
	Spool     string // folder for uploads on their way; "" for the system's

	ImportNotices     ImportFunc
	ImportProducts    ImportFunc
	ImportSubscribers ImportFunc

	// RunSource runs a source once and returns when it is done.
	RunSource func(ctx context.Context, name, by string) (bus.Run, error)
	// Replay reads a quarantined input again; force believes it as it is.
	Replay func(ctx context.Context, key, by string, force bool) (bus.Run, error)
	// RebuildIndex builds the index again from the bus; VerifyIndex compares.
	RebuildIndex func(ctx context.Context) (any, error)
	VerifyIndex  func(ctx context.Context) (any, error)

	// CAP is what alerts of CAP 1.2 take from the installation.
	CAP alert.Frame
	// DecideDelivery does what a person decides about a delivery as it stood at
	// the sequence seq.
	DecideDelivery func(ctx context.Context, key string, seq uint64, a trade.DeliveryAction, by, reason string) error
	// PreviewRelease says whom a release would be sent to; nothing is written.
	PreviewRelease func(ctx context.Context, w *trade.Warning) (trade.ReleasePreview, error)
	// PassRelease lets go what the brake holds of a release, DropRelease gives it
	// up; both say how many deliveries that were.
	PassRelease, DropRelease func(ctx context.Context, family string, release int, by, reason string) (int, error)
	// PreviewSubscriber says what a subscription would have been sent.
	PreviewSubscriber func(ctx context.Context, s trade.Subscriber) (trade.Preview, error)
	// PreviewProduct says which open measures would touch a product.
	PreviewProduct func(ctx context.Context, p trade.Product) ([]trade.Touching, error)

	// Guesses are the codes that a notice gives, then those that its words imply.
	Guesses func(n *trade.Notice) (hs, ics []trade.CodeGuess)
	// Recode says how other codes change whom a family touches, and with save
	// makes it so; seq 0 expects no version.
	Recode func(ctx context.Context, family string, codes trade.Codes, seq uint64, save bool) (trade.AudienceChange, error)

	// StatisticsLines are the figures as the page's table has them in that
	// language, the first line its head.
	StatisticsLines func(lang string, f view.Statistics) [][]string

	Checks []Check // further parts for /readyz: the index, say
}
