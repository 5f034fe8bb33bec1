package view

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
)

// Explanation answers, from the record, why an exporter heard of a notice or
// did not: the steps of the notice's way, each with its reason, up to the one
// that ended it.
type Explanation struct {
	NoticeKey  string         `json:"notice_key"`
	Notice     string         `json:"notice" doc:"symbol or identity as given"`
	FamilyKey  string         `json:"family_key,omitempty"`
	Exporter   trade.Exporter `json:"exporter"`
	Verdict    trade.Text     `json:"verdict"`
	Steps      []Step         `json:"steps"`
	Products   []Explained    `json:"products" doc:"every product of the exporter, up to 200"`
	Deliveries []DeliveryRow  `json:"deliveries,omitempty" doc:"to this exporter's subscribers about this family"`
}

// Step is one station of the way.
type Step struct {
	Passed bool       `json:"passed"`
	Text   trade.Text `json:"text"`
}

// Explained is a product with the reason why it matches, or why not.
type Explained struct {
	Product trade.Product `json:"product"`
	Grade   trade.Grade   `json:"grade"`
	Why     []trade.Text  `json:"why"`
}

// explaining collects the steps.
type explaining struct {
	*View
	x       Explanation
	notice  trade.Notice
	family  trade.Family
	answers *trade.Answers
}

func (e *explaining) step(passed bool, zh, en string) bool {
	e.x.Steps = append(e.x.Steps, Step{passed, trade.Text{ZH: zh, EN: en}})
	return passed
}

// Explain answers for the notice (its key, symbol or identity) and the
// exporter (its id). Unknown ones are trade.ErrNotFound. It reads the bus.
func (v *View) Explain(ctx context.Context, notice, exporter string) (Explanation, error) {
	e := &explaining{View: v}
	var n bus.Entry[trade.Notice]
	err := trade.ErrNotFound
	if isKey(notice) {
		n, err = v.Notice(ctx, notice)
	}
	if errors.Is(err, trade.ErrNotFound) {
		n, err = v.NoticeBySymbol(ctx, notice)
	}
	if err != nil {
		return e.x, err
	}
	firm, ok := v.Directory.Exporter(exporter)
	if !ok {
		return e.x, fmt.Errorf("exporter %s: %w", exporter, trade.ErrNotFound)
	}
	e.notice = n.Value
	e.x.NoticeKey, e.x.Notice, e.x.Exporter = n.Key, n.Value.ID, firm
	told, err := e.walk(ctx)
	if err != nil {
		return e.x, err
	}
	last := e.x.Steps[len(e.x.Steps)-1].Text
	e.x.Verdict = trade.Text{ZH: "未通知该企业：" + last.ZH, EN: "The firm was not told: " + last.EN}
	if told {
		e.x.Verdict = trade.Text{ZH: "已通知该企业：" + last.ZH, EN: "The firm was told: " + last.EN}
	}
	return e.x, nil
}

// isKey reports whether s could be a stream key: 26 characters [a-z2-7].
func isKey(s string) bool {
	for _, c := range s {
		if (c < 'a' || c > 'z') && (c < '2' || c > '7') {
			return false
		}
	}
	return len(s) == 26
}

// walk goes the notice's way until a step is not passed.
func (e *explaining) walk(ctx context.Context) (told bool, err error) {
	seen := e.notice.SeenAt.UTC().Format("2006-01-02 15:04")
	e.step(true, "系统于 "+seen+" (UTC) 从 "+e.notice.Source+" 读到该通报", "read from "+e.notice.Source+" on "+seen+" UTC")
	f, err := e.FamilyOf(ctx, &e.notice)
	if errors.Is(err, trade.ErrNotFound) {
		return e.step(false, "尚未匹配，请稍后再看", "not matched yet: look again in a moment"), nil
	}
	if err != nil {
		return false, err
	}
	e.family, e.x.FamilyKey = f.Value, f.Key
	if e.answers, err = triage.ReadAnswers(ctx, e.Bus, append([]string{f.Value.ID}, f.Value.Roots...)...); err != nil {
		return false, err
	}
	matched, err := e.products(ctx)
	if err != nil {
		return false, err
	}
	if !e.family.Matched {
		return e.step(false, "历史通报且没有未到的日期，只入库，不匹配", "history without open dates: kept, not matched"), nil
	}
	if matched == 0 {
		return e.step(false, "该企业没有登记产品与此措施相关（逐项理由见下）", "none of the firm's products is touched (each with its reason below)"), nil
	}
	e.step(true, fmt.Sprintf("该企业有 %d 项产品与此措施相关", matched), fmt.Sprintf("%d of the firm's products are touched", matched))
	w, ok, err := e.released(ctx)
	if err != nil || !ok {
		return false, err
	}
	return e.delivered(ctx, w)
}

// products fills in every product of the exporter and counts those that are
// directly or likely touched.
func (e *explaining) products(ctx context.Context) (touched int, err error) {
	page, err := e.Products(ctx, e.x.Exporter.ID, 0, mostRows)
	if err != nil {
		return 0, err
	}
	own := map[string]trade.Match{} // the exporter's products
	for m := range e.family.All() {
		if m.Exporter == e.x.Exporter.ID {
			own[m.Product] = m
		}
	}
	for _, p := range page.Rows {
		x := Explained{Product: p, Grade: trade.NoGrade}
		m, matched := own[p.ID]
		switch {
		case matched:
			x.Grade = m.Grade
			for _, ev := range m.Evidence {
				x.Why = append(x.Why, triage.Evidence(ev, triage.ToStaff))
			}
		case e.WhyNot != nil:
			x.Why = e.WhyNot(e.family.Codes.On(&e.notice), &p)
		default:
			x.Why = []trade.Text{{ZH: "没有匹配记录", EN: "no match on record"}}
		}
		if said, silent := e.answers.Silence(&m); matched && silent {
			x.Why = append(x.Why, triage.Silenced(&said))
		}
		if x.Grade == trade.Direct || x.Grade == trade.Likely {
			touched++
		}
		e.x.Products = append(e.x.Products, x)
	}
	slices.SortStableFunc(e.x.Products, func(a, b Explained) int { return cmp.Compare(b.Grade.Rank(), a.Grade.Rank()) })
	return touched, nil
}

// released looks for the last release and whether it speaks to the exporter.
func (e *explaining) released(ctx context.Context) (bus.Entry[trade.Warning], bool, error) {
	key := e.x.FamilyKey
	w, err := e.Bus.Warnings.Get(ctx, key)
	if errors.Is(err, trade.ErrNotFound) {
		c, err := e.Bus.Cases.Get(ctx, key)
		if err != nil && !errors.Is(err, trade.ErrNotFound) {
			return w, false, err
		}
		zh, en := "预警尚未发布", "no warning is released yet"
		if p := c.Value.Pending; p.ZH != "" {
			zh, en = zh+"："+p.ZH, en+": "+p.EN
		} else if n := len(c.Value.History); n > 0 {
			last := c.Value.History[n-1]
			by := triage.ByName(last.By)
			zh, en = zh+"："+by.ZH+"，"+last.Reason.ZH, en+": "+by.EN+", "+last.Reason.EN
		}
		return w, e.step(false, zh, en), nil
	}
	if err != nil {
		return w, false, err
	}
	in := slices.ContainsFunc(w.Value.Audience, func(m trade.Match) bool { return m.Exporter == e.x.Exporter.ID })
	if !in {
		return w, e.step(false, "预警 "+w.Value.Number+" 已发布，但其对象不含该企业", "warning "+w.Value.Number+" is out, but does not speak to this firm"), nil
	}
	by := triage.ByName(w.Value.By)
	e.step(true, fmt.Sprintf("预警 %s 第 %d 次发布包括该企业（%s）", w.Value.Number, w.Value.Release, by.ZH), fmt.Sprintf("warning %s, release %d, speaks to this firm (%s)", w.Value.Number, w.Value.Release, by.EN))
	return w, true, nil
}

// delivered looks at what became of the release for the exporter's subscribers.
func (e *explaining) delivered(ctx context.Context, w bus.Entry[trade.Warning]) (told bool, err error) {
	var mine []trade.Subscriber
	for _, s := range e.Directory.Subscribers() {
		if s.Kind == trade.SubExporter && s.Exporter == e.x.Exporter.ID {
			mine = append(mine, s)
		}
	}
	if len(mine) == 0 {
		return e.step(false, "该企业没有登记接收人；请导入 subscribers", "nobody is registered to hear for this firm; import a subscriber"), nil
	}
	for _, s := range mine {
		var any bool
		for r := w.Value.Release; r >= 1; r-- {
			d, err := e.deliveries.record(ctx, trade.DeliveryKey(s.ID, s.Channel, w.Value.Family, r), 0)
			if errors.Is(err, trade.ErrNotFound) {
				continue
			}
			if err != nil {
				return false, err
			}
			row := deliveryRow(d)
			e.x.Deliveries, any = append(e.x.Deliveries, row), true
			told = told || row.State == trade.Accepted
		}
		if !any {
			if err := e.notTold(ctx, s, &w.Value); err != nil {
				return false, err
			}
		}
	}
	e.name(e.x.Deliveries)
	for _, d := range e.x.Deliveries {
		state, why, channel := triage.DeliveryStateName(d.State), triage.ReasonText(d.Reason), triage.ChannelName(d.Channel)
		if d.Reason != "" {
			state = trade.Text{ZH: state.ZH + "，" + why.ZH, EN: state.EN + ", " + why.EN}
		}
		e.step(d.State == trade.Accepted, fmt.Sprintf("%s（%s）第 %d 次发布：%s", d.Name, channel.ZH, d.Release, state.ZH),
			fmt.Sprintf("%s (%s), release %d: %s", d.Name, channel.EN, d.Release, state.EN))
	}
	if told {
		e.step(true, "通知渠道已接收", "the channel took it")
	}
	return told, nil
}

// notTold says why a subscriber has no delivery.
func (e *explaining) notTold(ctx context.Context, s trade.Subscriber, w *trade.Warning) error {
	why := trade.Text{ZH: "尚无发送计划", EN: "no delivery is planned yet"}
	if e.WhyNotTold != nil {
		reason, willBe, err := e.WhyNotTold(ctx, s, w)
		if err != nil {
			return err
		}
		why = reason
		if willBe {
			why = trade.Text{ZH: "即将安排发送（" + reason.ZH + "）", EN: "about to be planned: " + reason.EN}
		}
	}
	e.step(false, s.Name+"："+why.ZH, s.Name+": "+why.EN)
	return nil
}
