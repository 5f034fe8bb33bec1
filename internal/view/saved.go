package view

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"

	"tbtwatch/internal/trade"
)

// Bounds of a person's views of the queue.
const (
	MostViews   = 20
	LongestView = 40 // characters of a name
	longQuery   = 2000
)

// QueueParameters are what a view of the queue may ask for, by the names of
// the page's address.
var QueueParameters = []string{"state", "q", "level", "sector", "market", "kind", "grade", "who"}

func viewsKey(person string) string { return trade.Key("views", person) }

// SavedViews are the person's; seq is what a write has to expect. It reads the
// bus.
func (v *View) SavedViews(ctx context.Context, person string) (views []trade.SavedView, seq uint64, err error) {
	e, err := v.Bus.SavedViews.Get(ctx, viewsKey(person))
	if err != nil && !errors.Is(err, trade.ErrNotFound) {
		return nil, 0, err
	}
	return e.Value.Views, e.Seq, nil
}

// QueueQuery reads a query of the queue's address and leaves what a view may
// ask for: an address cannot bring anything else in.
func QueueQuery(query string) (url.Values, error) {
	values, err := url.ParseQuery(query)
	if err != nil || len(query) > longQuery {
		return nil, trade.Refusef("the query is no query of the queue's address; 视图的筛选条件无法识别")
	}
	for name := range values {
		if !slices.Contains(QueueParameters, name) {
			values.Del(name)
		}
	}
	return values, nil
}

// SaveView keeps a query of the queue under a name, in place of what has that
// name, and returns it as it is kept.
func (v *View) SaveView(ctx context.Context, person, name, query string) (url.Values, error) {
	values, err := QueueQuery(query)
	if err != nil {
		return nil, err
	}
	return values, v.changeViews(ctx, person, name, func(name string, rest []trade.SavedView) ([]trade.SavedView, error) {
		if len(rest) >= MostViews {
			return nil, trade.Refusef("at most %d views can be kept: drop one first; 最多保存 %d 个视图，请先删除一个", MostViews, MostViews)
		}
		return append(rest, trade.SavedView{Name: name, Query: values.Encode()}), nil
	})
}

// DropView forgets a view; one that there is not is forgotten already.
func (v *View) DropView(ctx context.Context, person, name string) error {
	return v.changeViews(ctx, person, name, func(_ string, rest []trade.SavedView) ([]trade.SavedView, error) { return rest, nil })
}

// changeViews writes what change makes of the views without that name. Two
// windows of one person that write at once both count.
func (v *View) changeViews(ctx context.Context, person, name string, change func(name string, rest []trade.SavedView) ([]trade.SavedView, error)) error {
	if name = strings.Join(strings.Fields(name), " "); name == "" || len([]rune(name)) > LongestView {
		return trade.Refusef("give the view a name of at most %d characters; 请填写不超过 %d 个字的视图名称", LongestView, LongestView)
	}
	for {
		views, seq, err := v.SavedViews(ctx, person)
		if err != nil {
			return err
		}
		views, err = change(name, slices.DeleteFunc(views, func(o trade.SavedView) bool { return o.Name == name }))
		if err != nil {
			return err
		}
		if _, err = v.Bus.SavedViews.Put(ctx, viewsKey(person), trade.SavedViews{Views: views}, seq); !errors.Is(err, trade.ErrConflict) {
			return err
		}
	}
}
