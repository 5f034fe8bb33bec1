package console

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"tbtwatch/internal/trade"
)

// A release is previewed with the remark that was typed, and made from there.
func TestAReleaseIsPreviewedOnAPage(t *testing.T) {
	var asked *trade.Warning
	r := newRig(t, true, func(d *Deps) {
		d.PreviewRelease = func(_ context.Context, w *trade.Warning) (trade.ReleasePreview, error) {
			asked = w
			return trade.ReleasePreview{
				Family: w.Family, Release: w.Release, Subscribers: 8, Recipients: 2, Share: 0.25, Channels: []trade.Counted{{Name: "email", Count: 2}},
				First:   []trade.PreviewRecipient{{Name: "甲厂信箱", Kind: trade.SubExporter, Channel: "email", When: trade.WhenDaily, Why: trade.Text{ZH: "涉及该企业产品 1 项", EN: "x"}}},
				NotTold: []trade.PreviewReason{{Kind: "level", Count: 6, Example: trade.Text{ZH: "等级不到：预警为橙色", EN: "x"}}},
				Sample:  &trade.PreviewMessage{Name: "甲厂信箱", Subject: "【橙色】预警", Text: "正文"},
			}, nil
		}
	})
	key, _ := r.seed()
	if b := r.page("/cases/"+key, 200).Find(`button[formaction="/cases/` + key + `/release"]`); b.Length() != 1 || b.AttrOr("formmethod", "") != "get" {
		t.Error("no way from the case to the preview")
	}
	doc := r.page("/cases/"+key+"/release?reason="+url.QueryEscape("请尽快"), 200)
	for _, want := range []string{"通知 2 个接收人，占全部 8 个接收人的 25 %", "甲厂信箱", "随每日摘要", "涉及该企业产品 1 项", "等级不到：预警为橙色", "【橙色】预警", "正文"} {
		if !strings.Contains(doc.Text(), want) {
			t.Errorf("the preview does not show %q", want)
		}
	}
	if asked == nil || asked.Release != 1 || len(asked.Audience) != 1 {
		t.Errorf("asked about %+v", asked)
	}
	if e, err := r.bus.Cases.Get(t.Context(), key); err != nil || e.Value.State != trade.CaseOpen {
		t.Errorf("the preview moved the case: %+v, %v", e.Value, err)
	}
	r.press(doc, "/release", nil, 200)
	e, err := r.bus.Cases.Get(t.Context(), key)
	if err != nil || e.Value.State != trade.CaseReleased || !strings.HasPrefix(e.Value.History[len(e.Value.History)-1].Reason.ZH, "请尽快") {
		t.Errorf("after the release: %+v, %v", e.Value, err)
	}
}
