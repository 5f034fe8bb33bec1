package console

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"tbtwatch/internal/auth"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
	"tbtwatch/internal/view"
)

// casesBody is the queue in its buckets, or the cases of one state.
type casesBody struct {
	State    trade.CaseState // "" shows what waits for a decision
	Filters  []filter
	Text     string
	Filtered bool
	States   []trade.CaseState
	Counts   map[string]int
	Waiting  int // cases in all that wait for a decision
	Buckets  []bucket
	Total    int
	Partial  bool   // the text was not looked for everywhere
	Next     string // address of the next part, empty at the end
	Here     string // the query of this view, without its place in the list
	Saved    []trade.SavedView
	Act      bool // decisions can be taken here
	Actions  []string
}

type bucket struct {
	Name view.Bucket
	Rows []view.CaseRow
}

// filter is one of the queue's select boxes.
type filter struct {
	Name, Label string
	Choices     []choice
}

const (
	caseRows = 60
	// me is the reader, as an assignee.
	me = "me"
)

func (s *site) cases(w http.ResponseWriter, r *http.Request) error {
	q, person, have := r.URL.Query(), auth.Actor(r.Context()).Name, s.View.Choices()
	b := casesBody{
		State: trade.CaseState(q.Get("state")), Text: q.Get("q"), States: trade.CaseStates, Counts: s.View.Counts().Cases,
		Act: s.Desk != nil, Actions: view.BulkActions, Waiting: have.Waiting, Filters: s.caseFilters(langOf(r), q, have),
	}
	if b.State.Validate() != nil {
		b.State = ""
	}
	keep := url.Values{}
	for _, name := range view.QueueParameters {
		if v := q.Get(name); v != "" {
			keep.Set(name, v)
			b.Filtered = b.Filtered || name != "state"
		}
	}
	b.Here = keep.Encode()
	var err error
	if b.Saved, _, err = s.View.SavedViews(r.Context(), person); err != nil {
		return err
	}
	query := caseQuery(q, person)
	p := s.View.Cases(r.Context(), query)
	b.Total, b.Partial = p.Total, p.Partial
	for _, c := range p.Rows {
		if n := len(b.Buckets); n == 0 || b.Buckets[n-1].Name != c.Bucket {
			b.Buckets = append(b.Buckets, bucket{Name: c.Bucket})
		}
		last := &b.Buckets[len(b.Buckets)-1]
		last.Rows = append(last.Rows, c)
	}
	if end := p.Offset + len(p.Rows); end < p.Total {
		keep.Set("offset", strconv.Itoa(end))
		b.Next = "/cases?" + keep.Encode()
	}
	return s.render(w, r, http.StatusOK, "cases", "nav.cases", "cases", b)
}

// caseQuery is what the address asks the queue for.
func caseQuery(q url.Values, person string) view.CaseQuery {
	out := view.CaseQuery{
		Waiting: true, Level: q.Get("level"), Sector: q.Get("sector"), Market: q.Get("market"), Kind: trade.Kind(q.Get("kind")),
		Grade: trade.Grade(q.Get("grade")), Assignee: q.Get("who"), Text: q.Get("q"), Limit: caseRows,
	}
	if out.Assignee == me {
		out.Assignee = person
	}
	if state := trade.CaseState(q.Get("state")); state.Validate() == nil {
		out.States, out.Waiting = []trade.CaseState{state}, false
	}
	out.Offset, _ = strconv.Atoi(q.Get("offset"))
	return out
}

// caseFilters are the select boxes; each offers what waiting cases have, and
// what the address asks for.
func (s *site) caseFilters(lang string, q url.Values, have view.Choices) []filter {
	var levels, grades []choice
	for _, l := range s.View.Policy.Levels {
		levels = append(levels, choice{Value: l.ID, Label: trade.Text{ZH: l.ZH, EN: l.EN}.In(lang)})
	}
	for _, g := range []trade.Grade{trade.Direct, trade.Likely, trade.Reference} {
		grades = append(grades, choice{Value: string(g), Label: triage.GradeName(g).In(lang)})
	}
	who := []choice{{Value: me, Label: label(lang, "who.me")}, {Value: view.Nobody, Label: label(lang, "who.nobody")}}
	sector := func(id string) string { return sectorName(id, lang) }
	market := func(code string) string { return marketName(code, lang) }
	kind := func(k string) string { return triage.KindName(trade.Kind(k)).In(lang) }
	out := []filter{
		{"level", "case.level", levels}, {"sector", "case.sector", withNumbers(have.Sectors, sector)}, {"market", "case.market", withNumbers(have.Markets, market)},
		{"kind", "case.kind", withNumbers(have.Kinds, kind)}, {"grade", "case.grade", grades}, {"who", "case.assignee", append(who, withNumbers(have.Assignees, func(name string) string { return name })...)},
	}
	for i, f := range out {
		asked := q.Get(f.Name)
		at := slices.IndexFunc(f.Choices, func(c choice) bool { return c.Value == asked })
		switch {
		case asked == "":
		case at >= 0:
			f.Choices[at].Chosen = true
		default:
			out[i].Choices = append(f.Choices, choice{asked, asked, true})
		}
	}
	return out
}

// withNumbers are choices with the number of waiting cases, the most first.
func withNumbers(all []view.Choice, name func(string) string) []choice {
	slices.SortStableFunc(all, func(a, b view.Choice) int { return cmp.Compare(b.Cases, a.Cases) })
	var out []choice
	for _, c := range all {
		out = append(out, choice{Value: c.Value, Label: name(c.Value) + " (" + number(c.Cases) + ")"})
	}
	return out
}
