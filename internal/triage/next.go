package triage

import (
	"context"
	"strings"

	"tbtwatch/internal/trade"
)

// next is the release that a person would make of a case now, and the one
// before it. stored says that there is nothing to make: a release was stored
// while the case was not, and the case has taken it in now.
type next struct {
	warning trade.Warning
	before  *trade.Warning
	stored  bool
}

// next composes what Release would send, and stores nothing.
func (d *Desk) next(ctx context.Context, c *trade.Case, by, reason string) (out next, err error) {
	e, err := d.Bus.Families.Get(ctx, trade.FamilyKey(c.Family))
	if err != nil {
		return out, err
	}
	f := &e.Value
	if err := current(c, f, e.Seq); err != nil {
		return out, err
	}
	n, err := d.latestNotice(ctx, f)
	if err != nil {
		return out, err
	}
	if out.before, err = d.lastRelease(ctx, f); err != nil {
		return out, err
	}
	if out.stored, err = d.catchUp(c, out.before); out.stored || err != nil {
		return out, err
	}
	to := d.audience(f, out.before, byPerson)
	if len(to) == 0 {
		return out, trade.Refusef("no registered product matches directly or likely, so there is nobody to warn; 没有直接或很可能涉及的登记产品，无人可通知")
	}
	out.warning = d.compose(c, f, n, out.before, to)
	out.warning.By, out.warning.Number = by, c.Number
	if out.before != nil {
		out.warning.Changed = append(d.changes(&out.warning, out.before, f), decided(reason)...)
		out.warning.News = newsFor(&out.warning, out.before)
	}
	return out, nil
}

// current refuses a release of a case that does not hold what its family does:
// it would say old days beside new papers, and nothing would say the new ones
// later.
func current(c *trade.Case, f *trade.Family, seq uint64) error {
	switch {
	case f.Alias != "":
		return trade.Refusef("its papers belong to %s now: decide there; 其文件已并入 %[1]s，请在该件处理", f.Alias)
	case seq > c.FamilySeq:
		return trade.Refusef("news of the measure is being taken into the case: look again in a moment; 该措施有新内容正在记入此件，请稍后再看")
	}
	return nil
}

// Next is the release that Release would make of the case as it is now.
// Nothing is stored: its number is "" where none is reserved yet.
func (d *Desk) Next(ctx context.Context, family, by, reason string) (trade.Warning, error) {
	e, err := d.Bus.Cases.Get(ctx, trade.FamilyKey(family))
	if err != nil {
		return trade.Warning{}, err
	}
	c := e.Value
	if err := c.State.Move(trade.CaseReleased); err != nil {
		return trade.Warning{}, err
	}
	out, err := d.next(ctx, &c, by, reason)
	if err == nil && out.stored {
		err = trade.Refusef("release %d is out already and is being taken into the case: nothing further would be sent; 第 %[1]d 次发布已发出，正在记入此件，不会再发送", out.before.Release)
	}
	return out.warning, err
}

// Release sends the family's warning by a person's decision: direct and likely
// matches, and everybody warned before. seq is the case's sequence that the
// person saw; trade.ErrConflict if it has changed since.
func (d *Desk) Release(ctx context.Context, family string, seq uint64, by, reason string) error {
	return d.decide(ctx, family, seq, func(c *trade.Case) error {
		out, err := d.next(ctx, c, by, reason)
		if err != nil || out.stored {
			return err
		}
		return d.publish(ctx, c, out.warning, out.before, by, same(strings.TrimSpace(reason)))
	})
}
