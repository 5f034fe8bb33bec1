package registry

import (
	"errors"
	"slices"
	"strings"

	"tbtwatch/internal/nomenclature"
	"tbtwatch/internal/trade"
)

// Rules are what a subscriber's row has to fit that is not known here.
type Rules struct {
	Channels map[string]func(address string) error // address check by channel name; its error says what is wrong
	Levels   []string                              // ids of warning levels
	Sectors  []string                              // ids of sectors; nil means those of nomenclature
	Synonyms map[string]string                     // other words for channels, levels and sectors: 邮件 → email
}

var kindWords = map[string]string{
	"企业": "exporter", "出口企业": "exporter", "协会": "association", "行业协会": "association", "联盟": "association",
	"区县": "district", "部门": "department", "政府部门": "department", "机器": "machine", "系统": "machine",
}

var languageWords = map[string]string{
	"中文": "zh", "汉语": "zh", "chinese": "zh", "zh-cn": "zh", "zh-hans": "zh",
	"英文": "en", "英语": "en", "english": "en", "en-us": "en", "en-gb": "en",
}

var cadenceWords = map[string]string{
	"即时": "immediate", "立即": "immediate", "实时": "immediate",
	"每日": "daily", "每日汇总": "daily", "每周汇总": "weekly", "每天": "daily", "日报": "daily", "每周": "weekly", "周报": "weekly",
}

var subscriberKinds = []string{
	string(trade.SubExporter), string(trade.SubAssociation), string(trade.SubDistrict), string(trade.SubDepartment), string(trade.SubMachine),
}

// ParseSubscriber reads one row, with the same promise as ParseProduct.
func ParseSubscriber(row Row, rules Rules) (trade.Subscriber, []Remark, *RowError) {
	r := &reader{row: row}
	if row.Bad != nil {
		return trade.Subscriber{}, nil, &RowError{Line: row.Line, Problem: *row.Bad}
	}
	s := trade.Subscriber{
		ID:          r.id("subscriber_id"),
		Kind:        trade.SubscriberKind(r.word("kind", subscriberKinds, kindWords, "")),
		Name:        r.text("name", maxName),
		Exporter:    r.text("exporter_id", maxID),
		District:    r.text("district", maxName),
		Sector:      r.sector(rules),
		Markets:     r.markets(),
		Language:    r.word("language", []string{"zh", "en"}, languageWords, "zh"),
		Channel:     r.word("channel", sortedKeys(rules.Channels), rules.Synonyms, ""),
		Cadence:     r.cadence(rules),
		LowestLevel: r.word("lowest_level", rules.Levels, rules.Synonyms, "-"),
	}
	s.Address = r.address(s.Channel, rules)
	r.hours(&s)
	s.Muted = r.muted()
	r.relations(&s)
	return s, r.remarks, r.err()
}

// relations checks what a kind of subscriber needs.
func (r *reader) relations(s *trade.Subscriber) {
	need := func(column, value string) {
		if value == "" && !slices.ContainsFunc(r.problems, func(p Problem) bool { return p.Column == column }) {
			r.fail(column, "", twof("is empty", "为空"), twof("a subscriber of kind %s needs it", "类型为 %s 的订阅者必须填写", s.Kind))
		}
	}
	switch s.Kind {
	case trade.SubExporter:
		need("exporter_id", s.Exporter)
	case trade.SubDistrict:
		need("district", s.District)
	case trade.SubAssociation:
		if s.Sector == "" {
			r.remark("sector", "", twof("no sector: the association hears of all sectors", "未填行业：该协会将收到所有行业的预警"))
		}
	}
	if s.Name == "" && len(r.problems) == 0 {
		r.remark("name", "", twof("no name: messages will greet %s", "未填名称：消息将以 %s 称呼", s.ID))
	}
}

// word reads one of allowed, without regard to case, or a synonym of one. An
// empty cell gives empty; an empty of "" makes the cell required, "-" means
// that it stays empty.
func (r *reader) word(column string, allowed []string, synonyms map[string]string, empty string) string {
	before := len(r.problems)
	value := r.text(column, maxName)
	switch {
	case len(r.problems) > before:
		return ""
	case value == "" && empty == "-":
		return ""
	case value == "" && empty != "":
		return empty
	}
	for _, a := range allowed {
		if strings.EqualFold(a, value) || strings.EqualFold(a, synonyms[strings.ToLower(value)]) {
			return a
		}
	}
	fix := twof("give one of %s", "请填写以下之一：%s", strings.Join(allowed, ", "))
	if value == "" {
		r.fail(column, "", twof("is empty", "为空"), fix)
		return ""
	}
	if near := nearest(value, allowed); near != "" {
		fix = twof("did you mean %s?", "是否应为 %s？", near)
	}
	r.fail(column, value, twof("not known", "无法识别"), fix)
	return ""
}

// address has the channel judge the address. What a web address holds beyond
// its host may be a password and is not repeated.
func (r *reader) address(channel string, rules Rules) string {
	before := len(r.problems)
	value := r.text("address", 2000)
	check := rules.Channels[channel]
	switch {
	case len(r.problems) > before:
		r.problems[before].Value = withoutSecret(r.row.Get("address"))
	case value == "":
		r.fail("address", "", twof("is empty", "为空"), twof("every subscriber needs one", "每个订阅者都必须填写"))
	case check != nil:
		if err := check(value); err != nil {
			en, zh := err.Error(), err.Error()
			if refused := (*trade.Refused)(nil); errors.As(err, &refused) {
				en, zh = refused.Text().EN, refused.Text().ZH
			}
			reason := two{"not fit for channel " + channel + ": " + en, "不适用于渠道 " + channel + "：" + zh}
			reason.en, reason.zh = strings.ReplaceAll(reason.en, value, withoutSecret(value)), strings.ReplaceAll(reason.zh, value, withoutSecret(value))
			r.fail("address", withoutSecret(value), reason,
				twof("give an address that %s can deliver to", "请填写 %s 可送达的地址", channel))
		}
	}
	return value
}

// sector reads a sector by id or by its name in either language.
func (r *reader) sector(rules Rules) string {
	ids, words := rules.Sectors, map[string]string{}
	for k, v := range rules.Synonyms {
		words[k] = v
	}
	for _, s := range nomenclature.Sectors() {
		words[strings.ToLower(s.ZH)], words[strings.ToLower(s.EN)] = s.ID, s.ID
		if rules.Sectors == nil {
			ids = append(ids, s.ID)
		}
	}
	return r.word("sector", ids, words, "-")
}

func sortedKeys[V any](m map[string]V) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// mergeSubscriber is the subscriber to store: as MergeProduct.
func mergeSubscriber(stored *trade.Subscriber, row trade.Subscriber, has func(string) bool) trade.Subscriber {
	if stored == nil {
		return row
	}
	if row.Channel == stored.Channel && row.Address == trade.MaskedAddress(stored.Channel, stored.Address) {
		row.Address = stored.Address // a list that was downloaded without its secrets comes back
	}
	if row.Channel == stored.Channel && row.Address == stored.Address {
		row.Gone = stored.Gone
		row.Stopped = stored.Stopped // whoever unsubscribed is not brought back by a file
	}
	keep(has("name"), &row.Name, stored.Name)
	keep(has("exporter_id"), &row.Exporter, stored.Exporter)
	keep(has("district"), &row.District, stored.District)
	keep(has("sector"), &row.Sector, stored.Sector)
	keep(has("markets"), &row.Markets, stored.Markets)
	keep(has("language"), &row.Language, stored.Language)
	keep(has("cadence"), &row.Cadence, stored.Cadence)
	keep(has("lowest_level"), &row.LowestLevel, stored.LowestLevel)
	keep(has("timezone"), &row.Timezone, stored.Timezone)
	keep(has("quiet_hours"), &row.QuietHours, stored.QuietHours)
	keep(has("rest_days"), &row.RestDays, stored.RestDays)
	keep(has("paused_until"), &row.PausedUntil, stored.PausedUntil)
	keep(has("muted"), &row.Muted, stored.Muted)
	return row
}
