package notify

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"regexp"
	"strconv"
	"strings"
	"time"

	"tbtwatch/internal/trade"
)

// feishuSigned is kept free in each body for time and signature, and for the
// first lines' element.
const feishuSigned = 200

// feishu is Feishu (飞书) and, abroad, Lark. The signature's secret stands
// behind '#' in the address, so that each robot has its own; it never goes on
// the wire. Cards hold foreign words as plain_text, where no markup is read.
var feishu = registerRobot(&robotService{
	name: "feishu", hosts: []string{"open.feishu.cn", "open.larksuite.com"}, path: "/open-apis/bot/v2/hook/", secret: regexp.MustCompile(`^[A-Za-z0-9_-]{4,128}$`),
	example: trade.Text{
		EN: "give https://open.feishu.cn/open-apis/bot/v2/hook/…#secret, the part from # on only if the robot checks signatures",
		ZH: "请填写机器人的 Webhook 地址；启用签名校验时在地址后加 # 和密钥",
	},
	limits: []rate{{100, time.Minute}, {5, time.Second}}, room: 20000,
	inert: unlinked, cost: feishuCost,
	size: func(p robotPart) int { return jsonSize(feishuBody(p)) + feishuSigned },
	body: feishuBody, signBody: signFeishu,
	codes: map[int]robotCode{
		11232: {stepLater, usualRateDelay, "too many messages, or the service is busy, as on the hour; 发送过于频繁，或正值整点半点的高峰"},
		9499:  {stepForm, 0, ""},
		19036: {stepForm, 0, ""},
		19001: {stepNever, 0, "no robot has this address: register its present one; 地址无效，请登记现用地址"},
		19007: {stepNever, 0, "the robot is switched off; 机器人已停用"},
		19021: {stepNever, 0, "the signature is not taken: put the robot's signing secret behind # in the address, and look at our clock; 签名校验未通过：请核对地址中 # 之后的密钥，并检查本机时钟"},
		19022: {stepNever, 0, "it does not allow our IP address: add it to the robot's list; 本机 IP 不在机器人的白名单中，请添加"},
		19024: {stepNever, 0, "it wants one of its keywords: make 预警 one of them; 消息不含关键词，请把“预警”设为关键词"},
	},
}, "Feishu or Lark (飞书) group, by the address of its robot, signed when a secret stands behind #")

// feishuColours are the card headers for levels; the level's name stands in
// the text as well.
var feishuColours = map[string]string{"red": "red", "orange": "orange", "yellow": "yellow", "blue": "blue", "lifted": "green", "test": "grey"}

func feishuBody(p robotPart) payload {
	if p.Plain != "" {
		return payload{"msg_type": "text", "content": payload{"text": p.Plain}}
	}
	var elements, buttons []payload
	var open []string // lines of text that become one element
	shut := func() {
		if len(open) > 0 {
			elements = append(elements, payload{"tag": "div", "text": feishuPlain(strings.Join(open, "\n"))})
		}
		if len(buttons) > 0 {
			elements = append(elements, payload{"tag": "action", "actions": buttons})
		}
		open, buttons = nil, nil
	}
	for _, l := range p.Lines {
		switch l.kind {
		case lineLabel:
			shut()
			elements = append(elements, payload{"tag": "markdown", "content": markdown(l)})
		case lineLink:
			buttons = append(buttons, payload{"tag": "button", "text": feishuPlain(l.text), "url": l.href, "type": "default"})
		default:
			if len(buttons) > 0 {
				shut()
			}
			open = append(open, l.text)
		}
	}
	shut()
	elements = append(elements, payload{"tag": "note", "elements": []payload{feishuPlain(p.Foot)}})
	return payload{"msg_type": "interactive", "card": payload{
		"config":   payload{"wide_screen_mode": true},
		"header":   payload{"title": feishuPlain(p.Title), "template": first(feishuColours[p.Level.ID], "blue")},
		"elements": elements,
	}}
}

func feishuPlain(s string) payload { return payload{"tag": "plain_text", "content": s} }

// feishuCost counts each line with the element that it may open.
func feishuCost(l robotLine) int {
	const element = 140 // a div, or an action with one button
	switch l.kind {
	case lineLabel:
		return element + 60 + jsonSize(markdown(l))
	case lineLink:
		return element + 60 + jsonSize(l.text) + jsonSize(l.href)
	}
	return jsonSize(l.text)
}

func signFeishu(p payload, at time.Time, secret string) {
	stamp := strconv.FormatInt(at.Unix(), 10)
	mac := hmac.New(sha256.New, []byte(stamp+"\n"+secret))
	p["timestamp"], p["sign"] = stamp, base64.StdEncoding.EncodeToString(mac.Sum(nil))
}
