package notify

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tbtwatch/internal/calendar"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
)

// cadenceConfig is the policy of the tests of when a message goes out.
func cadenceConfig() Config {
	c := DefaultConfig()
	c.Levels, c.Working = LevelsOf(triage.DefaultConfig()), calendar.China().Working
	return c
}

func TestWhenASubscriberHears(t *testing.T) {
	cases := []struct {
		name  string
		now   string
		to    trade.Subscriber
		level string
		want  string // "" for at once
	}{
		{"at once", "2026-03-02T23:30:00+08:00", trade.Subscriber{}, "yellow", ""},
		{"daily", "2026-03-02T17:00:00+08:00", trade.Subscriber{Cadence: "daily"}, "yellow", "2026-03-03T08:30:00+08:00"},
		{"daily, before the hour", "2026-03-02T08:29:00+08:00", trade.Subscriber{Cadence: "daily"}, "yellow", "2026-03-02T08:30:00+08:00"},
		{"weekly", "2026-03-02T08:30:00+08:00", trade.Subscriber{Cadence: "weekly"}, "yellow", "2026-03-09T08:30:00+08:00"},
		{"weekly, red at once", "2026-03-02T17:00:00+08:00", trade.Subscriber{Cadence: "weekly;red=immediate"}, "red", ""},
		{"weekly, orange daily", "2026-03-02T17:00:00+08:00", trade.Subscriber{Cadence: "weekly;orange=daily"}, "orange", "2026-03-03T08:30:00+08:00"},
		{"quiet hours over midnight", "2026-03-02T23:30:00+08:00", trade.Subscriber{QuietHours: "22:00-07:30"}, "orange", "2026-03-03T07:30:00+08:00"},
		{"quiet hours after midnight", "2026-03-03T01:00:00+08:00", trade.Subscriber{QuietHours: "22:00-07:30"}, "orange", "2026-03-03T07:30:00+08:00"},
		{"red breaks through quiet hours", "2026-03-02T23:30:00+08:00", trade.Subscriber{QuietHours: "22:00-07:30"}, "red", ""},
		{"a weekend", "2026-03-07T10:00:00+08:00", trade.Subscriber{RestDays: "quiet"}, "orange", "2026-03-09T08:30:00+08:00"},
		{"red breaks through a weekend", "2026-03-07T10:00:00+08:00", trade.Subscriber{RestDays: "quiet"}, "red", ""},
		{"National Day: the first working day after it", "2026-10-01T10:00:00+08:00", trade.Subscriber{RestDays: "quiet"}, "orange", "2026-10-08T08:30:00+08:00"},
		{"a Saturday that is worked", "2026-10-10T10:00:00+08:00", trade.Subscriber{RestDays: "quiet"}, "orange", ""},
		{"Monday is a holiday: the weekly digest waits", "2026-04-29T10:00:00+08:00", trade.Subscriber{Cadence: "weekly", RestDays: "quiet"}, "blue", "2026-05-06T08:30:00+08:00"},
		{"own time zone", "2026-03-03T03:00:00+08:00", trade.Subscriber{QuietHours: "22:00-07:30", Timezone: "Asia/Urumqi"}, "orange", "2026-03-03T09:30:00+08:00"},
		{"digest within quiet hours", "2026-03-02T17:00:00+08:00", trade.Subscriber{Cadence: "daily", QuietHours: "20:00-10:00"}, "blue", "2026-03-03T10:00:00+08:00"},
		{"a pause holds back red, too", "2026-03-02T17:00:00+08:00", trade.Subscriber{PausedUntil: "2026-03-20", QuietHours: "22:00-07:30"}, "red", "2026-03-20T08:30:00+08:00"},
		{"a pause and weekly messages", "2026-03-02T17:00:00+08:00", trade.Subscriber{PausedUntil: "2026-03-23", Cadence: "weekly"}, "blue", "2026-03-23T08:30:00+08:00"},
		{"a pause that is over", "2026-03-20T17:00:00+08:00", trade.Subscriber{PausedUntil: "2026-03-20"}, "blue", ""},
		{"clocks put forward over the end", "2026-03-29T01:00:00+01:00", trade.Subscriber{QuietHours: "22:00-02:30", Timezone: "Europe/Berlin"}, "blue", "2026-03-29T03:30:00+02:00"},
		{"clocks put back: the end that comes after", "2026-10-25T02:10:00+01:00", trade.Subscriber{QuietHours: "22:00-02:30", Timezone: "Europe/Berlin"}, "blue", "2026-10-25T02:30:00+01:00"},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			now, err := time.Parse(time.RFC3339, tc.now)
			if err != nil {
				t.Fatal(err)
			}
			n := &Notifier{Config: cadenceConfig(), Now: func() time.Time { return now }}
			got := n.due(&tc.to, &trade.Warning{Level: tc.level})
			if tc.want == "" && got == "" {
				return
			}
			want, _ := time.Parse(time.RFC3339, tc.want)
			if !parseStamp(got).Equal(want) {
				t.Errorf("%s, want %s", got, tc.want)
			}
		})
	}
}

// At any moment, in any time zone and with any wishes: the message goes out
// later and not before now, never in quiet hours or on a day of rest unless it
// is urgent, and within a month of a pause's end.
func TestAMessageIsNeverForgottenNorEarly(t *testing.T) {
	zones := []string{"Asia/Shanghai", "Asia/Urumqi", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Africa/Cairo", "America/St_Johns", "UTC"}
	c := cadenceConfig()
	rapid.Check(t, func(t *rapid.T) {
		clock := rapid.Custom(func(t *rapid.T) string {
			return trade.Clock{Hour: rapid.IntRange(0, 23).Draw(t, "hour"), Minute: rapid.IntRange(0, 59).Draw(t, "minute")}.String()
		})
		to := trade.Subscriber{
			Timezone: rapid.SampledFrom(zones).Draw(t, "zone"), Cadence: rapid.SampledFrom(trade.CadenceNames).Draw(t, "cadence"),
			QuietHours: clock.Draw(t, "from") + "-" + clock.Draw(t, "to"), RestDays: rapid.SampledFrom([]string{"", trade.RestQuiet}).Draw(t, "rest"),
		}
		now := time.Unix(rapid.Int64Range(1767225600, 1830297600).Draw(t, "now"), 0) // 2026 and 2027
		if rapid.Bool().Draw(t, "paused") {
			to.PausedUntil = now.AddDate(0, 0, rapid.IntRange(-3, 40).Draw(t, "days")).Format(trade.Day)
		}
		if err := to.CheckHours(); err != nil {
			t.Fatal(err)
		}
		urgent := rapid.Bool().Draw(t, "urgent")
		h := c.hours(&to)
		at := h.next(now, to.Cadences().For("blue"), urgent)
		latest := now
		if h.paused.After(now) {
			latest, urgent = h.paused, false
		}
		switch {
		case at.Before(now):
			t.Fatalf("%s is before %s", at, now)
		case at.Before(h.paused):
			t.Fatalf("%s is before the pause ends, %s", at, h.paused)
		case at.After(latest.AddDate(0, 0, 31)):
			t.Fatalf("%s is more than a month after %s", at, latest)
		case urgent && to.Cadence == trade.Immediate && !at.Equal(now):
			t.Fatalf("what is urgent waits until %s", at)
		}
		if _, quiet := h.quietUntil(at); quiet && !urgent {
			t.Fatalf("%s is in the quiet hours %s", at, to.QuietHours)
		}
		if !urgent && h.rests != nil && h.rests(at) {
			t.Fatalf("%s is a day of rest", at)
		}
		if again := h.next(at, trade.Immediate, urgent); !again.Equal(at) {
			t.Fatalf("at %s the message waits again, until %s", at, again)
		}
	})
}

func TestCadencesAreRead(t *testing.T) {
	for _, tc := range []struct{ given, level, want string }{
		{"", "red", "immediate"}, {"daily", "red", "daily"}, {"daily;red=immediate", "red", "immediate"}, {"daily; red = immediate ;blue=weekly", "blue", "weekly"}, {"weekly;red=immediate", "orange", "weekly"},
	} {
		c, err := trade.ParseCadences(tc.given)
		if err != nil || c.For(tc.level) != tc.want {
			t.Errorf("%q, %s: %s, %v; want %s", tc.given, tc.level, c.For(tc.level), err, tc.want)
		}
	}
	for _, bad := range []string{"hourly", "daily;weekly", "daily;=weekly", "daily;red=sometimes", "red"} {
		if c, err := trade.ParseCadences(bad); err == nil {
			t.Errorf("%q is read as %+v", bad, c)
		}
	}
	if c, _ := trade.ParseCadences("daily;red=immediate;blue=weekly"); !slices.Equal(c.Levels(), []string{"blue", "red"}) {
		t.Errorf("%v", c.Levels())
	}
}
