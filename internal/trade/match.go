package trade

// Grade says how surely a notice touches a product.
type Grade string

// The grades, best first.
const (
	Direct    Grade = "direct"    // the notice names this product; may be released by rule
	Likely    Grade = "likely"    // the text implies this product, code missing or inferred; a person decides
	Reference Grade = "reference" // broad code or passing mention; digest only
	NoGrade   Grade = "none"      // contradicted: recorded and explained
)

// Rank orders grades: 3 for direct to 0 for none.
func (g Grade) Rank() int {
	switch g {
	case Direct:
		return 3
	case Likely:
		return 2
	case Reference:
		return 1
	}
	return 0
}

// The kinds of evidence.
const (
	EvidenceHS        = "hs"
	EvidenceICS       = "ics"
	EvidenceTerm      = "term"
	EvidenceConcept   = "concept"
	EvidenceStandard  = "standard"
	EvidenceSubstance = "substance"
	EvidenceParent    = "parent"
	EvidenceAgainst   = "against" // speaks against the match
)

// Evidence is one reason for (or against) a match: what the notice says, what
// the product says, and where in the notice it stands.
type Evidence struct {
	Kind    string `json:"kind"`
	Notice  string `json:"notice"`           // the words or code of the notice
	Product string `json:"product"`          // the words or code of the product
	Former  string `json:"former,omitempty"` // HS: the code of an older edition that the notice gives for Notice
	Where   string `json:"where,omitempty"`  // title, products, description, keywords, hs, ics, the parent's symbol or affected; a code outside hs and ics was inferred there
}

// Match links a notice to a product.
type Match struct {
	Notice   string     `json:"notice"` // symbol or identity as given
	Family   string     `json:"family"`
	Exporter string     `json:"exporter"`
	Product  string     `json:"product"`
	Markets  []string   `json:"markets"` // the product's markets that the notice reaches
	Grade    Grade      `json:"grade"`
	Score    float64    `json:"score"`    // 0 to 1
	Inferred bool       `json:"inferred"` // rests on codes or concepts that the notice does not state
	Evidence []Evidence `json:"evidence"`
}

// Paper is a notice's place in its family.
type Paper struct {
	Notice    string    `json:"notice"` // key in the notice stream
	Source    string    `json:"source"`
	ID        string    `json:"id"` // symbol as given
	Symbols   []string  `json:"symbols,omitempty"`
	Kind      Kind      `json:"kind"`
	Hash      string    `json:"hash"` // of the content that was read
	Seq       uint64    `json:"seq"`  // in the notice stream
	Published string    `json:"published,omitempty"`
	Title     string    `json:"title,omitempty"`
	Markets   []string  `json:"markets,omitempty"`
	HS        []string  `json:"hs,omitempty"`       // codes that it gave
	ICS       []string  `json:"ics,omitempty"`      // codes that it gave
	Products  string    `json:"products,omitempty"` // covered, as written, cut
	Dates     []Date    `json:"dates,omitempty"`
	Changes   []Effect  `json:"changes,omitempty"`  // what a follow-up changes
	Mentions  []Mention `json:"mentions,omitempty"` // earlier notifications that it names
	Backfill  bool      `json:"backfill,omitempty"`
}

// Family is a measure family after the matcher has read one more paper: all
// papers about one measure, and every product they touch.
type Family struct {
	ID       string   `json:"id"`                     // root symbol of the first paper that was seen
	Alias    string   `json:"alias,omitempty"`        // set on the other roots of a joint paper: the ID that leads
	Roots    []string `json:"roots,omitempty"`        // of all its papers, sorted; the first one names it whatever came first
	Merged   []string `json:"merged,omitempty"`       // IDs of families that it took over
	Papers   []Paper  `json:"papers,omitempty"`       // in order of publication
	Matched  bool     `json:"matched"`                // false: history without open dates, matched only when a later paper asks
	Matches  []Match  `json:"matches,omitempty"`      // the best one of each product, written out; see All
	Packed   *Packed  `json:"packed,omitempty"`       // the same as streams keep it
	Codes    *Codes   `json:"codes,omitempty"`        // that a person put in the place of those of its papers
	Exposure float64  `json:"exposure_usd,omitempty"` // export value a year of the products matched directly or likely
	Rules    string   `json:"rules,omitempty"`        // version of the matching rules
}

// Codes are what a person says a measure is about; they count as given ones.
// Without any code, the person gave the measure back to what its papers say.
type Codes struct {
	HS     []string `json:"hs"`  // 2 to 10 digits
	ICS    []string `json:"ics"` // 43, 43.140 or 43.140.10
	By     string   `json:"by"`
	At     string   `json:"at"` // RFC 3339
	Reason string   `json:"reason"`
}

// Any reports whether a person's codes count.
func (c *Codes) Any() bool { return c != nil && len(c.HS)+len(c.ICS) > 0 }

// On is the notice with these codes in the place of its own, if there are any.
func (c *Codes) On(n *Notice) *Notice {
	if n == nil || !c.Any() {
		return n
	}
	out := *n
	out.HS, out.ICS = c.HS, c.ICS
	return &out
}

// CodeGuess is a code that a notice gives, or that its words imply.
type CodeGuess struct {
	Code       string
	Confidence float64 // 0.5: right half of the time; 1 for given ones
	Inferred   bool
	Words      string // that it was inferred from
}

// AudienceChange is how whom a family touches would change, or did.
type AudienceChange struct {
	In      []Match `json:"in" nullable:"false"`      // touched now
	Out     []Match `json:"out" nullable:"false"`     // no longer; as it was
	Regrade []Match `json:"regrade" nullable:"false"` // with another grade; as it is now
	Same    int     `json:"same"`
	Seq     uint64  `json:"seq"` // of the family record that was compared
}

// Key is the family's identity in streams.
func (f *Family) Key() string { return FamilyKey(f.ID) }

// FamilyKey is the stream key of the family led by that root symbol.
func FamilyKey(root string) string { return Key("family", root) }

// Latest is the paper published last, or nil.
func (f *Family) Latest() *Paper {
	if len(f.Papers) == 0 {
		return nil
	}
	return &f.Papers[len(f.Papers)-1]
}
