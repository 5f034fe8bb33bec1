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
