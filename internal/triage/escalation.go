package triage

import (
	"fmt"
	"time"

	"tbtwatch/internal/trade"
)

// Step is with whom a warning waits that a firm was told and has not answered.
type Step string

// The steps. A warning goes from one to the next as working days pass.
//
//	firm → association → district → department; any answer of the firm ends it
const (
	StepFirm        Step = "firm"        // the firm has to answer
	StepAssociation Step = "association" // the associations of its sector ask it
	StepDistrict    Step = "district"    // its district asks it
	StepDepartment  Step = "department"  // the departments are told
)

// Steps lists them in their order.
var Steps = []Step{StepFirm, StepAssociation, StepDistrict, StepDepartment}

var stepNames = map[Step]trade.Text{
	StepFirm:        {ZH: "企业", EN: "firm"},
	StepAssociation: {ZH: "协会", EN: "association"},
	StepDistrict:    {ZH: "区县", EN: "district"},
	StepDepartment:  {ZH: "部门", EN: "department"},
}

// StepName names a step for people.
func StepName(s Step) trade.Text {
	if t, ok := stepNames[s]; ok {
		return t
	}
	return same(string(s))
}

// Escalation is the centre's policy of who asks a firm that does not answer:
// how many working days pass, after the day on which a warning first reached
// the firm, before each of them takes it up. By the district's day the answer
// is due: what comes later is late, in scorecards too.
type Escalation struct {
	Association int `yaml:"association" json:"association"`
	District    int `yaml:"district" json:"district"`
	Department  int `yaml:"department" json:"department"`
}

// mostEscalation bounds the days: a working year.
const mostEscalation = 250

func (e Escalation) validate() error {
	if e.Association < 1 || e.District < e.Association || e.Department < e.District || e.Department > mostEscalation {
		return fmt.Errorf("triage.escalation: association %d, district %d, department %d: give working days from 1 to %d, none less than the one before", e.Association, e.District, e.Department, mostEscalation)
	}
	return nil
}

// AnswerDays is within how many working days a firm should answer a warning of
// that level: anything, be it that it was received. The policy's most serious
// level has half of the days, at least one.
func (c Config) AnswerDays(level string) int { return c.hurried(level, c.Escalation.District) }

func (c Config) hurried(level string, days int) int {
	if len(c.Levels) > 0 && level == c.Levels[0].ID {
		return max(1, days/2)
	}
	return days
}

// Rung is a step with the beginning of the day on which it begins.
type Rung struct {
	Step Step
	From time.Time
}

// Ladder is when a warning goes on to each step while nobody answers. told is
// when its first release reached the firm, in the centre's zone, and level
// that release's: what is released later moves nothing. After the last of its
// days a step begins on the next working day, so that somebody is there.
func (c Config) Ladder(level string, told time.Time) []Rung {
	out := []Rung{{StepFirm, told}}
	for _, s := range []struct {
		step Step
		days int
	}{{StepAssociation, c.Escalation.Association}, {StepDistrict, c.Escalation.District}, {StepDepartment, c.Escalation.Department}} {
		out = append(out, Rung{s.step, c.Calendar.Add(told, c.hurried(level, s.days)+1)})
	}
	return out
}

// AnswerBy is the last moment at which the answer to a warning of that level is
// in time.
func (c Config) AnswerBy(level string, told time.Time) time.Time {
	day := c.Calendar.Add(told, c.AnswerDays(level))
	return time.Date(day.Year(), day.Month(), day.Day(), 23, 59, 59, 0, day.Location())
}

// Reached is the step of a ladder at that moment. ended is when the firm first
// answered, or the measure was lifted, the zero time for neither: then the
// ladder stays where it was.
func Reached(ladder []Rung, ended, now time.Time) (at Rung) {
	if !ended.IsZero() && ended.Before(now) {
		now = ended
	}
	for i, r := range ladder {
		if i == 0 || !r.From.After(now) {
			at = r
		}
	}
	return at
}

// Begins are the steps of a ladder, but for the firm's, that begin on the day
// of that moment. A step begins although the answer comes in the course of its
// day, as its day begins before; one that was answered before does not.
func Begins(ladder []Rung, ended, day time.Time) (out []Rung) {
	for _, r := range ladder {
		if r.Step == StepFirm || !ended.IsZero() && ended.Before(r.From) {
			continue
		}
		y, m, d := r.From.Date()
		if dy, dm, dd := day.In(r.From.Location()).Date(); y == dy && m == dm && d == dd {
			out = append(out, r)
		}
	}
	return out
}
