package triage

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
)

// Desk is where cases are worked on, by rule and by people. Several processes
// may hold one: every write says what it read.
type Desk struct {
	Bus       *bus.Bus
	Config    Config
	Translate Translator // nil: no translation hook
	Now       func() time.Time
	Log       *slog.Logger
}

// Translator turns text into Chinese; its output is marked 机器翻译.
type Translator interface {
	Translate(ctx context.Context, text, from, to string) (string, error)
}

const attempts = 10 // of a compare-and-set that others keep winning

// Run takes in every family record until ctx ends.
func (d *Desk) Run(ctx context.Context) error {
	return bus.Consume(ctx, d.Bus, bus.Consumer[trade.Family]{
		Name: bus.ConsumerTriage, Table: d.Bus.Families, Batch: 100,
		Handle: func(ctx context.Context, batch []bus.Entry[trade.Family]) error {
			var errs []error
			for i, e := range batch {
				if laterInBatch(batch[i+1:], e.Key) {
					continue // the newer record of the family holds all of this one
				}
				errs = append(errs, d.take(ctx, e))
			}
			return errors.Join(errs...)
		},
	})
}

func laterInBatch(rest []bus.Entry[trade.Family], key string) bool {
	for _, e := range rest {
		if e.Key == key {
			return true
		}
	}
	return false
}

// take brings the family's case up to this record and releases what policy
// releases. Run again, it changes nothing: the case knows the record's
// sequence, the warning its release number.
func (d *Desk) take(ctx context.Context, e bus.Entry[trade.Family]) error {
	f := &e.Value
	if f.Alias != "" {
		return d.closeMerged(ctx, f)
	}
	if !f.Matched {
		return nil // history without open dates: recorded, nothing to judge
	}
	return d.change(ctx, f.ID, func(c *trade.Case) error {
		if c.FamilySeq >= e.Seq && c.FamilySeq != 0 {
			return errNothing
		}
		latest, err := d.latestNotice(ctx, f)
		if err != nil {
			return err
		}
		known := c.Papers
		d.learn(ctx, c, f, e.Seq, latest)
		if err := d.reopen(c, f, known); err != nil {
			return err
		}
		return d.byRule(ctx, c, f, latest)
	})
}

// errNothing ends change without a write.
var errNothing = errors.New("nothing to change")

// change reads the case, lets what change it and writes it, again as long as
// somebody else writes in between. A missing case begins as an open one.
func (d *Desk) change(ctx context.Context, family string, what func(*trade.Case) error) error {
	key := trade.FamilyKey(family)
	for range attempts {
		entry, err := d.Bus.Cases.Get(ctx, key)
		if err != nil && !errors.Is(err, trade.ErrNotFound) {
			return err
		}
		c := entry.Value
		if c.Family == "" {
			c = trade.Case{Family: family, State: trade.CaseOpen, Opened: d.stamp()}
		}
		if err := what(&c); errors.Is(err, errNothing) {
			return nil
		} else if err != nil {
			return fmt.Errorf("case %s: %w", family, err)
		}
		_, err = d.Bus.Cases.Put(ctx, key, c, entry.Seq)
		if !errors.Is(err, trade.ErrConflict) {
			return err
		}
	}
	return fmt.Errorf("case %s: %w %d times in a row", family, trade.ErrConflict, attempts)
}

// closeMerged ends the case of a family that turned out to be another's.
func (d *Desk) closeMerged(ctx context.Context, f *trade.Family) error {
	if _, err := d.Bus.Cases.Get(ctx, f.Key()); errors.Is(err, trade.ErrNotFound) {
		return nil
	}
	return d.change(ctx, f.ID, func(c *trade.Case) error {
		if c.State == trade.CaseClosed {
			return errNothing
		}
		return d.move(c, trade.CaseClosed, ByRule, trade.Text{ZH: "与 " + f.Alias + " 为同一措施，并入其中", EN: "one measure with " + f.Alias + ", which goes on with it"})
	})
}

// learn takes the facts of the family into the case. Words that a person wrote
// stay.
func (d *Desk) learn(ctx context.Context, c *trade.Case, f *trade.Family, seq uint64, n *trade.Notice) {
	n = f.Codes.On(n)
	c.FamilySeq, c.Papers = seq, len(f.Papers)
	c.Symbols, c.Kind, c.Markets, c.Title = printed(f), n.Kind, familyMarkets(f), n.Title
	c.Dates, c.Deadline, c.Exposure = CurrentDates(f), NextDay(f, d.Now()), f.Exposure
	c.Arguments = argumentCodes(CommentArguments(c.Dates, f.Papers))
	c.Direct, c.Likely, c.Reference = count(f, trade.Direct), count(f, trade.Likely), count(f, trade.Reference)
	c.Exporters = exporters(f)
	c.Link = officialLink(n)
	grading := d.Config.Grade(f, n.Text(), d.Now())
	if c.Withdrawn = grading.Level == LevelLifted; c.Withdrawn || c.LevelBy == "" {
		c.Level, c.LevelWhy, c.LevelBy = grading.Level, grading.Why, ""
	}
	c.Sectors = sectorsOf(f)
	c.Backfill = true
	for _, p := range f.Papers {
		c.Backfill = c.Backfill && p.Backfill
	}
	if !c.Edited {
		w := Compose(f, n)
		c.HeadlineZH, c.HeadlineEN = w.Headline.ZH, w.Headline.EN
		c.SummaryZH, c.SummaryEN = w.Summary.ZH, w.Summary.EN
		d.translate(ctx, c, n)
	}
	if len(c.History) == 0 {
		c.History = append(c.History, trade.Change{At: d.stamp(), By: ByRule, To: c.State, Reason: trade.Text{ZH: "首份文件 " + n.ID, EN: "first paper " + n.ID}})
	}
	learnCodes(c, f.Codes)
}

// learnCodes writes into the history who set the family's codes, or gave them
// back to its papers: once, however often the record is read.
func learnCodes(c *trade.Case, codes *trade.Codes) {
	if codes == nil {
		return
	}
	said := trade.Text{ZH: "编码恢复为文件所载或推断的", EN: "the codes are those of the papers again"}
	if codes.Any() {
		list := strings.Join(slices.Concat(codes.HS, codes.ICS), ", ")
		said = trade.Text{ZH: "编码定为 " + list + "：" + codes.Reason, EN: "codes set to " + list + ": " + codes.Reason}
	}
	h := trade.Change{At: codes.At, By: codes.By, From: c.State, To: c.State, Reason: said, What: trade.WhatCodes}
	known := func(o trade.Change) bool { return o.What == h.What && o.At == h.At && o.By == h.By && o.Reason == said }
	if !slices.ContainsFunc(c.History, known) {
		c.History = append(c.History, h)
	}
}

// translate adds the hook's Chinese of the original title; without a hook, or
// when it fails, the composed summary stands alone.
func (d *Desk) translate(ctx context.Context, c *trade.Case, n *trade.Notice) {
	if d.Translate == nil || n.Lang == "zh" || n.Title == "" {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	zh, err := d.Translate.Translate(ctx, n.Title, n.Lang, "zh")
	if err != nil {
		d.Log.Warn("triage: translation hook failed, the case goes on without it", "family", c.Family, "err", err)
		return
	}
	c.SummaryZH += machineTitle + zh + "。"
	c.Machine = true
}

// printed are the measure's symbols, or the numbers that its papers carry where
// they have none.
func printed(f *trade.Family) []string {
	var out []string
	for _, r := range f.Roots {
		for _, p := range f.Papers {
			r = strings.TrimPrefix(r, p.Source+":")
		}
		out = append(out, r)
	}
	return out
}

func exporters(f *trade.Family) int {
	seen := map[string]bool{}
	for m := range f.All() {
		if m.Grade == trade.Direct || m.Grade == trade.Likely {
			seen[m.Exporter] = true
		}
	}
	return len(seen)
}

func officialLink(n *trade.Notice) string {
	for _, rel := range []string{"notice", "page", "source", "text"} {
		for _, l := range n.Links {
			if l.Rel == rel {
				return l.URL
			}
		}
	}
	return ""
}

// latestNotice reads the family's latest paper as it is now.
func (d *Desk) latestNotice(ctx context.Context, f *trade.Family) (*trade.Notice, error) {
	latest := f.Latest()
	if latest == nil {
		return nil, trade.Permanent(fmt.Errorf("family %s has no paper", f.ID))
	}
	e, err := d.Bus.Notices.Get(ctx, latest.Notice)
	if err != nil {
		return nil, err
	}
	return &e.Value, nil
}

// move changes the case's state and writes the line of its history.
func (d *Desk) move(c *trade.Case, to trade.CaseState, by string, reason trade.Text) error {
	if err := c.State.Move(to); err != nil {
		return err
	}
	c.History = append(c.History, trade.Change{At: d.stamp(), By: by, From: c.State, To: to, Reason: reason})
	c.State = to
	return nil
}

func (d *Desk) stamp() string { return d.Now().UTC().Format(time.RFC3339) }
