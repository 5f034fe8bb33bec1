// Package notify warns: it routes a released warning to recipients, renders
// it, hands it to their channels and records in the ledger what became of it.
package notify

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"go.yaml.in/yaml/v3"

	"tbtwatch/internal/trade"
)

// Channel hands messages to one kind of address. One file holds one channel;
// it registers itself and nothing else lists it.
//
// Send returns the provider's receipt. Its error decides what happens next:
// trade.Permanent → rejected; trade.RetryAfter → then; Ambiguous → unknown;
// anything else → the usual ladder of retries. The message's Key goes on the
// wire as the channel's own identity, the same at every attempt.
type Channel interface {
	Send(ctx context.Context, m Message) (receipt string, err error)
}

// Prober is a channel that can find out what became of an earlier attempt.
type Prober interface {
	// Probe reports whether the message arrived, of which it is told the key, the
	// recipient and the thread; known is false when the channel cannot tell.
	Probe(ctx context.Context, m Message) (arrived, known bool, err error)
}

// Message is one delivery, addressed and reduced to what its recipient may see.
type Message struct {
	Key     string // trade.Delivery.Key
	First   string // key of the recipient's first delivery of this family, for threading; "" when this is it
	Thread  string // the channel's receipt for that first delivery
	To      trade.Subscriber
	Warning *trade.Warning
	View    View
	Test    bool    // asks for nothing: shows that the channel works
	Words   Words   // what is said first, where it is not the release itself that is told
	Digest  *Digest // instead of Warning: several of them, or that there is nothing new
}

// Ambiguous marks an error after which nobody knows whether the channel
// delivered: the connection broke after the last byte and before the answer.
func Ambiguous(err error) error { return &ambiguous{err} }

type ambiguous struct{ error }

func (a *ambiguous) Unwrap() error { return a.error }

// IsAmbiguous reports whether err, or what it wraps, was marked Ambiguous.
func IsAmbiguous(err error) bool {
	var a *ambiguous
	return errors.As(err, &a)
}

// notYet marks an error after which nothing was attempted, because it was not
// the delivery's turn. It comes again after d, and waiting costs it none of its
// attempts: a busy channel must not lose a warning.
func notYet(err error, d time.Duration) error { return trade.RetryAfter(&waiting{err}, d) }

type waiting struct{ error }

func (w *waiting) Unwrap() error { return w.error }

func isNotYet(err error) bool {
	var w *waiting
	return errors.As(err, &w)
}

// ChannelKind makes a channel from its part of the configuration.
type ChannelKind struct {
	Name  string                                             // the word in a subscriber's "channel" column
	About string                                             // one line for people
	New   func(options *yaml.Node, env Env) (Channel, error) // options may be nil: the defaults
	// Single says that each release is a message of its own, also to who wants
	// to hear once a week: machines sort them out themselves.
	Single bool
	// CheckAddress refuses an address that the channel could never deliver to.
	CheckAddress func(address string) error
}

var channelKinds = map[string]ChannelKind{}

func register(k ChannelKind) ChannelKind {
	if _, twice := channelKinds[k.Name]; twice {
		panic("notify: two channels are called " + k.Name)
	}
	channelKinds[k.Name] = k
	return k
}

// ChannelNames lists the channels that exist.
func ChannelNames() []string { return slices.Sorted(maps.Keys(channelKinds)) }

// OpenChannels makes every channel from its configuration (by name; absent
// ones run on defaults).
func OpenChannels(options map[string]yaml.Node, env Env) (map[string]Channel, error) {
	for name := range options {
		if _, ok := channelKinds[name]; !ok {
			return nil, fmt.Errorf("there is no channel %q; known channels: %v", name, ChannelNames())
		}
	}
	out := map[string]Channel{}
	for name, k := range channelKinds {
		var node *yaml.Node
		if n, ok := options[name]; ok {
			node = &n
		}
		c, err := k.New(node, env)
		if err != nil {
			return nil, fmt.Errorf("channel %s: %w", name, err)
		}
		out[name] = c
	}
	return out, nil
}

// AddressChecks gives, for each channel, what refuses an address that it could
// never deliver to.
func AddressChecks() map[string]func(address string) error {
	out := map[string]func(string) error{}
	for name, k := range channelKinds {
		out[name] = k.CheckAddress
	}
	return out
}

// Keeper is a channel that keeps what it sent where this process can read it.
type Keeper interface {
	// Kept opens the message with that key, or returns trade.ErrNotFound.
	Kept(key string) (io.ReadCloser, error)
}
