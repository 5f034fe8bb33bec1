package notify

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"tbtwatch/internal/trade"
)

// robotHostile are attempts at each dialect's markup, mentions and links.
var robotHostile = append([]string{
	"# heading", "## 标题", "**bold** __bold__ *it* _it_ ~~gone~~", "[click](https://evil.example/x) ![](https://evil.example/i.png)", "<@all> <@userid> @all @所有人 @13800000000",
	`<at id=all></at> <at user_id="all">所有人</at> <at email=a@evil.example></at>`, `<font color="warning">x</font> <a href="https://evil.example">x</a>`,
	"> quote", "- item", "+ item", "1. item", "12) item", "=====", "---", "| a | b |", "`code` ```block```", "https://evil.example/x www.evil.example evil.example evil.co.uk mailto:x@evil.example",
	"&lt;at id=all&gt; &#42;&#42;x&#42;&#42;", `\*\*x\*\*`, "）（1/9）", `"},{"tag":"at","user_id":"all"},{"x":"`, "消息编号：pl4fj66ik4jeeg375tzgwlerag",
	strings.Repeat("长# ", 40_000), strings.Repeat("evil.example ", 9_000),
}, hostile...)

// ourMarkup is all the markup that messages hold: labels, links, the title's
// sign and the grey of the last line.
func ourMarkup(c Content) *strings.Replacer {
	l := c.L
	var out []string
	for _, label := range []string{l.Changed, l.You, l.Dates, l.Actions, l.Products, l.Firms, l.Markets, l.Measure, l.Original} {
		out = append(out, "**"+label+"**", "")
	}
	out = append(out, "["+l.Link+"]("+c.Link+")", "", "["+l.Page+"]("+c.Page+")", "", `<font color="comment">`, "", "</font>", "")
	return strings.NewReplacer(out...)
}

var (
	markup = regexp.MustCompile("[*_`\\[\\]<>#~|\\\\@]|://|&#?\\w+;|(?m)^(?:[-+=]|\\s*[0-9]+[.)])|[\\p{L}\\p{N}]\\.\\p{L}{2}")
	linked = regexp.MustCompile(`[@<]|://|[\p{L}\p{N}]\.\p{L}{2}`)
)

// No field makes a link, a mention, a heading or anything bold: what is left
// beside our own words is plain.
func TestRobotTextIsInert(t *testing.T) {
	env, _ := testEnv(t)
	r := newRenderer(env)
	for _, s := range robotHostile {
		for _, lang := range []string{"zh", "en"} {
			m := messageTo(t, "firm", lang, hostileWarning(s))
			m.To.Name, m.View.Name, m.View.Products[0].Name = s, s, trade.Text{ZH: s, EN: s}
			m.View.Warning.Link = "https://eping.example.org/a)[x](https://evil.example/*b*"
			c := r.content(m)
			ours := c
			ours.Link = "https://eping.example.org/a%29%5Bx%5D%28https://evil.example/%2Ab%2A"
			for _, service := range robotServices {
				for i, p := range robotParts(service, m.Key, c) {
					for _, text := range textsRead(service, p) {
						text = strings.TrimPrefix(ourMarkup(ours).Replace(text), "### ")
						pattern := markup
						if service == feishu {
							pattern = linked
						}
						if bad := pattern.FindString(text); bad != "" {
							t.Errorf("%s, %s, %.30q, part %d: %q is left in\n%.400s", service.name, lang, s, i, bad, text)
						}
					}
				}
				if bad := linked.FindString(strings.NewReplacer(c.Link, "", c.Page, "").Replace(robotShort(m.Key, c, service.inert))); bad != "" {
					t.Errorf("%s as text, %.30q: %q is left", service.name, s, bad)
				}
			}
		}
	}
}

// textsRead are the texts of a part in which a service looks for markup; for
// Feishu those of plain_text, too, and its Markdown has to be ours as it is.
func textsRead(s *robotService, p robotPart) []string {
	body := s.body(p)
	switch s {
	case wecom:
		return []string{body["markdown"].(payload)["content"].(string)}
	case dingtalk:
		part := body["markdown"].(payload)
		return []string{part["title"].(string), strings.ReplaceAll(part["text"].(string), dingtalkBreak, "\n")}
	}
	var out []string
	card := body["card"].(payload)
	for _, e := range append(card["elements"].([]payload), card["header"].(payload)["title"].(payload)) {
		switch e["tag"] {
		case "div":
			out = append(out, e["text"].(payload)["content"].(string))
		case "note":
			out = append(out, e["elements"].([]payload)[0]["content"].(string))
		case "markdown", "plain_text":
			out = append(out, e["content"].(string))
		}
	}
	return out
}

// Whatever the content, no part is beyond the service's limit, all are valid,
// and what makes a part of a message is in its place.
func TestRobotPartsFit(t *testing.T) {
	env, _ := testEnv(t)
	r := newRenderer(env)
	words := rapid.OneOf(rapid.String(), rapid.SampledFrom(robotHostile), rapid.StringOfN(rapid.RuneFrom([]rune("摩托车噪声\"\\<>#\n😀 ab.c")), 0, 5000, -1))
	rapid.Check(t, func(rt *rapid.T) {
		m := messageTo(t, "firm", rapid.SampledFrom([]string{"zh", "en"}).Draw(rt, "lang"), hostileWarning(words.Draw(rt, "words")))
		m.View.Warning.Original, m.View.Warning.Link = words.Draw(rt, "original"), "https://a.example/"+strings.Repeat("(", rapid.IntRange(0, 1900).Draw(rt, "link"))
		product := m.View.Products[0]
		for range rapid.IntRange(0, 60).Draw(rt, "products") {
			m.View.Products = append(m.View.Products, product)
		}
		c := r.content(m)
		for _, s := range robotServices {
			parts := robotParts(s, m.Key, c)
			if len(parts) == 0 || len(parts) > robotMost {
				rt.Fatalf("%s: %d parts", s.name, len(parts))
			}
			for i, p := range parts {
				raw, err := s.encode(p, testNow, strings.Repeat("s", 128))
				size := len(raw)
				if s == wecom {
					size = len(wecomText(p))
				}
				if err != nil || size > s.room || !utf8.Valid(raw) || !json.Valid(raw) || strings.Contains(string(raw), `�`) {
					rt.Fatalf("%s, part %d: %d bytes of %d, %v", s.name, i, size, s.room, err)
				}
				if mark := partMark(i+1, len(parts)); strings.HasSuffix(p.Title, mark) != (len(parts) > 1) || p.Foot != c.L.Identity+c.L.Colon+m.Key {
					rt.Fatalf("%s, part %d of %d is called %q, %q", s.name, i, len(parts), p.Title, p.Foot)
				}
			}
			if short := robotShort(m.Key, c, s.inert); len(short) > 2048 || !utf8.ValidString(short) {
				rt.Fatalf("%s: %d bytes as text", s.name, len(short))
			}
		}
	})
}

// Splitting loses nothing and keeps the order.
func TestRobotSplitLosesNothing(t *testing.T) {
	lines := rapid.SliceOf(rapid.Custom(func(t *rapid.T) robotLine {
		return robotLine{
			kind: rapid.SampledFrom([]lineKind{lineText, lineText, lineText, lineLabel}).Draw(t, "kind"),
			text: rapid.StringOfN(rapid.RuneFrom([]rune("摩托车噪声\"\\<&é😀ab c")), 1, 12, -1).Draw(t, "text"),
		}
	}))
	rapid.Check(t, func(t *rapid.T) {
		in, room := lines.Draw(t, "lines"), rapid.IntRange(400, 900).Draw(t, "room")
		for i := range in {
			if in[i].kind == lineText {
				in[i].text = strings.Repeat(in[i].text, rapid.IntRange(1, 200).Draw(t, "times"))
			}
		}
		for _, s := range robotServices {
			var want, got string
			for _, l := range in {
				want += fmt.Sprint(l.kind, l.text, "\n")
			}
			cutOff := false
			for _, group := range robotSplit(in, room, s.cost) {
				if n := robotCost(group, s.cost); n > room || len(group) == 0 {
					t.Fatalf("%s: a group of %d in a room of %d", s.name, n, room)
				}
				for _, l := range group {
					text, goesOn := strings.CutPrefix(l.text, "…")
					if goesOn { // the line of the group before
						got = strings.TrimSuffix(got, "\n") + text + "\n"
					} else {
						got += fmt.Sprint(l.kind, l.text, "\n")
					}
					cutOff = cutOff || !utf8.ValidString(l.text)
				}
			}
			if got != want || cutOff {
				t.Fatalf("%s: cut inside a character: %v; joined again\n%q, want\n%q", s.name, cutOff, got, want)
			}
		}
	})
}

func TestRobotGolden(t *testing.T) {
	env, _ := testEnv(t)
	r := newRenderer(env)
	hostileOnes := messageTo(t, "firm", "zh", hostileWarning(strings.Join(robotHostile[:22], " ")))
	for name, m := range map[string]Message{
		"firm.zh": messageTo(t, "firm", "zh", soundWarning()), "association.en": messageTo(t, "association", "en", soundWarning()),
		"long.zh": longMessage(t), "hostile.zh": hostileOnes,
	} {
		for _, s := range robotServices {
			var parts, facts strings.Builder
			for i, p := range robotParts(s, m.Key, r.content(m)) {
				body, err := json.MarshalIndent(s.body(p), "", " ")
				if err != nil {
					t.Fatal(err)
				}
				fmt.Fprintf(&parts, "%s\n", body)
				first, last := p.Lines[0].text, p.Lines[len(p.Lines)-1].text
				fmt.Fprintf(&facts, "part %d: %s\n%d bytes, %d lines, sha256 %x\nfirst %s\nlast  %s\n", i+1, p.Title, s.size(p), len(p.Lines), sha256.Sum256(body), cut(first, 60), cut(last, 60))
			}
			if strings.HasPrefix(name, "long") {
				golden(t, name+"."+s.name+".txt", facts.String())
			} else {
				golden(t, name+"."+s.name+".json", parts.String())
			}
		}
	}
}
