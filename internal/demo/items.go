package demo

import (
	_ "embed"
	"slices"
)

//go:embed data/items.jsonl
var itemsFile []byte

// item is an entry of a feed or of a regulator's page.
type item struct {
	Site     string `json:"site"` // rss, atom, json: feeds; zh, pt: pages
	ID       string `json:"id"`
	Symbol   string `json:"symbol"` // zh only
	Member   string `json:"member"` // zh only
	Title    string `json:"title"`
	Text     string `json:"text"`
	Products string `json:"products"`
	HS       string `json:"hs"`
	ICS      string `json:"ics"`
	Adopt    string `json:"adopt"`
	Deadline string `json:"deadline"`
	Lang     string `json:"lang"`
	AgeHours int    `json:"age_hours"`
	Wave     int    `json:"wave"`
}

// items lists a site's entries that show, newest first.
func (w *World) items(site string) []item {
	var out []item
	for _, it := range lines[item]("items.jsonl", itemsFile) {
		if it.Site != site || !w.shows(it.Wave) {
			continue
		}
		it.Adopt, it.Deadline = fill(it.Adopt, w.now), fill(it.Deadline, w.now)
		out = append(out, it)
	}
	slices.SortStableFunc(out, func(a, b item) int { return a.AgeHours - b.AgeHours })
	return out
}
