package view

import (
	"cmp"
	"strconv"
	"strings"

	"tbtwatch/internal/export"
	"tbtwatch/internal/nomenclature"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
)

// LeadTable is the list of leads as a file, for the WTO's committees; level
// names a level.
func LeadTable(level func(id string) triage.Level) export.Table[LeadRow] {
	type row = LeadRow
	column := func(zh, en string, cell func(r *row, lang string) string) export.Column[row] {
		return export.Column[row]{Title: trade.Text{ZH: zh, EN: en}, Cell: cell}
	}
	plain := func(zh, en string, cell func(r *row) string) export.Column[row] {
		return column(zh, en, func(r *row, _ string) string { return cell(r) })
	}
	money := func(amount float64) string { return strconv.FormatFloat(amount, 'f', 0, 64) }
	return export.Table[row]{Name: "stc-leads", Columns: []export.Column[row]{
		plain("通报号", "Symbols", func(r *row) string { return cmp.Or(strings.Join(r.Symbols, ";"), r.Family) }),
		column("成员", "Member", func(r *row, lang string) string {
			var names []string
			for _, m := range r.Markets {
				name := nomenclature.MarketName(m, lang)
				if name == "" {
					name = m
				}
				names = append(names, name)
			}
			return strings.Join(names, ";")
		}),
		plain("标题（原文）", "Title", func(r *row) string { return r.Title }),
		column("中文标题", "Headline", func(r *row, lang string) string { return r.Headline.In(lang) }),
		plain("涉及企业", "Firms", func(r *row) string { return strconv.Itoa(r.Firms) }),
		plain("登记出口额（美元/年）", "Registered exports (USD a year)", func(r *row) string { return money(r.Exposure) }),
		plain("反映损失或意见的企业", "Firms that told of losses or commented", func(r *row) string { return strconv.Itoa(r.Answered) }),
		plain("受影响出口额（美元/年）", "Exports affected (USD a year)", func(r *row) string { return money(r.Affected) }),
		plain("新增成本（美元）", "Added cost (USD)", func(r *row) string { return money(r.Cost) }),
		column("理由", "Arguments", func(r *row, lang string) string {
			var says []string
			for _, t := range r.Says() {
				says = append(says, t.In(lang))
			}
			return strings.Join(says, ";")
		}),
		plain("发布日", "Published", func(r *row) string { return r.Published }),
		plain("评议截止日", "Comments until", func(r *row) string { return r.Day(trade.DateCommentDeadline) }),
		plain("拟批准日", "Adoption", func(r *row) string { return r.Day(trade.DateAdoption) }),
		plain("拟生效日", "Entry into force", func(r *row) string { return r.Day(trade.DateEntryIntoForce) }),
		column("等级", "Level", func(r *row, lang string) string {
			l := level(r.Level)
			return trade.Text{ZH: l.ZH, EN: l.EN}.In(lang)
		}),
		column("状态", "State", func(r *row, lang string) string { return triage.StateName(r.State).In(lang) }),
		plain("预警编号", "Warning", func(r *row) string { return r.Number }),
		plain("键", "Key", func(r *row) string { return r.Key }),
	}}
}
