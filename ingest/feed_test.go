package ingest

import (
	"slices"
	"strings"
	"testing"

	"tbtwatch/internal/trade"
)

const feedOptions = "url: https://www.example.org/feed\nmarket: EU\n"

func feedOf(t *testing.T, options, items string) ([]Item, error) {
	body := `<?xml version='1.0' encoding='windows-1252'?><rss version="2.0"><channel><title>t</title>` + items + `</channel></rss>`
	return parse(fromYAML(t, "feed", options), Document{URL: "https://www.example.org/feed", Body: strings.NewReader(body)})
}

func TestFeedItems(t *testing.T) {
	cases := []struct {
		name, options, item string
		want                trade.Notice
		day                 string
	}{
		{"the declaration fills in", feedOptions + "area: TBT\nkind: rule\nlang: fr", `<item><guid>g1</guid><title>Casques</title></item>`,
			trade.Notice{ID: "g1", Title: "Casques", Area: "TBT", Kind: trade.KindRule, Markets: []string{"EU"}, Lang: "fr"}, ""},
		{"the symbol of the title says the rest", "url: https://www.example.org/feed", `<item><guid>g1</guid><title>G/SPS/N/JPN/5/Corr.1 – erratum</title></item>`,
			trade.Notice{ID: "g1", Title: "G/SPS/N/JPN/5/Corr.1 – erratum", Symbols: []string{"G/SPS/N/JPN/5/Corr.1"}, Area: "SPS", Kind: trade.KindCorrigendum, Markets: []string{"JP"}}, ""},
		{"one measure in the description", feedOptions, `<item><guid>g1</guid><title>News</title><description>On G/TBT/N/EU/7.</description></item>`,
			trade.Notice{ID: "g1", Title: "News", Symbols: []string{"G/TBT/N/EU/7"}, Area: "TBT", Kind: trade.KindNew, Markets: []string{"EU"}}, ""},
		{"a digest of several measures is none of them", feedOptions, `<item><guid>g1</guid><title>News</title><description>G/TBT/N/EU/7 and G/TBT/N/EU/8</description></item>`,
			trade.Notice{ID: "g1", Title: "News", Kind: trade.KindReport, Markets: []string{"EU"}}, ""},
		{"the link is the identity", feedOptions, `<item><link>/n/1?a=1&amp;b=2</link><title>News</title><pubDate>2026-01-05</pubDate></item>`,
			trade.Notice{ID: "https://www.example.org/n/1?a=1&b=2", Title: "News", Kind: trade.KindReport, Markets: []string{"EU"}}, "2026-01-05"},
		{"the day as printed, not as in UTC", feedOptions, `<item><guid>g1</guid><title>News</title><pubDate>Wed, 31 Dec 2025 22:00:00 -0500</pubDate></item>`,
			trade.Notice{ID: "g1", Title: "News", Kind: trade.KindReport, Markets: []string{"EU"}}, "2025-12-31"},
		{"a form that only the feed parser knows", feedOptions, `<item><guid>g1</guid><title>News</title><pubDate>Tue Jun  3 23:30:00 GMT 2025</pubDate></item>`,
			trade.Notice{ID: "g1", Title: "News", Kind: trade.KindReport, Markets: []string{"EU"}}, "2025-06-03"},
		{"a day that is none", feedOptions, `<item><guid>g1</guid><title>News</title><pubDate>soon</pubDate></item>`,
			trade.Notice{ID: "g1", Title: "News", Kind: trade.KindReport, Markets: []string{"EU"}}, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			items, err := feedOf(t, c.options, c.item)
			if err != nil || len(items) != 1 || items[0].Notice == nil {
				t.Fatalf("%+v, %v", items, err)
			}
			n, w := items[0].Notice, c.want
			if n.ID != w.ID || n.Title != w.Title || n.Area != w.Area || n.Kind != w.Kind || n.Lang != w.Lang ||
				!slices.Equal(n.Symbols, w.Symbols) || !slices.Equal(n.Markets, w.Markets) || n.PublishedDay() != c.day {
				t.Errorf("got %+v", n)
			}
		})
	}
}

func TestFeedItemsThatCannotBeUsed(t *testing.T) {
	for item, want := range map[string]string{
		`<item><title>Nameless</title></item>`:                            "no identity",
		`<item><guid>g</guid><title> </title></item>`:                     "no title",
		`<item><guid>g</guid><description>&lt;p&gt;</description></item>`: "no title",
	} {
		items, err := feedOf(t, feedOptions, item)
		if err != nil || len(items) != 1 || items[0].Bad == nil || !strings.Contains(items[0].Bad.Reason, want) {
			t.Errorf("%s: %+v, %v", item, items, err)
		}
	}
	items, err := feedOf(t, "url: https://www.example.org/feed", `<item><guid>g</guid><title>From anywhere</title></item>`)
	if err != nil || items[0].Bad == nil || !strings.Contains(items[0].Bad.Reason, "market") {
		t.Errorf("an item that reaches no market: %+v, %v", items, err)
	}
}

func TestFeedBounds(t *testing.T) {
	if _, err := feedOf(t, feedOptions, strings.Repeat(`<item><guid>g</guid><title>x</title></item>`, maxFeedItems+1)); err == nil || !strings.Contains(err.Error(), "more than") {
		t.Errorf("too many items: %v", err)
	}
}

func TestFeedRefusesOptions(t *testing.T) {
	for options, want := range map[string]string{
		"market: VN":                          "needs its url",
		feedOptions + "area: GATS":            "TBT and SPS",
		feedOptions + "kind: rumour":          "rumour",
		feedOptions + "markets: [Narnia]":     "Narnia",
		feedOptions + "langu: zh":             `"lang"`,
		"url: https://x.example\nmarket: [a]": "",
	} {
		var c = Config{Name: "x", Kind: "feed"}
		if err := yamlInto(options, &c.Options); err != nil {
			t.Fatal(err)
		}
		if _, _, err := c.Open(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q gives %v, want a word of %q", options, err, want)
		}
	}
}
