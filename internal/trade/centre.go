package trade

// CentreDay is the day by which a centre wants comments on a measure, so that
// they can be handed in before the authority's own day, and how they go there.
type CentreDay struct {
	Day       string   `json:"day,omitempty" doc:"YYYY-MM-DD; missing where the day on which comments close is not known"`
	Close     string   `json:"close,omitempty" doc:"the authority's own day, from which it was counted"`
	Until     string   `json:"until,omitempty" doc:"the latest day on which comments may close, where that is an interval"`
	Basis     Text     `json:"basis,omitzero" doc:"the rule in words, and how far holidays are known"`
	Languages []string `json:"languages,omitempty" doc:"in which comments are wanted"`
	Route     Text     `json:"route,omitzero" doc:"how comments go to the member"`
}

// Open reports whether comments can still be handed in on that day.
func (c *CentreDay) Open(today string) bool {
	return c != nil && c.Day != "" && max(c.Close, c.Until) >= today
}

// Late reports whether the centre's own day has come or passed while comments
// are still open.
func (c *CentreDay) Late(today string) bool { return c.Open(today) && c.Day <= today }

// By is the day by which comments are wanted: the centre's own while it has not
// passed, then the authority's, the latest of an interval last.
func (c *CentreDay) By(today string) string {
	switch {
	case c == nil:
		return ""
	case c.Day >= today:
		return c.Day
	case c.Close < today && c.Until != "":
		return c.Until
	}
	return c.Close
}
