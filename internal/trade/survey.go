package trade

import (
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

// Survey is what an exporter says a measure means to it: its answer to the
// impact survey (技术性贸易措施影响统计调查).
type Survey struct {
	Affected     float64  `json:"affected_usd,omitempty"`   // export value a year that the measure affects
	Cost         float64  `json:"added_cost_usd,omitempty"` // a year, or once, to comply
	Difficulties []string `json:"difficulties,omitempty"`   // of SurveyDifficulties
	Needs        []string `json:"needs,omitempty"`          // of SurveyNeeds
	Words        string   `json:"words,omitempty"`          // in the exporter's own
}

// SurveyDifficulties are the difficulties that can be counted.
var SurveyDifficulties = []string{"testing", "cost", "time", "information", "technology", "registration"}

// SurveyNeeds are the kinds of help that can be counted.
var SurveyNeeds = []string{"interpretation", "training", "laboratory", "comments", "registration", "funds"}

// longestSurvey bounds a survey's words, in characters; mostMoney an amount.
const (
	longestSurvey = 1000
	mostMoney     = 1e14
)

// Validate says what makes s unfit to be kept, or nil.
func (s *Survey) Validate() error {
	for _, amount := range []float64{s.Affected, s.Cost} {
		if math.IsNaN(amount) || amount < 0 || amount > mostMoney {
			return Refusef("an amount is a number of US dollars from 0; 金额应为不小于 0 的美元数")
		}
	}
	for _, code := range s.Difficulties {
		if !slices.Contains(SurveyDifficulties, code) {
			return Refusef("%q is no difficulty of the survey; there are %s; 没有这个困难选项", code, strings.Join(SurveyDifficulties, ", "))
		}
	}
	for _, code := range s.Needs {
		if !slices.Contains(SurveyNeeds, code) {
			return Refusef("%q is no need of the survey; there are %s; 没有这个需求选项", code, strings.Join(SurveyNeeds, ", "))
		}
	}
	if utf8.RuneCountInString(s.Words) > longestSurvey {
		return Refusef("at most %d characters; 最多 %d 个字", longestSurvey, longestSurvey)
	}
	if s.Affected == 0 && s.Cost == 0 && len(s.Difficulties)+len(s.Needs) == 0 && strings.TrimSpace(s.Words) == "" {
		return Refusef("the survey is empty: fill in what you know; 调查内容为空，请填写已知的部分")
	}
	return nil
}
