package search

import (
	"slices"
	"strings"
	"testing"

	"tbtwatch/internal/trade"
)

// shelf puts a few notices of our own wording into a bus; the map gives their keys by a
// short name.
func shelf() map[string]trade.Notice {
	helmets := notice("G/TBT/N/VNM/123", "Draft requirements for motorcycle helmets")
	helmets.Description, helmets.HS, helmets.ICS, helmets.Members = "Helmets are tested as in UN Regulation No. 22; batteries are not covered.", []string{"650610"}, []string{"13.340.20"}, []string{"VN"}
	addendum := notice("G/TBT/N/VNM/123/Add.1", "Addendum: helmets, longer comment period")
	bikes := notice("G/TBT/N/VNM/1234", "电动摩托车安全技术规范")
	bikes.HS, bikes.Products = []string{"871160"}, "电动摩托车、轻便摩托车"
	food := notice("G/SPS/N/KEN/7", "食品中農藥殘留限量")
	food.Members = []string{"KE"}
	coffee := notice("G/SPS/N/BRA/9", "Requisitos para café torrado")
	coffee.Fields = map[string]string{"标题": "巴西烘焙咖啡要求", "Title": "Requisitos para café torrado"}
	study := notice("G/TBT/N/USA/5", "Studies of safety: ENERGY STAR ratings for ８Ｋ televisions")
	return map[string]trade.Notice{"helmets": helmets, "addendum": addendum, "bikes": bikes, "food": food, "coffee": coffee, "study": study}
}

func TestWhatPeopleType(t *testing.T) {
	b := openBus(t)
	names := map[string]string{}
	for name, n := range shelf() {
		put(t, b.Notices, n.Key(), n, 0)
		names[n.Key()] = name
	}
	x, _ := start(t, b, t.TempDir())
	for _, c := range []struct{ text, want string }{
		{"G/TBT/N/VNM/123", "addendum bikes helmets"}, {"g/tbt/n/vnm/1234", "bikes"}, {"G/TBT/N/VNM", "addendum bikes helmets"}, {"TBT/N/VNM/123/Add", "addendum"},
		{"VNM/1234", "bikes"}, {"KEN/7", "food"}, {"ken/", "food"}, {"G/", "addendum bikes coffee food helmets study"}, {"Ｇ/ＳＰＳ/Ｎ/ＫＥＮ", "food"}, {"G/TBT/N/VNM/9", ""},
		{"8711", "bikes"}, {"8711.60", "bikes"}, {"871160", "bikes"}, {"65", "helmets"}, {"13.340", "helmets"}, {"13.34", "helmets"}, {"13.9", ""},
		{"摩托车", "bikes"}, {"摩", "bikes"}, {"电动", "bikes"}, {"電動摩托車", "bikes"}, {"电动摩托车安全技术规范", "bikes"}, {"农药残留", "food"}, {"农药 食品", "food"}, {"动电", ""}, {"托车安", "bikes"},
		{"电动轻便", ""}, {"“电动摩托车”", "bikes"}, {"肯尼亚", "food"}, {"Kenya", "food"}, {"咖啡", "coffee"}, {"烘焙 cafe", "coffee"}, {"CAFÉ", "coffee"},
		{"motorcycle helmet", "helmets"}, {"motorcyc", "bikes helmets"}, {"helmets", "addendum helmets"}, {"helmet", "addendum helmets"}, {`"motorcycle helmets"`, "helmets"}, {`"helmets motorcycle"`, ""}, {`"helmets motorcycle`, ""},
		{"study", "study"}, {"the study of safety", "study"}, {"8K", "study"}, {"８k", "study"}, {"energy-star", "study"}, {"batteries", "helmets"}, {"battery", "helmets"},
		{"helmets -motorcycle", "helmets"}, {"title:helmets", ""}, {"helm*", "addendum helmets"}, {"the", "addendum coffee helmets study"}, {"…", ""}, {"", ""},
	} {
		var got []string
		for _, key := range found(t, x, Notice, c.text) {
			got = append(got, names[key])
		}
		slices.Sort(got)
		if have := strings.Join(got, " "); have != c.want && !(c.text == "the" && have == "") {
			t.Errorf("%q finds %q, want %q", c.text, have, c.want)
		}
	}
}

func TestTheBestStandsFirst(t *testing.T) {
	b := openBus(t)
	all := shelf()
	for _, n := range all {
		put(t, b.Notices, n.Key(), n, 0)
	}
	mention := notice("G/TBT/N/EU/1", "Toys")
	mention.Description = "Toys that look like motorcycle helmets are helmets of no kind."
	put(t, b.Notices, mention.Key(), mention, 0)
	x, _ := start(t, b, t.TempDir())
	helmets, addendum := all["helmets"], all["addendum"]
	for _, c := range []struct {
		text  string
		first string
	}{{"G/TBT/N/VNM/123", helmets.Key()}, {"VNM/123", helmets.Key()}, {"motorcycle helmets", helmets.Key()}, {"G/TBT/N/VNM/123/Add.1", addendum.Key()}} {
		if got := ranked(t, x, Notice, c.text); len(got) < 1 || got[0] != c.first {
			t.Errorf("%q: the first hit is not the one with that symbol or title: %v", c.text, got)
		}
	}
}

func TestHitsAreMarked(t *testing.T) {
	b := openBus(t)
	for _, n := range shelf() {
		put(t, b.Notices, n.Key(), n, 0)
	}
	x, _ := start(t, b, t.TempDir())
	for _, c := range []struct{ text, title, snippet string }{
		{"motorcycle draft", "[Draft] requirements for [motorcycle] helmets", ""},
		{"電動", "[电动]摩托车安全技术规范", "[电动]摩托车、轻便摩托车"},
		{"battery", "Draft requirements for motorcycle helmets", "Helmets are tested as in UN Regulation No. 22; [batteries] are not covered."},
		{"cafe 咖啡", "Requisitos para [café] torrado", "巴西烘焙[咖啡]要求"},
		{"KEN/7", "食品中農藥殘留限量", "G/SPS/N/[KEN/7]"},
		{"农药残留", "食品中[農藥殘留]限量", ""},
	} {
		f, err := x.Find(t.Context(), Query{Text: c.text, Kind: Notice, Limit: 1})
		if err != nil || len(f.Hits) != 1 {
			t.Fatalf("%q: %v, %v", c.text, f, err)
		}
		h := f.Hits[0]
		if got := plain(h.Titles[0]); got != c.title {
			t.Errorf("%q: title %q, want %q", c.text, got, c.title)
		}
		if got := plain(h.Snippet); got != c.snippet && c.snippet != "" {
			t.Errorf("%q: snippet %q, want %q", c.text, got, c.snippet)
		}
	}
}

// A case is found by its papers' words and by what people wrote about it.
func TestCasesAndWarnings(t *testing.T) {
	b := openBus(t)
	n := shelf()["helmets"]
	put(t, b.Notices, n.Key(), n, 0)
	f := trade.Family{ID: n.ID, Papers: []trade.Paper{{Notice: n.Key(), ID: n.ID}}}
	put(t, b.Families, f.Key(), f, 0)
	c := trade.Case{Family: n.ID, Number: "2026-0007", HeadlineZH: "越南：头盔新规", HeadlineEN: "Viet Nam: helmets", Assignee: "李工", History: []trade.Change{
		{By: "李工", Reason: trade.Text{ZH: "已电话联系宗申", EN: "已电话联系宗申"}}, {By: "rule", Reason: trade.Text{ZH: "按规则打开"}},
	}}
	put(t, b.Cases, f.Key(), c, 0)
	w := trade.Warning{Family: n.ID, Number: "2026-0007", Release: 1, Headline: trade.Text{ZH: "预警：越南头盔", EN: "Warning: helmets in Viet Nam"}, Markets: []string{"VN"}}
	put(t, b.Warnings, f.Key(), w, 0)
	x, _ := start(t, b, t.TempDir())
	for _, q := range []string{"batteries", "越南", "宗申", "李工", "2026-0007", "VNM/123", "helmets 电话", "650610"} {
		if got := found(t, x, Case, q); !slices.Equal(got, []string{f.Key()}) {
			t.Errorf("the case is not found by %q: %v", q, got)
		}
	}
	if got := found(t, x, Case, "按规则打开"); got != nil {
		t.Errorf("the case is found by the rule's words, which every case has")
	}
	for _, q := range []string{"2026-0007", "预警", "Vietnam helmets", "越"} {
		want := []string{f.Key()}
		if q == "Vietnam helmets" {
			want = nil // it is written as two words
		}
		if got := found(t, x, Warning, q); !slices.Equal(got, want) {
			t.Errorf("warnings with %q: %v, want %v", q, got, want)
		}
	}
}
