package trade

// SavedViews are the ways of looking at the queue that a person keeps.
type SavedViews struct {
	Views []SavedView `json:"views"`
}

// SavedView is one of them.
type SavedView struct {
	Name  string `json:"name"`
	Query string `json:"query"` // of the queue's address, without "?"
}
