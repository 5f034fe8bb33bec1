package trade

import "time"

// FeedLink is an exporter's address for calendars and feed readers, which
// cannot sign in: whoever has it reads the exporter's warnings and deadlines.
// Only the secret's hash is kept.
type FeedLink struct {
	Exporter string    `json:"exporter"`
	Sum      string    `json:"sum,omitempty"` // SHA-256 of the secret, hexadecimal; "" once it is shut
	By       string    `json:"by"`
	At       time.Time `json:"at"`
}
