package notify

import (
	"log/slog"
	"net/netip"
	"net/url"
	"time"

	"tbtwatch/internal/trade"
)

// Env is what the installation lends to its channels. The zero value works:
// nothing private may be reached, the sender has no name, the clock is the
// machine's.
type Env struct {
	DataDir   string         // relative folders of channels lie below it
	Networks  []netip.Prefix // private networks that may be reached (allow_networks)
	Proxy     *url.URL       // outgoing proxy for HTTP channels; nil for none
	PublicURL string         // where people outside open this installation, without a slash at the end; "" when they cannot
	Shared    bool           // other processes send, too: nothing that they must agree on is made up and kept in DataDir
	Centre    trade.Text     // the sender's name
	Zone      *time.Location // in which days are told; nil for UTC

	// Page returns the address where a recipient reads about the family, or "".
	Page func(to trade.Subscriber, family string) string

	// Stop returns the address by which a recipient ends its subscription, and
	// Receipt the one by which a firm confirms a release; "" where there is none.
	Stop    func(to trade.Subscriber) string
	Receipt func(to trade.Subscriber, family string, release int) string

	// Home returns the address where a recipient finds all its warnings, or "".
	Home func(to trade.Subscriber) string

	Log *slog.Logger
	Now func() time.Time
}

// filled returns e with a logger and a clock.
func (e Env) filled() Env {
	if e.Log == nil {
		e.Log = slog.New(slog.DiscardHandler)
	}
	if e.Now == nil {
		e.Now = time.Now
	}
	if e.Zone == nil {
		e.Zone = time.UTC
	}
	if e.Page == nil {
		e.Page = func(trade.Subscriber, string) string { return "" }
	}
	if e.Stop == nil {
		e.Stop = func(trade.Subscriber) string { return "" }
	}
	if e.Home == nil {
		e.Home = func(trade.Subscriber) string { return "" }
	}
	if e.Receipt == nil {
		e.Receipt = func(trade.Subscriber, string, int) string { return "" }
	}
	if e.Centre == (trade.Text{}) {
		e.Centre = trade.Text{ZH: "技术性贸易措施预警", EN: "Trade measure warnings"}
	}
	return e
}

// page is where m's recipient reads about its measure; a test is about none.
func (e Env) page(m Message) string {
	if m.Test {
		return ""
	}
	return safeLink(e.Page(m.To, m.View.Warning.Family))
}
