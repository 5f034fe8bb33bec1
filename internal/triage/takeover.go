package triage

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"tbtwatch/internal/trade"
)

// lastRelease is the last warning about the family's measure, or nil. Families
// that it took over have told people, too: they count as told, and where it has
// released nothing itself it goes on with their latest bulletin and number.
func (d *Desk) lastRelease(ctx context.Context, f *trade.Family) (*trade.Warning, error) {
	last, err := d.releaseOf(ctx, f.ID)
	if err != nil {
		return nil, err
	}
	var others []*trade.Warning
	for _, id := range f.Merged {
		w, err := d.releaseOf(ctx, id)
		if err != nil {
			return nil, err
		}
		if w != nil {
			others = append(others, w)
		}
	}
	slices.SortFunc(others, func(a, b *trade.Warning) int { return cmp.Or(cmp.Compare(b.At, a.At), cmp.Compare(a.Number, b.Number)) })
	if last == nil && len(others) > 0 {
		last, others = others[0], others[1:]
	}
	for _, w := range others {
		last.Audience = withOthers(last.Audience, w.Audience)
	}
	return last, nil
}

// releaseOf is the last warning of the family with that ID, or nil.
func (d *Desk) releaseOf(ctx context.Context, id string) (*trade.Warning, error) {
	e, err := d.Bus.Warnings.Get(ctx, trade.FamilyKey(id))
	if errors.Is(err, trade.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &e.Value, nil
}

// withOthers adds the products that list does not have.
func withOthers(list, more []trade.Match) []trade.Match {
	known := make(map[[2]string]bool, len(list))
	for _, m := range list {
		known[[2]string{m.Exporter, m.Product}] = true
	}
	for _, m := range more {
		if !known[[2]string{m.Exporter, m.Product}] {
			list = append(list, m)
		}
	}
	return list
}

// catchUp takes a release into the case that was stored while the case was
// not: the process died between the two, or the case's family took over one
// that had been warned about.
func (d *Desk) catchUp(c *trade.Case, before *trade.Warning) (bool, error) {
	if before == nil || before.Release <= c.Release {
		return false, nil
	}
	reason := trade.Text{
		ZH: fmt.Sprintf("重启后发现已发布：%s 第 %d 次发布", before.Number, before.Release),
		EN: fmt.Sprintf("%s, release %d, found after a restart", before.Number, before.Release),
	}
	if before.Family != c.Family {
		reason = trade.Text{
			ZH: fmt.Sprintf("接续 %s 的预警：%s 第 %d 次发布", before.Family, before.Number, before.Release),
			EN: fmt.Sprintf("goes on with the warning of %s: %s, release %d", before.Family, before.Number, before.Release),
		}
	}
	c.Number, c.Release = before.Number, before.Release
	return true, d.enter(c, before, before.By, reason)
}
