package console

import (
	"strings"
	"testing"

	"tbtwatch/internal/portal"
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
