package triage

import (
	"errors"
	"strings"
	"testing"

	"tbtwatch/internal/trade"
)

func TestAPartIsRewrittenAndTakenBack(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	w.publish(withDate(paper("2026-03-01", vnm), trade.DateCommentDeadline, "2026-04-30"), match("EX1", "P1", trade.Direct))
	_, seq := w.cas(vnm)
	o := trade.Override{Audience: "public", Part: "brief", Lang: "zh", Text: " 第一句\r\n第二句\u202e ", Facts: "abc"}
	if err := w.desk.Rewrite(ctx, vnm, seq, o, "李明", "说得更清楚"); err != nil {
		t.Fatal(err)
	}
	c, after := w.cas(vnm)
	last := c.History[len(c.History)-1]
	if len(c.Overrides) != 1 || c.Overrides[0].Text != "第一句\n第二句" || c.Overrides[0].By != "李明" || c.Overrides[0].Facts != "abc" {
		t.Errorf("kept as %+v", c.Overrides)
	}
	if last.By != "李明" || last.From != last.To || !strings.Contains(last.Reason.ZH, "通告第 2 部分“提示”（中文）：说得更清楚") || !strings.Contains(last.Reason.EN, "part 2") {
		t.Errorf("the history says %+v", last)
	}
	if err := w.desk.Rewrite(ctx, vnm, seq, o, "王芳", "同时"); !errors.Is(err, trade.ErrConflict) {
		t.Errorf("a second writer on the old case: %v", err)
	}
	if err := w.desk.Restore(ctx, vnm, seq, o, "王芳", "同时"); !errors.Is(err, trade.ErrConflict) {
		t.Errorf("taking back on the old case: %v", err)
	}
	var refused *trade.Refused
	for name, bad := range map[string]trade.Override{
		"empty": {Audience: "public", Part: "brief", Lang: "zh", Text: " \n"}, "too long": {Audience: "public", Part: "brief", Lang: "zh", Text: strings.Repeat("长", MostOverride+1)},
		"no part": {Audience: "public", Part: "x", Lang: "zh", Text: "a"}, "no language": {Audience: "public", Part: "brief", Lang: "fr", Text: "a"}, "no audience": {Audience: "all", Part: "brief", Lang: "zh", Text: "a"},
	} {
		if err := w.desk.Rewrite(ctx, vnm, after, bad, "李明", "r"); !errors.As(err, &refused) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := w.desk.Rewrite(ctx, vnm, after, o, "李明", " "); !errors.As(err, &refused) {
		t.Errorf("without a reason: %v", err)
	}
	whole := o
	whole.Text = strings.Repeat("长", MostOverride)
	if err := w.desk.Rewrite(ctx, vnm, after, whole, "李明", "全文"); err != nil {
		t.Fatalf("the longest text: %v", err)
	}
	c, after = w.cas(vnm)
	if len(c.Overrides) != 1 {
		t.Errorf("the same part is kept %d times", len(c.Overrides))
	}
	other := o
	other.Lang = "en"
	if err := w.desk.Restore(ctx, vnm, after, other, "李明", "撤回"); !errors.As(err, &refused) {
		t.Errorf("taking back what nobody wrote: %v", err)
	}
	if err := w.desk.Restore(ctx, vnm, after, o, "李明", "撤回"); err != nil {
		t.Fatal(err)
	}
	if c, _ = w.cas(vnm); len(c.Overrides) != 0 {
		t.Errorf("after taking back: %+v", c.Overrides)
	}
}

func TestOnlyWhatWasReleasedIsPublished(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	var refused *trade.Refused
	try := func(release int, firms ...string) error {
		c, seq := w.cas(vnm)
		b := Bulletin{Family: c.Family, Audience: Public, Release: release, Headline: trade.Text{ZH: "头盔新规", EN: "helmets"}}
		return w.desk.Publish(ctx, vnm, seq, b, firms, "李明", "公开")
	}
	w.publish(paper("2026-03-01", vnm), match("EX1", "P1", trade.Likely))
	if err := try(0); !errors.As(err, &refused) {
		t.Errorf("a case that is not released: %v", err)
	}
	_, seq := w.cas(vnm)
	if err := w.desk.Release(ctx, vnm, seq, "李明", "确认"); err != nil {
		t.Fatal(err)
	}
	_, seq = w.cas(vnm)
	if err := w.desk.Publish(ctx, vnm, seq, Bulletin{Family: vnm, Audience: Internal, Release: 1}, nil, "李明", "公开"); err == nil {
		t.Error("the internal bulletin was published")
	}
	if err := w.desk.Publish(ctx, vnm, seq-1, Bulletin{Family: vnm, Audience: Public, Release: 1}, nil, "李明", "公开"); !errors.Is(err, trade.ErrConflict) {
		t.Errorf("of a case that has changed: %v", err)
	}
	if err := try(1, "头盔新规公司", "头盔新规"); !errors.As(err, &refused) || !strings.Contains(refused.Reason, "头盔新规") {
		t.Errorf("a notice that names a firm: %v", err)
	}
	if err := try(2); !errors.As(err, &refused) {
		t.Errorf("a release that there is not: %v", err)
	}
	if err := try(1, "甲厂"); err != nil {
		t.Fatal(err)
	}
	if err := try(1); !errors.As(err, &refused) {
		t.Errorf("twice: %v", err)
	}
	c, seq := w.cas(vnm)
	if p := c.Publication(1); p == nil || p.By != "李明" || c.History[len(c.History)-1].By != "李明" {
		t.Fatalf("published as %+v", c.Public)
	}
	if err := w.desk.Withdraw(ctx, vnm, seq, 1, "李明", ""); !errors.As(err, &refused) {
		t.Errorf("withdrawn without a reason: %v", err)
	}
	if err := w.desk.Withdraw(ctx, vnm, seq, 1, "李明", "有误"); err != nil {
		t.Fatal(err)
	}
	c, seq = w.cas(vnm)
	if c.Publication(1).Withdrawn == "" {
		t.Error("still public")
	}
	if err := w.desk.Withdraw(ctx, vnm, seq, 1, "李明", "再次"); !errors.As(err, &refused) {
		t.Errorf("withdrawn twice: %v", err)
	}
	if err := try(1); err != nil {
		t.Errorf("published again after withdrawing: %v", err)
	}
	_, seq = w.cas(vnm)
	if err := w.desk.Withdraw(ctx, vnm, seq, 1, "李明", "更新"); err != nil {
		t.Fatal(err)
	}
	e, err := w.desk.Bus.Families.Get(ctx, trade.FamilyKey(vnm))
	if err != nil {
		t.Fatal(err)
	}
	e.Value.Matches = append(e.Value.Matches, match("EX2", "P1", trade.Direct)) // and nothing has told it yet
	if _, err := w.desk.Bus.Families.Put(ctx, e.Key, e.Value, e.Seq); err != nil {
		t.Fatal(err)
	}
	if err := try(1); !errors.As(err, &refused) || !strings.Contains(refused.Reason, "release an update first") {
		t.Errorf("with news that no release has told: %v", err)
	}
	if err := w.desk.Decide(ctx, vnm, 0, trade.CaseOpen, "李明", "再看"); err != nil {
		t.Fatal(err)
	}
	if err := try(1); !errors.As(err, &refused) || !strings.Contains(refused.Reason, "only a released") {
		t.Errorf("a case that was opened again: %v", err)
	}
}
