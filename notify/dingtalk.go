package notify

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"tbtwatch/internal/trade"
)

// dingtalkBreak ends a line: a bare line end is read as a blank.
const dingtalkBreak = "  \n"

// dingtalkBlock is how long a robot is shut that posted more than it may.
const dingtalkBlock = 10 * time.Minute

// dingtalk is DingTalk (钉钉). The signature's secret stands behind '#' in the
// address, so that each robot has its own; it never goes on the wire.
var dingtalk = registerRobot(&robotService{
	name: "dingtalk", hosts: []string{"oapi.dingtalk.com"}, path: "/robot/send", query: "access_token", secret: regexp.MustCompile(`^SEC[A-Za-z0-9]{4,128}$`),
	example: trade.Text{
		EN: "give https://oapi.dingtalk.com/robot/send?access_token=…#SEC…, the part from # on only if the robot checks signatures",
		ZH: "请填写机器人的 Webhook 地址；启用加签时在地址后加 # 和密钥（SEC…）",
	},
	limits: []rate{{20, time.Minute}}, room: 20000,
	inert: unmarked,
	cost:  func(l robotLine) int { return jsonSize(markdown(l)+dingtalkBreak) - 2 },
	size:  func(p robotPart) int { return jsonSize(dingtalkBody(p)) },
	body:  dingtalkBody, signQuery: signDingtalk,
	codes: map[int]robotCode{
		130101: {stepLater, dingtalkBlock, "too many messages in a minute, the robot is shut for ten; 发送过于频繁，机器人被限流十分钟"},
		660026: {stepLater, dingtalkBlock, "too many messages, the robot is shut for a while; 发送过于频繁，机器人被限流"},
		410100: {stepLater, dingtalkBlock, "too many messages, the robot is shut for a while; 发送过于频繁，机器人被限流"},
		460101: {stepForm, 0, ""},
		310000: {stepNever, 0, "its security settings refuse the message: put the signing secret (SEC…) behind # in the address, or make 预警 a keyword, or allow our IP address, and look at our clock; " +
			"未通过机器人的安全设置：请核对地址中 # 之后的加签密钥，或把“预警”设为关键词，或放行本机 IP，并检查本机时钟"},
		300001: {stepNever, 0, "no robot has this address: register its present one; 地址无效，请登记现用地址"},
		400101: {stepNever, 0, "no robot has this address: register its present one; 地址无效，请登记现用地址"},
		400102: {stepNever, 0, "the robot is switched off; 机器人已停用"},
		400106: {stepNever, 0, "the robot is no longer in the group; 机器人已不在群中"},
		400013: {stepNever, 0, "the group does not exist any more; 群已解散"},
		430101: {stepNever, 0, "it calls a link unsafe; 含有不安全的链接"},
		430102: {stepNever, 0, "it calls the text improper; 文本被判为不合适"},
	},
}, "DingTalk (钉钉) group, by the address of its robot, signed when a secret stands behind #")

func dingtalkBody(p robotPart) payload {
	at := payload{"isAtAll": false}
	if p.Plain != "" {
		return payload{"msgtype": "text", "text": payload{"content": p.Plain}, "at": at}
	}
	lines := []string{"### " + p.Title}
	for _, l := range p.Lines {
		lines = append(lines, markdown(l))
	}
	text := strings.Join(append(lines, p.Foot), dingtalkBreak)
	return payload{"msgtype": "markdown", "markdown": payload{"title": p.Title, "text": text}, "at": at}
}

func signDingtalk(query url.Values, at time.Time, secret string) {
	stamp := strconv.FormatInt(at.UnixMilli(), 10)
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(stamp + "\n" + secret))
	query.Set("timestamp", stamp)
	query.Set("sign", base64.StdEncoding.EncodeToString(mac.Sum(nil)))
}
