package notify

import (
	"strings"
	"testing"
	"time"

	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
)

// What a firm is told is triage's sentence, with foreign words made inert.
func TestEvidenceForTheFirmIsInert(t *testing.T) {
	e := trade.Evidence{Kind: trade.EvidenceTerm, Notice: "mopeds\u202e\r\nBcc: x", Product: "moped\x00", Where: "ti\u2066tle"}
	for lang, want := range map[string]string{
		"zh": "通报（标题）写到“mopeds Bcc: x”，与您的产品登记的名称“moped”相符",
		"en": "the notice (title) says “mopeds Bcc: x”, a registered name of your product (“moped”)",
	} {
		if got := why(e, lang); got != want {
			t.Errorf("%s: %q, want %q", lang, got, want)
		}
	}
}

func TestDateLines(t *testing.T) {
	for name, tt := range map[string]struct {
		d      trade.Date
		zh, en DateLine
	}{
		"a day": {trade.Date{What: trade.DateCommentDeadline, Text: "2026-11-05T00:00:00+00:00", From: "2026-11-05", To: "2026-11-05", Basis: "as given"},
			DateLine{"评议截止", "2026-11-05", "", ""}, DateLine{"Comments close", "2026-11-05", "", ""}},
		"no day": {trade.Date{What: trade.DateAdoption, Text: "To be\u0085announced", Basis: "not a day: to be determined"},
			DateLine{"拟批准", "未定", "To be announced", "待定"}, DateLine{"Adoption", "open", "To be announced", "to be determined"}},
		"of later days": {trade.Date{What: "second\x00_phase", From: "2027-01-01", To: "2027-01-01"}, DateLine{"Second phase", "2027-01-01", "", ""}, DateLine{"Second phase", "2027-01-01", "", ""}},
	} {
		if zh, en := dateLine(tt.d, "zh"), dateLine(tt.d, "en"); zh != tt.zh || en != tt.en {
			t.Errorf("%s: %+v and %+v, want %+v and %+v", name, zh, en, tt.zh, tt.en)
		}
	}
}

// What the ledger keeps in English is shown in Chinese.
func TestWhatTheLedgerSaysHasItsChinese(t *testing.T) {
	for _, reason := range []string{
		recorded("process %s began attempt %s at %s and left no word", "a-1", 2, "2026-03-02"), recorded("found by asking the channel"),
		recorded("policy is not to send twice: %s", recorded("process %s began attempt %s at %s and left no word", "a-1", 2, "2026-03-02")),
		recorded("no clear answer in %s attempts: %s", 10, "451"), recorded("there is no channel %s", "fax"),
		recorded("given up after %s attempts: %s", 10, "451"), recorded("the subscriber is no longer registered"), recorded("the subscriber moved to channel %s", "slack"),
	} {
		if got := triage.ReasonText(reason); got.EN != reason || got.ZH == reason || strings.Contains(got.ZH, "attempt") {
			t.Errorf("%q is shown as %+v", reason, got)
		}
	}
}

func TestCentreLine(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(*trade.Warning)
		want   []string // nil: no line
	}{
		{"ahead", func(w *trade.Warning) {}, []string{"2026-10-15", "评议截止前 3 周"}},
		{"passed at the release", func(w *trade.Warning) { w.At = "2026-10-20T00:00:00Z" }, []string{"已过", "2026-11-05", "立即报送"}},
		{"closed", func(w *trade.Warning) { w.At = "2026-11-06T00:00:00Z" }, []string{"2026-10-15"}},
		{"lifted", func(w *trade.Warning) { w.Lifted = true }, nil},
		{"not recorded", func(w *trade.Warning) { w.Centre = nil }, nil},
		{"not known", func(w *trade.Warning) { w.Centre = &trade.CentreDay{Languages: []string{"en"}} }, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := soundWarning()
			tt.change(w)
			text := ""
			for _, d := range Compose(messageWith(w), Env{}).Dates {
				if d.What == "本中心截止" {
					text += d.When + d.Note(labels("zh"))
				}
			}
			mustContain(t, "the line", text, tt.want...)
			if (text != "") != (tt.want != nil) || strings.Contains(text, "已过") != (tt.name == "passed at the release") {
				t.Errorf("the line is %q", text)
			}
		})
	}
}

func messageWith(w *trade.Warning) Message {
	return Message{Warning: w, View: View{Kind: trade.SubExporter, Warning: *w}}
}

func TestActionsByDate(t *testing.T) {
	day := func(what, from, to string) trade.Date { return trade.Date{What: what, From: from, To: to} }
	tests := []struct {
		name    string
		kind    trade.SubscriberKind
		change  func(*trade.Warning)
		says    []string
		silent  []string
		remarks int
	}{
		{"comments open", "exporter", func(w *trade.Warning) {}, []string{"2026-11-05", "2027-05-01 至 2027-08-31", "请于 2026-10-15 前报送本中心", "与您的产品无关", "评议时可提出：评议期只有 45 天", "2.9.4"}, nil, 1},
		{"comments closed before the release", "exporter", func(w *trade.Warning) { w.At = "2026-11-06T00:00:00Z" }, []string{"2027-05-01"}, []string{"2026-11-05", "可提出"}, 1},
		{"the centre's day has passed", "exporter", func(w *trade.Warning) { w.At = "2026-10-16T00:00:00Z" }, []string{"2026-11-05", "请立即报送本中心"}, []string{"2026-10-15"}, 1},
		{"no day of the centre is recorded", "association", func(w *trade.Warning) { w.Centre = nil }, []string{"2026-11-05", "尽早汇总报送"}, nil, 1},
		{"closes today", "district", func(w *trade.Warning) { w.At = "2026-11-05T23:00:00Z" }, []string{"2026-11-05", "上列企业立即"}, []string{"可提出"}, 1},
		{"in force already", "exporter", func(w *trade.Warning) { w.Dates = []trade.Date{day("entry_into_force", "2026-01-01", "2026-01-01")} }, []string{"已生效", "2026-01-01"}, nil, 0},
		{"urgent without a date", "exporter", func(w *trade.Warning) { w.Dates, w.Kind = nil, trade.KindUrgent }, []string{"紧急措施"}, nil, 0},
		{"nothing dated", "association", func(w *trade.Warning) { w.Dates = nil }, []string{"尚未写明"}, []string{"无关"}, 0},
		{"lifted", "exporter", func(w *trade.Warning) { w.Lifted = true }, []string{"已解除"}, []string{"2026-11-05"}, 0},
		{"comment period extended by an addendum", "exporter", func(w *trade.Warning) {
			w.Dates[0].From, w.Dates[0].To, w.Dates[1].From, w.Dates[1].To = "2026-10-20", "2026-10-20", "2026-12-05", "2026-12-05"
		}, []string{"2026-12-05"}, nil, 0},
		{"in force today", "exporter", func(w *trade.Warning) { w.Dates = []trade.Date{day("entry_into_force", "2026-10-01", "2026-10-01")} }, []string{"已生效"}, []string{"在此之前"}, 0},
		{"short transition", "department", func(w *trade.Warning) {
			w.Dates = []trade.Date{day("adoption", "2026-12-01", "2026-12-01"), day("entry_into_force", "2027-02-01", "2027-02-01")}
		}, []string{"2027-02-01"}, nil, 1},
		{"long transition", "department", func(w *trade.Warning) {
			w.Dates = []trade.Date{day("adoption", "2026-12-01", "2026-12-01"), day("entry_into_force", "2027-12-01", "2027-12-01")}
		}, []string{"2027-12-01"}, nil, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := soundWarning()
			tt.change(w)
			text := strings.Join(actions(View{Kind: tt.kind, Warning: *w}, "zh", trade.DayOf(w.At, time.UTC)), "\n")
			mustContain(t, "the advice", text, tt.says...)
			mustNotContain(t, "the advice", text, tt.silent...)
			if got := remarks(View{Kind: trade.SubDepartment, Warning: *w}, "zh"); len(got) != tt.remarks {
				t.Errorf("remarks %q, want %d", got, tt.remarks)
			}
			if en := actions(View{Kind: tt.kind, Warning: *w}, "en", trade.DayOf(w.At, time.UTC)); len(en) != len(strings.Split(text, "\n")) {
				t.Errorf("English gives other advice: %q", en)
			}
		})
	}
}

// A reminder reckons from the day on which it is sent, and days are told where
// the centre is.
func TestDaysAreToldWhereAndWhenTheyAreRead(t *testing.T) {
	w := soundWarning()
	w.At = "2026-09-30T22:30:00Z"
	env, _ := testEnv(t)
	env.Zone = time.FixedZone("", 8*3600)
	m := messageTo(t, "firm", "zh", w)
	c := Compose(m, env)
	if c.Issued != "2026-10-01" {
		t.Errorf("issued on %s", c.Issued)
	}
	mustContain(t, "the release", strings.Join(c.Actions, "\n"), "于 2026-10-15 前报送本中心")
	m.Words = Words{Mark: trade.Text{ZH: "提醒", EN: "Reminder"}, Day: "2026-10-20"}
	c = Compose(m, env)
	mustContain(t, "the reminder", strings.Join(c.Actions, "\n"), "请立即报送本中心")
	mustNotContain(t, "the reminder", strings.Join(c.Actions, "\n"), "2026-10-15")
}
