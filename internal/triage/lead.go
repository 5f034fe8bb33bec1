package triage

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"tbtwatch/internal/nomenclature"
	"tbtwatch/internal/trade"
)

// Comments are the centre's rules for comments: a default, and what differs for
// a notifying member. What a member's rule leaves out is the default's.
type Comments struct {
	Default CommentRule            `yaml:"default"`
	Members map[string]CommentRule `yaml:"members"` // by code: US, EU, MX
}

// CommentRule is how comments go to a member.
type CommentRule struct {
	Lead      Lead     `yaml:"lead"`      // before the close of comments
	Languages []string `yaml:"languages"` // in which comments are wanted: en, es
	Route     string   `yaml:"route"`     // how they go there, Chinese
	RouteEN   string   `yaml:"route_en"`
}

// Lead is how long before the close of comments the centre wants them. The zero
// Lead is none that was given.
type Lead struct {
	days    int
	working bool // working days, else days of the calendar
	given   bool
}

// longestLead is a year: no comment period is longer.
const longestLead = 365

var leadForm = regexp.MustCompile(`^(\d{1,3}) ?(working days?|business days?|days?|weeks?|个?工作日|天|日|周)$`)

// UnmarshalText reads "10 working days", "3 weeks", "14 days", or the same in
// Chinese.
func (l *Lead) UnmarshalText(text []byte) error {
	m := leadForm.FindStringSubmatch(strings.ToLower(strings.Join(strings.Fields(string(text)), " ")))
	if m == nil {
		return fmt.Errorf("%q is no lead; write it like 10 working days, 3 weeks or 14 days; 应写成 10 个工作日、3 周 或 14 天", text)
	}
	n, _ := strconv.Atoi(m[1])
	*l = Lead{days: n, given: true}
	switch {
	case strings.Contains(m[2], "ing") || strings.Contains(m[2], "ness") || strings.Contains(m[2], "工作"):
		l.working = true
	case strings.HasPrefix(m[2], "week") || m[2] == "周":
		l.days = 7 * n
	}
	if l.days > longestLead {
		return fmt.Errorf("%q is longer than a year; 提前期超过一年", text)
	}
	return nil
}

// String is the lead as it is written in the configuration.
func (l Lead) String() string { return l.Words().EN }

// Words says how long it is.
func (l Lead) Words() trade.Text {
	n, zh, en := l.days, "天", "day"
	switch {
	case l.working:
		zh, en = "个工作日", "working day"
	case l.days > 0 && l.days%7 == 0:
		n, zh, en = l.days/7, "周", "week"
	}
	if n != 1 {
		en += "s"
	}
	return trade.Text{ZH: fmt.Sprintf("%d %s", n, zh), EN: fmt.Sprintf("%d %s", n, en)}
}

// of is the rule for a member, and the member's code where it has a lead of its
// own.
func (c Comments) of(member string) (rule CommentRule, own string) {
	rule = c.Members[member]
	if rule.Lead.given {
		own = member
	} else {
		rule.Lead = c.Default.Lead
	}
	if len(rule.Languages) == 0 {
		rule.Languages = c.Default.Languages
	}
	if rule.Route == "" && rule.RouteEN == "" {
		rule.Route, rule.RouteEN = c.Default.Route, c.Default.RouteEN
	}
	return rule, own
}

// MemberRule is the whole rule for a member; without one, for all others.
type MemberRule struct {
	Member string
	CommentRule
}

// Rules are the rules as they hold, the default last.
func (c Comments) Rules() []MemberRule {
	var out []MemberRule
	for _, m := range append(slices.Sorted(maps.Keys(c.Members)), "") {
		rule, _ := c.of(m)
		out = append(out, MemberRule{m, rule})
	}
	return out
}

func (r CommentRule) route() trade.Text {
	return or(trade.Text{ZH: r.Route, EN: r.RouteEN}, trade.Text{})
}

// defaultComments is what national enquiry points and centres are used to: the
// United States ask for comments three working days before the day, the
// European Union for three weeks, Mexico for Spanish beside English.
func defaultComments() Comments {
	return Comments{
		Default: CommentRule{
			Lead: Lead{days: 10, working: true, given: true}, Languages: []string{"en"},
			Route:   "企业意见 → 本中心汇总 → 国家 TBT/SPS 通报咨询中心 → 通报成员",
			RouteEN: "firms → this centre → China's national TBT/SPS enquiry point → the notifying member",
		},
		Members: map[string]CommentRule{
			"US": {Lead: Lead{days: 3, working: true, given: true}},
			"EU": {Lead: Lead{days: 21, given: true}},
			"MX": {Languages: []string{"es", "en"}},
		},
	}
}

func (c Comments) validate() error {
	if !c.Default.Lead.given {
		return fmt.Errorf("triage.comments.default.lead is missing; write it like 10 working days")
	}
	rules := maps.Clone(c.Members)
	if rules == nil {
		rules = map[string]CommentRule{}
	}
	rules["default"] = c.Default
	for _, name := range slices.Sorted(maps.Keys(rules)) {
		where := "triage.comments.members." + name
		if name == "default" {
			where = "triage.comments.default"
		} else if code, ok := nomenclature.Market(name); !ok || code != name {
			return fmt.Errorf("%s: %q is no code of a member; write it like US, EU or MX", where, name)
		}
		for _, l := range rules[name].Languages {
			if _, ok := languageNames[l]; !ok {
				return fmt.Errorf("%s.languages: %q is not among %s", where, l, strings.Join(slices.Sorted(maps.Keys(languageNames)), ", "))
			}
		}
	}
	return nil
}
