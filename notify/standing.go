package notify

import (
	"fmt"

	"tbtwatch/internal/trade"
)

// standing is what has to be said of a release before anything else: that it is
// an exercise, that it corrects or takes back an earlier one. No mark: nothing.
func standing(w *trade.Warning) Words {
	switch {
	case w.Exercise:
		return Words{Mark: trade.Text{ZH: "演练", EN: "Exercise"}, Lead: []trade.Text{{
			ZH: "本消息为演练，用于检验通知渠道与响应流程，不代表任何措施已发布或生效。收到后请按演练要求确认。",
			EN: "This is an exercise: it tests channels and answers. No measure is announced or in force by it. Please confirm that you received it.",
		}}}
	case w.Recalls > 0:
		return Words{Mark: trade.Text{ZH: "撤回", EN: "Recalled"}, Lead: []trade.Text{{
			ZH: fmt.Sprintf("撤回：此前发出的第 %d 次发布不应发出，请不要据此行动。", w.Recalls),
			EN: fmt.Sprintf("Recalled: release %d should not have been sent. Do not act upon it.", w.Recalls),
		}}}
	case w.Corrects > 0:
		return Words{Mark: trade.Text{ZH: "更正", EN: "Correction"}, Lead: []trade.Text{{
			ZH: fmt.Sprintf("更正：第 %d 次发布有误，请以本次为准。", w.Corrects),
			EN: fmt.Sprintf("Correction: release %d was wrong. This one takes its place.", w.Corrects),
		}}}
	}
	return Words{}
}

// stand puts what the release is before the subject, the headline and the text.
func (c *Content) stand(words Words) {
	mark := words.Mark.In(c.Lang)
	if mark == "" {
		return
	}
	mark = fmt.Sprintf(in(c.Lang, "【%s】", "[%s] "), mark)
	c.Subject, c.Headline = line(mark+c.Subject, maxSubject), line(mark+c.Headline, 300)
	var lead []string
	for _, t := range words.Lead {
		lead = append(lead, line(t.In(c.Lang), maxLine))
	}
	c.Lead = append(lead, c.Lead...)
}
