package registry

import (
	"strings"
	"testing"

	"tbtwatch/internal/trade"
)

func TestWhenASubscriberWantsToHearIsRead(t *testing.T) {
	const header = "subscriber_id,kind,channel,address,cadence,时区,免打扰,休息日,暂停至\n"
	for _, tc := range []struct {
		row  string
		want trade.Subscriber
		bad  string
	}{
		{"每日；黄色=立即,Asia/Urumqi,22：00—07：30,免打扰,2026-12-05", trade.Subscriber{Cadence: "daily;yellow=immediate", Timezone: "Asia/Urumqi", QuietHours: "22:00-07:30", RestDays: "quiet", PausedUntil: "2026-12-05"}, ""},
		{"weekly;red=immediate;blue=daily,,,,", trade.Subscriber{Cadence: "weekly;red=immediate;blue=daily"}, ""},
		{",,,no,", trade.Subscriber{Cadence: "immediate"}, ""},
		{"daily;purple=immediate,,,,", trade.Subscriber{}, `column cadence, value "purple": not known; give one of red`},
		{"daily;red=hourly,,,,", trade.Subscriber{}, `column cadence, value "hourly": not known; give one of immediate`},
		{"daily;weekly,,,,", trade.Subscriber{}, "column cadence"},
		{",Moon/Sea,,,", trade.Subscriber{}, `column timezone, value "Moon/Sea"`},
		{",Local,,,", trade.Subscriber{}, "column timezone"},
		{",,at night,,", trade.Subscriber{}, "column quiet_hours"},
		{",,25:00-07:00,,", trade.Subscriber{}, "column quiet_hours"},
		{",,,perhaps,", trade.Subscriber{}, "column rest_days"},
		{",,,,soon", trade.Subscriber{}, "column paused_until"},
	} {
		items := drain(t, ParseSubscribers(openSheet(t, Subscribers, header+"S,department,email,a@b.example,"+tc.row+"\n"), testRules))
		bad := badLines(items)
		if (bad == "") != (tc.bad == "") || !strings.Contains(bad, tc.bad) {
			t.Errorf("%s: %q, want %q", tc.row, bad, tc.bad)
			continue
		}
		s := items[0].Subscriber
		if got := (trade.Subscriber{Cadence: s.Cadence, Timezone: s.Timezone, QuietHours: s.QuietHours, RestDays: s.RestDays, PausedUntil: s.PausedUntil}); bad == "" && got.Cadence+got.Timezone+got.QuietHours+got.RestDays+got.PausedUntil != tc.want.Cadence+tc.want.Timezone+tc.want.QuietHours+tc.want.RestDays+tc.want.PausedUntil {
			t.Errorf("%s: read as %+v", tc.row, got)
		}
	}
}

// A list that was downloaded without its secrets changes none of them when it
// comes back.
func TestAMaskedAddressIsTheOneThatIsStored(t *testing.T) {
	stored := trade.Subscriber{ID: "S", Channel: "webhook", Address: "https://h.example/hook/s3cret", Gone: "2026-01-01T00:00:00Z"}
	row := stored
	row.Gone = ""
	for address, want := range map[string]trade.Subscriber{
		"https://h.example/…":     {Address: "https://h.example/hook/s3cret", Gone: "2026-01-01T00:00:00Z"},
		"https://h.example/other": {Address: "https://h.example/other"},
	} {
		row.Address = address
		if got := mergeSubscriber(&stored, row, func(string) bool { return true }); got.Address != want.Address || got.Gone != want.Gone {
			t.Errorf("%s: %+v", address, got)
		}
	}
}

func TestMutedMeasuresAreRead(t *testing.T) {
	for row, want := range map[string]string{
		"G/TBT/N/VNM/12/Add.1；g/sps/n/jpn/5 until 2027-03-01": "G/TBT/N/VNM/12; G/SPS/N/JPN/5 until 2027-03-01",
		"":                            "",
		"G/TBT/N/VNM/12 until spring": `column muted, value "G/TBT/N/VNM/12 until spring"`,
	} {
		items := drain(t, ParseSubscribers(openSheet(t, Subscribers, "subscriber_id,kind,channel,address,静音的措施\nS,department,email,a@b.example,"+row+"\n"), testRules))
		if bad := badLines(items); bad != "" && (want == "" || !strings.Contains(bad, want)) || bad == "" && items[0].Subscriber.Muted != want {
			t.Errorf("%q: %q, %+v", row, bad, items[0].Subscriber)
		}
	}
}
