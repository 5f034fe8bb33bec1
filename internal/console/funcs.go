package console

import (
	"fmt"
	"html/template"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"tbtwatch/internal/auth"
	"tbtwatch/internal/calendar"
	"tbtwatch/internal/nomenclature"
	"tbtwatch/internal/portal"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
	"tbtwatch/internal/view"
)

// funcs are the words of the templates in one language.
func (s *site) funcs(lang string) template.FuncMap {
	in := func(t trade.Text) string { return t.In(lang) }
	return template.FuncMap{
		"t":            func(key string, args ...any) string { return label(lang, key, args...) },
		"word":         func(family string, value any) string { return word(lang, family, fmt.Sprint(value)) },
		"text":         in,
		"kind":         func(k trade.Kind) string { return in(triage.KindName(k)) },
		"dateName":     func(what string) string { return in(triage.DateName(what)) },
		"dateRow":      triage.RowOf,
		"level":        func(id string) triage.Level { return s.View.Policy.Level(id) },
		"levelName":    func(l triage.Level) string { return in(trade.Text{ZH: l.ZH, EN: l.EN}) },
		"market":       func(code string) string { return marketName(code, lang) },
		"markets":      func(codes []string) string { return marketNames(codes, lang) },
		"holidays":     func() string { return holidaysUntil(s.View.Policy.Calendar) },
		"languages":    func(codes []string) string { return in(triage.LanguagesText(codes)) },
		"hs":           func(code string) string { return nomenclature.NearestHSName(code, lang) },
		"ics":          func(code string) string { return nomenclature.ICSName(code, lang) },
		"delivery":     func(st trade.DeliveryState) string { return in(triage.DeliveryStateName(st)) },
		"state":        func(st trade.CaseState) string { return in(triage.StateName(st)) },
		"measureState": func(st trade.MeasureState) string { return in(triage.MeasureStateName(st)) },
		"mention":      func(how string) string { return in(triage.MentionName(how)) },
		"effect":       func(what string) string { return in(triage.EffectName(what)) },
		"casestate":    func(s string) trade.CaseState { return trade.CaseState(s) },
		"gradeName":    func(g trade.Grade) string { return in(triage.GradeName(g)) },
		"channel":      func(name string) string { return in(triage.ChannelName(name)) },
		"abroad":       func(name string) string { return abroad(lang, name) },
		"response":     func(k trade.ResponseKind) string { return in(triage.ResponseName(k)) },
		"tr":           func(en, zh string) string { return in(trade.Text{ZH: zh, EN: en}) },
		"difficulty":   func(code string) string { return in(triage.DifficultyName(code)) },
		"need":         func(code string) string { return in(triage.NeedName(code)) },
		"isExercise":   trade.IsExercise,
		"hours":        func(to trade.Subscriber) string { return s.hours(lang, to) },
		"cadences":     func() []string { return trade.CadenceNames },
		"codes":        func() []string { return trade.ResponseCodes },
		"codeName":     func(code string) string { return in(triage.ResponseCode(code)) },
		"rule":         func(kind string) string { return in(triage.RuleName(kind)) },
		"sector":       func(id string) string { return sectorName(id, lang) },
		"percent":      percent,
		"share":        func(of float64) string { return percent(&of) },
		"lasted":       func(unit string, v *float64) string { return lasted(lang, unit, v) },
		"add":          func(a, b int) int { return a + b },
		"by":           func(who string) string { return in(triage.ByName(who)) },
		"reason":       func(why string) string { return in(triage.ReasonText(why)) },
		"when":         s.when,
		"time":         s.clock,
		"days":         func(day string) string { return daysWords(s.View.Today(), day, lang) },
		"usd":          usd,
		"num":          number,
		"num64":        func(n uint64) string { return number(int(n)) },
		"title":        func(titles [][]view.Piece) []view.Piece { return titleIn(lang, titles) },
		"link":         safeLink,
		"join":         strings.Join,
		"product":      func(p trade.Product) string { return p.Name(lang) },
		"bytes":        func(b []byte) string { return strings.ToValidUTF8(string(b), "�") },
		"key":          trade.FamilyKey,
		"dict":         dict,
		"keysOf":       keysOf,
		"minute":       func(t time.Time) string { return t.In(s.Location).Format("2006-01-02 15:04") },
		"place":        s.placeName,
		"consented":    auth.Consented,
		"picture":      func(p string) template.URL { return template.URL(p) }, // a picture that we drew
		"has":          func(all []string, one string) bool { return slices.Contains(all, one) },
		"dstate":       func(s string) trade.DeliveryState { return trade.DeliveryState(s) },
		"short":        short,
		"nb":           unbroken,
		"written":      func(p triage.Part) *triage.Written { return p.In(lang) },
		"nth":          func(i int) string { return nth(i, lang) },
		"told":         func(n int) string { return told(lang, n) },
		"said":         func(w portal.FirmWarning) string { return answerWords(lang, w) },
		"band":         func(b trade.Band) string { return bandWords(lang, b) },
		"about":        func(kind, about string) string { return aboutSource(lang, kind, about) },
		"took":         func(seconds *float64) string { return took(lang, seconds) },
		"suppressed":   func(class string) string { return in(triage.ReasonClassName(class)) },
		"step":         func(st triage.Step) string { return in(triage.StepName(st)) },
	}
}

// holidaysUntil is the last day whose holidays are known, "" where none are.
func holidaysUntil(c *calendar.Calendar) string {
	if until := c.KnownUntil(); !until.IsZero() {
		return until.Format(trade.Day)
	}
	return ""
}

// when shows an RFC 3339 time in the centre's zone, to the minute.
func (s *site) when(stamp string) string {
	t, err := time.Parse(time.RFC3339Nano, stamp)
	if err != nil {
		return stamp
	}
	return s.clock(t)
}

func (s *site) clock(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(s.Location).Format("2006-01-02 15:04")
}

func marketName(code, lang string) string {
	if code == "*" {
		return label(lang, "market.all")
	}
	if n := nomenclature.MarketName(code, lang); n != "" {
		return n
	}
	return code
}

func marketNames(codes []string, lang string) string {
	const most = 4
	var out []string
	for _, c := range codes[:min(most, len(codes))] {
		out = append(out, marketName(c, lang))
	}
	text := strings.Join(out, label(lang, "comma"))
	if len(codes) > most {
		text += label(lang, "market.more", len(codes))
	}
	return text
}

func daysWords(today, day, lang string) string {
	n, ok := view.DaysLeft(today, day)
	switch {
	case !ok:
		return ""
	case n < 0:
		return label(lang, "days.past", -n)
	case n == 0:
		return label(lang, "days.today")
	}
	return label(lang, "days.left", n)
}

func sectorName(id, lang string) string {
	for _, s := range nomenclature.Sectors() {
		if s.ID == id {
			return trade.Text{ZH: s.ZH, EN: s.EN}.In(lang)
		}
	}
	return id
}

// percent writes a share, a dash where there is none.
func percent(share *float64) string {
	if share == nil {
		return "—"
	}
	return strconv.Itoa(int(*share*100+0.5)) + " %"
}

// usd writes an amount in whole dollars.
func usd(v float64) string { return "US$" + number(int(v)) }

// number groups thousands.
func number(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// safeLink returns u when it is a web address that a reader may be offered, or
// "".
func safeLink(u string) string {
	p, err := url.Parse(strings.TrimSpace(u))
	if err != nil || p.Scheme != "http" && p.Scheme != "https" || p.Host == "" || p.User != nil || len(u) > 2000 {
		return ""
	}
	return p.String()
}

// aboutSource says what a kind of source reads; a kind without words of ours
// speaks for itself.
func aboutSource(lang, kind, about string) string {
	if _, ok := catalogue["about."+kind]; ok {
		return label(lang, "about."+kind)
	}
	return about
}

var hanNumbers = []rune("一二三四五六七八九十")

// nth is the number before a heading, as official papers write it.
func nth(i int, lang string) string {
	switch {
	case lang == "en" || i < 1 || i > 19:
		return strconv.Itoa(i) + ". "
	case i <= 10:
		return string(hanNumbers[i-1]) + "、"
	}
	return "十" + string(hanNumbers[i-11]) + "、"
}

// dict makes a map for a part that needs several values.
func dict(pairs ...any) (map[string]any, error) {
	out := map[string]any{}
	for i := 0; i+1 < len(pairs); i += 2 {
		name, ok := pairs[i].(string)
		if !ok {
			return nil, fmt.Errorf("dict: %v is no name", pairs[i])
		}
		out[name] = pairs[i+1]
	}
	return out, nil
}

var oneDay = regexp.MustCompile(`[0-9]{4}-[0-9]{2}-[0-9]{2}`)

// unbroken keeps each day of a text on one line.
func unbroken(text string) template.HTML {
	escaped := template.HTMLEscapeString(text)
	return template.HTML(oneDay.ReplaceAllString(escaped, `<span class="day">$0</span>`)) //nolint:gosec // escaped, and a day holds digits only
}

func short(text string, n int) string {
	r := []rune(text)
	if len(r) <= n {
		return text
	}
	return string(r[:n]) + "…"
}

// placeName is where a person belongs, for readers: a firm's or an
// association's name, a district.
func (s *site) placeName(m trade.Member) string {
	switch {
	case m.Exporter != "":
		return s.View.Directory.ExporterName(m.Exporter)
	case m.Association != "":
		if sub, ok := s.View.Directory.Subscriber(m.Association); ok {
			return sub.Name
		}
		return m.Association
	}
	return m.District
}
