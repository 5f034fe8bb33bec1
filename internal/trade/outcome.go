package trade

import "fmt"

// Outcome is the one thing that became of an input.
type Outcome string

// The outcomes. Every input ends in exactly one.
const (
	Published   Outcome = "published"   // new, or a new revision
	Duplicate   Outcome = "duplicate"   // the same paper again in the same input: a further row of a joint notice
	Unchanged   Outcome = "unchanged"   // known with this content
	Quarantined Outcome = "quarantined" // kept with reason and bytes; can be replayed, never alerts
	RefusedIn   Outcome = "refused"     // kept out, with the reason
)

// Tally counts outcomes. Rows must equal the sum of the others.
type Tally struct {
	Rows        int `json:"rows"`
	Notices     int `json:"notices"` // published
	Duplicates  int `json:"duplicates"`
	Unchanged   int `json:"unchanged"`
	Quarantined int `json:"quarantined"`
	Refused     int `json:"refused"`
}

// Add counts one input with that outcome.
func (t *Tally) Add(o Outcome) {
	t.Rows++
	switch o {
	case Published:
		t.Notices++
	case Duplicate:
		t.Duplicates++
	case Unchanged:
		t.Unchanged++
	case Quarantined:
		t.Quarantined++
	case RefusedIn:
		t.Refused++
	}
}

// Check says whether in equals out.
func (t Tally) Check() error {
	if out := t.Notices + t.Duplicates + t.Unchanged + t.Quarantined + t.Refused; out != t.Rows {
		return fmt.Errorf("%d rows in, %d outcomes out", t.Rows, out)
	}
	return nil
}

// Quarantine is an input that was not believed: the reason, and where its
// bytes are kept.
type Quarantine struct {
	Source string `json:"source"`
	Where  string `json:"where"`           // address, file and line, or row
	Reason string `json:"reason"`          // in words, English
	Raw    string `json:"raw,omitempty"`   // SHA-256 of the capture in the object store
	Bytes  []byte `json:"bytes,omitempty"` // the item itself, at most 64 KiB
	At     string `json:"at"`              // RFC 3339
	Whole  bool   `json:"whole,omitempty"` // the whole capture, not one item of it
}
