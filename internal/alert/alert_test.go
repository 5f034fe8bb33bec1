package alert

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"tbtwatch/internal/trade"
)

// What follows is the standard (CAP 1.2, 3.2 and the schema in 3.4), written
// down beside the writer and sharing nothing with it.

// rule is a child of an element: how often it may stand there, and what it may
// hold; nil for any text that is not empty.
type rule struct {
	name     string
	min, max int // max 0: as often as wanted
	holds    func(string) bool
}

func one(words ...string) func(string) bool {
	return func(s string) bool { return slices.Contains(words, s) }
}

func like(form string) func(string) bool { return regexp.MustCompile("^(?:" + form + ")$").MatchString }

const (
	timeForm = `\d{4}-(?:0[1-9]|1[0-2])-(?:[0-2]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d[-+](?:0\d|1[0-4]):[0-5]\d` // never Z
	nameForm = `[^\s,<&]+`
)

// aTime is also no "+00:00": the standard writes UTC as -00:00.
func aTime(s string) bool { return like(timeForm)(s) && !strings.HasSuffix(s, "+00:00") }

var schema = map[string][]rule{
	"alert": {
		{"identifier", 1, 1, like(nameForm)}, {"sender", 1, 1, like(nameForm)}, {"sent", 1, 1, aTime},
		{"status", 1, 1, one("Actual", "Exercise", "System", "Test", "Draft")}, {"msgType", 1, 1, one("Alert", "Update", "Cancel", "Ack", "Error")},
		{"source", 0, 1, nil}, {"scope", 1, 1, one("Public", "Restricted", "Private")}, {"restriction", 0, 1, nil}, {"addresses", 0, 1, nil}, {"code", 0, 0, nil},
		{"note", 0, 1, nil}, {"references", 0, 1, like(`(?:` + nameForm + `,` + nameForm + `,` + timeForm + `)(?: ` + nameForm + `,` + nameForm + `,` + timeForm + `)*`)},
		{"incidents", 0, 1, nil}, {"info", 0, 0, nil},
	},
	"info": {
		{"language", 0, 1, like(`[a-z]{2}(?:-[A-Z]{2})?`)}, {"category", 1, 0, one("Geo", "Met", "Safety", "Security", "Rescue", "Fire", "Health", "Env", "Transport", "Infra", "CBRNE", "Other")},
		{"event", 1, 1, nil}, {"responseType", 0, 0, one("Shelter", "Evacuate", "Prepare", "Execute", "Avoid", "Monitor", "Assess", "AllClear", "None")},
		{"urgency", 1, 1, one("Immediate", "Expected", "Future", "Past", "Unknown")}, {"severity", 1, 1, one("Extreme", "Severe", "Moderate", "Minor", "Unknown")},
		{"certainty", 1, 1, one("Observed", "Likely", "Possible", "Unlikely", "Unknown")}, {"audience", 0, 1, nil}, {"eventCode", 0, 0, nil},
		{"effective", 0, 1, aTime}, {"onset", 0, 1, aTime}, {"expires", 0, 1, aTime}, {"senderName", 0, 1, nil}, {"headline", 0, 1, nil}, {"description", 0, 1, nil},
		{"instruction", 0, 1, nil}, {"web", 0, 1, like(`https?://\S+`)}, {"contact", 0, 1, nil}, {"parameter", 0, 0, nil}, {"resource", 0, 0, nil}, {"area", 0, 0, nil},
	},
	"parameter": {{"valueName", 1, 1, nil}, {"value", 1, 1, nil}},
	"geocode":   {{"valueName", 1, 1, nil}, {"value", 1, 1, nil}},
	"area": {
		{"areaDesc", 1, 1, nil}, {"polygon", 0, 0, nil}, {"circle", 0, 0, nil}, {"geocode", 0, 0, nil}, {"altitude", 0, 1, nil}, {"ceiling", 0, 1, nil},
	},
}

// node is an element as it stands in the text.
type node struct {
	name, text string
	children   []*node
}

func parse(text []byte) (*node, error) {
	d := xml.NewDecoder(strings.NewReader(string(text)))
	root := &node{}
	open := []*node{root}
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) && len(open) == 1 && len(root.children) == 1 {
			return root.children[0], nil
		}
		if err != nil {
			return nil, err
		}
		top := open[len(open)-1]
		switch t := token.(type) {
		case xml.StartElement:
			if t.Name.Space != "urn:oasis:names:tc:emergency:cap:1.2" {
				return nil, fmt.Errorf("%s is of the namespace %q", t.Name.Local, t.Name.Space)
			}
			n := &node{name: t.Name.Local}
			top.children = append(top.children, n)
			open = append(open, n)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			top.text += string(t)
		}
	}
}

// check says what is wrong with an element by the standard.
func check(n *node) (wrong []string) {
	rules, known := schema[n.name]
	if !known {
		if strings.TrimSpace(n.text) == "" || len(n.children) > 0 {
			wrong = append(wrong, n.name+" holds no text")
		}
		return wrong
	}
	at, seen := 0, map[string]int{}
	for _, c := range n.children {
		i := slices.IndexFunc(rules, func(r rule) bool { return r.name == c.name })
		switch {
		case i < 0:
			wrong = append(wrong, n.name+" has a "+c.name)
			continue
		case i < at:
			wrong = append(wrong, n.name+": "+c.name+" stands behind "+rules[at].name)
		}
		at = max(at, i)
		seen[c.name]++
		if hold := rules[i].holds; hold != nil && !hold(c.text) {
			wrong = append(wrong, fmt.Sprintf("%s: %s is %q", n.name, c.name, c.text))
		}
		wrong = append(wrong, check(c)...)
	}
	for _, r := range rules {
		if k := seen[r.name]; k < r.min || r.max > 0 && k > r.max {
			wrong = append(wrong, fmt.Sprintf("%s has %d times %s", n.name, k, r.name))
		}
	}
	return wrong
}

func (n *node) all(name string) (out []string) {
	for _, c := range n.children {
		if c.name == name {
			out = append(out, c.text)
		}
		out = append(out, c.all(name)...)
	}
	return out
}

func release(n int, change func(*trade.Warning)) trade.Warning {
	w := trade.Warning{
		Number: "2026-0007", Family: "G/TBT/N/BRA/9001", Release: n, Level: "orange", Symbols: []string{"G/TBT/N/BRA/9001"}, Markets: []string{"BR", "EU"},
		Headline: trade.Text{ZH: "巴西新措施：头盔", EN: "Brazil: helmets"}, Summary: trade.Text{ZH: "头盔 <须>认证 & 测试", EN: "Helmets <need> a certificate & tests"}, Link: "https://example.org/a?b=c&d",
		Dates: []trade.Date{
			{What: trade.DateCommentDeadline, From: "2026-04-30", To: "2026-04-30"}, {What: trade.DateAdoption, Text: "not yet"}, {What: trade.DateEntryIntoForce, From: "2026-03-20", To: "2026-03-20"},
		},
		Papers: []trade.Paper{{ID: "G/TBT/N/BRA/9001", HS: []string{"650610", "650610"}}}, At: fmt.Sprintf("2026-03-%02dT08:00:00Z", n),
		Audience: []trade.Match{{Exporter: "secret firm", Product: "secret product"}},
	}
	if change != nil {
		change(&w)
	}
	return w
}

var frame = Frame{Sender: "tbt.example.cn", Centre: trade.Text{ZH: "样例中心", EN: "Sample Centre"}, Levels: []string{"red", "orange", "yellow", "blue"}, Zone: time.FixedZone("", 8*3600)}

func TestAlertsAreAsTheStandardSays(t *testing.T) {
	first, second := release(1, nil), release(2, nil)
	utc, public, demo := frame, frame, frame
	utc.Zone, public.Public, demo.Test = time.UTC, true, true
	for _, c := range []struct {
		name    string
		w       trade.Warning
		earlier []trade.Warning
		frame   Frame
		says    map[string][]string // by element; those of both languages follow each other
	}{
		{"a first release", first, nil, frame, map[string][]string{
			"msgType": {"Alert"}, "references": nil, "scope": {"Restricted"}, "status": {"Actual"}, "sent": {"2026-03-01T16:00:00+08:00"}, "language": {"zh-CN", "en"},
			"urgency": {"Expected", "Expected"}, "responseType": {"Prepare", "Prepare"}, "onset": {"2026-03-20T00:00:00+08:00", "2026-03-20T00:00:00+08:00"},
			"expires": {"2026-04-30T23:59:59+08:00", "2026-04-30T23:59:59+08:00"}, "description": {"头盔 <须>认证 & 测试", "Helmets <need> a certificate & tests"}, "web": {"https://example.org/a?b=c&d", "https://example.org/a?b=c&d"},
			"category": {"Safety", "Safety"}, "areaDesc": {"巴西", "欧盟", "Brazil", "European Union"},
		}},
		{"an update", release(3, nil), []trade.Warning{first, second}, frame, map[string][]string{
			"msgType":    {"Update"},
			"references": {"tbt.example.cn,tbtwatch-" + trade.FamilyKey(first.Family) + "-1,2026-03-01T16:00:00+08:00 tbt.example.cn,tbtwatch-" + trade.FamilyKey(first.Family) + "-2,2026-03-02T16:00:00+08:00"},
		}},
		{"in UTC", first, nil, utc, map[string][]string{"sent": {"2026-03-01T08:00:00-00:00"}}},
		{"public", first, nil, public, map[string][]string{"scope": {"Public"}, "restriction": nil}},
		{"of a demo", first, nil, demo, map[string][]string{"status": {"Test"}}},
		{"an exercise", release(1, func(w *trade.Warning) { w.Exercise, w.Family = true, trade.ExerciseFamily(w.Family) }), nil, public, map[string][]string{"status": {"Exercise"}, "msgType": {"Alert"}}},
		{"with the centre's own day", release(1, func(w *trade.Warning) { w.Centre = &trade.CentreDay{Day: "2026-04-16"} }), nil, frame, map[string][]string{"valueName": {
			"评议截止", "拟批准", "拟生效", "本中心截止", "WTO symbol", "HS", "ISO 3166-1", "ISO 3166-1",
			"comments close", "adoption", "entry into force", "the centre's own last day for comments", "WTO symbol", "HS", "ISO 3166-1", "ISO 3166-1"}}},
		{"lifted", release(2, func(w *trade.Warning) { w.Lifted, w.Level = true, "lifted" }), []trade.Warning{first}, frame, map[string][]string{"responseType": {"AllClear", "AllClear"}, "urgency": {"Past", "Past"}, "msgType": {"Update"}}},
		{"a recall of the first", release(2, func(w *trade.Warning) { w.Recalls, w.Lifted, w.Level = 1, true, "lifted" }), []trade.Warning{first}, frame, map[string][]string{"msgType": {"Cancel"}, "references": {"tbt.example.cn,tbtwatch-" + trade.FamilyKey(first.Family) + "-1,2026-03-01T16:00:00+08:00"}}},
		{"a recall of an update", release(3, func(w *trade.Warning) { w.Recalls = 2 }), []trade.Warning{first, second}, frame, map[string][]string{"msgType": {"Update"}}},
		{"a recall of a correction", release(3, func(w *trade.Warning) { w.Recalls, w.Lifted, w.Level = 2, true, "lifted" }), []trade.Warning{first, second}, frame, map[string][]string{"msgType": {"Cancel"}}},
		{"a correction", release(2, func(w *trade.Warning) { w.Corrects = 1 }), []trade.Warning{first}, frame, map[string][]string{"msgType": {"Update"}}},
		{"sanitary", release(1, func(w *trade.Warning) { w.Symbols = []string{"G/SPS/N/KEN/7"} }), nil, frame, map[string][]string{"category": {"Health", "Health"}}},
		{"of an unknown level", release(1, func(w *trade.Warning) { w.Level = "mauve" }), nil, frame, map[string][]string{"urgency": {"Unknown", "Unknown"}, "severity": {"Unknown", "Unknown"}, "responseType": {"Assess", "Assess"}}},
		{"all over", release(1, func(w *trade.Warning) { w.At = "2027-01-01T00:00:00+08:00" }), nil, frame, map[string][]string{"onset": nil, "expires": nil}},
		{"in force behind the deadline", release(1, func(w *trade.Warning) { w.Dates[2].To = "2026-09-01" }), nil, frame, map[string][]string{"onset": {"2026-09-01T00:00:00+08:00", "2026-09-01T00:00:00+08:00"}, "expires": nil}},
		{"bare", trade.Warning{Number: "2026-0001", Family: "x", Release: 1, At: "2026-03-01T08:00:00Z"}, nil, frame, map[string][]string{"areaDesc": {"所有市场", "all markets"}}},
		{"hostile", release(1, func(w *trade.Warning) {
			w.Headline, w.Link, w.Markets = trade.Text{ZH: "]]></headline><status>x\x00\x1b", EN: "<script>"}, "javascript:alert(1)", []string{"<x>"}
		}), nil, frame, map[string][]string{"status": {"Actual"}, "web": nil}},
	} {
		text, err := CAP(&c.w, c.earlier, c.frame)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		root, err := parse(text)
		if err != nil {
			t.Errorf("%s: %v in\n%s", c.name, err, text)
			continue
		}
		for _, wrong := range check(root) {
			t.Errorf("%s: %s", c.name, wrong)
		}
		for element, want := range c.says {
			if got := root.all(element); !slices.Equal(got, want) {
				t.Errorf("%s: %s is %q, want %q", c.name, element, got, want)
			}
		}
		if strings.Contains(string(text), "secret") {
			t.Errorf("%s: it names a firm or a product:\n%s", c.name, text)
		}
	}
}

func TestAlertsThatCannotBe(t *testing.T) {
	w := release(1, nil)
	for _, sender := range []string{"", "a b", "a,b", "a<b", "a&b"} {
		f := frame
		f.Sender = sender
		if _, err := CAP(&w, nil, f); err == nil {
			t.Errorf("%q is taken for a sender", sender)
		}
	}
	w.At = "yesterday"
	if _, err := CAP(&w, nil, frame); err == nil {
		t.Error("a release without a moment is an alert")
	}
}

// The checker itself refuses what the standard refuses.
func TestTheCheckerRefuses(t *testing.T) {
	w := release(1, nil)
	good, err := CAP(&w, nil, frame)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, old, new string }{
		{"Z for UTC", "16:00:00+08:00</sent>", "08:00:00Z</sent>"}, {"+00:00 for UTC", "16:00:00+08:00</sent>", "08:00:00+00:00</sent>"},
		{"a word that is no status", ">Actual<", ">Real<"}, {"no category", "<category>Safety</category>", ""}, {"another order", "<event>", "<audience>x</audience><event>"},
		{"a blank in the sender", "<sender>tbt", "<sender>t bt"}, {"two headlines", "<headline>", "<headline>x</headline><headline>"}, {"an element of nobody", "<headline>", "<title>x</title><headline>"},
		{"references that are none", "<info>", "<references>x,y</references><info>"}, {"nothing in it", ">样例中心<", "><"},
	} {
		text := strings.Replace(string(good), c.old, c.new, 1)
		root, err := parse([]byte(text))
		if text == string(good) || err == nil && len(check(root)) == 0 {
			t.Errorf("%s: nothing is said against it (%v)", c.name, err)
		}
	}
}
