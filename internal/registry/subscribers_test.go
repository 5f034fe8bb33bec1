package registry

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tbtwatch/internal/nomenclature"
	"tbtwatch/internal/trade"
)

var testRules = Rules{
	Channels: map[string]func(string) error{
		"email": func(a string) error {
			if !strings.Contains(a, "@") {
				return errors.New("no @ in the address")
			}
			return nil
		},
		"webhook": func(a string) error {
			if !strings.HasPrefix(a, "https://") {
				return errors.New("use https instead of " + a)
			}
			return nil
		},
	},
	Levels:   []string{"red", "orange", "yellow", "blue"},
	Synonyms: map[string]string{"邮件": "email", "黄色": "yellow"},
}

const subscriberHeader = "subscriber_id,kind,name,exporter_id,district,sector,markets,language,channel,address,cadence,lowest_level\n"

func TestParseSubscribers(t *testing.T) {
	sector := nomenclature.Sectors()[0]
	s := openSheet(t, Subscribers, subscriberHeader+
		"S1,exporter,甲厂,E1,,,,,email,a@example.com,,\n"+
		"S2,行业协会,协会,,,"+sector.ZH+",欧盟;美国,EN,邮件,b@example.com,每日,黄色\n"+
		"S3,Machine,机,,,,*,zh,webhook,https://h.example/x,weekly,RED\n")
	items := drain(t, ParseSubscribers(s, testRules))
	if bad := badLines(items); bad != "" || len(items) != 3 {
		t.Fatal(bad)
	}
	for i, want := range []trade.Subscriber{
		{ID: "S1", Kind: trade.SubExporter, Name: "甲厂", Exporter: "E1", Language: "zh", Channel: "email", Address: "a@example.com", Cadence: "immediate"},
		{ID: "S2", Kind: trade.SubAssociation, Name: "协会", Sector: sector.ID, Markets: []string{"EU", "US"}, Language: "en", Channel: "email", Address: "b@example.com", Cadence: "daily", LowestLevel: "yellow"},
		{ID: "S3", Kind: trade.SubMachine, Name: "机", Markets: []string{"*"}, Language: "zh", Channel: "webhook", Address: "https://h.example/x", Cadence: "weekly", LowestLevel: "red"},
	} {
		if d := cmp.Diff(want, items[i].Subscriber); d != "" {
			t.Error(d)
		}
	}
}

func TestBadSubscribersSayWhatWouldBeRight(t *testing.T) {
	for _, tc := range []struct{ name, row, want string }{
		{"unknown kind", "S,exportr,n,E,,,,,email,a@b,,", `line 2, column kind, value "exportr": not known; did you mean exporter?`},
		{"no kind", "S,,n,E,,,,,email,a@b,,", `line 2, column kind: is empty; give one of exporter, association, district, department, machine`},
		{"exporter of no firm", "S,exporter,n,,,,,,email,a@b,,", `line 2, column exporter_id: is empty; a subscriber of kind exporter needs it`},
		{"district without a name", "S,区县,n,,,,,,email,a@b,,", `line 2, column district: is empty; a subscriber of kind district needs it`},
		{"unknown sector", "S,association,n,,,astrology,,,email,a@b,,", `line 2, column sector, value "astrology": not known; give one of `},
		{"unknown language", "S,department,n,,,,,fr,email,a@b,,", `line 2, column language, value "fr": not known; give one of zh, en`},
		{"unknown channel", "S,department,n,,,,,,pigeon,a@b,,", `line 2, column channel, value "pigeon": not known; give one of email, webhook`},
		{"address of another channel", "S,department,n,,,,,,email,example.com,,", `line 2, column address, value "example.com": not fit for channel email: no @ in the address; give an address that email can deliver to`},
		{"secret in an address", "S,machine,n,,,,,,webhook,http://h.example/hook/s3cret?k=1,,", `line 2, column address, value "http://h.example/…": not fit for channel webhook: use https instead of http://h.example/…; give an address that webhook can deliver to`},
		{"no address", "S,machine,n,,,,,,webhook,,,", `line 2, column address: is empty; every subscriber needs one`},
		{"unknown cadence", "S,department,n,,,,,,email,a@b,dayly,", `line 2, column cadence, value "dayly": not known; did you mean daily?`},
		{"unknown level", "S,department,n,,,,,,email,a@b,,purple", `line 2, column lowest_level, value "purple": not known; give one of red, orange, yellow, blue`},
		{"same id, other channel", "S,department,n,,,,,,email,a@b,,\nS,department,n,,,,,,email,c@d,,", `line 3, column subscriber_id, value "S": differs from line 2, which has the same id; keep one of the two, or give this subscriber an id of its own`},
	} {
		got := badLines(drain(t, ParseSubscribers(openSheet(t, Subscribers, subscriberHeader+tc.row+"\n"), testRules)))
		if got != tc.want && (!strings.HasSuffix(tc.want, "one of ") || !strings.HasPrefix(got, tc.want)) {
			t.Errorf("%s:\n got %s\nwant %s", tc.name, got, tc.want)
		}
	}
}

func TestAnAssociationOfAllSectorsIsRemarkedOn(t *testing.T) {
	items := drain(t, ParseSubscribers(openSheet(t, Subscribers, subscriberHeader+"S,association,,,,,,,email,a@b,,\n"), testRules))
	if items[0].Err != nil || len(items[0].Remarks) != 2 || items[0].Remarks[0].Column != "sector" || items[0].Remarks[1].Column != "name" {
		t.Errorf("%+v", items[0])
	}
}
