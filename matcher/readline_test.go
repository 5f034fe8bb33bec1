package matcher

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tbtwatch/internal/trade"
)

func TestReadLine(t *testing.T) {
	n, err := ReadLine([]byte(` {"symbol":" G/TBT/N/KEN/1307/Add.1","member":"Kenya","area":"tbt","kind":"Addendum","lang":"en","title":"Helmets",
		"description":"For riders","products":"Helmets","hs":["6506.10",650610,"x"],"ics":"13.340.20; 43.140","published":"2026-06-02","comment_deadline":"60 days from notification","extra":{"a":1}} `))
	if err != nil {
		t.Fatal(err)
	}
	want := trade.Notice{
		Source: "import", ID: "G/TBT/N/KEN/1307/Add.1", Symbols: []string{"G/TBT/N/KEN/1307/Add.1"}, Area: "TBT", Kind: trade.KindAddendum,
		Members: []string{"KE"}, Markets: []string{"KE"}, Lang: "en", Title: "Helmets", Description: "For riders", Products: "Helmets",
		HS: []string{"650610"}, ICS: []string{"13.340.20", "43.140"},
		Dates: []trade.Date{
			{What: trade.DatePublished, Text: "2026-06-02", From: "2026-06-02", To: "2026-06-02", Basis: "as given"},
			{What: trade.DateCommentDeadline, Text: "60 days from notification", From: "2026-08-01", To: "2026-08-01", Basis: "60 days from 2026-06-02 (circulation)"},
		},
	}
	fields := n.Fields
	n.Fields = nil
	if diff := cmp.Diff(want, n); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if len(fields) != 13 || fields["symbol"] != " G/TBT/N/KEN/1307/Add.1" || fields["extra"] != `{"a":1}` {
		t.Errorf("fields are not kept as given: %q", fields)
	}
}

func TestReadLineMarketsAndKinds(t *testing.T) {
	for _, c := range []struct {
		name, line string
		markets    string
		kind       trade.Kind
		hs         string
	}{
		{"symbol's member", `{"symbol":"G/TBT/N/TPKM/425"}`, "TW", trade.KindNew, ""},
		{"Chinese name", `{"symbol":"X1","member":"巴西"}`, "BR", trade.KindReport, ""},
		{"code", `{"symbol":"X1","member":"BR"}`, "BR", trade.KindReport, ""},
		{"old name of the union", `{"symbol":"G/SPS/N/EEC/5"}`, "EU", trade.KindNew, ""},
		{"joint paper", `{"symbol":"G/TBT/N/ARE/371, G/TBT/N/BHR/485G/TBT/N/KWT/367","member":"Bahrain, Kingdom of"}`, "BH,AE,KW", trade.KindNew, ""},
		{"several members", `{"symbol":"X1","member":"Kenya; Uganda"}`, "KE,UG", trade.KindReport, ""},
		{"members as a list", `{"symbol":"X1","member":["Kenya","Uganda"]}`, "KE,UG", trade.KindReport, ""},
		{"unknown member", `{"symbol":"G/TBT/N/KEN/1","member":"Atlantis"}`, "KE", trade.KindNew, ""},
		{"no WTO symbol", `{"symbol":"2026-11634"}`, "", trade.KindReport, ""},
		{"kind in Chinese", `{"symbol":"X1","kind":"补遗"}`, "", trade.KindAddendum, ""},
		{"suffix is the surer word", `{"symbol":"G/TBT/N/KEN/1/Rev.1","kind":"notification"}`, "KE", trade.KindRevision, ""},
		{"urgent", `{"symbol":"G/SPS/N/KEN/1","kind":"Emergency"}`, "KE", trade.KindUrgent, ""},
		{"codes in a text", `{"symbol":"G/TBT/N/KEN/1","hs":"8711, 8714.10；0203"}`, "KE", trade.KindNew, "8711,871410,0203"},
		{"a code as a number", `{"symbol":"G/TBT/N/KEN/1","hs":8711}`, "KE", trade.KindNew, "8711"},
		{"codes before their names", `{"symbol":"G/TBT/N/KEN/1","hs":"8517 - Telephone sets, of 16 kg; 100310 - Barley seed; HS 8711"}`, "KE", trade.KindNew, "8517,100310,8711"},
		{"codes with names in a list", `{"symbol":"G/TBT/N/KEN/1","hs":["8711: motorcycles","toys of 95"]}`, "KE", trade.KindNew, "8711"},
		{"codes in groups, as tariffs print them", `{"symbol":"G/TBT/N/EU/1","hs":"8711 20 10, 8714 10; 0902 8703"}`, "EU", trade.KindNew, "87112010,871410,0902,8703"},
		{"a number has lost its zero", `{"symbol":"G/TBT/N/KEN/1","hs":[902,80521,72106,87112]}`, "KE", trade.KindNew, "0902,080521,72106,87112"},
		{"a text has not", `{"symbol":"G/TBT/N/KEN/1","hs":"902"}`, "KE", trade.KindNew, "902"},
		{"members with commas", `{"symbol":"X1","member":"Kenya, Uganda"}`, "KE,UG", trade.KindReport, ""},
		{"a comma inside a name", `{"symbol":"X1","member":"Korea, Republic of"}`, "KR", trade.KindReport, ""},
		{"nulls", `{"symbol":"G/TBT/N/KEN/1","hs":null,"title":null,"member":null}`, "KE", trade.KindNew, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			n, err := ReadLine([]byte(c.line))
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(n.Markets, ","); got != c.markets || n.Kind != c.kind || strings.Join(n.HS, ",") != c.hs {
				t.Errorf("markets %q kind %q hs %q, want %q %q %q", got, n.Kind, n.HS, c.markets, c.kind, c.hs)
			}
		})
	}
}

// The names of ePing's sheet and JSON are read as well as ours.
func TestReadLineKeysAndDates(t *testing.T) {
	for _, c := range []struct{ name, line, want string }{
		{"ours", `{"symbol":"G/TBT/N/KEN/1","published":"2026-01-05","comment_deadline":"60 days from notification","proposed_adoption":"mid-2026","proposed_entry_into_force":"TBD"}`,
			"published 2026-01-05 2026-01-05, comment_deadline 2026-03-06 2026-03-06, adoption 2026-05-01 2026-08-31, entry_into_force  "},
		{"short", `{"symbol":"G/TBT/N/KEN/1","adoption":"1 March 2026","entry_into_force":"6 months after adoption"}`, "adoption 2026-03-01 2026-03-01, entry_into_force 2026-09-01 2026-09-01"},
		{"the sheet's", `{"Document symbol":"G/TBT/N/KEN/1","Distribution date":46027,"Final date for comments":46087,"Proposed adoption  date":"N/A","Proposed entry  into  force date":"Q3 2026"}`,
			"published 2026-01-05 2026-01-05, comment_deadline 2026-03-06 2026-03-06, adoption  , entry_into_force 2026-07-01 2026-09-30"},
		{"the API's", `{"documentSymbol":" G/TBT/N/KEN/1","distributionDate":"2026-01-05T00:00:00","commentDeadlineDate":null,"commentDeadlineDateText":"60 days from circulation"}`,
			"published 2026-01-05 2026-01-05, comment_deadline 2026-03-06 2026-03-06"},
		{"in the text", `{"symbol":"G/TBT/N/KEN/1/Add.1","published":"2026-01-05","title":"评议截止日期为2026年9月15日"}`, "published 2026-01-05 2026-01-05, comment_deadline 2026-09-15 2026-09-15"},
		{"the year of a file name", `{"symbol":"q_G_TBTN22_KEN1307A1"}`, "published 2022-01-01 2022-12-31"},
		{"the year of an old symbol", `{"symbol":"G/TBT/Notif.99/320"}`, "published 1999-01-01 1999-12-31"},
		{"a day of its own", `{"symbol":"q_G_TBTN22_KEN1307A1","date":"2022-11-14"}`, "published 2022-11-14 2022-11-14"},
	} {
		n, err := ReadLine([]byte(c.line))
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		var got []string
		for _, d := range n.Dates {
			got = append(got, d.What+" "+d.From+" "+d.To)
		}
		if s := strings.Join(got, ", "); s != c.want {
			t.Errorf("%s: %q, want %q", c.name, s, c.want)
		}
	}
}

func TestReadLineRefuses(t *testing.T) {
	for name, c := range map[string]struct{ line, reason string }{
		"cut off":           {`{"symbol":"G/TBT/N/KEN/1","title":"Mo`, "not a JSON object"},
		"no JSON":           {`<html>`, "not a JSON object"},
		"a list":            {`["G/TBT/N/KEN/1"]`, "its JSON is of another kind (array)"},
		"two objects":       {`{"symbol":"a"}{"symbol":"b"}`, "at byte"},
		"no symbol":         {`{"title":"Motorcycles"}`, `no "symbol"`},
		"empty symbol":      {`{"symbol":" "}`, `no "symbol"`},
		"symbol as a list":  {`{"symbol":["a"]}`, `"symbol" should be a text`},
		"title as a list":   {`{"symbol":"a","title":{}}`, `"title" should be a text`},
		"objects in hs":     {`{"symbol":"a","hs":[{}]}`, `"hs" should be a text`},
		"wrong charset":     {"{\"symbol\":\"\xc4\xa6\xcd\xd0\"}", "not UTF-8"},
		"nothing but null":  {`null`, `no "symbol"`},
		"nothing but blank": {` `, "not a JSON object"},
	} {
		_, err := ReadLine([]byte(c.line))
		var refused *trade.Refused
		if !errors.As(err, &refused) || !strings.Contains(err.Error(), c.reason) {
			t.Errorf("%s: %v, want a refusal with %q", name, err, c.reason)
		}
	}
}

func FuzzReadLine(f *testing.F) {
	for _, c := range pairs[:6] {
		f.Add([]byte(c.line))
	}
	f.Add([]byte(`{"symbol":"X","hs":[1e309,"８７"],"ics":"43.140,,","published":"31/12/2026","member":"*","keywords":"a;b"}`))
	f.Fuzz(func(t *testing.T, line []byte) {
		n, err := ReadLine(line)
		if err != nil {
			var refused *trade.Refused
			if !errors.As(err, &refused) {
				t.Errorf("%q: %v is no refusal", line, err)
			}
			return
		}
		for _, code := range n.HS {
			if strings.Trim(code, "0123456789") != "" || len(code) < 2 || len(code) > 10 {
				t.Errorf("%q gives the HS code %q", line, code)
			}
		}
		if n.ID == "" || n.Kind == "" || n.Source == "" {
			t.Errorf("%q is read as %+v", line, n)
		}
		r := Read(&n) // must not panic
		Classify(&n, r.ID)
	})
}

func TestKeyTwice(t *testing.T) {
	for line, want := range map[string]string{
		`{"symbol":"a","symbol":"b"}`:                    "symbol",
		`{"symbol":"title","title":"symbol"}`:            "",
		`{"hs":["a","a"],"ics":{"a":1,"a":2},"hs":null}`: "hs",
		`{"a":{"b":"c"},"b":"a","d":[{"a":1}],"a":1}`:    "a",
		`{}`: "",
	} {
		if got, _ := keyTwice([]byte(line)); got != want {
			t.Errorf("%s: %q, want %q", line, got, want)
		}
	}
}
