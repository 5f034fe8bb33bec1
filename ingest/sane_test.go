package ingest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tbtwatch/internal/prose"
	"tbtwatch/internal/trade"
)

func TestSuspect(t *testing.T) {
	day := func(what, from, to string) []trade.Date {
		return []trade.Date{{What: what, Text: "as written", From: from, To: to}}
	}
	for _, c := range []struct {
		name string
		edit func(*trade.Notice)
		want string
	}{
		{"a good notice", func(*trade.Notice) {}, ""},
		{"Chinese, traditional", func(n *trade.Notice) { n.Title = "機車用安全帽(修正草案)之應施檢驗規定" }, ""},
		{"gaming machines are goods too", func(n *trade.Notice) {
			n.Title = "Technical requirements for casino gaming machines and online betting terminals"
		}, ""},
		{"彩票 machines", func(n *trade.Notice) { n.Title = "电子游戏机和老虎机的进口检验要求" }, ""},
		{"a gloss on a rare character", func(n *trade.Notice) {
			n.Title, n.Description = "稀土产品", strings.Repeat("稀土氧化物的测定方法", 10)+"镥(lǔ)的含量"
		}, ""},
		{"brackets in words", func(n *trade.Notice) { n.Title = "关于机动车(含摩托车)的规定(abc)" }, ""},
		{"less than and more than", func(n *trade.Notice) { n.Description = "motors of < 50 cc and > 25 km/h; a<b" }, ""},
		{"accents", func(n *trade.Notice) { n.Title = "Norme Égypte: Âge et Ãlhavo" }, ""},
		{"one lost character", func(n *trade.Notice) { n.Description = strings.Repeat("text ", 40) + "\uFFFD" }, ""},
		{"nothing but codes", func(n *trade.Notice) { n.Title, n.HS = "", []string{"8711"} }, ""},
		{"no identity", func(n *trade.Notice) { n.ID = "" }, "without an identity"},
		{"neither title nor symbol", func(n *trade.Notice) { n.Title, n.Symbols, n.Description = "", nil, "text" }, "neither a title nor"},
		{"casino spam", func(n *trade.Notice) { n.Title = "中共澳门皇冠赌场_澳门皇冠游戏-投注app官网委" }, "gambling"},
		{"slot spam", func(n *trade.Notice) { n.Description = "Best slot gacor and judi online with free spins" }, "gambling"},
		{"pinyin in a title is read over", func(n *trade.Notice) { n.Title = "貫徹落實國家標準(zhǔn)化綱要" }, ""},
		{"an advertisement behind a text", func(n *trade.Notice) {
			n.Description = "头盔要求。我们专注于专利注册，详情请关注官方网站，服务热线：138-0000-0000"
		}, "an advertisement"},
		{"a regulator's hotline", func(n *trade.Notice) {
			n.Description = "如有疑问请致电咨询电话：010-12345678，或访问官方网站 https://www.example.cn"
		}, ""},
		{"a rule on advertising", func(n *trade.Notice) {
			n.Title = "Rules on advertising of gambling, discount offers and free consultation in print, see www.example.gov"
		}, ""},
		{"a rule on gambling machines", func(n *trade.Notice) {
			n.Title, n.HS, n.Description = "老虎机与博彩设备的技术要求", []string{"950430"}, "适用于赌场使用的老虎机、电子游戏机；投注终端另有规定。"
		}, ""},
		{"pinyin in a text", func(n *trade.Notice) {
			n.Description = strings.Repeat("文字統(tǒng)籌推進發(fā)展", 3)
		}, "pinyin in brackets"},
		{"lost characters", func(n *trade.Notice) { n.Title = "Hel\uFFFDet f\uFFFDr m\uFFFDtor" }, "could not be read"},
		{"UTF-8 read as Latin-1", func(n *trade.Notice) { n.Title = "sÃ©curitÃ© des vÃ©hicules" }, "wrong charset"},
		{"GBK read as UTF-8", func(n *trade.Notice) { n.Title = "锟斤拷锟斤拷" }, "wrong charset"},
		{"a rule on advertising for gambling", func(n *trade.Notice) {
			n.Title = "Advertising of online casino services: free spins, no deposit offers and any casino bonus"
		}, ""},
		{"markup", func(n *trade.Notice) { n.Description = "covers <p>helmets</p>" }, "markup is left"},
		{"a script", func(n *trade.Notice) { n.Title = "helmets<script src=x>" }, "markup is left"},
		{"entities", func(n *trade.Notice) { n.Title = "nuts&nbsp;bolts" }, "markup is left"},
		{"title cut", func(n *trade.Notice) { n.Title = "Regulation on the safety of…" }, "breaks off"},
		{"title cut, text whole", func(n *trade.Notice) {
			n.Title, n.Description = "Regulation on the…", "Regulation on the safety of helmets"
		}, ""},
		{"31 February", func(n *trade.Notice) { n.Dates = day(trade.DateAdoption, "2026-02-31", "2026-02-31") }, "no possible day"},
		{"year 1", func(n *trade.Notice) { n.Dates = day(trade.DateCommentDeadline, "0001-01-01", "0001-01-01") }, "no possible day"},
		{"year 9999", func(n *trade.Notice) { n.Dates = day(trade.DateAdoption, "9999-12-31", "9999-12-31") }, "no possible day"},
		{"Buddhist year", func(n *trade.Notice) { n.Dates = day(trade.DateAdoption, "2568-06-01", "2568-06-01") }, "no possible day"},
		{"published next month", func(n *trade.Notice) { n.Dates = day(trade.DatePublished, "2025-07-10", "2025-07-10") }, "in the future"},
		{"published tomorrow, elsewhere", func(n *trade.Notice) { n.Dates = day(trade.DatePublished, "2025-06-11", "2025-06-11") }, ""},
		{"ends before it begins", func(n *trade.Notice) { n.Dates = day(trade.DateAdoption, "2026-06-01", "2026-05-01") }, "before it begins"},
		{"to be determined", func(n *trade.Notice) { n.Dates = day(trade.DateAdoption, "", "") }, ""},
		{"a book", func(n *trade.Notice) { n.Fields = map[string]string{"Text": strings.Repeat("long ", 200_000)} }, "more than 512 KiB"},
	} {
		n := &trade.Notice{Source: "s", ID: "G/TBT/N/USA/1", Symbols: []string{"G/TBT/N/USA/1"}, Title: "Motorcycle helmets"}
		c.edit(n)
		if got := suspect(n, testNow); (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// The two captured government pages are quarantined whatever part of them is
// taken for the notice.
func TestSuspectRealPages(t *testing.T) {
	for file, want := range map[string]string{"casino-spam-injected.txt": "gambling", "pinyin-and-advert.txt": "advert"} {
		b, err := os.ReadFile("../../shared/data/poisoned/" + file)
		if err != nil {
			t.Skip("../shared/data is not here: ", err)
		}
		title, _, _ := strings.Cut(strings.TrimSpace(string(b)), "\n")
		n := &trade.Notice{Source: "s", ID: file, Title: title, Description: string(b)}
		if got := suspect(n, testNow); !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q", file, got, want)
		}
		for i, line := range strings.Split(string(b), "\n") {
			if !strings.Contains(line, "赌场") || strings.Count(line, "赌场") < 2 {
				continue
			}
			n := &trade.Notice{Source: "s", ID: file, Title: line}
			if got := suspect(n, testNow); got == "" {
				t.Errorf("%s, line %d passes", file, i+1)
			}
		}
	}
}

// Nothing that an authority wrote is suspected of being spam.
func TestNoHonestTextIsSpam(t *testing.T) {
	files := 0
	for _, pattern := range []string{"*.jsonl", "*/*.json", "*/*.jsonl", "*/*.html", "nomenclature/*.csv"} {
		names, _ := filepath.Glob(filepath.Join(sharedData, pattern))
		for _, name := range names {
			b, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			files++
			for i, line := range strings.Split(string(b), "\n") {
				if why := prose.Suspect(prose.Plain(line)); why != "" && !strings.Contains(why, "markup") {
					t.Errorf("%s, line %d: %s", name, i+1, why)
				}
			}
		}
	}
	if files == 0 {
		t.Skip("../shared/data is not here")
	}
}

func TestShrunken(t *testing.T) {
	for _, c := range []struct {
		rows, min, last int
		bad             bool
	}{
		{0, 0, 0, true}, {0, 0, 50, true}, {1, 0, 0, false}, {1, 0, 19, false}, {1, 0, 20, true}, {12, 0, 400, true},
		{40, 0, 400, false}, {39, 0, 400, true}, {5, 5, 400, false}, {4, 5, 4, true}, {0, 1, 0, true},
	} {
		if got := shrunken(c.rows, c.min, c.last); (got != "") != c.bad {
			t.Errorf("shrunken(%d, %d, %d) = %q", c.rows, c.min, c.last, got)
		}
	}
}
