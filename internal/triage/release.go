package triage

import (
	"context"
	"fmt"
	"strings"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
)

// byRule releases what policy releases without a person, and says in the case
// why it waits where it does.
func (d *Desk) byRule(ctx context.Context, c *trade.Case, f *trade.Family, n *trade.Notice) error {
	before, err := d.lastRelease(ctx, f)
	if err != nil {
		return err
	}
	if _, err := d.catchUp(c, before); err != nil {
		return err
	}
	c.Pending = d.whyWaits(c, f, before)
	if c.Pending != (trade.Text{}) {
		return nil
	}
	w := d.compose(c, f, n, before, d.audience(f, before, d.Config.releasedByRule))
	w.By = ByRule
	if before != nil {
		if w.Changed = d.changes(&w, before, f); len(w.Changed) == 0 {
			c.Pending = unaddressed(f, before.Audience)
			return nil
		}
		w.News = newsFor(&w, before)
	}
	if err := d.publish(ctx, c, w, before, w.By, trade.Text{ZH: "按规则发布", EN: "released by rule"}); err != nil {
		return err
	}
	c.Pending = unaddressed(f, w.Audience)
	return nil
}

// unaddressed says how many likely products no release has spoken to: the rule
// sends to direct ones, and the rest must not leave the queue in silence.
func unaddressed(f *trade.Family, told []trade.Match) trade.Text {
	n := 0
	heard := make(map[[2]string]bool, len(told))
	for _, m := range told {
		heard[[2]string{m.Exporter, m.Product}] = true
	}
	for m := range f.All() {
		if m.Grade == trade.Likely && !heard[[2]string{m.Exporter, m.Product}] {
			n++
		}
	}
	if n == 0 {
		return trade.Text{}
	}
	return trade.Text{
		ZH: fmt.Sprintf("已按规则通知直接涉及的企业；另有%d项“很可能”涉及的产品，由人员决定是否发布更新", n),
		EN: fmt.Sprintf("firms that are named were told by rule; likely products that wait for a person to release an update: %d", n),
	}
}

// reopen brings a case that was judged irrelevant back to the queue when a live
// paper has come since: people decide again, nothing is sent by itself.
func (d *Desk) reopen(c *trade.Case, f *trade.Family, known int) error {
	latest := f.Latest()
	if c.State != trade.CaseIrrelevant || len(f.Papers) <= known || latest.Backfill {
		return nil
	}
	return d.move(c, trade.CaseOpen, ByRule, trade.Text{ZH: "判为不涉及后又有后续文件：" + latest.ID, EN: "a follow-up came after it was judged irrelevant: " + latest.ID})
}

// whyWaits says why the family is not released by rule; empty if it is.
func (d *Desk) whyWaits(c *trade.Case, f *trade.Family, before *trade.Warning) trade.Text {
	switch {
	case c.State == trade.CaseIrrelevant || c.State == trade.CaseClosed:
		return trade.Text{ZH: "已有结论；如需要，由人员重新打开", EN: "judged already; a person may reopen it"}
	case c.State == trade.CaseInReview:
		return trade.Text{ZH: "研判中，由经办人决定", EN: "in review: its assignee decides"}
	case c.Backfill:
		return trade.Text{ZH: "历史通报（补录或首次抓取），不自动发布，由人员决定", EN: "history (a back-fill or a source's first run): nothing is sent unless a person releases it"}
	case c.State == trade.CaseOpen && before != nil:
		return trade.Text{ZH: "曾经发布，后被重新打开，由人员决定", EN: "released before and open again: a person decides"}
	case before != nil && !before.Lifted:
		return trade.Text{}
	case !d.releasesAny(f):
		return waitingFor(f)
	}
	return trade.Text{}
}

// releasesAny reports whether any match has a grade that the rule releases.
func (d *Desk) releasesAny(f *trade.Family) bool {
	for g, n := range f.Grades() {
		if n > 0 && d.Config.releasedByRule(g) {
			return true
		}
	}
	return false
}

func waitingFor(f *trade.Family) trade.Text {
	switch {
	case hasGrade(f, trade.Direct):
		return trade.Text{ZH: "有直接匹配，按规定由人员发布", EN: "direct matches; policy leaves the release to a person"}
	case hasGrade(f, trade.Likely):
		return trade.Text{ZH: "只有“很可能”的匹配，由人员判断", EN: "likely matches only: a person decides"}
	case hasGrade(f, trade.Reference):
		return trade.Text{ZH: "只有参考性匹配，由人员决定发布或判为不涉及", EN: "reference matches only: a person releases it or judges it irrelevant"}
	}
	return trade.Text{ZH: "没有匹配的登记产品，请确认是否应有", EN: "no registered product matches: look whether one should"}
}

// audience is who the next release speaks to: the matches of the grades
// allowed, and everybody who was warned before.
func (d *Desk) audience(f *trade.Family, before *trade.Warning, allowed func(trade.Grade) bool) []trade.Match {
	var out []trade.Match
	have := map[string]bool{}
	id := func(m trade.Match) string { return m.Exporter + "\x00" + m.Product }
	warned := map[string]bool{}
	if before != nil {
		for _, m := range before.Audience {
			warned[id(m)] = true
		}
	}
	for m := range f.All() {
		if allowed(m.Grade) || warned[id(m)] {
			out, have[id(m)] = append(out, m), true
		}
	}
	if before != nil {
		for _, m := range before.Audience {
			if !have[id(m)] {
				out = append(out, m)
			}
		}
	}
	return out
}

// compose makes the next release of the family's warning.
func (d *Desk) compose(c *trade.Case, f *trade.Family, n *trade.Notice, before *trade.Warning, audience []trade.Match) trade.Warning {
	w := trade.Warning{
		Family: f.ID, Release: 1, FamilySeq: c.FamilySeq, Level: c.Level, LevelWhy: c.LevelWhy, Kind: n.Kind,
		Symbols: c.Symbols, Markets: c.Markets, Title: n.Title, Lang: n.Lang, Original: cut(n.Description, 4000),
		Headline: trade.Text{ZH: c.HeadlineZH, EN: c.HeadlineEN}, Summary: trade.Text{ZH: c.SummaryZH, EN: c.SummaryEN},
		Machine: c.Machine, Dates: c.Dates, Link: c.Link, Papers: f.Papers, Audience: audience,
		Lifted: c.Level == LevelLifted, At: d.stamp(),
	}
	if own := d.Config.CentreDay(c.Dates, c.Symbols, c.Markets); own.Day != "" {
		w.Centre = &own
	}
	if before != nil {
		w.Release = before.Release + 1
		w.Peak = d.Config.higher(before.Peak, before.Level)
	}
	return w
}

// publish stores the release and moves the case. The warning goes first: if
// the process dies before the case is written, the next run finds the release,
// finds nothing new to say and only moves the case.
func (d *Desk) publish(ctx context.Context, c *trade.Case, w trade.Warning, before *trade.Warning, by string, reason trade.Text) error {
	number, err := d.number(ctx, c)
	if err != nil {
		return err
	}
	w.Number = number
	var last uint64
	if before != nil && before.Family == w.Family {
		e, err := d.Bus.Warnings.Get(ctx, trade.FamilyKey(w.Family))
		if err != nil {
			return err
		}
		if e.Value.Release != before.Release {
			return fmt.Errorf("warning %s: %w", w.Number, trade.ErrConflict)
		}
		last = e.Seq
	}
	if _, err := d.Bus.Warnings.Put(ctx, trade.FamilyKey(w.Family), w, last); err != nil {
		return err
	}
	c.Release = w.Release
	return d.enter(c, &w, by, releasedText(w, reason))
}

// releasedText is the line of the history: why, and what went out.
func releasedText(w trade.Warning, why trade.Text) trade.Text {
	products, exporters := len(w.Audience), firms(w.Audience)
	t := trade.Text{
		ZH: fmt.Sprintf("%s 第 %d 次发布，涉及 %d 家企业的 %d 项产品", w.Number, w.Release, exporters, products),
		EN: fmt.Sprintf("%s, release %d; products: %d, exporters: %d", w.Number, w.Release, products, exporters),
	}
	if why.ZH != "" {
		t.ZH = why.ZH + "：" + t.ZH
	}
	if why.EN != "" {
		t.EN = why.EN + ": " + t.EN
	}
	return t
}

func firms(matches []trade.Match) int {
	seen := map[string]bool{}
	for _, m := range matches {
		seen[m.Exporter] = true
	}
	return len(seen)
}

// number reserves the bulletin's number (year, running), once for a family. A
// process that dies between the counter and the case may leave a gap.
func (d *Desk) number(ctx context.Context, c *trade.Case) (string, error) {
	if c.Number != "" {
		return c.Number, nil
	}
	year := d.Now().Format("2006")
	n, err := d.Bus.NextNumber(ctx, "warning-"+year, c.Family)
	if err != nil {
		return "", fmt.Errorf("numbering the warning: %w", err)
	}
	c.Number = fmt.Sprintf("%s-%04d", year, n)
	return c.Number, nil
}

// decided is the line of a further release that a person asked for.
func decided(reason string) []trade.Text {
	if strings.TrimSpace(reason) == "" {
		return nil
	}
	return []trade.Text{same(reason)}
}

// Decide moves the case to a state other than released: irrelevant with a
// reason, in review, closed or open again.
func (d *Desk) Decide(ctx context.Context, family string, seq uint64, to trade.CaseState, by, reason string) error {
	if to == trade.CaseReleased {
		return trade.Refusef("a case becomes released by releasing its warning")
	}
	if strings.TrimSpace(reason) == "" && (to == trade.CaseIrrelevant || to == trade.CaseClosed) {
		return trade.Refusef("say why: the reason stays with the case; 请填写理由")
	}
	return d.decide(ctx, family, seq, func(c *trade.Case) error {
		c.Pending = trade.Text{}
		return d.move(c, to, by, same(reason))
	})
}

// Edit replaces headline and summary by a person's words.
func (d *Desk) Edit(ctx context.Context, family string, seq uint64, headline, summary trade.Text, by string) error {
	return d.decide(ctx, family, seq, func(c *trade.Case) error {
		c.HeadlineZH, c.HeadlineEN = firstText(headline.ZH, c.HeadlineZH), firstText(headline.EN, c.HeadlineEN)
		c.SummaryZH, c.SummaryEN = firstText(summary.ZH, c.SummaryZH), firstText(summary.EN, c.SummaryEN)
		c.Edited, c.Machine = true, false
		c.History = append(c.History, trade.Change{At: d.stamp(), By: by, From: c.State, To: c.State, Reason: trade.Text{ZH: "编辑了标题与摘要", EN: "headline and summary edited"}})
		return nil
	})
}

// decide changes a case that exists and is still the one the person saw.
func (d *Desk) decide(ctx context.Context, family string, seq uint64, what func(*trade.Case) error) error {
	e, err := d.opened(ctx, family, seq)
	if err != nil {
		return err
	}
	if err := what(&e.Value); err != nil {
		return err
	}
	_, err = d.Bus.Cases.Put(ctx, e.Key, e.Value, e.Seq)
	return err
}

// opened is the case that the person saw at seq (0: any); trade.ErrConflict if
// it has changed since.
func (d *Desk) opened(ctx context.Context, family string, seq uint64) (bus.Entry[trade.Case], error) {
	e, err := d.Bus.Cases.Get(ctx, trade.FamilyKey(family))
	if err == nil && seq != 0 && e.Seq != seq {
		err = fmt.Errorf("case %s: %w since you opened it", family, trade.ErrConflict)
	}
	return e, err
}
