package trade

import "strconv"

// DeliveryState is where the hand-over of one warning release to one recipient
// over one channel stands.
type DeliveryState string

// The states of a delivery.
//
//	planned → sending → accepted | rejected | retry_at | unknown
//	retry_at → sending · unknown → sending (resend) | held · any open state → suppressed
//	suppressed → planned, when a recipient takes "not relevant" back
//	planned, retry_at and unknown stay, when quiet hours have come meanwhile
//	planned → bundled, when a digest takes it up; it ends as the digest does
//	a release that would reach very many begins as held; held → planned, when the lead lets it go
const (
	Planned    DeliveryState = "planned"    // to be sent, not before NotBefore
	Bundled    DeliveryState = "bundled"    // goes out with the digest that it names
	Sending    DeliveryState = "sending"    // written before the first byte that could deliver
	Accepted   DeliveryState = "accepted"   // the channel took it
	Rejected   DeliveryState = "rejected"   // the channel will never take it; staff are shown why
	RetryAt    DeliveryState = "retry_at"   // again, not before NotBefore
	Unknown    DeliveryState = "unknown"    // begun, and nobody learned how it ended
	Held       DeliveryState = "held"       // a person decides: it is unknown and the channel's policy is not to send twice, or the brake holds the release
	Suppressed DeliveryState = "suppressed" // not to be sent: unsubscribed, below level, called not relevant
)

var deliveryMoves = map[DeliveryState][]DeliveryState{
	"":      {Planned, Held, Suppressed},
	Planned: {Planned, Sending, Bundled, Suppressed},
	Bundled: {Accepted, Rejected, Suppressed},
	Sending: {Accepted, Rejected, RetryAt, Unknown},
	RetryAt: {RetryAt, Sending, Suppressed},
	Unknown: {Unknown, Sending, Accepted, Held, Suppressed},
	Held:    {Planned, Sending, Suppressed},

	Suppressed: {Planned},
}

// DeliveryAction is what a person decides about a delivery.
type DeliveryAction string

// The actions.
const (
	Resend DeliveryAction = "resend"  // hand it over again, with the same identity
	Hold   DeliveryAction = "hold"    // not before a person decides again
	GiveUp DeliveryAction = "give_up" // never
)

// DeliveryActions lists them.
var DeliveryActions = []DeliveryAction{Resend, Hold, GiveUp}

var deliveryActions = map[DeliveryAction]map[DeliveryState]DeliveryState{
	Resend: {Held: RetryAt, Rejected: RetryAt, Accepted: RetryAt, Unknown: RetryAt, RetryAt: RetryAt, Suppressed: Planned},
	Hold:   {Planned: Held, RetryAt: Held, Unknown: Held},
	GiveUp: {Planned: Suppressed, RetryAt: Suppressed, Unknown: Suppressed, Held: Suppressed},
}

// Decide is the state that an action of a person leads to; it refuses those
// that make no sense in this one. What is being sent is left to its sender.
func (s DeliveryState) Decide(a DeliveryAction) (DeliveryState, error) {
	if to, ok := deliveryActions[a][s]; ok {
		return to, nil
	}
	return s, Refusef("a delivery that is %q cannot be decided upon by %q; 处于 %[1]q 状态的通知不能执行 %[2]q", s, a)
}

// Final reports whether nothing more will happen to the delivery by itself.
func (s DeliveryState) Final() bool {
	return s == Accepted || s == Rejected || s == Suppressed || s == Held
}

// Move refuses transitions that the diagram does not know.
func (s DeliveryState) Move(to DeliveryState) error {
	for _, t := range deliveryMoves[s] {
		if t == to {
			return nil
		}
	}
	return Refusef("a delivery that is %q cannot become %q", s, to)
}

// Delivery is the ledger's record: warning release × recipient × channel.
type Delivery struct {
	Key        string        `json:"key"`                // identity, on the wire as Message-ID and webhook-id
	Subscriber string        `json:"subscriber"`         // recipient
	Exporter   string        `json:"exporter,omitempty"` // the firm that it was told for, where the recipient is one's: it stays when the subscription goes
	Channel    string        `json:"channel"`
	Family     string        `json:"family"`
	Release    int           `json:"release"`
	Occasion   string        `json:"occasion,omitempty"` // why it comes, where it is not that the release came out: remind-10 …
	WarningSeq uint64        `json:"warning_seq"`        // where the warning stands in its stream
	State      DeliveryState `json:"state"`
	Attempt    int           `json:"attempt"`
	Tried      bool          `json:"tried,omitempty"`       // there were attempts before those that Attempt counts
	Owner      string        `json:"owner,omitempty"`       // process that is sending
	LeaseUntil string        `json:"lease_until,omitempty"` // RFC 3339; a later look may call it unknown
	NotBefore  string        `json:"not_before,omitempty"`  // RFC 3339
	Provider   string        `json:"provider,omitempty"`    // the channel's receipt
	Reason     string        `json:"reason,omitempty"`
	Confirmed  string        `json:"confirmed,omitempty"` // RFC 3339: when its recipient confirmed a drill
	Silenced   bool          `json:"silenced,omitempty"`  // suppressed because the recipient called all of it not relevant
	Braked     bool          `json:"braked,omitempty"`    // planned as held, because its release would reach very many
	Moved      string        `json:"moved,omitempty"`     // suppressed because the recipient is told over that channel now
	Digest     string        `json:"digest,omitempty"`    // key of the digest that it goes out with
	Parts      []string      `json:"parts,omitempty"`     // of a digest: keys of the deliveries in it; it has no family itself
	At         string        `json:"at"`                  // RFC 3339
}

// Begun reports whether the delivery was ever handed to its channel: then the
// recipient may have it, whatever became of it since.
func (d *Delivery) Begun() bool { return d.Tried || d.Attempt > 0 }

// WaitsForLead reports whether the brake holds the delivery until the lead lets
// its release go.
func (d *Delivery) WaitsForLead() bool { return d.State == Held && d.Braked && !d.Begun() }

// DeliveryKey is the identity of the hand-over of a warning release to a
// recipient over a channel: the same however often it is tried.
func DeliveryKey(subscriber, channel, family string, release int) string {
	return Key("delivery", subscriber, channel, family, strconv.Itoa(release))
}

// PlanKey is where it stands that a release's deliveries were planned.
func PlanKey(family string, release int) string {
	return Key("planned", family, strconv.Itoa(release))
}

// OccasionKey is the identity of what is told about a family on an occasion
// other than a release.
func OccasionKey(subscriber, channel, family, occasion string) string {
	return Key("occasion", subscriber, channel, family, occasion)
}

// DigestKey is the identity of a digest: the deliveries in it tell it apart.
func DigestKey(subscriber, channel string, parts []string) string {
	return Key(append([]string{"digest", subscriber, channel}, parts...)...)
}

// Wire is the identity under which the recipient got it: its own, or its digest's.
func (d *Delivery) Wire() string {
	if d.Digest != "" {
		return d.Digest
	}
	return d.Key
}
