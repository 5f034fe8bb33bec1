package triage

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
)

// enter moves the case to where a release brings it: released, or open again
// where the release takes the last one back. It stays where it is already.
func (d *Desk) enter(c *trade.Case, w *trade.Warning, by string, reason trade.Text) error {
	c.Pending = trade.Text{}
	d.closePublic(c, w.Voids(), by)
	if w.Recalls == 0 {
		return d.move(c, trade.CaseReleased, by, reason)
	}
	c.Pending = trade.Text{
		ZH: fmt.Sprintf("第 %d 次发布已撤回，请重新研判", w.Recalls), EN: fmt.Sprintf("release %d was recalled: judge it again", w.Recalls),
	}
	if c.State == trade.CaseOpen {
		d.line(c, by, reason)
	} else if err := d.move(c, trade.CaseOpen, by, reason); err != nil {
		return err
	}
	c.History[len(c.History)-1].What = trade.WhatRecall
	return nil
}

// closePublic withdraws the public notice of a release that does not stand any
// more.
func (d *Desk) closePublic(c *trade.Case, release int, by string) {
	if p := c.Publication(release); p == nil || p.Withdrawn != "" {
		return
	}
	c.Public = slices.Clone(c.Public)
	c.Publication(release).Withdrawn = d.stamp()
	d.line(c, by, say("第 %s 次发布不再有效，其通告随之撤回", "release %s does not stand any more: its public notice is withdrawn", release))
}

// Correct releases once more what the case says now, because the last release
// said something wrong: it goes to everybody concerned and begins with the
// person's reason. What of the last release waits to be sent is not sent.
func (d *Desk) Correct(ctx context.Context, family string, seq uint64, by, reason string) error {
	if err := explained(reason); err != nil {
		return err
	}
	return d.decide(ctx, family, seq, func(c *trade.Case) error {
		out, err := d.next(ctx, c, by, "")
		if out.stored && err == nil { // the case knows of the last release now
			out, err = d.next(ctx, c, by, "")
		}
		if err != nil {
			return err
		}
		if err := voidable(c, out.before); err != nil {
			return err
		}
		w, said := out.warning, saidFirst("更正", "Correction", reason)
		w.Corrects, w.News = out.before.Release, nil
		w.Changed = append([]trade.Text{said}, w.Changed...)
		return d.publish(ctx, c, w, out.before, by, said)
	})
}

// Recall takes the last release back, because it should not have gone out:
// those who were sent it, or may have been, are told so, and nobody else. The
// case is open again.
func (d *Desk) Recall(ctx context.Context, family string, seq uint64, by, reason string) error {
	if err := explained(reason); err != nil {
		return err
	}
	return d.decide(ctx, family, seq, func(c *trade.Case) error {
		e, err := d.Bus.Families.Get(ctx, trade.FamilyKey(family))
		if err != nil {
			return err
		}
		before, err := d.lastRelease(ctx, &e.Value)
		if err != nil {
			return err
		}
		if err := voidable(c, before); err != nil {
			return err
		}
		if _, err := d.catchUp(c, before); err != nil {
			return err
		}
		w, said := *before, saidFirst("撤回", "Recalled", reason)
		changed := []trade.Text{said}
		if before.Corrects > 0 {
			changed = append(changed, trade.Text{ZH: fmt.Sprintf("被它更正的第 %d 次发布同样不再有效", before.Corrects), EN: fmt.Sprintf("release %d, which it corrected, does not stand either", before.Corrects)})
		}
		stands, err := d.standing(ctx, &e.Value, before)
		if err != nil {
			return err
		}
		if stands != nil {
			w = *stands
			w.Family, w.Audience = before.Family, withOthers(slices.Clone(w.Audience), before.Audience)
			changed = append(changed, trade.Text{ZH: fmt.Sprintf("第 %d 次发布的内容仍然有效", w.Release), EN: fmt.Sprintf("what release %d says stands", w.Release)})
		} else { // nothing is left of the warning
			w.Lifted, w.Level = true, LevelLifted
		}
		w.Number, w.Release, w.Recalls, w.Corrects, w.News = before.Number, before.Release+1, before.Release, 0, nil
		w.Changed, w.By, w.At, w.Peak = changed, by, d.stamp(), d.Config.higher(before.Peak, before.Level)
		return d.publish(ctx, c, w, before, by, said)
	})
}

// standing is the release that stands again where w is taken back: the last one
// before it that was neither corrected nor recalled, in the family or, where the
// warning began before papers were joined, in one that it took over. nil: none.
func (d *Desk) standing(ctx context.Context, f *trade.Family, w *trade.Warning) (*trade.Warning, error) {
	said, void := map[int]*trade.Warning{}, map[int]bool{w.Voids(): true}
	for _, id := range append([]string{f.ID}, f.Merged...) {
		err := d.Bus.Warnings.History(ctx, trade.FamilyKey(id), func(e bus.Entry[trade.Warning]) error {
			if r := e.Value; !e.Deleted && r.Number == w.Number && r.Release < w.Release {
				said[r.Release], void[r.Voids()] = &r, true
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	for n := w.Release - 1; n > 0; n-- {
		if r := said[n]; r != nil && !void[n] && r.Recalls == 0 {
			return r, nil
		}
	}
	return nil, nil
}

// voidable refuses to correct or recall where there is nothing that could be.
func voidable(c *trade.Case, before *trade.Warning) error {
	switch {
	case before == nil:
		return trade.Refusef("nothing has been released yet; 尚未发布过，无可更正或撤回")
	case before.Family != c.Family:
		return trade.Refusef("the last release was made about %s, before the papers were joined: release an update; 上次发布针对的是 %[1]s（两者合并之前），请发布更新", before.Family)
	case before.Recalls > 0:
		return trade.Refusef("the last release took release %d back: there is nothing to correct or recall, release it again; 上次发布已是对第 %[1]d 次发布的撤回，请重新发布", before.Recalls)
	}
	return nil
}

// saidFirst is a person's reason under a word that says what the release is.
func saidFirst(zh, en, reason string) trade.Text {
	reason = cut(strings.TrimSpace(reason), 500)
	return trade.Text{ZH: zh + "：" + reason, EN: en + ": " + reason}
}
