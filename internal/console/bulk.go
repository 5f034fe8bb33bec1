package console

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"tbtwatch/internal/auth"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/view"
)

// What can be done with several cases at once.
const (
	bulkReview  = "review"
	bulkAssign  = "assign"
	bulkDismiss = "dismiss"
	bulkRelease = "release"
)

var bulkActions = []string{bulkReview, bulkAssign, bulkDismiss, bulkRelease}

const (
	mostBulk      = 100
	mostBulkFirms = 20 // named in the preview
)

// bulkBody is one decision about several cases: first what it would do, then
// what became of it.
type bulkBody struct {
	Action   string
	To       string // assignee
	Reason   string
	Items    []bulkItem
	Possible int
	Firms    []bulkFirm // of a release, those with most products first
	More     int        // firms that are not named
	Products int
	Boxes    []view.Choice // subscriptions of these firms, by channel
	Done     bool
	Missing  string // key of what has to be filled in first
}

// Count is the number of firms that a release would speak to.
func (b bulkBody) Count() int { return len(b.Firms) + b.More }

type bulkItem struct {
	Row     view.CaseRow
	Firms   int    // whom a release would speak to
	Refused string // why it cannot be done, or was not
	Outcome string // key of what became of it
}

type bulkFirm struct {
	trade.Exporter
	Products int
}

// bulkPreview says what a decision about the chosen cases would do.
func (s *site) bulkPreview(w http.ResponseWriter, r *http.Request) error {
	if s.Desk == nil {
		return trade.Refusef("%s", label(langOf(r), "error.stage"))
	}
	b, err := s.bulkBody(r)
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "bulk", "bulk.title", "cases", b)
}

func (s *site) bulkBody(r *http.Request) (bulkBody, error) {
	if err := r.ParseForm(); err != nil {
		return bulkBody{}, trade.Refusef("%s", label(langOf(r), "error.form"))
	}
	b := bulkBody{Action: r.Form.Get("do"), To: strings.TrimSpace(r.Form.Get("to")), Reason: strings.TrimSpace(r.Form.Get("reason"))}
	if b.To == me {
		b.To = auth.Actor(r.Context()).Name
	}
	chosen := trade.Distinct(r.Form["case"])
	if !slices.Contains(bulkActions, b.Action) || len(chosen) > mostBulk {
		return bulkBody{}, trade.Refusef("%s", label(langOf(r), "bulk.refused", mostBulk))
	}
	if b.Action == bulkDismiss && b.Reason == "" {
		b.Missing = "bulk.reason.missing"
	}
	for _, c := range chosen {
		key, seq, _ := strings.Cut(c, "@")
		row, ok := s.View.CaseRow(key)
		if !ok {
			continue
		}
		if n, err := strconv.ParseUint(seq, 10, 64); err == nil {
			row.Seq = n // as the person saw it
		}
		item := bulkItem{Row: row, Refused: refusal(&row, b.Action, langOf(r))}
		if item.Refused == "" {
			b.Possible++
		}
		b.Items = append(b.Items, item)
	}
	if b.Action != bulkRelease {
		return b, nil
	}
	return b, s.reach(r.Context(), &b)
}

// refusal says why the decision is not possible in the case's state.
func refusal(row *view.CaseRow, action, lang string) string {
	to := map[string]trade.CaseState{bulkReview: trade.CaseInReview, bulkDismiss: trade.CaseIrrelevant, bulkRelease: trade.CaseReleased}[action]
	if to != "" && row.State.Move(to) != nil {
		return label(lang, "bulk.state")
	}
	if action == bulkRelease && row.Direct+row.Likely == 0 {
		return label(lang, "bulk.nobody")
	}
	return ""
}

// reach sums up whom the releases would speak to.
func (s *site) reach(ctx context.Context, b *bulkBody) error {
	products := map[string]map[string]bool{} // by firm
	for i := range b.Items {
		item := &b.Items[i]
		if item.Refused != "" {
			continue
		}
		matches, err := s.Desk.Reach(ctx, item.Row.Family)
		if err != nil {
			return err
		}
		firms := map[string]bool{}
		for _, m := range matches {
			firms[m.Exporter] = true
			if products[m.Exporter] == nil {
				products[m.Exporter] = map[string]bool{}
			}
			products[m.Exporter][m.Product] = true
		}
		item.Firms = len(firms)
	}
	counts := map[string]int{}
	for id, of := range products {
		counts[id] = len(of)
		b.Products += len(of)
	}
	b.Firms = s.firms(counts)
	b.More = max(0, len(b.Firms)-mostBulkFirms)
	b.Firms = b.Firms[:len(b.Firms)-b.More]
	boxes := map[string]int{}
	for _, sub := range s.View.Directory.Subscribers() {
		if sub.Kind == trade.SubExporter && products[sub.Exporter] != nil {
			boxes[sub.Channel]++
		}
	}
	for channel, n := range boxes {
		b.Boxes = append(b.Boxes, view.Choice{Value: channel, Cases: n})
	}
	slices.SortFunc(b.Boxes, func(a, c view.Choice) int { return cmp.Compare(a.Value, c.Value) })
	return nil
}

// firms names exporters with the number of their products, most first.
func (s *site) firms(products map[string]int) []bulkFirm {
	out := make([]bulkFirm, 0, len(products))
	for id, n := range products {
		e, _ := s.View.Directory.Exporter(id)
		e.ID, e.Name = id, cmp.Or(e.Name, id)
		out = append(out, bulkFirm{e, n})
	}
	slices.SortFunc(out, func(a, b bulkFirm) int { return cmp.Or(cmp.Compare(b.Products, a.Products), cmp.Compare(a.ID, b.ID)) })
	return out
}

// bulk carries the decision out, case by case: one that somebody else changed
// meanwhile is left and said, the others go on.
func (s *site) bulk(w http.ResponseWriter, r *http.Request) error {
	if s.Desk == nil {
		return trade.Refusef("%s", label(langOf(r), "error.stage"))
	}
	r.Body = http.MaxBytesReader(w, r.Body, 256<<10)
	b, err := s.bulkBody(r)
	if err != nil {
		return err
	}
	if b.Missing != "" {
		return s.render(w, r, http.StatusUnprocessableEntity, "bulk", "bulk.title", "cases", b)
	}
	b.Done = true
	for i := range b.Items {
		item := &b.Items[i]
		if item.Refused != "" {
			continue
		}
		err := s.bulkOne(r.Context(), &b, &item.Row)
		var refused *trade.Refused
		switch {
		case err == nil:
			item.Outcome = "bulk.done"
			if row, ok := s.View.CaseRow(item.Row.Key); ok {
				item.Row = row
			}
		case errors.Is(err, trade.ErrConflict):
			item.Refused = label(langOf(r), "bulk.conflict")
		case errors.As(err, &refused):
			item.Refused = refused.Reason
		default:
			return err
		}
	}
	return s.render(w, r, http.StatusOK, "bulk", "bulk.title", "cases", b)
}

func (s *site) bulkOne(ctx context.Context, b *bulkBody, row *view.CaseRow) error {
	by := auth.Actor(ctx).Name
	switch b.Action {
	case bulkAssign:
		return s.Desk.Assign(ctx, row.Family, row.Seq, b.To, by)
	case bulkRelease:
		return s.Desk.Release(ctx, row.Family, row.Seq, by, b.Reason)
	case bulkDismiss:
		return s.Desk.Decide(ctx, row.Family, row.Seq, trade.CaseIrrelevant, by, b.Reason)
	}
	return s.Desk.Decide(ctx, row.Family, row.Seq, trade.CaseInReview, by, b.Reason)
}

// keysOf lists the keys of a page, with what they do.
func keysOf(page string) []choice {
	keys := map[string]string{"queue": "j k Enter x b / ?", "case": "a g c m r p d o u ?"}[page]
	var out []choice
	for _, k := range strings.Fields(keys) {
		out = append(out, choice{Value: k, Label: "keys." + page + "." + k})
	}
	return out
}
