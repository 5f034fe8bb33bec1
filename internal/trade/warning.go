package trade

import "strconv"

// Warning is one release of the numbered bulletin about a family. It is never
// changed: what comes later is a further release that refers to this one.
type Warning struct {
	Number    string     `json:"number"` // bulletin number, year-running: the same for all releases of a family
	Family    string     `json:"family"`
	Release   int        `json:"release"` // 1 for the first; higher ones are updates
	FamilySeq uint64     `json:"family_seq"`
	Level     string     `json:"level"`
	Peak      string     `json:"peak,omitempty"` // highest level of the releases before this one
	LevelWhy  Text       `json:"level_why"`
	Kind      Kind       `json:"kind"` // of the paper that caused this release
	Symbols   []string   `json:"symbols,omitempty"`
	Markets   []string   `json:"markets,omitempty"`
	Title     string     `json:"title"` // original text
	Lang      string     `json:"lang,omitempty"`
	Original  string     `json:"original,omitempty"` // original description
	Headline  Text       `json:"headline"`
	Summary   Text       `json:"summary"`
	Machine   bool       `json:"machine_translated,omitempty"`
	News      []string   `json:"news,omitempty"`    // keys of the products to which alone this release is news; empty: to everybody
	Changed   []Text     `json:"changed,omitempty"` // what is new since the release before
	Dates     []Date     `json:"dates,omitempty"`
	Centre    *CentreDay `json:"centre,omitempty"` // by the rule of the day of the release; nil where it was not recorded
	Link      string     `json:"link,omitempty"`
	Papers    []Paper    `json:"papers,omitempty"`
	Audience  []Match    `json:"audience"`         // the matches that are warned about
	Lifted    bool       `json:"lifted,omitempty"` // 解除
	By        string     `json:"by"`
	At        string     `json:"at"` // RFC 3339
}

// Text is one statement in both languages.
type Text struct {
	ZH string `json:"zh"`
	EN string `json:"en"`
}

// In returns the text for readers of that language, Chinese unless "en".
func (t Text) In(lang string) string {
	if lang == "en" && t.EN != "" || t.ZH == "" {
		return t.EN
	}
	return t.ZH
}

// DeliveryState is where the hand-over of one warning release to one recipient
// over one channel stands.
type DeliveryState string

// The states of a delivery.
//
//	planned → sending → accepted | rejected | retry_at | unknown
//	retry_at → sending · unknown → sending (resend) | held · any open state → suppressed
//	suppressed → planned, when a recipient takes "not relevant" back
const (
	Planned    DeliveryState = "planned"    // to be sent, not before NotBefore
	Sending    DeliveryState = "sending"    // written before the first byte that could deliver
	Accepted   DeliveryState = "accepted"   // the channel took it
	Rejected   DeliveryState = "rejected"   // the channel will never take it; staff are shown why
	RetryAt    DeliveryState = "retry_at"   // again, not before NotBefore
	Unknown    DeliveryState = "unknown"    // begun, and nobody learned how it ended
	Held       DeliveryState = "held"       // unknown, and the channel's policy is not to send twice: a person decides
	Suppressed DeliveryState = "suppressed" // not to be sent: unsubscribed, below level, called not relevant
)

var deliveryMoves = map[DeliveryState][]DeliveryState{
	"":      {Planned, Suppressed},
	Planned: {Sending, Suppressed},
	Sending: {Accepted, Rejected, RetryAt, Unknown},
	RetryAt: {Sending, Suppressed},
	Unknown: {Sending, Accepted, Held, Suppressed},
	Held:    {Sending, Suppressed},

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
	WarningSeq uint64        `json:"warning_seq"` // where the warning stands in its stream
	State      DeliveryState `json:"state"`
	Attempt    int           `json:"attempt"`
	Owner      string        `json:"owner,omitempty"`       // process that is sending
	LeaseUntil string        `json:"lease_until,omitempty"` // RFC 3339; a later look may call it unknown
	NotBefore  string        `json:"not_before,omitempty"`  // RFC 3339
	Provider   string        `json:"provider,omitempty"`    // the channel's receipt
	Reason     string        `json:"reason,omitempty"`
	Silenced   bool          `json:"silenced,omitempty"` // suppressed because the recipient called all of it not relevant
	At         string        `json:"at"`                 // RFC 3339
}

// DeliveryKey is the identity of the hand-over of a warning release to a
// recipient over a channel: the same however often it is tried.
func DeliveryKey(subscriber, channel, family string, release int) string {
	return Key("delivery", subscriber, channel, family, strconv.Itoa(release))
}
