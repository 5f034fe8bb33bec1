package notify

import (
	"fmt"
	"strings"

	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
)

// dated returns the date of that kind when it names a day or an interval.
func dated(dates []trade.Date, what string) (trade.Date, bool) {
	for _, d := range dates {
		if d.What == what && d.From+d.To != "" {
			return d, true
		}
	}
	return trade.Date{}, false
}

// arguments are what a comment on the measure can say, by its own days, one
// line each.
func arguments(w trade.Warning, lang string) []string {
	if w.Lifted {
		return nil
	}
	var out []string
	for _, a := range triage.CommentArguments(w.Dates, w.Papers) {
		out = append(out, line(a.Brief.In(lang)+in(lang, "（", " (")+a.Basis+in(lang, "）", ")"), maxLine))
	}
	return out
}

// remarks says what the dates themselves give away, to those whose actions do
// not say it.
func remarks(v View, lang string) []string {
	if argues(v.Kind) {
		return nil
	}
	return arguments(v.Warning, lang)
}

// argues reports whether recipients of that kind write comments.
func argues(kind trade.SubscriberKind) bool {
	return kind == trade.SubExporter || kind == trade.SubAssociation
}

// centreLine is the centre's own day among the dates of the measure, as the
// release recorded it. That it has come or passed on that day is said, too.
func centreLine(w trade.Warning, lang, today string) []DateLine {
	if w.Centre == nil || w.Centre.Day == "" || w.Lifted {
		return nil
	}
	notes := []string{w.Centre.Basis.In(lang)}
	if late := triage.LateText(*w.Centre, today).In(lang); late != "" {
		notes = append(notes, late)
	}
	return []DateLine{{
		What: in(lang, "本中心截止", "Our own last day for comments"), When: line(w.Centre.Day, 40),
		Basis: line(strings.Join(notes, labels(lang).Semicolon), maxLine),
	}}
}

// commentBy says by when comments are to reach the centre.
func commentBy(w trade.Warning, lang, today string) string {
	switch {
	case w.Centre == nil || w.Centre.Day == "":
		return in(lang, "尽早", "early enough")
	case w.Centre.Late(today):
		return in(lang, "立即", "at once")
	}
	return fmt.Sprintf(in(lang, "于 %s 前", "by %s"), line(w.Centre.Day, 40))
}

// actions says what this recipient can do, and by when. Days that have passed
// ask for nothing. today is the day of the release, or of the occasion on which
// it is told again: a message is the same at every attempt.
func actions(v View, lang, today string) []string {
	w := v.Warning
	if w.Lifted {
		return []string{in(lang, "本预警已解除，不需要进一步行动。", "This warning is lifted; nothing more needs to be done.")}
	}
	comment, hasComment := dated(w.Dates, trade.DateCommentDeadline)
	force, hasForce := dated(w.Dates, trade.DateEntryIntoForce)
	open := hasComment && first(comment.To, comment.From) >= today
	var out []string
	if open {
		out = append(out, fmt.Sprintf(commentWords(v.Kind, lang), dateLine(comment, lang).When, commentBy(w, lang, today)))
	}
	if args := arguments(w, lang); len(args) > 0 && argues(v.Kind) && (open || !hasComment) {
		out = append(out, in(lang, "评议时可提出：", "A comment can say: ")+strings.Join(args, in(lang, "；", "; "))+in(lang, "。", "."))
	}
	switch {
	case hasForce && first(force.To, force.From) > today:
		out = append(out, fmt.Sprintf(forceWords(v.Kind, lang), dateLine(force, lang).When))
	case hasForce:
		out = append(out, fmt.Sprintf(in(lang, "该措施已生效（%s）：请立即核对在产、在途的货物。", "The measure is in force (%s): check goods in production and in transit now."), dateLine(force, lang).When))
	case w.Kind == trade.KindUrgent || w.Kind == trade.KindRecall:
		out = append(out, in(lang, "属紧急措施，可能已经生效：请立即核对在产、在途的货物。", "An urgent measure that may be in force already: check goods in production and in transit now."))
	}
	if len(out) == 0 {
		out = append(out, in(lang, "原文尚未写明可以行动的日期：请先阅读原文并评估影响，日期明确后另行更新。", "The text names no day to act by yet: read it and judge its effect; an update follows when a day is named."))
	}
	if v.Kind == trade.SubExporter {
		out = append(out, in(lang, "如与您的产品无关，请告知本中心，同一措施今后不再提醒。", "If this is not about your product, tell us, and we shall not warn you of this measure again."))
	}
	return out
}

func commentWords(kind trade.SubscriberKind, lang string) string {
	switch kind {
	case trade.SubExporter:
		return in(lang, "评议截止日：%s。如有意见，请%s报送本中心，以便赶在截止前提交。", "Comments close: %s. Send us yours %s, to be handed in before that day.")
	case trade.SubAssociation:
		return in(lang, "评议截止日：%s。请征集会员意见，%s汇总报送本中心。", "Comments close: %s. Collect your members' views and send them to us %s.")
	case trade.SubDistrict:
		return in(lang, "评议截止日：%s。请提醒上列企业%s提出意见。", "Comments close: %s. Remind the firms listed above to comment %s.")
	}
	return in(lang, "评议截止日：%s。意见请%s报送本中心。", "Comments close: %s. Comments should reach us %s.")
}

func forceWords(kind trade.SubscriberKind, lang string) string {
	switch kind {
	case trade.SubExporter:
		return in(lang, "拟生效日：%s。请在此之前核对产品、标签、认证与合同是否符合新要求。", "Entry into force: %s. Check products, labels, certificates and contracts against it before that day.")
	case trade.SubAssociation:
		return in(lang, "拟生效日：%s。请组织会员对照新要求做好准备。", "Entry into force: %s. Help your members to prepare for it.")
	case trade.SubDistrict:
		return in(lang, "拟生效日：%s。请督促上列企业在此之前做好准备。", "Entry into force: %s. See that the firms listed above prepare for it.")
	}
	return in(lang, "拟生效日：%s。", "Entry into force: %s.")
}
