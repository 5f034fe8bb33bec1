// Package portal is what readers from outside the centre may see and do:
// exporters, associations, districts and departments. Every function takes the
// scope of whoever asks, and what it reads with is not exported: the pages of
// the portal cannot show what no scope opens. A record of somebody else is not
// found, as if it did not exist.
package portal

import (
	"context"
	"time"

	"tbtwatch/internal/auth"
	"tbtwatch/internal/bus"
	"tbtwatch/internal/registry"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
	"tbtwatch/internal/view"
)

// Options are what a Portal stands on. A function that is nil belongs to a
// stage that this process does not run.
type Options struct {
	Bus   *bus.Bus
	View  *view.View
	Desk  *triage.Desk
	Rules registry.Rules // what channels, levels and sectors there are
	Now   func() time.Time
	Links *auth.Links // nil: messages have no links that need no sign-in

	// ConfirmExercise notes that a drill arrived, and says since when that stands.
	ConfirmExercise func(ctx context.Context, to trade.Subscriber, family string, release int) (at string, err error)
	// PreviewSubscriber says what a subscription would have been sent.
	PreviewSubscriber func(ctx context.Context, s trade.Subscriber) (trade.Preview, error)
	// PreviewProduct says which open measures would touch a product.
	PreviewProduct func(ctx context.Context, p trade.Product) ([]trade.Touching, error)
	// TestChannel sends a message that says that it is a test.
	TestChannel func(ctx context.Context, s trade.Subscriber) (receipt string, err error)
}

// Portal is the one way to the records for readers with a scope.
type Portal struct {
	o      Options
	book   *book
	recent *recently
	tests  allowances

	ladders  ladders
	standing standing
}

// New makes a portal that counts nothing for groups before Run.
func New(o Options) *Portal {
	p := &Portal{o: o, book: newBook()}
	p.o.Now = view.InZone(o.Now, p.zone())
	p.recent = &recently{read: p.worth, now: o.Now}
	return p
}
