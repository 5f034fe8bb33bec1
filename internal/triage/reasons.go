package triage

import (
	"strings"

	"tbtwatch/internal/trade"
)

// reasonClasses are what reasons of the ledger begin with, by what they are
// counted as, each with its name.
var reasonClasses = []struct {
	class, begins string
	name          trade.Text
}{
	{"not_relevant", "not relevant: ", trade.Text{ZH: "企业反馈不相关", EN: "called not relevant"}},
	{"unsubscribed", "unsubscribed: ", trade.Text{ZH: "已退订", EN: "unsubscribed"}},
	{"muted", "muted: ", trade.Text{ZH: "接收人已静音", EN: "muted by the recipient"}},
	{"level", "level: ", trade.Text{ZH: "等级不到", EN: "below the level asked for"}},
	{"market", "market: ", trade.Text{ZH: "市场不符", EN: "another market"}},
	{"sector", "sector: ", trade.Text{ZH: "行业不符", EN: "another sector"}},
	{"district", "district: ", trade.Text{ZH: "区县不符", EN: "another district"}},
	{"not_concerned", "not concerned: ", trade.Text{ZH: "与其无关", EN: "not concerned"}},
	{"nothing_new", "nothing new: ", trade.Text{ZH: "没有新内容", EN: "nothing new"}},
	{"given_up", "given up, as ", trade.Text{ZH: "人工放弃", EN: "given up by a person"}},
	{"gone", "the subscriber is no longer registered", trade.Text{ZH: "接收人已不在登记库中", EN: "recipient no longer registered"}},
	{"moved", "the subscriber moved to channel ", trade.Text{ZH: "接收人已改用其他渠道", EN: "recipient moved to another channel"}},
}

// ReasonClass is what a reason of the ledger is counted as; "other" for one that
// is none of the known.
func ReasonClass(reason string) string {
	for _, c := range reasonClasses {
		if strings.HasPrefix(reason, c.begins) {
			return c.class
		}
	}
	return "other"
}

// ReasonClassName names a class of reasons for people.
func ReasonClassName(class string) trade.Text {
	for _, c := range reasonClasses {
		if c.class == class {
			return c.name
		}
	}
	return trade.Text{ZH: "其他", EN: "other"}
}
