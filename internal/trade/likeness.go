package trade

// Sighting is an original paper, or a follow-up, that bears a mark which the
// papers of other members of its bloc may bear as well.
type Sighting struct {
	Root    string   `json:"root"`              // of its first symbol
	Members []string `json:"members,omitempty"` // market codes of those who notified it
	Day     string   `json:"day,omitempty"`     // of publication, YYYY-MM-DD; empty where it is not known
}

// Likeness is all papers that bear one mark: a bloc's standard of one kind of
// paper. It is what the same standard notified by five neighbours is found by.
type Likeness struct {
	Mark string     `json:"mark"`
	Seen []Sighting `json:"seen"`
}
