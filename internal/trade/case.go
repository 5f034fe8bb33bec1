package trade

import "fmt"

// CaseState is where the centre's work on a family stands.
type CaseState string

// The states of a case, with the next thing somebody has to do.
const (
	CaseOpen       CaseState = "open"       // 待研判: somebody has to look at it
	CaseInReview   CaseState = "in_review"  // 研判中: its assignee has to decide
	CaseReleased   CaseState = "released"   // 已发布: a warning is out; follow-ups are watched
	CaseIrrelevant CaseState = "irrelevant" // 不涉及: judged to touch nobody here; a follow-up may reopen it
	CaseClosed     CaseState = "closed"     // 已关闭: nothing more to do
)

// CaseStates lists the states in the order of the work.
var CaseStates = []CaseState{CaseOpen, CaseInReview, CaseReleased, CaseIrrelevant, CaseClosed}

// caseMoves is the whole diagram:
//
//	open ⇄ in_review → released ⇄ irrelevant → closed; whatever is decided may reopen
var caseMoves = map[CaseState][]CaseState{
	CaseOpen:       {CaseInReview, CaseReleased, CaseIrrelevant, CaseClosed},
	CaseInReview:   {CaseOpen, CaseReleased, CaseIrrelevant, CaseClosed},
	CaseReleased:   {CaseOpen, CaseReleased, CaseIrrelevant, CaseClosed},
	CaseIrrelevant: {CaseOpen, CaseReleased, CaseClosed},
	CaseClosed:     {CaseOpen, CaseReleased},
}

// Move refuses transitions that the diagram does not know.
func (s CaseState) Move(to CaseState) error {
	for _, t := range caseMoves[s] {
		if t == to {
			return nil
		}
	}
	return Refusef("a case that is %q cannot become %q", s, to)
}

// Validate refuses words that are no state.
func (s CaseState) Validate() error {
	if _, ok := caseMoves[s]; !ok {
		return fmt.Errorf("%q is no state of a case", s)
	}
	return nil
}

// Change is a line of a case's history: who did what, when and why.
type Change struct {
	At     string    `json:"at"` // RFC 3339
	By     string    `json:"by"` // a person's name, or "rule"
	From   CaseState `json:"from,omitempty"`
	To     CaseState `json:"to,omitempty"`
	Reason Text      `json:"reason"` // a person's own words stand in both languages

	What string `json:"what,omitempty"` // one of the What… values; empty for a change of state
	Was  string `json:"was,omitempty"`  // the value before, where What has one

	WasBy  string `json:"was_by,omitempty"` // who had set that level
	WasWhy Text   `json:"was_why,omitzero"` // and why, with the rule of then
}

// What a person changed, where it is not the state.
const (
	WhatAssignee = "assignee" // Was: who had it, empty for nobody
	WhatLevel    = "level"    // Was: the level that a person had set, empty for the rule's
	WhatCodes    = "codes"    // of the family
	WhatComment  = "comment"
	WhatExercise = "exercise" // a drill was sent; nothing of the case changed
	WhatUndo     = "undo"     // the change before was taken back
	WhatRecall   = "recall"   // the last release was taken back; state and all
)

// Comparison sets a domestic requirement beside the foreign one about the same
// thing, in a person's words (国内外标准比对).
type Comparison struct {
	Standard string `json:"standard"` // as the person names it
	Domestic string `json:"domestic,omitempty"`
	Foreign  string `json:"foreign,omitempty"`
	Gap      string `json:"gap,omitempty"`
}

// Case is the centre's work on one measure family.
type Case struct {
	Family     string    `json:"family"`           // the family's ID
	Number     string    `json:"number,omitempty"` // of the bulletin, once one is reserved
	State      CaseState `json:"state"`
	FamilySeq  uint64    `json:"family_seq"` // the family record it has taken in
	Papers     int       `json:"papers"`     // how many papers the family had then
	Symbols    []string  `json:"symbols,omitempty"`
	Kind       Kind      `json:"kind"`
	Markets    []string  `json:"markets,omitempty"`
	Title      string    `json:"title"`
	HeadlineZH string    `json:"headline_zh"`
	HeadlineEN string    `json:"headline_en"`
	SummaryZH  string    `json:"summary_zh"`
	SummaryEN  string    `json:"summary_en"`
	Machine    bool      `json:"machine_translated,omitempty"` // 机器翻译: the hook's words, not ours
	Edited     bool      `json:"edited,omitempty"`             // a person wrote headline or summary; facts no longer overwrite them
	Sectors    []string  `json:"sectors,omitempty"`            // of the papers' HS codes and of the products touched
	Assignee   string    `json:"assignee,omitempty"`           // the person who works on it
	Level      string    `json:"level"`
	LevelBy    string    `json:"level_by,omitempty"` // the person who set the level; empty: the rule did
	LevelWhy   Text      `json:"level_why"`          // the grading rule with this case's numbers in it
	Dates      []Date    `json:"dates,omitempty"`
	Link       string    `json:"link,omitempty"`
	Direct     int       `json:"direct"` // products, by grade
	Likely     int       `json:"likely"`
	Reference  int       `json:"reference"`
	Exporters  int       `json:"exporters"`           // firms with a direct or likely match
	Exposure   float64   `json:"exposure_usd"`        // export value a year of the products in Direct and Likely
	Arguments  []string  `json:"arguments,omitempty"` // codes of the arguments for a comment that the days give
	Deadline   string    `json:"deadline,omitempty"`  // next day on which something ends or begins
	Release    int       `json:"release"`             // number of the last release, 0 for none
	Pending    Text      `json:"pending"`             // why it waits for a person
	Backfill   bool      `json:"backfill,omitempty"`  // every paper came from history
	Withdrawn  bool      `json:"withdrawn,omitempty"`
	Opened     string    `json:"opened"` // RFC 3339
	History    []Change  `json:"history,omitempty"`

	Overrides   []Override    `json:"overrides,omitempty"`   // parts of the bulletin in a person's words
	Public      []Publication `json:"public,omitempty"`      // releases that everybody may read, each once
	Comparisons []Comparison  `json:"comparisons,omitempty"` // by standard, in the order in which they were written
}
