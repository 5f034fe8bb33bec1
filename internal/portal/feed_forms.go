package portal

import (
	"context"
	"encoding/xml"
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"
	"github.com/gorilla/feeds"

	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
)

// keptInCalendar is how long a day stays in the calendar after it has passed.
const keptInCalendar = 90 * 24 * time.Hour

// Calendar is the deadlines of a firm's warnings as an iCalendar (RFC 5545),
// for whoever has the token. base is where these pages are found. It says what
// the warning says to everybody, and nothing of the firm: calendars are often
// kept by others.
func (p *Portal) Calendar(ctx context.Context, token, lang, base string) (string, error) {
	rows, err := p.feed(ctx, token)
	if err != nil {
		return "", err
	}
	c := ics.NewCalendarFor("tbtwatch")
	c.SetMethod(ics.MethodPublish)
	c.SetXWRCalName(trade.Text{ZH: "技术性贸易措施：期限", EN: "Trade measures: deadlines"}.In(lang))
	for _, r := range rows {
		for _, d := range r.warning.Dates {
			p.event(c, r, d.What, d.From, triage.DateName(d.What), trade.Text{}, lang, base)
		}
		own := triage.CentreOf(&r.warning, p.o.View.Policy)
		p.event(c, r, "centre", own.Day, trade.Text{ZH: "意见请在此日前报送中心", EN: "comments are due at the centre"}, own.Basis, lang, base)
	}
	return c.Serialize(ics.WithNewLineWindows), nil
}

// event adds a day of a warning. Its identity is the measure's and the kind of
// day: when the day moves, the same event moves.
func (p *Portal) event(c *ics.Calendar, r OwnRow, what, day string, name, basis trade.Text, lang, base string) {
	at, err := time.Parse(trade.Day, day)
	if err != nil || what == trade.DatePublished || at.Before(p.o.Now().Add(-keptInCalendar)) {
		return
	}
	e := c.AddEvent(trade.Key("event", r.warning.Family, what) + "@tbtwatch")
	released, err := time.Parse(time.RFC3339, r.At)
	if err != nil {
		released = at
	}
	e.SetDtStampTime(released)
	e.SetSequence(r.Release - 1)
	e.SetAllDayStartAt(at)
	e.SetAllDayEndAt(at.AddDate(0, 0, 1)) // exclusive
	e.SetSummary(plain(name.In(lang) + trade.Text{ZH: "：", EN: ": "}.In(lang) + r.Headline.In(lang)))
	e.SetDescription(plain(strings.TrimSpace(strings.Join([]string{r.Number, r.warning.Summary.In(lang), basis.In(lang)}, "\n"))))
	e.SetURL(base + "/my/warnings/" + r.Key)
	e.SetStatus(ics.ObjectStatusConfirmed)
	if r.Lifted {
		e.SetStatus(ics.ObjectStatusCancelled)
	}
}

// Atom is a firm's warnings as a feed, one entry a measure, for whoever has the
// token.
func (p *Portal) Atom(ctx context.Context, token, lang, base string) (string, error) {
	rows, err := p.feed(ctx, token)
	if err != nil {
		return "", err
	}
	f := &feeds.AtomFeed{
		Xmlns: "http://www.w3.org/2005/Atom", Id: "urn:tbtwatch:feed:" + token[:26], Updated: p.o.Now().UTC().Format(time.RFC3339),
		Title: trade.Text{ZH: "技术性贸易措施：涉及本企业的预警", EN: "Trade measures: warnings that concern us"}.In(lang),
		Link:  &feeds.AtomLink{Href: base + "/my"}, Author: &feeds.AtomAuthor{AtomPerson: feeds.AtomPerson{Name: trade.Text{ZH: p.o.View.Policy.Centre, EN: p.o.View.Policy.CentreEN}.In(lang)}},
	}
	for i, r := range rows {
		level := p.o.View.Policy.Level(r.Level)
		if i == 0 {
			f.Updated = r.At
		}
		f.Updated = max(f.Updated, r.At)
		f.Entries = append(f.Entries, &feeds.AtomEntry{
			Id: "urn:tbtwatch:warning:" + r.Key, Updated: r.At,
			Title:   plain("[" + marked(&r.warning, trade.Text{ZH: level.ZH, EN: level.EN}).In(lang) + "] " + r.Headline.In(lang)),
			Links:   []feeds.AtomLink{{Href: base + "/my/warnings/" + r.Key, Rel: "alternate"}},
			Summary: &feeds.AtomSummary{Type: "text", Content: plain(r.warning.Summary.In(lang))},
		})
	}
	out, err := xml.MarshalIndent(f, "", " ")
	return xml.Header + string(out), err
}

// marked is the level's name, or what a release is instead: a correction, or
// that the last one is taken back.
func marked(w *trade.Warning, level trade.Text) trade.Text {
	switch {
	case w.Recalls > 0:
		return trade.Text{ZH: "撤回", EN: "Recalled"}
	case w.Corrects > 0:
		return trade.Text{ZH: "更正 · " + level.ZH, EN: "Correction · " + level.EN}
	}
	return level
}

// plain drops the characters that neither form may hold.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' || r == 0x7f || r == 0xfffe || r == 0xffff {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, ""))
}
