package triage

import (
	"strings"
	"time"

	"tbtwatch/internal/nomenclature"
	"tbtwatch/internal/trade"
)

// CentreDay is the day by which the centre wants comments on a measure with
// these dates, which members notified under these symbols, or which holds in
// these markets where it has none. Where several members notified it the
// earliest of their days counts. It is the one place where that day is computed.
func (c Config) CentreDay(dates []trade.Date, symbols, markets []string) trade.CentreDay {
	members := notifying(symbols, markets)
	rule, of := c.Comments.of("")
	out := trade.CentreDay{Route: rule.route(), Languages: rule.Languages}
	end := closing(dates)
	start := dayOf(end.From)
	for i, m := range members {
		r, named := c.Comments.of(m)
		if i == 0 {
			out.Route, out.Languages, rule, of = r.route(), nil, r, named
		}
		out.Languages = trade.Distinct(append(out.Languages, r.Languages...))
		if c.before(start, r.Lead).Before(c.before(start, rule.Lead)) {
			rule, of, out.Route = r, named, r.route()
		}
	}
	if start.IsZero() {
		return out
	}
	day := c.before(start, rule.Lead)
	out.Day, out.Close = day.Format(trade.Day), end.From
	if end.To > end.From {
		out.Until = end.To
	}
	out.Basis = c.leadBasis(start, day, rule.Lead, of)
	return out
}

// CentreOf is the centre's day as a released warning recorded it; releases of
// before it was recorded have it by today's rule.
func CentreOf(w *trade.Warning, c Config) trade.CentreDay {
	if w.Centre != nil {
		return *w.Centre
	}
	return c.CentreDay(w.Dates, w.Symbols, w.Markets)
}

// closing is the date on which comments close.
func closing(dates []trade.Date) trade.Date {
	for _, d := range dates {
		if d.What == trade.DateCommentDeadline {
			return d
		}
	}
	return trade.Date{}
}

// notifying are the members that the symbols name, else the markets.
func notifying(symbols, markets []string) []string {
	var out []string
	for _, s := range trade.ParseSymbols(strings.Join(symbols, "\n")) {
		if m, ok := nomenclature.Market(s.Member); ok {
			out = append(out, m)
		}
	}
	if len(out) == 0 {
		out = markets
	}
	return trade.Distinct(out)
}

// before is the day so long before the close of comments. A lead in weeks or
// days that ends on a day off ends on the working day before it.
func (c Config) before(end time.Time, l Lead) time.Time {
	switch {
	case end.IsZero():
		return end
	case l.working:
		return c.Calendar.Add(end, -l.days)
	}
	day := end.AddDate(0, 0, -l.days)
	if !c.Calendar.Working(day) {
		day = c.Calendar.Add(day, -1)
	}
	return day
}

// leadBasis says in words how the day was counted.
func (c Config) leadBasis(end, day time.Time, l Lead, member string) trade.Text {
	out := say("评议截止前 %s", "%s before comments close", l.Words())
	if member != "" {
		name := trade.Text{ZH: nomenclature.MarketName(member, "zh"), EN: nomenclature.MarketName(member, "en")}
		out = say("%s：%s", "%s: %s", name, out)
	}
	counted := day
	if l.working {
		counted = end.AddDate(0, 0, -1)
	} else if !day.Equal(end.AddDate(0, 0, -l.days)) {
		out = say("%s，逢休息日提前至工作日", "%s, moved from a day off to the working day before it", out)
	}
	switch until := c.Calendar.KnownUntil(); {
	case c.Calendar.Known(day) && c.Calendar.Known(counted) || l.days == 0:
	case !until.IsZero() && counted.After(until):
		out = say("%s；节假日安排只公布到 %s，此后只计周末", "%s; holidays are published up to %s only, later days are told from weekends alone", out, until.Format(trade.Day))
	default:
		out = say("%s；该时段的节假日安排未收录，只计周末", "%s; the holidays of that time are not known here, its days are told from weekends alone", out)
	}
	return out
}

// LateText says that the centre's own day has come or passed while comments are
// still open, with the authority's day; it is empty otherwise.
func LateText(c trade.CentreDay, today string) trade.Text {
	if !c.Late(today) {
		return trade.Text{}
	}
	end := dayText(trade.Date{From: c.Close, To: max(c.Close, c.Until)})
	if c.Day == today {
		return say("本中心截止日就是今天（%s），评议于 %s 截止：请今天报送。", "Our own last day is today (%s), and comments close on %s: send yours today.", c.Day, end)
	}
	return say("本中心截止日（%s）已过，但评议尚未截止（%s）：请立即报送。", "Our own last day (%s) has passed, but comments are still open (%s): send yours at once.", c.Day, end)
}

// LanguagesText names the languages in which comments are wanted.
func LanguagesText(codes []string) trade.Text {
	var zh, en []string
	for _, code := range codes {
		name, ok := languageNames[code]
		if !ok {
			name = same(code)
		}
		zh, en = append(zh, name.ZH), append(en, name.EN)
	}
	return trade.Text{ZH: strings.Join(zh, "、"), EN: strings.Join(en, ", ")}
}

// languageNames are the languages in which a member may want comments.
var languageNames = map[string]trade.Text{
	"ar": {ZH: "阿拉伯文", EN: "Arabic"}, "de": {ZH: "德文", EN: "German"}, "en": {ZH: "英文", EN: "English"}, "es": {ZH: "西班牙文", EN: "Spanish"},
	"fr": {ZH: "法文", EN: "French"}, "id": {ZH: "印尼文", EN: "Indonesian"}, "it": {ZH: "意大利文", EN: "Italian"}, "ja": {ZH: "日文", EN: "Japanese"},
	"ko": {ZH: "韩文", EN: "Korean"}, "pt": {ZH: "葡萄牙文", EN: "Portuguese"}, "ru": {ZH: "俄文", EN: "Russian"}, "th": {ZH: "泰文", EN: "Thai"},
	"tr": {ZH: "土耳其文", EN: "Turkish"}, "vi": {ZH: "越南文", EN: "Vietnamese"}, "zh": {ZH: "中文", EN: "Chinese"},
}
