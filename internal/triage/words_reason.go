package triage

import (
	"strings"

	"tbtwatch/internal/nomenclature"
	"tbtwatch/internal/trade"
)

// reasons are why a delivery is, is not or could not be made, by the English
// sentence that the ledger keeps.
var reasons = newPhraseBook([]phrase{
	{"products of the firm concerned: %s", "涉及该企业产品 %s 项"},
	{"firms of district %s concerned: %s", "涉及%s企业 %s 家"},
	{"products of registered firms concerned: %s", "涉及登记企业的产品 %s 项"},
	{"level: the warning is %s, the subscriber asks for %s or higher", "等级不到：预警为%s，接收人只要%s及以上"},
	{"market: the measure applies in %s, the subscriber asks for %s", "市场不符：措施适用于%s，接收人只要%s"},
	{"market: the products are concerned in %s, the subscriber asks for %s", "市场不符：产品在%s涉及，接收人只要%s"},
	{"muted: the subscriber does not want to hear of %s", "已静音：接收人不要关于 %s 的消息"},
	{"sector: no product of the sector %s is among those this warning touches", "行业不符：此预警涉及的产品中没有“%s”行业的"},
	{"district: no firm of the district %s is among those this warning touches", "区县不符：此预警涉及的企业中没有%s的"},
	{"not concerned: no registered product is among those this warning touches", "与其无关：此预警不涉及登记产品"},
	{"not concerned: no registered product of exporter %s is among those this warning touches", "与其无关：此预警不涉及企业 %s 的登记产品"},
	{"not concerned: %s is no kind of subscriber that warnings are sent to", "“%s”不是可接收预警的类别"},
	{"nothing new: this release only adds products of others", "没有新内容：此次发布只增加了其他产品"},
	{"not relevant: said by %s on %s (%s)", "不相关：%s 于 %s 反馈（%s）"},
	{"no named market", "未写明的市场"},
	{"unsubscribed: the recipient stopped this subscription on %s", "已退订：接收人于 %s 停止接收"},
	{"gone: the endpoint said on %s that it takes nothing any more (410)", "已停用：接收端于 %s 表示不再接收（410）"},
	{"sent again, as %s decided: %s", "%s 决定重发：%s"},
	{"held, as %s decided: %s", "%s 决定暂缓：%s"},
	{"given up, as %s decided: %s", "%s 决定放弃：%s"},
	{"the subscriber is no longer registered", "接收人已不在登记库中"},
	{"the subscriber moved to channel %s", "接收人已改用渠道 %s"},
	{"there is no channel %s", "没有渠道 %s"},
	{"found by asking the channel", "经向渠道查询，确认已收到"},
	{"process %s began attempt %s at %s and left no word", "进程 %s 的第 %s 次尝试始于 %s，之后没有记录"},
	{"policy is not to send twice: %s", "按规定不重复发送：%s"},
	{"no clear answer in %s attempts: %s", "尝试 %s 次仍无明确结果：%s"},
	{"given up after %s attempts: %s", "尝试 %s 次后放弃：%s"},
	{"the channel panicked: %s", "渠道程序出错：%s"},
	{"a digest of warnings: %s", "预警摘要，共 %s 项"},
	{"nothing of the digest is to be told any more: %s", "摘要中已无需要通知的内容：%s"},
	{"nothing new: the digest says that watching goes on", "没有新预警：告知监测照常进行"},
	{"answered meanwhile: no firm is asked any more", "其间已反馈：不再催办"},
	{"the reminder is out of date: the day has passed or was moved", "提醒已过时：日期已过或已变更"},
	{"told over channel %s before", "此前经渠道 %s 通知"},
	{"held by the brake: it would tell %s of %s subscribers, %s, and the limit is %s; the lead lets it go or gives it up", "紧急制动：将通知 %s 个接收人，全部 %s 个，占 %s，界限为 %s；由负责人放行或放弃"},
	{"let go, as %s decided: %s", "%s 决定放行：%s"},
	{"the release was given up, as %s decided: %s", "%s 决定放弃此次发布：%s"},
	{"recalled before it was sent: release %s takes its place", "发送前已撤回或更正：以第 %s 次发布为准"},
	{"not sent again: release %s takes its place", "不再重发：以第 %s 次发布为准"},
	{"not sent any more: release %s lifts the warning", "不再发送：第 %s 次发布已解除预警"},
	{"not sent any more: release %s came before it, with all that was new", "不再发送：第 %s 次发布先于它发出，并已说明全部变化"},
	{"not sent any more: its papers were joined with those of %s, where the warning is lifted", "不再发送：其文件已并入 %s，该预警已解除"},
	{"not sent any more: its papers were joined with those of %s, of which was told since", "不再发送：其文件已并入 %s，此后已就该措施发出通知"},
	{"nothing to recall: the recipient was not sent release %s", "无需撤回：未向该接收人发送第 %s 次发布"},
	{"%s of %s parts had arrived: %s", "已送达 %s 段，共 %s 段：%s"},
})

// Reason fills one of the known reasons, named by its English form. Places are
// %s; a trade.Text gives each language its own words.
func Reason(form string, args ...any) trade.Text { return reasons.say(form, args...) }

// ReasonText shows a reason of the ledger in both languages. What a channel
// answered stays in the words that it used.
func ReasonText(reason string) trade.Text {
	return trade.Text{ZH: reasonZH(reason), EN: reason}
}

func reasonZH(reason string) string {
	if zh, ok := reasons.read(reason, reasonZH); ok {
		return zh
	}
	code, words, _ := strings.Cut(reason, ": ")
	for _, t := range responseCodes {
		if t.EN == code && words == "" {
			return t.ZH
		} else if t.EN == code {
			return t.ZH + "：" + words
		}
	}
	names := strings.Split(reason, ", ")
	for i, name := range names {
		code, ok := nomenclature.Market(name)
		if !ok || nomenclature.MarketName(code, "en") != name {
			return reason
		}
		names[i] = nomenclature.MarketName(code, "zh")
	}
	return strings.Join(names, "、")
}

// MarketList names markets in both languages.
func MarketList(codes []string) trade.Text {
	if len(codes) == 0 {
		return Reason("no named market")
	}
	var zh, en []string
	for _, c := range codes {
		zh, en = append(zh, nomenclature.MarketName(c, "zh")), append(en, nomenclature.MarketName(c, "en"))
	}
	return trade.Text{ZH: strings.Join(zh, "、"), EN: strings.Join(en, ", ")}
}
