package portal

import (
	"strings"
	"testing"
	"time"

	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
)

func TestWhoIsToldThatNobodyAnswered(t *testing.T) {
	w := ladderWorld(t)
	march := func(day int) time.Time { return time.Date(2026, 3, day, 9, 0, 0, 0, time.UTC) }
	association := trade.Subscriber{Kind: trade.SubAssociation, Sector: "motorcycles"}
	toys := trade.Subscriber{Kind: trade.SubAssociation, Sector: "toys"}
	north, south, east := trade.Subscriber{Kind: trade.SubDistrict, District: "北区"}, trade.Subscriber{Kind: trade.SubDistrict, District: "南区"}, trade.Subscriber{Kind: trade.SubDistrict, District: "东区"}
	department, firm := trade.Subscriber{Kind: trade.SubDepartment}, trade.Subscriber{Kind: trade.SubExporter, Exporter: "E1"}
	for _, tc := range []struct {
		name, id, key string
		day           int
		told          []trade.Subscriber
		not           []trade.Subscriber
	}{
		{"associations of its sector", "escalate-association-2026-03-17", "F2", 17, []trade.Subscriber{association}, []trade.Subscriber{north, department, firm}},
		{"its districts", "escalate-district-2026-03-20", "F2", 20, []trade.Subscriber{north, south}, []trade.Subscriber{east, association, department, firm}},
		{"departments", "escalate-department-2026-03-12", "F1", 12, []trade.Subscriber{department}, []trade.Subscriber{association, toys, north, firm}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			due, err := w.portal.Occasions(t.Context(), march(tc.day), 0)
			if err != nil || len(due) != 1 || due[0].ID != tc.id || due[0].Key != trade.FamilyKey(tc.key) {
				t.Fatalf("%+v, %v", due, err)
			}
			for _, s := range tc.told {
				if !due[0].To(&s) {
					t.Errorf("%+v is not told", s)
				}
			}
			for _, s := range tc.not {
				if due[0].To(&s) {
					t.Errorf("%+v is told", s)
				}
			}
		})
	}
	due, err := w.portal.Occasions(t.Context(), march(20), 6)
	var ids []string
	for _, o := range due {
		ids = append(ids, o.ID)
	}
	if want := "escalate-district-2026-03-20 escalate-association-2026-03-17"; err != nil || strings.Join(ids, " ") != want {
		t.Errorf("with the days before: %v, %v, want %s", ids, err, want)
	}
	says := func(id, family string, to trade.Subscriber) string {
		t.Helper()
		_, lead, why, err := w.portal.OccasionWords(t.Context(), id, &to, family, march(20))
		if err != nil || len(lead) == 0 == (why.EN == "") {
			t.Fatalf("%v, %v, %v", lead, why, err)
		}
		if why.EN != "" {
			return "nothing: " + why.EN
		}
		return lead[0].ZH
	}
	for _, tc := range []struct {
		id, family string
		to         trade.Subscriber
		want       string
	}{
		{"escalate-association-2026-03-17", "F2", association, "不足三家"},
		{"escalate-district-2026-03-20", "F2", north, "有 1 家逾期未反馈：秘密厂E1。"},
		{"escalate-department-2026-03-12", "F1", department, "不足三家"},
	} {
		if got := says(tc.id, tc.family, tc.to); !strings.Contains(got, tc.want) {
			t.Errorf("%s: %s", tc.id, got)
		}
	}
	w.say("F2", "E1", trade.Receipt, 20)
	w.settled()
	if got := says("escalate-district-2026-03-20", "F2", north); !strings.HasPrefix(got, "nothing: answered meanwhile") {
		t.Errorf("after the answer: %s", got)
	}
}

// A district is told which of its firms have not answered; nobody else learns a
// name, nor a number that is one or two firms'.
func TestWordsThatNobodyAnswered(t *testing.T) {
	firms := []string{"甲", "乙", "丙", "丁", "戊", "己", "庚", "辛", "壬", "癸", "子", "丑"}
	for _, c := range []struct {
		step   triage.Step
		n      int
		zh, en string
	}{
		{triage.StepAssociation, 1, "该预警送达的企业中有企业逾期未反馈（不足三家，不列数字）。请协会提醒会员企业确认收到并反馈是否受影响。", "Some firms that were told of this have not answered (fewer than three, no number is given). Please ask your members to confirm it and to say whether they are affected."},
		{triage.StepDepartment, 2, "该预警送达的企业中有企业逾期未反馈（不足三家，不列数字）。现报部门知悉。", "Some firms that were told of this have not answered (fewer than three, no number is given). The departments are informed."},
		{triage.StepDepartment, 3, "该预警送达的企业中有 3 家逾期未反馈。现报部门知悉。", "Firms that were told of this and have not answered: 3. The departments are informed."},
		{triage.StepDistrict, 2, "该预警送达的企业中有 2 家逾期未反馈：甲、乙。请区县联系这些企业，督促其反馈。", "Firms that were told of this and have not answered: 2 (甲; 乙). Please get in touch with them and ask them to answer."},
		{triage.StepDistrict, 12, "该预警送达的企业中有 12 家逾期未反馈：甲、乙、丙、丁、戊、己、庚、辛、壬、癸，另有 2 家。请区县联系这些企业，督促其反馈。", "Firms that were told of this and have not answered: 12 (甲; 乙; 丙; 丁; 戊; 己; 庚; 辛; 壬; 癸; and 2 more). Please get in touch with them and ask them to answer."},
	} {
		if got := escalationWords(c.step, firms[:c.n]); got.ZH != c.zh || got.EN != c.en {
			t.Errorf("%s, %d firms: %s | %s", c.step, c.n, got.ZH, got.EN)
		}
	}
}

func TestRemindersCountWorkingDays(t *testing.T) {
	w := newWorld(t)
	at := inMarch(2, 9)
	closing := trade.Date{What: trade.DateCommentDeadline, From: "2026-04-17", To: "2026-04-17"}
	store(t, w.bus.Warnings, trade.FamilyKey("R1"), trade.Warning{Number: "2026-R1", Family: "R1", Release: 1, Level: "blue", Markets: []string{"VN"}, Dates: []trade.Date{closing}, At: at})
	w.settled()
	day := time.Date(2026, 3, 19, 1, 0, 0, 0, time.UTC)
	var told []string
	var last Occasion
	for ; day.Month() < time.May; day = day.AddDate(0, 0, 1) {
		due, err := w.portal.Occasions(t.Context(), day, 0)
		if err != nil {
			t.Fatal(err)
		}
		if len(due) > 0 && (len(told) == 0 || told[len(told)-1] != due[0].ID) {
			told = append(told, due[0].ID)
			last = due[0]
			_, lead, why, err := w.portal.OccasionWords(t.Context(), due[0].ID, &trade.Subscriber{Kind: trade.SubExporter}, "R1", day)
			if err != nil || why.EN != "" || !strings.Contains(lead[0].ZH, "个工作日") || !strings.Contains(lead[0].EN, "Working days left") {
				t.Errorf("%s on %s: %v, %v, %v", due[0].ID, day.Format(trade.Day), lead, why, err)
			}
		}
	}
	if len(told) < 3 || !strings.HasPrefix(told[0], "remind-10-") || !strings.HasPrefix(told[1], "remind-5-") || !strings.HasPrefix(told[2], "remind-2-") {
		t.Errorf("reminded as %v", told)
	}
	if !last.To(&trade.Subscriber{Kind: trade.SubExporter}) || !last.To(&trade.Subscriber{Kind: trade.SubAssociation}) || last.To(&trade.Subscriber{Kind: trade.SubMachine}) || last.To(&trade.Subscriber{Kind: trade.SubDepartment}) {
		t.Error("firms and associations are reminded, and nobody else")
	}
	if _, _, why, _ := w.portal.OccasionWords(t.Context(), told[0], &trade.Subscriber{}, "R1", day); why.EN == "" {
		t.Error("a reminder goes out after its day")
	}
}

// What reminds of a release, or says that nobody has answered, is no further
// warning in a report or on the page of a firm.
func TestRemindersAreNoWarnings(t *testing.T) {
	w := newWorld(t)
	w.warn("F1", 2, "E1", "E2", "E3")
	for _, d := range []trade.Delivery{
		{Subscriber: "A", Occasion: "remind-10-2026-04-03"}, {Subscriber: "A", Occasion: "escalate-association-2026-03-05"}, {Subscriber: "SE1", Exporter: "E1", Occasion: "remind-10-2026-04-03"},
	} {
		d.Channel, d.Family, d.Release, d.State, d.At = "email", "F1", 1, trade.Accepted, inMarch(19, 9)
		store(t, w.bus.Deliveries, trade.OccasionKey(d.Subscriber, d.Channel, d.Family, d.Occasion), d)
	}
	w.settled()
	report, err := w.portal.Report(t.Context(), scopeOf(t, trade.RoleAssociation, trade.Member{Association: "A"}), "2026")
	if err != nil || len(report.Warnings) != 1 || report.Delivered != 1 {
		t.Errorf("the association was warned once: %+v, %v", report.Warnings, err)
	}
	firm, err := w.portal.Firm(scopeOf(t, trade.RoleDistrict, trade.Member{District: "北区"}), "E1")
	if err != nil || len(firm.Warnings) != 1 || firm.Warnings[0].At != inMarch(2, 9) {
		t.Errorf("the firm was warned once: %+v, %v", firm.Warnings, err)
	}
}
