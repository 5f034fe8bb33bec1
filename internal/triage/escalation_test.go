package triage

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"tbtwatch/internal/trade"
)

var chinaTime = time.FixedZone("CST", 8*3600)

func at(text string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", text, chinaTime)
	if err != nil {
		panic(err)
	}
	return t
}

func TestTheLadderCountsWorkingDays(t *testing.T) {
	for _, c := range []struct{ name, level, told, association, district, department, due string }{
		{"a plain week", "yellow", "2026-03-02 09:00", "2026-03-10", "2026-03-17", "2026-03-24", "2026-03-16"},
		{"red has half of the days", "red", "2026-03-02 23:59", "2026-03-05", "2026-03-10", "2026-03-12", "2026-03-09"},
		{"over Spring Festival, with its worked Saturdays", "yellow", "2026-02-12 09:00", "2026-02-27", "2026-03-05", "2026-03-12", "2026-03-04"},
		{"the last day is a Friday: the next step waits for Monday", "yellow", "2026-03-06 00:00", "2026-03-16", "2026-03-23", "2026-03-30", "2026-03-20"},
		{"told on a Sunday", "blue", "2026-03-08 12:00", "2026-03-16", "2026-03-23", "2026-03-30", "2026-03-20"},
	} {
		t.Run(c.name, func(t *testing.T) {
			ladder := DefaultConfig().Ladder(c.level, at(c.told))
			var got []string
			for _, r := range ladder[1:] {
				got = append(got, r.From.Format("2006-01-02 15:04"))
			}
			want := c.association + " 00:00 " + c.district + " 00:00 " + c.department + " 00:00"
			if strings.Join(got, " ") != want {
				t.Errorf("steps begin %v, want %s", got, want)
			}
			if due := DefaultConfig().AnswerBy(c.level, at(c.told)).Format("2006-01-02 15:04:05"); due != c.due+" 23:59:59" {
				t.Errorf("due %s, want %s", due, c.due)
			}
		})
	}
}

func TestAnAnswerEndsTheLadder(t *testing.T) {
	ladder := DefaultConfig().Ladder("yellow", at("2026-03-02 09:00"))
	for _, c := range []struct {
		name, ended, now string
		want             Step
		begins           string // on the day of now
	}{
		{"told just now", "", "2026-03-02 09:00", StepFirm, ""},
		{"the association's last day before", "", "2026-03-09 23:59", StepFirm, ""},
		{"its day begins", "", "2026-03-10 00:00", StepAssociation, "association"},
		{"the day after", "", "2026-03-11 00:00", StepAssociation, ""},
		{"the district's", "", "2026-03-17 12:00", StepDistrict, "district"},
		{"the departments'", "", "2026-03-24 12:00", StepDepartment, "department"},
		{"for good", "", "2027-03-24 12:00", StepDepartment, ""},
		{"answered at once", "2026-03-03 09:00", "2026-03-24 12:00", StepFirm, ""},
		{"answered before it was told", "2026-02-01 09:00", "2026-03-24 12:00", StepFirm, ""},
		{"answered on the district's day: that had begun", "2026-03-17 10:00", "2026-03-17 12:00", StepDistrict, "district"},
		{"and goes no further", "2026-03-17 10:00", "2026-03-24 12:00", StepDistrict, ""},
	} {
		var ended time.Time
		if c.ended != "" {
			ended = at(c.ended)
		}
		if got := Reached(ladder, ended, at(c.now)).Step; got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
		var begins []string
		for _, r := range Begins(ladder, ended, at(c.now).UTC()) {
			begins = append(begins, string(r.Step))
		}
		if strings.Join(begins, " ") != c.begins {
			t.Errorf("%s: %v begin on that day, want %q", c.name, begins, c.begins)
		}
	}
}

func TestTheLaddersPolicy(t *testing.T) {
	for _, c := range []struct {
		e  Escalation
		ok bool
	}{
		{Escalation{5, 10, 15}, true}, {Escalation{1, 1, 1}, true}, {Escalation{}, false}, {Escalation{0, 10, 15}, false},
		{Escalation{5, 4, 15}, false}, {Escalation{5, 10, 9}, false}, {Escalation{5, 10, 251}, false},
	} {
		policy := DefaultConfig()
		policy.Escalation = c.e
		if err := policy.Validate(); (err == nil) != c.ok {
			t.Errorf("%+v: %v", c.e, err)
		}
	}
	policy := DefaultConfig()
	policy.Escalation = Escalation{1, 1, 3}
	if got := fmt.Sprint(policy.AnswerDays("red"), policy.AnswerDays("blue"), policy.AnswerDays("no such")); got != "1 1 1" {
		t.Errorf("days: %s", got)
	}
	for _, s := range Steps {
		if n := StepName(s); n == (trade.Text{}) || n.ZH == n.EN {
			t.Errorf("step %s has no name in both languages", s)
		}
	}
}
