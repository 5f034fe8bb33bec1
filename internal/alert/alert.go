// Package alert writes a release of a warning as an alert of the Common Alerting
// Protocol 1.2 (OASIS Standard, 1 July 2010), for machines. It names no firm
// and no product of one.
package alert

import (
	"encoding/xml"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"tbtwatch/internal/nomenclature"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
)

// Namespace is that of every element.
const Namespace = "urn:oasis:names:tc:emergency:cap:1.2"

// Frame is what an alert takes from the installation and not from the warning.
type Frame struct {
	Sender string         // who issues it: a name without blanks, commas, < and &
	Centre trade.Text     // its name for people
	Levels []string       // ids of the policy's levels, the highest first
	Zone   *time.Location // of all times
	Public bool           // the release is open to everybody; else it is restricted to those who are told
	Test   bool           // of a demo: nothing is to be done about it
}

// The elements, in the order in which the standard's schema has them (3.2).
type (
	document struct {
		XMLName     xml.Name `xml:"urn:oasis:names:tc:emergency:cap:1.2 alert"`
		Identifier  string   `xml:"identifier"`
		Sender      string   `xml:"sender"`
		Sent        string   `xml:"sent"`
		Status      string   `xml:"status"`
		MsgType     string   `xml:"msgType"`
		Source      string   `xml:"source,omitempty"`
		Scope       string   `xml:"scope"`
		Restriction string   `xml:"restriction,omitempty"`
		Note        string   `xml:"note,omitempty"`
		References  string   `xml:"references,omitempty"`
		Info        []info   `xml:"info"`
	}
	info struct {
		Language     string      `xml:"language"`
		Category     []string    `xml:"category"`
		Event        string      `xml:"event"`
		ResponseType string      `xml:"responseType"`
		Urgency      string      `xml:"urgency"`
		Severity     string      `xml:"severity"`
		Certainty    string      `xml:"certainty"`
		Effective    string      `xml:"effective"`
		Onset        string      `xml:"onset,omitempty"`
		Expires      string      `xml:"expires,omitempty"`
		SenderName   string      `xml:"senderName,omitempty"`
		Headline     string      `xml:"headline,omitempty"`
		Description  string      `xml:"description,omitempty"`
		Instruction  string      `xml:"instruction,omitempty"`
		Web          string      `xml:"web,omitempty"`
		Parameter    []valuePair `xml:"parameter"`
		Area         []area      `xml:"area"`
	}
	valuePair struct {
		Name  string `xml:"valueName"`
		Value string `xml:"value"`
	}
	area struct {
		Desc    string      `xml:"areaDesc"`
		Geocode []valuePair `xml:"geocode"`
	}
)

// grading is how a level is told in the standard's words.
type grading struct{ urgency, severity, certainty, response string }

var (
	gradings = []grading{ // by the level's place in the policy: 红橙黄蓝
		{"Immediate", "Severe", "Likely", "Execute"},
		{"Expected", "Severe", "Likely", "Prepare"},
		{"Future", "Moderate", "Likely", "Assess"},
		{"Future", "Minor", "Possible", "Monitor"},
	}
	lifted  = grading{"Past", "Minor", "Observed", "AllClear"}
	unknown = grading{"Unknown", "Unknown", "Unknown", "Assess"}
)

// gradingOf tells the release's level; one that the policy no longer has is
// unknown, and not the highest.
func gradingOf(w *trade.Warning, levels []string) grading {
	at := slices.Index(levels, w.Level)
	switch {
	case w.Lifted:
		return lifted
	case at < 0:
		return unknown
	}
	return gradings[min(at, len(gradings)-1)]
}

// CAP writes the release as an alert; earlier are the releases before it,
// oldest first, to which it refers.
func CAP(w *trade.Warning, earlier []trade.Warning, f Frame) ([]byte, error) {
	sent, err := time.Parse(time.RFC3339, w.At)
	if err != nil {
		return nil, fmt.Errorf("alert: warning %s, release %d: %w", w.Number, w.Release, err)
	}
	if f.Sender == "" || strings.ContainsAny(f.Sender, " ,<&\t\n") {
		return nil, fmt.Errorf("alert: %q cannot be a sender: it has to be a name without blanks, commas, < and &", f.Sender)
	}
	a := document{
		Identifier: identifier(w), Sender: f.Sender, Sent: stamp(sent, f.Zone), Status: "Actual", MsgType: "Alert", Source: w.Number,
		Scope: "Restricted", Restriction: "recipients registered with the issuing centre / 在发布中心登记的接收人",
	}
	if f.Test {
		a.Status, a.Note = "Test", "sample data / 示例数据"
	}
	if w.Exercise {
		a.Status, a.Note = "Exercise", "an exercise: nothing is in force / 演练，不代表任何措施生效"
	}
	if f.Public {
		a.Scope, a.Restriction = "Public", ""
	}
	if refs := references(w, earlier, f); refs != "" {
		a.MsgType, a.References = "Update", refs
		if w.Recalls > 0 && w.Lifted { // nothing is left of the warning
			a.MsgType = "Cancel"
		}
	}
	for _, lang := range []string{"zh", "en"} {
		a.Info = append(a.Info, infoOf(w, lang, sent, f))
	}
	out, err := xml.MarshalIndent(a, "", "  ")
	return append([]byte(xml.Header), append(out, '\n')...), err
}

// identifier names the release for ever.
func identifier(w *trade.Warning) string {
	return "tbtwatch-" + trade.FamilyKey(w.Family) + "-" + strconv.Itoa(w.Release)
}

// references are the releases before this one, as sender,identifier,sent.
func references(w *trade.Warning, earlier []trade.Warning, f Frame) string {
	var out []string
	for i := range earlier {
		e := &earlier[i]
		sent, err := time.Parse(time.RFC3339, e.At)
		if err != nil || e.Release >= w.Release || e.Family != w.Family {
			continue
		}
		out = append(out, f.Sender+","+identifier(e)+","+stamp(sent, f.Zone))
	}
	return strings.Join(out, " ")
}

// stamp is a time as the standard wants it: with its distance from UTC, never
// "Z", and UTC itself as -00:00.
func stamp(t time.Time, zone *time.Location) string {
	text := t.In(zone).Format("2006-01-02T15:04:05-07:00")
	if utc, isUTC := strings.CutSuffix(text, "+00:00"); isUTC {
		return utc + "-00:00"
	}
	return text
}

func infoOf(w *trade.Warning, lang string, sent time.Time, f Frame) info {
	g := gradingOf(w, f.Levels)
	i := info{
		Language: map[string]string{"zh": "zh-CN", "en": "en"}[lang], Category: categories(w),
		Event:   trade.Text{ZH: "技术性贸易措施预警", EN: "Trade measure warning"}.In(lang),
		Urgency: g.urgency, Severity: g.severity, Certainty: g.certainty, ResponseType: g.response,
		Effective:  stamp(sent, f.Zone),
		SenderName: f.Centre.In(lang), Headline: w.Headline.In(lang), Description: w.Summary.In(lang), Web: webAddress(w.Link),
	}
	onset, expires := after(sent, w, f, trade.DateEntryIntoForce), after(sent, w, f, trade.DateCommentDeadline)
	if !onset.IsZero() {
		i.Onset = stamp(onset, f.Zone)
	}
	if !expires.IsZero() && !expires.Before(onset) { // else it would end before it begins
		i.Expires = stamp(expires, f.Zone)
	}
	for _, d := range w.Dates {
		if name, when := triage.DateName(d.What).In(lang), triage.DateText(d).In(lang); when != "" {
			i.Parameter = append(i.Parameter, valuePair{name, when})
		}
	}
	if w.Centre != nil && w.Centre.Day != "" && !w.Lifted {
		i.Parameter = append(i.Parameter, valuePair{trade.Text{ZH: "本中心截止", EN: "the centre's own last day for comments"}.In(lang), w.Centre.Day})
	}
	i.Instruction = instruction(w, lang)
	for _, s := range w.Symbols {
		i.Parameter = append(i.Parameter, valuePair{"WTO symbol", s})
	}
	for _, p := range w.Papers {
		for _, hs := range p.HS {
			if pair := (valuePair{"HS", hs}); !slices.Contains(i.Parameter, pair) {
				i.Parameter = append(i.Parameter, pair)
			}
		}
	}
	for _, m := range w.Markets {
		i.Area = append(i.Area, area{nomenclature.MarketName(m, lang), []valuePair{{"ISO 3166-1", m}}})
	}
	if len(i.Area) == 0 {
		i.Area = []area{{Desc: trade.Text{ZH: "所有市场", EN: "all markets"}.In(lang)}}
	}
	return i
}

// categories: sanitary measures are about health, all others about safety.
func categories(w *trade.Warning) []string {
	if slices.ContainsFunc(w.Symbols, func(s string) bool { return strings.Contains(s, "/SPS/") }) {
		return []string{"Health"}
	}
	return []string{"Safety"}
}

// after is the last such day of the measure, of a deadline its end; the zero
// time where it does not lie behind the moment of sending: an alert that is over
// when it is sent is none.
func after(sent time.Time, w *trade.Warning, f Frame, what string) time.Time {
	for _, d := range slices.Backward(w.Dates) {
		day, err := time.ParseInLocation(trade.Day, d.To, f.Zone)
		if d.What != what || err != nil {
			continue
		}
		if what == trade.DateCommentDeadline {
			day = day.AddDate(0, 0, 1).Add(-time.Second)
		}
		if day.After(sent) {
			return day
		}
		return time.Time{}
	}
	return time.Time{}
}

// instruction says what is new and where to read on.
func instruction(w *trade.Warning, lang string) string {
	var out []string
	for _, t := range w.Changed {
		out = append(out, t.In(lang))
	}
	if w.Lifted {
		out = append(out, trade.Text{ZH: "预警已解除。", EN: "The warning is lifted."}.In(lang))
	} else {
		out = append(out, trade.Text{ZH: "请阅读官方原文，判断对产品的影响。", EN: "Read the authority's own text and judge what it means to your products."}.In(lang))
	}
	return strings.Join(out, "\n")
}

// webAddress lets web addresses pass and nothing else.
func webAddress(link string) string {
	if u, err := url.Parse(link); err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" {
		return u.String()
	}
	return ""
}
