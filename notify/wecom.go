package notify

import (
	"strings"
	"time"

	"tbtwatch/internal/trade"
)

// wecom is WeCom (企业微信): the key in the address is all that protects a
// robot, and the limit is on the bytes of the text, not of the body.
var wecom = registerRobot(&robotService{
	name: "wecom", hosts: []string{"qyapi.weixin.qq.com"}, path: "/cgi-bin/webhook/send", query: "key",
	example: trade.Text{
		EN: "give the webhook address of the group's robot, https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=…",
		ZH: "请填写群机器人的 Webhook 地址",
	},
	limits: []rate{{20, time.Minute}}, room: 4096,
	inert: unmarked,
	cost:  func(l robotLine) int { return len(markdown(l)) + 1 },
	size:  func(p robotPart) int { return len(wecomText(p)) },
	body: func(p robotPart) payload {
		if p.Plain != "" {
			return payload{"msgtype": "text", "text": payload{"content": p.Plain}}
		}
		return payload{"msgtype": "markdown", "markdown": payload{"content": wecomText(p)}}
	},
	codes: map[int]robotCode{
		40058: {stepForm, 0, ""},
		45009: {stepLater, time.Minute, "too many messages in a minute; 发送过于频繁"},
		45033: {stepLater, usualRateDelay, "too many requests at once; 并发过多"},
		40008: {stepNever, 0, "it does not know this kind of message: check api_url; 不支持该消息类型，请检查 api_url"},
		93000: {stepNever, 0, "the address is wrong, or the robot was removed from its group: register its present address; 地址无效或机器人已被移出群，请登记现用地址"},
		93004: {stepNever, 0, "the robot is switched off; 机器人已停用"},
		93008: {stepNever, 0, "the robot is no longer in the group; 机器人已不在群中"},
	},
}, "WeCom (企业微信) group, by the address of its robot")

func wecomText(p robotPart) string {
	lines := []string{"### " + p.Title}
	for _, l := range p.Lines {
		lines = append(lines, markdown(l))
	}
	return strings.Join(append(lines, `<font color="comment">`+p.Foot+`</font>`), "\n")
}
