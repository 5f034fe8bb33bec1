package console

import "tbtwatch/internal/trade"

// linkWords are those of the pages behind the links of messages.
var linkWords = map[string]trade.Text{
	"stop.title":   {ZH: "退订", EN: "Unsubscribe"},
	"stop.words":   {ZH: "退订后，此地址不再收到任何预警，包括红色预警。", EN: "No warning will be sent to this address any more, not even a red one."},
	"stop.do":      {ZH: "退订", EN: "Unsubscribe"},
	"stop.done":    {ZH: "已退订。", EN: "Unsubscribed."},
	"stop.stopped": {ZH: "此订阅已于 %v 停止。", EN: "This subscription was stopped on %v."},
	"stop.resume":  {ZH: "恢复接收", EN: "Send warnings again"},
	"stop.resumed": {ZH: "已恢复接收。", EN: "Warnings will be sent again."},

	"my.stopped":       {ZH: "%v 已退订，重新保存即恢复", EN: "unsubscribed on %v; save it again to resume"},
	"registry.stopped": {ZH: "%v 已退订", EN: "unsubscribed on %v"},

	"receipt.title": {ZH: "回执", EN: "Receipt"},
	"receipt.do":    {ZH: "确认已阅", EN: "Confirm that we have read this"},
	"receipt.done":  {ZH: "已记录回执，谢谢。", EN: "Thank you, your receipt is recorded."},
	"receipt.at":    {ZH: "已于 %v 确认", EN: "confirmed on %v"},
	"receipt.more":  {ZH: "登录查看全文、反馈是否相关、填写影响调查", EN: "Sign in to read it, to say whether it concerns you, and to answer the survey"},
}
