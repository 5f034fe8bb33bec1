package registry

import (
	"errors"
	"slices"
	"strings"

	"tbtwatch/internal/trade"
)

var restWords = map[string]string{"quiet": trade.RestQuiet, "免打扰": trade.RestQuiet, "是": trade.RestQuiet, "yes": trade.RestQuiet, "no": "", "否": "", "": ""}

// cadence reads a cadence and its exceptions by level, "daily;red=immediate",
// in our words or their synonyms. An empty cell means immediate.
func (r *reader) cadence(rules Rules) string {
	whole := r.text("cadence", maxName)
	if whole == "" {
		return trade.Immediate
	}
	var parts []string
	for _, part := range strings.Split(strings.NewReplacer("；", ";", "＝", "=").Replace(whole), ";") {
		level, name, exception := strings.Cut(part, "=")
		if !exception {
			level, name = "", part
		}
		found, ok := r.oneOf("cadence", strings.TrimSpace(name), trade.CadenceNames, cadenceWords)
		if !ok {
			return ""
		}
		if exception {
			if level, ok = r.oneOf("cadence", strings.TrimSpace(level), rules.Levels, rules.Synonyms); !ok {
				return ""
			}
			found = level + "=" + found
		}
		parts = append(parts, found)
	}
	out := strings.Join(parts, ";")
	_, err := trade.ParseCadences(out)
	r.refused("cadence", whole, err)
	return out
}

// oneOf finds the word, or what it is a synonym of, and says what it should be
// where it is none.
func (r *reader) oneOf(column, value string, allowed []string, synonyms map[string]string) (string, bool) {
	for _, a := range allowed {
		if strings.EqualFold(a, value) || strings.EqualFold(a, synonyms[strings.ToLower(value)]) {
			return a, true
		}
	}
	fix := twof("give one of %s", "请填写以下之一：%s", strings.Join(allowed, ", "))
	if near := nearest(value, allowed); near != "" {
		fix = twof("did you mean %s?", "是否应为 %s？", near)
	}
	r.fail(column, value, twof("not known", "无法识别"), fix)
	return "", false
}

// hours reads when the subscriber wants to hear.
func (r *reader) hours(s *trade.Subscriber) {
	s.Timezone = r.text("timezone", maxName)
	s.QuietHours = strings.NewReplacer("：", ":", "—", "-", "–", "-", "~", "-", "至", "-", " ", "").Replace(r.text("quiet_hours", maxName))
	rest := r.text("rest_days", maxName)
	if code, ok := restWords[strings.ToLower(rest)]; ok {
		rest = code
	}
	s.RestDays, s.PausedUntil = rest, r.text("paused_until", maxName)
	for _, x := range []struct {
		column, value string
		only          trade.Subscriber
	}{
		{"timezone", s.Timezone, trade.Subscriber{Timezone: s.Timezone}}, {"quiet_hours", s.QuietHours, trade.Subscriber{QuietHours: s.QuietHours}},
		{"rest_days", s.RestDays, trade.Subscriber{RestDays: s.RestDays}}, {"paused_until", s.PausedUntil, trade.Subscriber{PausedUntil: s.PausedUntil}},
	} {
		r.refused(x.column, x.value, x.only.CheckHours())
	}
}

// muted reads the measures of which the subscriber does not want to hear.
func (r *reader) muted() string {
	whole := r.text("muted", maxList*maxName)
	mutes, err := trade.ParseMutes(whole)
	r.refused("muted", whole, err)
	out := make([]string, len(mutes))
	for i, m := range mutes {
		out[i] = m.String()
	}
	return strings.Join(out, "; ")
}

// refused says what a check of another package found wrong.
func (r *reader) refused(column, value string, err error) {
	var why *trade.Refused
	if err == nil || !errors.As(err, &why) || slices.ContainsFunc(r.problems, func(p Problem) bool { return p.Column == column }) {
		return
	}
	t := why.Text()
	en, fix, _ := strings.Cut(t.EN, ": ")
	r.fail(column, value, two{en, "无法识别"}, two{fix, t.ZH})
}
