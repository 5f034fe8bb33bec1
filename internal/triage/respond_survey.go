package triage

import (
	"fmt"
	"strings"

	"tbtwatch/internal/trade"
)

var difficultyNames = map[string]trade.Text{
	"testing":      {ZH: "检测、认证", EN: "testing and certification"},
	"cost":         {ZH: "成本增加", EN: "added cost"},
	"time":         {ZH: "准备时间不足", EN: "too little time"},
	"information":  {ZH: "要求不清、语言障碍", EN: "unclear requirements, language"},
	"technology":   {ZH: "技术改造", EN: "changes to the product or its making"},
	"registration": {ZH: "境外注册、批准", EN: "registration or approval abroad"},
}

var needNames = map[string]trade.Text{
	"interpretation": {ZH: "法规标准解读", EN: "explanation of the rules"},
	"training":       {ZH: "培训", EN: "training"},
	"laboratory":     {ZH: "检测机构对接", EN: "a laboratory"},
	"comments":       {ZH: "代为评议、交涉", EN: "comments on our behalf"},
	"registration":   {ZH: "境外注册协助", EN: "help with registration abroad"},
	"funds":          {ZH: "资金支持", EN: "funds"},
}

// DifficultyName names a difficulty of the impact survey for people.
func DifficultyName(code string) trade.Text { return codeText(difficultyNames, code) }

// NeedName names a need of the impact survey for people.
func NeedName(code string) trade.Text { return codeText(needNames, code) }

func codeText(names map[string]trade.Text, code string) trade.Text {
	if t, ok := names[code]; ok {
		return t
	}
	return same(code)
}

// SurveyText says an answer to the impact survey in words.
func SurveyText(s *trade.Survey) trade.Text {
	var zh, en []string
	add := func(z, e string) { zh, en = append(zh, z), append(en, e) }
	if s.Affected > 0 {
		add(fmt.Sprintf("受影响出口额 %.0f 美元", s.Affected), fmt.Sprintf("exports affected US$ %.0f", s.Affected))
	}
	if s.Cost > 0 {
		add(fmt.Sprintf("新增成本 %.0f 美元", s.Cost), fmt.Sprintf("added cost US$ %.0f", s.Cost))
	}
	for _, part := range []struct {
		zh, en string
		codes  []string
		name   func(string) trade.Text
	}{{"困难：", "difficulties: ", s.Difficulties, DifficultyName}, {"需求：", "needs: ", s.Needs, NeedName}} {
		var z, e []string
		for _, code := range part.codes {
			z, e = append(z, part.name(code).ZH), append(e, part.name(code).EN)
		}
		if len(z) > 0 {
			add(part.zh+strings.Join(z, "、"), part.en+strings.Join(e, ", "))
		}
	}
	if s.Words != "" {
		add(s.Words, s.Words)
	}
	return trade.Text{ZH: strings.Join(zh, "；"), EN: strings.Join(en, "; ")}
}
