package console

import (
	"strings"
	"testing"

	"tbtwatch/internal/portal"
	"tbtwatch/internal/trade"
)

// The firm's first page says how many warnings it leaves out.
func TestMyPageSaysWhatItLeavesOut(t *testing.T) {
	s := bareSite()
	row := sample{"多"}.ownRow(false)
	for _, c := range []struct {
		name string
		home portal.OwnHome
		said map[string]string
	}{
		{"all", portal.OwnHome{Past: []portal.OwnRow{row}}, nil},
		{"cut", portal.OwnHome{Past: []portal.OwnRow{row}, More: 17}, map[string]string{"zh": "另有 17 条", "en": "not listed: 17"}},
		{"open ones alone", portal.OwnHome{Open: []portal.OwnRow{sample{"多"}.ownRow(true)}, More: 17}, map[string]string{"zh": "另有 17 条", "en": "not listed: 17"}},
	} {
		c.home.Firm.Name = "甲厂"
		for _, lang := range languages {
			page, err := s.execute(lang, "my", frame{Lang: lang, Title: "nav.my", Here: "/my", Body: myBody{c.home}})
			if err != nil {
				t.Fatal(err)
			}
			checkPage(t, c.name, page)
			if c.said == nil && (strings.Contains(string(page), "另有") || strings.Contains(string(page), "not listed")) || !strings.Contains(string(page), c.said[lang]) {
				t.Errorf("%s, %s: the page does not say %q, or says too much", c.name, lang, c.said[lang])
			}
		}
	}
}

// A firm sees, as the centre's people do, that a release corrects one or takes
// it back: in its list, and on the warning's page.
func TestMyPagesMarkCorrectionsAndRecalls(t *testing.T) {
	s := bareSite()
	for _, c := range []struct {
		corrects, recalls int
		zh, en            string
	}{{0, 0, "", ""}, {1, 0, "更正第 1 次发布", "corrects release 1"}, {0, 2, "撤回第 2 次发布", "recalls release 2"}} {
		row := sample{"多"}.ownRow(true)
		row.Corrects, row.Recalls = c.corrects, c.recalls
		for name, body := range map[string]any{
			"my": myBody{portal.OwnHome{Firm: trade.Exporter{Name: "甲厂"}, Open: []portal.OwnRow{row}}},
			"mywarning": myWarningBody{OwnWarning: portal.OwnWarning{OwnRow: row, Warning: trade.Warning{Number: "2026-0001", Headline: row.Headline}, Releases: []portal.OwnRelease{{Release: 3, At: row.At, Corrects: c.corrects, Recalls: c.recalls}}},
				Form: surveyForm{Action: "/my/warnings/k/answer"}},
		} {
			for lang, want := range map[string]string{"zh": c.zh, "en": c.en} {
				page, err := s.execute(lang, name, frame{Lang: lang, Title: "nav.my", Here: "/my", Body: body})
				if err != nil {
					t.Fatal(err)
				}
				checkPage(t, name, page)
				marked := strings.Contains(string(page), "更正第") || strings.Contains(string(page), "撤回第") || strings.Contains(string(page), "corrects release") || strings.Contains(string(page), "recalls release")
				if !strings.Contains(string(page), want) || marked != (want != "") {
					t.Errorf("%s, %s: the page does not say %q, or says too much", name, lang, want)
				}
			}
		}
	}
}
