package triage

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"tbtwatch/internal/trade"
)

// longestName bounds an assignee's name, in characters.
const longestName = 60

// Assign hands the case to a person, or to nobody where to is empty.
func (d *Desk) Assign(ctx context.Context, family string, seq uint64, to, by string) error {
	if to = strings.Join(strings.Fields(to), " "); utf8.RuneCountInString(to) > longestName {
		return trade.Refusef("a name has at most %d characters; 姓名最多 %d 个字", longestName, longestName)
	}
	return d.decide(ctx, family, seq, func(c *trade.Case) error {
		if c.Assignee == to {
			return nil
		}
		said := trade.Text{ZH: "交由" + to + "办理", EN: "assigned to " + to}
		if to == "" {
			said = trade.Text{ZH: "不再指定经办人", EN: "no longer assigned to anybody"}
		}
		h := d.line(c, by, said)
		h.What, h.Was, c.Assignee = trade.WhatAssignee, c.Assignee, to
		return nil
	})
}

// SetLevel puts a person's level in the place of the rule's, which stands in
// the reason; an empty level gives it back to the rule. Later papers do not
// change what a person has set, but for a withdrawal.
func (d *Desk) SetLevel(ctx context.Context, family string, seq uint64, level, by, reason string) error {
	if level != "" && !slices.Contains(d.Config.LevelIDs(), level) {
		return trade.Refusef("%q is no level; there are %s; 没有这个等级", level, strings.Join(d.Config.LevelIDs(), ", "))
	}
	if reason = strings.TrimSpace(reason); level != "" && reason == "" {
		return trade.Refusef("say why the level is another one than the rule's; 请填写调整等级的理由")
	}
	return d.decide(ctx, family, seq, func(c *trade.Case) error {
		if c.Withdrawn {
			return trade.Refusef("the measure was withdrawn: its warning is lifted; 措施已撤销，等级为解除")
		}
		rule, err := d.byTheRule(ctx, c)
		if err != nil {
			return err
		}
		l := d.Config.Level(level)
		said := trade.Text{ZH: "等级定为" + l.ZH + "：" + reason, EN: "level set to " + l.EN + ": " + reason}
		if level == "" {
			said = trade.Text{ZH: "等级恢复按规则：" + rule.Why.ZH, EN: "level by the rule again: " + rule.Why.EN}
		}
		h := d.line(c, by, said)
		h.What = trade.WhatLevel
		if c.LevelBy != "" {
			h.Was, h.WasBy, h.WasWhy = c.Level, c.LevelBy, c.LevelWhy
		}
		c.Level, c.LevelWhy, c.LevelBy = rule.Level, rule.Why, ""
		if level != "" {
			c.Level, c.LevelBy = level, by
			c.LevelWhy = trade.Text{
				ZH: fmt.Sprintf("%s定为%s：%s（按规则为%s）", by, l.ZH, reason, rule.Why.ZH),
				EN: fmt.Sprintf("%s set it to %s: %s (by the rule it is %s)", by, l.EN, reason, rule.Why.EN),
			}
		}
		return nil
	})
}

// byTheRule grades the case's family as it is now.
func (d *Desk) byTheRule(ctx context.Context, c *trade.Case) (Grading, error) {
	e, err := d.Bus.Families.Get(ctx, trade.FamilyKey(c.Family))
	if err != nil {
		return Grading{}, err
	}
	n, err := d.latestNotice(ctx, &e.Value)
	if err != nil {
		return Grading{}, err
	}
	return d.Config.Grade(&e.Value, n.Text(), d.Now()), nil
}

// longestComment bounds a comment, in characters.
const longestComment = 2000

// Comment adds a person's words to the case's history, whatever else happens
// to the case: nobody's comment is refused because somebody was quicker.
func (d *Desk) Comment(ctx context.Context, family, text, by string) error {
	text = strings.TrimSpace(text)
	switch n := utf8.RuneCountInString(text); {
	case n == 0:
		return trade.Refusef("a comment needs words; 请填写意见")
	case n > longestComment:
		return trade.Refusef("a comment has at most %d characters, this one %d; 意见最多 %d 个字，现为 %d 个字", longestComment, n, longestComment, n)
	}
	if _, err := d.Bus.Cases.Get(ctx, trade.FamilyKey(family)); err != nil {
		return err // change would begin a case
	}
	return d.change(ctx, family, func(c *trade.Case) error {
		d.line(c, by, same(text)).What = trade.WhatComment
		return nil
	})
}

// Undo takes the last change of the case back, where the same person made it
// and nobody was told by it.
func (d *Desk) Undo(ctx context.Context, family string, seq uint64, by string) error {
	return d.decide(ctx, family, seq, func(c *trade.Case) error {
		last, ok := Undoable(c, by)
		if !ok {
			return trade.Refusef("there is nothing of yours to take back: what was released can be corrected by a further release only; 没有可撤销的操作，已发布的只能通过再次发布更正")
		}
		if err := d.takeBack(ctx, c, last); err != nil {
			return err
		}
		h := d.line(c, by, trade.Text{ZH: "撤销上一步", EN: "the last step was taken back"})
		h.What, h.From = trade.WhatUndo, last.To
		return nil
	})
}

func (d *Desk) takeBack(ctx context.Context, c *trade.Case, last trade.Change) error {
	switch {
	case last.What == trade.WhatAssignee:
		c.Assignee = last.Was
	case last.What == trade.WhatLevel && last.Was == "": // papers may have come since
		rule, err := d.byTheRule(ctx, c)
		if err != nil {
			return err
		}
		c.Level, c.LevelWhy, c.LevelBy = rule.Level, rule.Why, ""
	case last.What == trade.WhatLevel:
		c.Level, c.LevelWhy, c.LevelBy = last.Was, last.WasWhy, last.WasBy
	default:
		c.State = last.From
		return d.pendingAgain(ctx, c)
	}
	return nil
}

// Undoable returns the last change of the case if that person may take it back.
func Undoable(c *trade.Case, by string) (trade.Change, bool) {
	if len(c.History) == 0 {
		return trade.Change{}, false
	}
	last := c.History[len(c.History)-1]
	switch {
	case last.By != by || by == ByRule, last.From == "":
		return last, false
	case last.What == trade.WhatAssignee, last.What == trade.WhatLevel && !c.Withdrawn:
		return last, true
	}
	return last, last.What == "" && last.From != last.To && last.To != trade.CaseReleased
}

// pendingAgain says of a released case that is one again whom no release spoke to.
func (d *Desk) pendingAgain(ctx context.Context, c *trade.Case) error {
	if c.State != trade.CaseReleased {
		return nil
	}
	e, err := d.Bus.Families.Get(ctx, trade.FamilyKey(c.Family))
	if err != nil {
		return err
	}
	before, err := d.lastRelease(ctx, &e.Value)
	if err != nil || before == nil {
		return err
	}
	c.Pending = unaddressed(&e.Value, before.Audience)
	return nil
}

// Reach is whom a release of the family by a person would speak to: what it
// touches directly or likely, and whoever was warned of it before.
func (d *Desk) Reach(ctx context.Context, family string) ([]trade.Match, error) {
	e, err := d.Bus.Families.Get(ctx, trade.FamilyKey(family))
	if err != nil {
		return nil, err
	}
	before, err := d.lastRelease(ctx, &e.Value)
	if err != nil {
		return nil, err
	}
	return d.audience(&e.Value, before, byPerson), nil
}

// byPerson are the grades that a person's release speaks to.
func byPerson(g trade.Grade) bool { return g == trade.Direct || g == trade.Likely }

// line adds to the history what leaves the state as it is, and returns it for
// what else there is to say.
func (d *Desk) line(c *trade.Case, by string, said trade.Text) *trade.Change {
	c.History = append(c.History, trade.Change{At: d.stamp(), By: by, From: c.State, To: c.State, Reason: said})
	return &c.History[len(c.History)-1]
}
