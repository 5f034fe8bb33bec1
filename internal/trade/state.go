package trade

import (
	"fmt"
	"slices"
)

// MeasureState is how far a measure has come.
type MeasureState string

// The states of a measure, in the order in which it passes through them.
const (
	StateDraft          MeasureState = "draft"           // 草案征求意见: comments may be sent
	StateCommentsClosed MeasureState = "comments_closed" // 征求意见截止
	StateAdopted        MeasureState = "adopted"         // 通过
	StatePublished      MeasureState = "published"       // 公布: in the member's gazette
	StateInForce        MeasureState = "in_force"        // 生效
	StateRevised        MeasureState = "revised"         // 修订: what was adopted is open to comments again
	StateWithdrawn      MeasureState = "withdrawn"       // 撤销
)

// MeasureStates lists the states in their order.
var MeasureStates = []MeasureState{StateDraft, StateCommentsClosed, StateAdopted, StatePublished, StateInForce, StateRevised, StateWithdrawn}

// Validate refuses words that are no state.
func (s MeasureState) Validate() error {
	if !slices.Contains(MeasureStates, s) {
		return fmt.Errorf("%q is no state of a measure", s)
	}
	return nil
}

// Reached reports whether a measure in state s has come as far as other.
func (s MeasureState) Reached(other MeasureState) bool {
	return slices.Index(MeasureStates, s) >= slices.Index(MeasureStates, other)
}
