package trade

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
	Audience  []Match    `json:"audience"`           // the matches that are warned about
	Lifted    bool       `json:"lifted,omitempty"`   // 解除
	Corrects  int        `json:"corrects,omitempty"` // 更正: the release that was wrong
	Exercise  bool       `json:"exercise,omitempty"` // 演练: nothing of it is in force; its Family is one of ExerciseFamily
	Recalls   int        `json:"recalls,omitempty"`  // 撤回: the release that should not have gone out
	By        string     `json:"by"`
	At        string     `json:"at"` // RFC 3339
}

// Voids is the release that this one takes the place of, or takes back; 0 for
// none. What of it has not been sent is not sent any more.
func (w *Warning) Voids() int { return max(w.Corrects, w.Recalls) }

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

// Roots are the families under which answers to the warning may stand: its own,
// and those that it had before joint papers merged them.
func (w *Warning) Roots() []string {
	return SortedUnique(append([]string{w.Family}, Roots(w.Symbols)...))
}
