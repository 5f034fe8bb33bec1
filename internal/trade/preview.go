package trade

// Preview is what a subscription would have been sent, had it been there.
type Preview struct {
	Subscriber string           `json:"subscriber"`
	Since      string           `json:"since"`    // YYYY-MM-DD
	Releases   int              `json:"releases"` // of warnings since then, whomever they concern
	Sent       int              `json:"sent"`
	ByMonth    []PreviewMonth   `json:"by_month"` // those in which something is sent, oldest first
	Examples   []PreviewExample `json:"examples"` // the latest
	NotSent    []PreviewReason  `json:"not_sent"` // most frequent first
}

// PreviewMonth counts what is sent in a month.
type PreviewMonth struct {
	Month string `json:"month"` // YYYY-MM
	Sent  int    `json:"sent"`
}

// PreviewExample is a release that would have been sent.
type PreviewExample struct {
	Number   string `json:"number"`
	Release  int    `json:"release"`
	Family   string `json:"family"`
	Level    string `json:"level"`
	At       string `json:"at"` // RFC 3339
	Headline Text   `json:"headline"`
	Why      Text   `json:"why"`
}

// PreviewReason counts the releases that are not sent for one kind of reason.
type PreviewReason struct {
	Kind    string `json:"kind"`
	Count   int    `json:"count"`
	Example Text   `json:"example"` // the reason of the latest one, in full
}

// ReleasePreview is whom a release would be sent to, when and how, before it is
// made.
type ReleasePreview struct {
	Family      string             `json:"family"`
	Number      string             `json:"number,omitempty" doc:"of the bulletin; empty where the release reserves it"`
	Release     int                `json:"release"`
	Level       string             `json:"level"`
	Lifted      bool               `json:"lifted"`
	Headline    Text               `json:"headline"`
	Changed     []Text             `json:"changed" nullable:"false" doc:"since the release before"`
	Subscribers int                `json:"subscribers" doc:"all that are registered"`
	Recipients  int                `json:"recipients" doc:"those who would be told"`
	Share       float64            `json:"share" doc:"of all subscribers: 0 to 1"`
	Waits       bool               `json:"waits" doc:"so many that it would wait until the lead lets it go"`
	Channels    []Counted          `json:"channels" nullable:"false"`
	Kinds       []Counted          `json:"kinds" nullable:"false" doc:"kinds of subscriber"`
	When        []Counted          `json:"when" nullable:"false" doc:"at_once, daily, weekly, after_quiet_hours, paused"`
	First       []PreviewRecipient `json:"first" nullable:"false" doc:"the first of the recipients, in the order in which they are planned"`
	NotTold     []PreviewReason    `json:"not_told" nullable:"false" doc:"most frequent first"`
	Sample      *PreviewMessage    `json:"sample,omitempty" doc:"the mail that one of them would read"`
}

// Counted is how many there are of something.
type Counted struct {
	Name  string `json:"name"`
	Count int    `json:"count"`
}

// When a recipient would hear of a release.
const (
	WhenAtOnce = "at_once"
	WhenDaily  = "daily"
	WhenWeekly = "weekly"
	WhenQuiet  = "after_quiet_hours" // or after days of rest
	WhenPaused = "paused"            // when the recipient's pause ends
)

// WhenNames lists them.
var WhenNames = []string{WhenAtOnce, WhenQuiet, WhenDaily, WhenWeekly, WhenPaused}

// PreviewRecipient is one who would be told.
type PreviewRecipient struct {
	Subscriber string         `json:"subscriber"`
	Name       string         `json:"name"`
	Kind       SubscriberKind `json:"kind"`
	Channel    string         `json:"channel"`
	When       string         `json:"when"`
	NotBefore  string         `json:"not_before,omitempty" doc:"RFC 3339; empty for at once"`
	Why        Text           `json:"why" doc:"what concerns it"`
	Concerned  []Text         `json:"concerned,omitempty" doc:"the first of its own products, or of a district's firms"`
}

// PreviewMessage is a message as its recipient would read it.
type PreviewMessage struct {
	Subscriber string `json:"subscriber"`
	Name       string `json:"name"`
	Lang       string `json:"lang"`
	Subject    string `json:"subject"`
	Text       string `json:"text"`
}

// Touching is a measure that a product would be touched by.
type Touching struct {
	Family  string   `json:"family"`
	Notice  string   `json:"notice" doc:"symbol or identity as given"`
	Title   string   `json:"title"`
	Grade   Grade    `json:"grade"`
	Score   float64  `json:"score"`
	Markets []string `json:"markets"`
	Why     []Text   `json:"why"`
}
