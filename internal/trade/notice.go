package trade

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
	"time"
)

// Kind says what a paper does to its measure (Coherent Use of Notification
// Formats, G/TBT/35; the last three are not WTO kinds).
type Kind string

// The kinds of notice.
const (
	KindNew         Kind = "new"         // regular notification of a draft
	KindUrgent      Kind = "urgent"      // TBT 2.10.1/5.7.1 or SPS emergency measure
	KindAddendum    Kind = "addendum"    // changes dates, status or scope of its parent
	KindCorrigendum Kind = "corrigendum" // corrects an error in its parent
	KindRevision    Kind = "revision"    // replaces its parent
	KindSupplement  Kind = "supplement"  // adds an unofficial translation
	KindRule        Kind = "rule"        // a national gazette's rule or proposal
	KindRecall      Kind = "recall"      // recall or safety alert for one product
	KindReport      Kind = "report"      // a page or feed item of unknown nature
)

// FollowUp reports whether k only makes sense beside an earlier paper.
func (k Kind) FollowUp() bool {
	return k == KindAddendum || k == KindCorrigendum || k == KindRevision || k == KindSupplement
}

// Notice is one revision of one paper of one source. Texts are valid UTF-8,
// without markup; codes are digits only (HS) or dotted digits (ICS); days are
// YYYY-MM-DD. What the source said beyond these fields stays in Fields.
type Notice struct {
	Source      string            `json:"source"`
	ID          string            `json:"id"`                // the source's own identity: the symbol as given, else a document number or URL
	Symbols     []string          `json:"symbols,omitempty"` // WTO document symbols, normalised, whole, suffixes included, in printed order
	Area        string            `json:"area,omitempty"`    // TBT, SPS or empty
	Kind        Kind              `json:"kind"`
	Members     []string          `json:"members,omitempty"`  // who notified: market codes (ISO 3166 alpha-2, or EU)
	Markets     []string          `json:"markets,omitempty"`  // where it applies: market and bloc codes
	Affected    []string          `json:"affected,omitempty"` // SPS: origins named as likely affected; empty means all
	Excepted    []string          `json:"excepted,omitempty"` // SPS: origins named as not affected
	Lang        string            `json:"lang,omitempty"`     // BCP 47
	Title       string            `json:"title,omitempty"`
	Description string            `json:"description,omitempty"`
	Products    string            `json:"products,omitempty"` // products covered, as written
	HS          []string          `json:"hs,omitempty"`       // codes the source gave, digits only
	ICS         []string          `json:"ics,omitempty"`      // codes the source gave
	Keywords    []string          `json:"keywords,omitempty"`
	Objectives  []string          `json:"objectives,omitempty"`
	Dates       []Date            `json:"dates,omitempty"`
	Links       []Link            `json:"links,omitempty"`
	Fields      map[string]string `json:"fields,omitempty"`   // every field of the source by its own name, as given
	Joint       []JointRow        `json:"joint,omitempty"`    // further rows of the same joint paper, with the fields in which they differ
	Raw         string            `json:"raw,omitempty"`      // SHA-256 of the raw capture it was read from
	SeenAt      time.Time         `json:"seen_at"`            // when tbtwatch read it
	Backfill    bool              `json:"backfill,omitempty"` // history or a source's first run: may enter the queue, never alerts
}

// JointRow is a further row of a joint paper: one for each member that sent it.
type JointRow struct {
	Member string            `json:"member"`
	Fields map[string]string `json:"fields,omitempty"` // only those that differ from the first row's
}

// Link points to something outside; Rel is "notice", "text", "source" or "page".
type Link struct {
	Rel string `json:"rel"`
	URL string `json:"url"`
}

// The dates a notice may state.
const (
	DatePublished       = "published"
	DateCommentDeadline = "comment_deadline"
	DateAdoption        = "adoption"
	DateEntryIntoForce  = "entry_into_force"
)

// Date keeps what was written, what it resolves to and how. From and To are
// YYYY-MM-DD; both are empty where the text names no day ("to be determined"),
// and they differ where it names an interval ("mid-2026"). None is invented.
type Date struct {
	What  string `json:"what"`
	Text  string `json:"text,omitempty"`
	From  string `json:"from,omitempty"`
	To    string `json:"to,omitempty"`
	Basis string `json:"basis,omitempty"` // "as given", "Excel serial", "60 days from 2026-01-05", "not a day"
}

// Day is the layout of all days in tbtwatch: ISO 8601 calendar dates.
const Day = "2006-01-02"

// DayOf is the day of a moment (RFC 3339) in that zone; of anything else what
// stands before a "T".
func DayOf(moment string, zone *time.Location) string {
	at, err := time.Parse(time.RFC3339, moment)
	if err != nil {
		day, _, _ := strings.Cut(moment, "T")
		return day
	}
	return at.In(zone).Format(Day)
}

// Date returns the notice's date of that kind, or the zero Date.
func (n *Notice) Date(what string) Date {
	for _, d := range n.Dates {
		if d.What == what {
			return d
		}
	}
	return Date{}
}

// OpenDates reports whether something can still be done about the notice on
// the day of now: a comment deadline, adoption or entry into force that has
// not passed.
func (n *Notice) OpenDates(now time.Time) bool {
	today := now.Format(Day)
	for _, d := range n.Dates {
		if d.What != DatePublished && d.To != "" && d.To >= today {
			return true
		}
	}
	return false
}

// NextDay is the first day from today on at which something ends or begins, and
// what: of an interval its earliest day, and its last once that has passed. ""
// where nothing is ahead.
func NextDay(dates []Date, today string) (next, what string) {
	for _, d := range dates {
		day := d.From
		if day < today {
			day = d.To
		}
		if d.What != DatePublished && d.From != "" && day >= today && (next == "" || day < next) {
			next, what = day, d.What
		}
	}
	return next, what
}

// PublishedDay is the day of publication, YYYY-MM-DD, or "".
func (n *Notice) PublishedDay() string { return n.Date(DatePublished).From }

// Key is the identity of the notice in streams: a name for (source, ID) that
// is safe in a NATS subject. Revisions of a notice share it. A joint paper is
// known by its set of symbols, so each of its rows gives the same key.
func (n *Notice) Key() string {
	id := n.ID
	if len(n.Symbols) > 1 {
		id = strings.Join(SortedUnique(n.Symbols), ",")
	} else if len(n.Symbols) == 1 {
		id = n.Symbols[0]
	}
	return Key(n.Source, id)
}

// Hash is the SHA-256 of the notice's content: what the source said, without
// when and how we came by it. Equal hashes mean "unchanged".
func (n *Notice) Hash() string {
	c := *n
	c.Raw, c.SeenAt, c.Backfill = "", time.Time{}, false
	b, err := json.Marshal(c)
	if err != nil {
		panic("trade: a Notice always marshals: " + err.Error())
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// Text is all that a reader of the notice sees, one field a line: title,
// products, description, keywords.
func (n *Notice) Text() string {
	return strings.Join([]string{n.Title, n.Products, n.Description, strings.Join(n.Keywords, "; ")}, "\n")
}

// Validate says what makes n unfit to be published, or nil.
func (n *Notice) Validate() error {
	switch {
	case n.Source == "":
		return Refusef("notice without a source")
	case n.ID == "":
		return Refusef("notice without an identity (symbol, document number or address)")
	case strings.TrimSpace(n.Title+n.Products+n.Description) == "" && len(n.HS)+len(n.ICS) == 0:
		return Refusef("notice %s without title, products, description or code", n.ID)
	}
	return nil
}
