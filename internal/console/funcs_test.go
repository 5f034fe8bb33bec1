package console

import (
	"strings"
	"testing"
)

func TestWordsOfNumbersAndDays(t *testing.T) {
	for _, c := range []struct{ name, got, want string }{
		{"thousands", number(1234567), "1,234,567"},
		{"small", number(12), "12"},
		{"three digits", number(999), "999"},
		{"negative", number(-1234), "-1,234"},
		{"negative three digits", number(-123), "-123"},
		{"dollars", usd(900000.4), "US$900,000"},
		{"past", daysWords("2026-03-02", "2026-02-27", "en"), "3 days ago"},
		{"today", daysWords("2026-03-02", "2026-03-02", "zh"), "今天"},
		{"ahead", daysWords("2026-03-02", "2026-04-01", "zh"), "还有 30 天"},
		{"no day", daysWords("2026-03-02", "mid-2026", "zh"), ""},
		{"everywhere", marketName("*", "en"), "all markets"},
		{"many markets", marketNames([]string{"X1", "X2", "X3", "X4", "X5"}, "en"), "X1, X2, X3, X4 and others, 5 in all"},
		{"one of many", label("en", "case.hits", 1, 2, 1), "1 firm (2 products direct, 1 likely)"},
		{"many of one", label("en", "case.hits", number(1100), 1, 0), "1,100 firms (1 product direct, 0 likely)"},
		{"one day", daysWords("2026-03-02", "2026-03-03", "en"), "1 day left"},
		{"days stay whole", string(unbroken("自 2026-01-05 <b> 起")), `自 <span class="day">2026-01-05</span> &lt;b&gt; 起`},
		{"a known kind of source", aboutSource("zh", "page", "any HTML site"), "在配置中声明的网页"},
		{"a kind of one's own", aboutSource("zh", "mine", "my site"), "my site"},
		{"cut", short("摩托车头盔", 2), "摩托…"},
		{"link", safeLink("https://a.example/b?c=d"), "https://a.example/b?c=d"},
		{"script as link", safeLink("javascript:alert(1)"), ""},
		{"data as link", safeLink("data:text/html,x"), ""},
		{"user in link", safeLink("https://a@b.example/"), ""},
	} {
		if c.got != c.want {
			t.Errorf("%s: %q, want %q", c.name, c.got, c.want)
		}
	}
}

func TestReturnAddressesStayHere(t *testing.T) {
	for next, want := range map[string]string{
		"/cases?state=open": "/cases?state=open", "": "/", "//evil.example": "/", "https://evil.example": "/", `/\evil.example`: "/", "/a\r\nSet-Cookie: x": "/",
	} {
		if got := local(next); got != want {
			t.Errorf("local(%q) = %q, want %q", next, got, want)
		}
	}
}

func TestLettersAreReadAsText(t *testing.T) {
	mail := strings.ReplaceAll(`From: =?utf-8?q?=E4=B8=AD=E5=BF=83?= <c@example.org>
To: a@example.org
Subject: =?utf-8?b?6aKE6K2m?=
Message-ID: <x@example.org>
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary=b1

--b1
Content-Type: text/plain; charset=UTF-8
Content-Transfer-Encoding: quoted-printable

=E5=A4=B4=E7=9B=94 <script>
--b1
Content-Type: text/html; charset=UTF-8

<script>alert(1)</script>
--b1--
`, "\n", "\r\n")
	l, err := readLetter(strings.NewReader(mail))
	if err != nil {
		t.Fatal(err)
	}
	if l.Subject != "预警" || !strings.HasPrefix(l.From, "中心") || strings.TrimSpace(l.Text) != "头盔 <script>" {
		t.Errorf("read as %+v", l)
	}
	if _, err := readLetter(strings.NewReader("no mail at all")); err == nil {
		t.Error("what is no mail was read")
	}
	for name, body := range map[string]string{"base64": "Content-Transfer-Encoding: base64\r\n\r\n5aS055uU", "plain": "\r\n头盔"} {
		if l, err := readLetter(strings.NewReader("Subject: x\r\n" + body)); err != nil || l.Text != "头盔" {
			t.Errorf("%s: %+v, %v", name, l, err)
		}
	}
}
