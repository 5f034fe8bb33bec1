package view

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
)

// What can be decided about several cases at once.
const (
	BulkReview  = "review"
	BulkAssign  = "assign"
	BulkDismiss = "dismiss"
	BulkRelease = "release"
)

// BulkActions lists them.
var BulkActions = []string{BulkReview, BulkAssign, BulkDismiss, BulkRelease}

// Bounds of a decision about several cases.
const (
	MostBulk      = 100
	fewReleases   = 10 // that anybody who judges may make at once
	mostBulkFirms = 20 // named in the preview
)

// Bulk is one decision about several cases: first what it would do, then what
// became of it.
type Bulk struct {
	Action   string     `json:"action"`
	To       string     `json:"to,omitempty" doc:"assignee"`
	Reason   string     `json:"reason,omitempty"`
	Items    []BulkItem `json:"items" nullable:"false"`
	Possible int        `json:"possible" doc:"cases for which it can be done"`
	Firms    []BulkFirm `json:"firms,omitempty" doc:"whom releases would speak to, those with most products first"`
	More     int        `json:"more_firms,omitempty" doc:"firms that are not listed"`
	Products int        `json:"products,omitempty" doc:"products that releases would speak about"`
	Boxes    []Choice   `json:"subscriptions,omitempty" doc:"of these firms, by channel"`
	Done     bool       `json:"done" doc:"false: a preview, nothing was done"`
}

// Count is the number of firms that a release would speak to.
func (b Bulk) Count() int { return len(b.Firms) + b.More }

// BulkItem is one of the cases.
type BulkItem struct {
	Row     CaseRow     `json:"case"`
	Firms   int         `json:"firms,omitempty" doc:"whom a release would speak to"`
	Done    bool        `json:"done"`
	Refused *trade.Text `json:"refused,omitempty" doc:"why it cannot be done, or was not"`
}

// BulkFirm is a firm with the number of its products.
type BulkFirm struct {
	trade.Exporter
	Products int `json:"products"`
}

// BulkPick is a case as a person saw it.
type BulkPick struct {
	Key string
	Seq uint64 // 0 for as it is now
}

// PlanBulk says what a decision about those cases would do. Cases that there
// are not are left out. It reads the bus for a release.
func (v *View) PlanBulk(ctx context.Context, desk *triage.Desk, b Bulk, picks []BulkPick) (Bulk, error) {
	if !slices.Contains(BulkActions, b.Action) || len(picks) > MostBulk {
		return b, trade.Refusef("choose one action, and at most %d cases; 请选择一种操作，最多 %d 件", MostBulk, MostBulk)
	}
	b.Items = []BulkItem{}
	for _, p := range picks {
		row, ok := v.CaseRow(p.Key)
		if !ok {
			continue
		}
		row.Seq = cmp.Or(p.Seq, row.Seq) // as the person saw it
		item := BulkItem{Row: row, Refused: bulkRefusal(&row, b.Action)}
		if item.Refused == nil {
			b.Possible++
		}
		b.Items = append(b.Items, item)
	}
	if b.Action != BulkRelease {
		return b, nil
	}
	return b, v.bulkReach(ctx, desk, &b)
}

// bulkRefusal says why the decision is not possible in the case's state.
func bulkRefusal(row *CaseRow, action string) *trade.Text {
	to := map[string]trade.CaseState{BulkReview: trade.CaseInReview, BulkDismiss: trade.CaseIrrelevant, BulkRelease: trade.CaseReleased}[action]
	if to != "" && row.State.Move(to) != nil {
		return &trade.Text{ZH: "它现在的状态不允许此操作", EN: "its state does not allow that"}
	}
	if action == BulkRelease && row.Direct+row.Likely == 0 {
		return &trade.Text{ZH: "没有直接或很可能涉及的登记产品，无人可通知", EN: "no registered product matches directly or likely: there is nobody to warn"}
	}
	return nil
}

// bulkReach sums up whom the releases would speak to.
func (v *View) bulkReach(ctx context.Context, desk *triage.Desk, b *Bulk) error {
	products := map[string]map[string]bool{} // by firm
	for i := range b.Items {
		item := &b.Items[i]
		if item.Refused != nil {
			continue
		}
		matches, err := desk.Reach(ctx, item.Row.Family)
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
	b.Firms = v.bulkFirms(counts)
	b.More = max(0, len(b.Firms)-mostBulkFirms)
	b.Firms = b.Firms[:len(b.Firms)-b.More]
	boxes := map[string]int{}
	for _, sub := range v.Directory.Subscribers() {
		if sub.Kind == trade.SubExporter && products[sub.Exporter] != nil {
			boxes[sub.Channel]++
		}
	}
	b.Boxes = choices(boxes)
	return nil
}

// bulkFirms names exporters with the number of their products, most first.
func (v *View) bulkFirms(products map[string]int) []BulkFirm {
	out := make([]BulkFirm, 0, len(products))
	for id, n := range products {
		e, _ := v.Directory.Exporter(id)
		e.ID, e.Name = id, cmp.Or(e.Name, id)
		out = append(out, BulkFirm{e, n})
	}
	slices.SortFunc(out, func(a, b BulkFirm) int { return cmp.Or(cmp.Compare(b.Products, a.Products), cmp.Compare(a.ID, b.ID)) })
	return out
}

// ByFirm counts the products of matches, those firms with most first.
func (v *View) ByFirm(matches []trade.Match) []BulkFirm {
	products := map[string]int{}
	for _, m := range matches {
		products[m.Exporter]++
	}
	return v.bulkFirms(products)
}

// DoBulk carries a planned decision out, case by case: one that somebody else
// changed meanwhile is left and said, the others go on, and so they do after a
// fault, because what became of each must be told: firms may have been warned.
// A client that goes away stops it between two cases. If the process dies,
// each case says itself what was done. Only who may decide about many (many) releases more than a few at once.
func (v *View) DoBulk(ctx context.Context, desk *triage.Desk, b Bulk, by string, many bool) (Bulk, error) {
	if b.Action == BulkRelease && b.Possible > fewReleases && !many {
		return b, trade.Refusef("only the lead releases more than %[1]d cases at once: take fewer, or ask the lead; 一次发布超过 %[1]d 件须由中心负责人操作，请减少件数或请负责人处理", fewReleases)
	}
	b.Done, b.Items = true, slices.Clone(b.Items)
	for i := range b.Items {
		item := &b.Items[i]
		if item.Refused != nil {
			continue
		}
		if ctx.Err() != nil {
			item.Refused = &trade.Text{ZH: "未处理：请求已中断", EN: "not begun: the request was given up"}
			continue
		}
		err := doOne(context.WithoutCancel(ctx), desk, &b, &item.Row, by)
		var refused *trade.Refused
		switch {
		case err == nil:
			item.Done = true
			if row, ok := v.CaseRow(item.Row.Key); ok {
				item.Row = row
			}
		case errors.Is(err, trade.ErrConflict):
			item.Refused = &trade.Text{ZH: "您打开之后已被他人或系统更新，请打开核对", EN: "it changed after you opened it: look at it first"}
		case errors.As(err, &refused):
			item.Refused = refused.Text()
		default:
			v.Log.Error("view: a decision about several cases", "case", item.Row.Family, "err", err)
			item.Refused = &trade.Text{ZH: "系统出错，不能确定是否已完成，请打开核对", EN: "a fault: it may or may not have been done; open it and look"}
		}
	}
	return b, nil
}

func doOne(ctx context.Context, desk *triage.Desk, b *Bulk, row *CaseRow, by string) error {
	switch b.Action {
	case BulkAssign:
		return desk.Assign(ctx, row.Family, row.Seq, b.To, by)
	case BulkRelease:
		return desk.Release(ctx, row.Family, row.Seq, by, b.Reason)
	case BulkDismiss:
		return desk.Decide(ctx, row.Family, row.Seq, trade.CaseIrrelevant, by, b.Reason)
	}
	return desk.Decide(ctx, row.Family, row.Seq, trade.CaseInReview, by, b.Reason)
}
