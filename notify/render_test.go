package notify

import (
	"encoding/json"
	htmltemplate "html/template"
	"strings"
	"testing"
	texttemplate "text/template"

	"golang.org/x/net/html"

	"tbtwatch/internal/trade"
)

func TestGoldenRenderings(t *testing.T) {
	env, log := testEnv(t)
	r := newRenderer(env)
	update := soundWarning()
	update.Release, update.Kind, update.Machine = 3, trade.KindAddendum, true
	update.Changed = []trade.Text{{ZH: "评议截止日由 2026-11-05 改为 2026-12-05", EN: "Comments now close on 2026-12-05, not 2026-11-05"}}
	update.Papers = append(update.Papers, trade.Paper{ID: "G/TBT/N/EU/9901/Add.1", Kind: trade.KindAddendum, Published: "2026-10-20"})
	lifted := soundWarning()
	lifted.Release, lifted.Lifted = 4, true
	for name, m := range map[string]Message{
		"firm.zh":        messageTo(t, "firm", "zh", soundWarning()),
		"firm.en":        messageTo(t, "firm", "en", soundWarning()),
		"association.zh": messageTo(t, "association", "zh", soundWarning()),
		"district.en":    messageTo(t, "district", "en", soundWarning()),
		"department.zh":  messageTo(t, "department", "zh", soundWarning()),
		"update.zh":      messageTo(t, "firm", "zh", update),
		"lifted.en":      messageTo(t, "firm", "en", lifted),
	} {
		t.Run(name, func(t *testing.T) {
			c := r.content(m)
			golden(t, name+".txt", r.plain(m, c))
			golden(t, name+".html", r.rich(m, c))
			blocks, err := json.MarshalIndent(slackBlocks(m.Key, c), "", " ")
			if err != nil {
				t.Fatal(err)
			}
			golden(t, name+".slack.json", string(blocks)+"\n")
		})
	}
	event, err := json.MarshalIndent(eventOf(messageTo(t, "machine", "en", soundWarning()), "https://warn.example.org", env), "", " ")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "event.json", string(event)+"\n")
	if log.Len() > 0 {
		t.Error("rendering complained:", log)
	}
}

func TestContentIsTheSameAtEveryAttempt(t *testing.T) {
	env, _ := testEnv(t)
	r := newRenderer(env)
	m := messageTo(t, "firm", "zh", soundWarning())
	once, twice := r.plain(m, r.content(m)), r.plain(m, r.content(m))
	if once != twice {
		t.Error("two attempts differ")
	}
}

func TestEveryLabelHasBothLanguages(t *testing.T) {
	for _, lang := range []string{"zh", "en"} {
		b, _ := json.Marshal(labels(lang))
		var words map[string]string
		json.Unmarshal(b, &words)
		for name, w := range words {
			if w == "" {
				t.Errorf("label %s has no word in %s", name, lang)
			}
		}
	}
}

func TestFailingTemplateLosesNothing(t *testing.T) {
	env, log := testEnv(t)
	m := messageTo(t, "firm", "zh", soundWarning())
	words := []string{"摩托车噪声限值", "两轮摩托车 A1", "包括您的产品税号 871120", "2026-11-05", "https://eping.example.org/notice/9901"}
	explode := map[string]any{"boom": func() string { panic("boom") }}
	for name, r := range map[string]*renderer{
		"missing field": {
			text: texttemplate.Must(texttemplate.New("t").Parse("{{.Nothing}}")),
			html: htmltemplate.Must(htmltemplate.New("h").Parse("{{.Nothing}}")), env: env,
		},
		"panic": {
			text: texttemplate.Must(texttemplate.New("t").Funcs(explode).Parse("{{boom}}")),
			html: htmltemplate.Must(htmltemplate.New("h").Funcs(explode).Parse("{{boom}}")), env: env,
		},
		"no template": {env: env},
	} {
		t.Run(name, func(t *testing.T) {
			log.Reset()
			c := r.content(m)
			mustContain(t, "the plain message", r.plain(m, c), words...)
			if page := r.rich(m, c); page != "" {
				t.Errorf("half a page: %s", page)
			}
			mustContain(t, "the log", log.String(), "level=ERROR", m.Key)
		})
	}
}

func TestFailingCompositionKeepsTheHeadline(t *testing.T) {
	env, log := testEnv(t)
	env.Page = func(trade.Subscriber, string) string { panic("no such page") }
	r := newRenderer(env)
	m := messageTo(t, "firm", "en", soundWarning())
	mustContain(t, "the message", r.plain(m, r.content(m)), "stricter sound limits", "2026-0042", "https://eping.example.org/notice/9901", "Motorcycle A1", "2026-11-05")
	mustContain(t, "the log", log.String(), "no such page")
}

func TestLongListsAreCounted(t *testing.T) {
	m := messageTo(t, "firm", "zh", soundWarning())
	for len(m.View.Products) < 70 {
		m.View.Products = append(m.View.Products, m.View.Products[0])
	}
	c := Compose(m, Env{})
	if len(c.Products) != maxListed || c.More != "另有 20 个未逐一列出" {
		t.Errorf("%d listed, %q", len(c.Products), c.More)
	}
}

// hostile is text that a regulator's page, or a registry, must not be able to
// smuggle into a message.
var hostile = []string{
	"Title\r\nBcc: victim@example.org\r\n\r\nbody", "nul\x00byte", "<!channel> <!here> <@U012345>", "*bold* _it_ ~no~ `code`",
	"[click](javascript:alert(1))", "<script>alert(1)</script><img src=x onerror=alert(1)>", `" onmouseover="alert(1)`, "=HYPERLINK(\"http://x\")",
	"abc\u202Etxt.exe\u202C\u2066x\u2069", "\xff\xfe broken", "{{.L}} {{template \"x\"}}", ".\r\n.\r\nMAIL FROM:<x>", "\u2028line\u2029para\u0085next",
	strings.Repeat("长", 100_000), strings.Repeat("<&>", 40_000), "?=\r\n =?utf-8?q?x?=", "--tbtwatch-boundary--",
}

// hostileWarning carries s in every field that foreign hands fill.
func hostileWarning(s string) *trade.Warning {
	w := soundWarning()
	w.Title, w.Original, w.Lang, w.Headline, w.Summary = s, s, s, trade.Text{ZH: s, EN: s}, trade.Text{ZH: s, EN: s}
	w.Number, w.Changed, w.Link, w.Symbols = s, []trade.Text{{ZH: s, EN: s}}, "javascript:alert('"+s+"')", []string{s}
	w.Dates = append(w.Dates, trade.Date{What: s, Text: s, From: s, To: s, Basis: s})
	w.Papers = append(w.Papers, trade.Paper{ID: s, Published: s, Title: s})
	for i := range w.Audience {
		w.Audience[i].Evidence = evidence("term", s, s, s)
	}
	return w
}

func TestHostileTextIsInertInHTML(t *testing.T) {
	env, _ := testEnv(t)
	r := newRenderer(env)
	for _, s := range hostile {
		m := messageTo(t, "firm", "zh", hostileWarning(s))
		page := r.rich(m, r.content(m))
		if page == "" {
			t.Fatalf("%.40q: no page", s)
		}
		assertNoActiveMarkup(t, page)
		if len(page) > 200_000 {
			t.Errorf("%.40q: a page of %d bytes", s, len(page))
		}
	}
}

// assertNoActiveMarkup walks the page as a browser would.
func assertNoActiveMarkup(t *testing.T, page string) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	for n := range root.Descendants() {
		switch n.Data {
		case "script", "img", "iframe", "form", "object", "svg", "link", "base":
			if n.Type == html.ElementNode {
				t.Errorf("active element <%s>", n.Data)
			}
		}
		for _, a := range n.Attr {
			if strings.HasPrefix(a.Key, "on") || a.Key == "href" && !strings.HasPrefix(a.Val, "https://") {
				t.Errorf("active attribute %s=%q", a.Key, a.Val)
			}
		}
	}
}

func FuzzLine(f *testing.F) {
	for _, s := range hostile[:13] {
		f.Add(s, 40)
	}
	f.Fuzz(func(t *testing.T, s string, limit int) {
		if limit < 1 || limit > 10_000 {
			limit = 100
		}
		for name, got := range map[string]string{"line": line(s, limit), "block": strings.ReplaceAll(block(s, limit), "\n", "")} {
			if strings.ContainsFunc(got, func(r rune) bool {
				return r < ' ' || r == 0x7f || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069
			}) {
				t.Errorf("%s(%q) = %q", name, s, got)
			}
			if n := len([]rune(got)); n > limit {
				t.Errorf("%s gave %d characters of at most %d", name, n, limit)
			}
		}
		if u := safeLink(s); u != "" && !strings.HasPrefix(strings.ToLower(u), "http") {
			t.Errorf("safeLink(%q) = %q", s, u)
		}
	})
}

func TestLinks(t *testing.T) {
	for in, want := range map[string]string{
		"https://eping.wto.org/x?a=1&b=2": "https://eping.wto.org/x?a=1&b=2", " http://a.example/b ": "http://a.example/b",
		"javascript:alert(1)": "", "JAVASCRIPT:alert(1)": "", "data:text/html,x": "", "//a.example": "", "https://u:p@a.example/": "",
		"https://a.example/\"><script>": "", "https://a.example/ b": "", "https://": "", "https://a.example/" + strings.Repeat("x", 3000): "",
		"https://a.example/|label>": "", "ftp://a.example/": "", "": "",
	} {
		if got := safeLink(in); got != want {
			t.Errorf("safeLink(%.60q) = %q, want %q", in, got, want)
		}
	}
}
