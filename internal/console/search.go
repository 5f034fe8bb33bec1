package console

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"tbtwatch/internal/view"
)

// searchBody is what was found, in groups.
type searchBody struct {
	Text   string
	Kind   string // only that group; empty for all of them
	Asked  bool   // the text holds something that can be looked for
	Page   view.SearchPage
	Groups []searchGroup
	All    string // address of all groups, where only one is shown
}

// searchGroup is the heading of a group of what was found.
type searchGroup struct {
	Name  string // one of view.SearchKinds
	Total int
	Next  string // address of the next part, or of the group alone
}

const (
	searchRows    = 5  // of each group
	searchOneRows = 30 // of a group alone
	searchDeepest = 10_000
)

func (s *site) search(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	b := searchBody{Text: q.Get("q"), Kind: q.Get("kind")}
	ask := view.SearchQuery{Text: b.Text, Limit: searchRows}
	if slices.Contains(view.SearchKinds, b.Kind) {
		ask.Kind, ask.Limit, ask.Offset = b.Kind, searchOneRows, min(offset(r, "offset"), searchDeepest)
		b.All = "/search?" + url.Values{"q": {b.Text}}.Encode()
	} else {
		b.Kind = ""
	}
	var err error
	if b.Page, err = s.View.Search(r.Context(), ask); err != nil {
		return err
	}
	b.Asked = view.Searchable(b.Text)
	b.Groups = searchGroups(b.Text, ask, &b.Page)
	return s.render(w, r, http.StatusOK, "search", "search", "search", b)
}

// searchGroups are the groups in which something was found.
func searchGroups(text string, ask view.SearchQuery, p *view.SearchPage) []searchGroup {
	sizes := map[string][2]int{
		view.SearchCases: {p.Cases.Total, len(p.Cases.Hits)}, view.SearchNotices: {p.Notices.Total, len(p.Notices.Hits)},
		view.SearchStandards: {p.Standards.Total, len(p.Standards.Hits)}, view.SearchWarnings: {p.Warnings.Total, len(p.Warnings.Hits)},
	}
	var out []searchGroup
	for _, name := range view.SearchKinds {
		size := sizes[name]
		if size[0] == 0 {
			continue
		}
		g := searchGroup{Name: name, Total: size[0]}
		next := url.Values{"q": {text}, "kind": {name}}
		switch end := ask.Offset + ask.Limit; {
		case end >= size[0] || ask.Kind != "" && end > searchDeepest:
		case ask.Kind != "":
			next.Set("offset", strconv.Itoa(end))
			fallthrough
		default:
			g.Next = "/search?" + next.Encode()
		}
		out = append(out, g)
	}
	return out
}

// titleIn is the title for readers of that language, of those that there
// are: Chinese and English, or one only.
func titleIn(lang string, titles [][]view.Piece) []view.Piece {
	if len(titles) == 2 && (lang == "en" && len(titles[1]) > 0 || len(titles[0]) == 0) {
		return titles[1]
	}
	if len(titles) == 0 {
		return nil
	}
	return titles[0]
}
