package triage

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"tbtwatch/internal/trade"
)

// MostOverride is how many characters a person may write in one part.
const MostOverride = 4000

// Rewrite puts a person's text in place of what the facts say in one part of
// the case's bulletin. seq is the case's sequence that the person saw;
// trade.ErrConflict if it has changed since.
func (d *Desk) Rewrite(ctx context.Context, family string, seq uint64, o trade.Override, by, reason string) error {
	o.Text = strings.TrimSpace(strings.ReplaceAll(o.Text, "\r\n", "\n"))
	switch n := utf8.RuneCountInString(o.Text); {
	case n == 0:
		return trade.Refusef("the text is empty: write it, or take your text back so that the part follows the facts; 内容为空：请填写，或恢复为按事实生成")
	case n > MostOverride:
		return trade.Refusef("the text has %d characters, at most %d fit: shorten it; 内容有 %d 字，最多 %d 字，请缩短", n, MostOverride, n, MostOverride)
	}
	o.Text, o.By, o.At, o.Facts = tidy(o.Text), by, d.stamp(), o.Facts[:min(len(o.Facts), 64)]
	return d.changePart(ctx, family, seq, o, by, reason, say("改写了", "rewrote "))
}

// Restore takes a person's text back: the part follows the facts again.
func (d *Desk) Restore(ctx context.Context, family string, seq uint64, o trade.Override, by, reason string) error {
	o.Text = ""
	return d.changePart(ctx, family, seq, o, by, reason, say("恢复为按事实生成：", "let the facts speak again in "))
}

// changePart puts o in place of what people wrote there; one without text only
// takes theirs away, and is refused where there is none.
func (d *Desk) changePart(ctx context.Context, family string, seq uint64, o trade.Override, by, reason string, did trade.Text) error {
	if err := Audience(o.Audience).Validate(); err != nil {
		return err
	}
	i := slices.Index(PartKeys, o.Part)
	if i < 0 || o.Lang != "zh" && o.Lang != "en" {
		return trade.Refusef("the bulletin has no part %q in %q; 没有这一部分", o.Part, o.Lang)
	}
	if err := explained(reason); err != nil {
		return err
	}
	return d.decide(ctx, family, seq, func(c *trade.Case) error {
		all := slices.DeleteFunc(slices.Clone(c.Overrides), o.Same)
		if o.Text == "" && len(all) == len(c.Overrides) {
			return trade.Refusef("nobody has rewritten this part; 这一部分没有人工改写的内容")
		}
		if o.Text != "" {
			all = append(all, o)
		}
		c.Overrides = all
		d.note(c, by, reason, say("%s%s", "%s%s", did, partName(i, Audience(o.Audience), o.Lang)))
		return nil
	})
}

// partName names a part in the history.
func partName(i int, to Audience, lang string) trade.Text {
	doc := trade.Text{ZH: "通报", EN: "internal bulletin"}
	if to == Public {
		doc = trade.Text{ZH: "通告", EN: "public notice"}
	}
	language := trade.Text{ZH: "中文", EN: "Chinese"}
	if lang == "en" {
		language = trade.Text{ZH: "英文", EN: "English"}
	}
	return say("%s第 %s 部分“%s”（%s）", "%s, part %s, “%s” (%s)", doc, i+1, partsOfBulletin[i].heading, language)
}

func explained(reason string) error {
	if strings.TrimSpace(reason) == "" {
		return trade.Refusef("say why: the reason stays with the case; 请填写理由")
	}
	return nil
}

// note writes a line of the history with the person's reason.
func (d *Desk) note(c *trade.Case, by, reason string, what trade.Text) {
	why := cut(reason, 500)
	d.line(c, by, trade.Text{ZH: what.ZH + "：" + why, EN: what.EN + ": " + why})
}

// Publish opens the public bulletin of the last release to everybody, as b has
// it. firms are the names that it must not hold. Refused are cases that are not
// released, and those with news that no release has told yet.
//
// The text goes first, under its own hash: a process that dies before the case
// is written leaves bytes that nothing names.
func (d *Desk) Publish(ctx context.Context, family string, seq uint64, b Bulletin, firms []string, by, reason string) error {
	if err := explained(reason); err != nil {
		return err
	}
	if b.Audience != Public || b.Family != tidy(family) {
		return fmt.Errorf("case %s: a bulletin of %s for %q cannot be published", family, b.Family, b.Audience)
	}
	if name := b.NamedIn(firms); name != "" {
		return trade.Refusef("the notice names the firm %q: rewrite that part, or the case's headline, without it; 通告中出现企业名称“%s”，请先改写相应部分或标题", name, name)
	}
	return d.decide(ctx, family, seq, func(c *trade.Case) error {
		if err := d.publishable(ctx, c, b.Release); err != nil {
			return err
		}
		data, err := json.Marshal(b)
		if err != nil {
			return err
		}
		sha, err := d.Bus.Raw.PutBytes(ctx, data)
		if err != nil {
			return err
		}
		all := slices.DeleteFunc(slices.Clone(c.Public), func(p trade.Publication) bool { return p.Release == b.Release })
		c.Public = append(all, trade.Publication{Release: b.Release, Text: sha, By: by, At: d.stamp()})
		d.note(c, by, reason, say("将第 %s 次发布作为通告公开", "opened release %s to the public", b.Release))
		return nil
	})
}

// publishable refuses what may not be opened to everybody.
func (d *Desk) publishable(ctx context.Context, c *trade.Case, release int) error {
	if c.State != trade.CaseReleased || c.Release == 0 || c.Release != release {
		return trade.Refusef("only a released warning can be made public: release it first; 只有已发布的预警才能公开，请先发布")
	}
	if p := c.Publication(release); p != nil && p.Withdrawn == "" {
		return trade.Refusef("release %d is public already: withdraw it to publish another text; 第 %d 次发布已经公开，如需更换请先撤回", release, release)
	}
	e, err := d.Bus.Families.Get(ctx, trade.FamilyKey(c.Family))
	if err != nil {
		return err
	}
	before, err := d.lastRelease(ctx, &e.Value)
	if err != nil {
		return err
	}
	if before == nil || len(Changes(before, &e.Value, c.Level, d.Now())) > 0 {
		return trade.Refusef("the facts have changed since release %d: release an update first; 第 %d 次发布之后有变化，请先发布更新", release, release)
	}
	return nil
}

// Withdraw takes a published release back; its page then says that it was
// withdrawn.
func (d *Desk) Withdraw(ctx context.Context, family string, seq uint64, release int, by, reason string) error {
	if err := explained(reason); err != nil {
		return err
	}
	return d.decide(ctx, family, seq, func(c *trade.Case) error {
		c.Public = slices.Clone(c.Public)
		p := c.Publication(release)
		if p == nil || p.Withdrawn != "" {
			return trade.Refusef("release %d is not public; 第 %d 次发布没有公开", release, release)
		}
		p.Withdrawn = d.stamp()
		d.note(c, by, reason, say("撤回了第 %s 次发布的通告", "withdrew release %s from the public", release))
		return nil
	})
}

// ReadBulletin reads a bulletin as it was published.
func ReadBulletin(r io.Reader) (Bulletin, error) {
	var b Bulletin
	if err := json.NewDecoder(io.LimitReader(r, 16<<20)).Decode(&b); err != nil {
		return b, fmt.Errorf("bulletin: %w", err)
	}
	return b, nil
}
