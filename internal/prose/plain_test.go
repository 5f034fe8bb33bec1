package prose

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestPlainText(t *testing.T) {
	cases := []struct{ name, in, want string }{
		{"nothing", "", ""},
		{"plain text", "Safety of helmets", "Safety of helmets"},
		{"leading blanks", "  a\u00a0 b\u3000", "a b"},
		{"paragraphs become lines", `<p style="margin:2px">One</p><p>Two</p>`, "One\nTwo"},
		{"inline elements leave no gap", "H<sub>2</sub>O and <b>bold</b>face", "H2O and boldface"},
		{"cells get a blank", "<table><tr><td>HS</td><td>8711</td></tr><tr><td>ICS</td></tr></table>", "HS 8711\nICS"},
		{"line breaks", "a<br>b<br/>c<BR />d", "a\nb\nc\nd"},
		{"entities", "Men&rsquo;s &amp; boys&#39; &lt;10 kg&nbsp;&#x4E2D;", "Men’s & boys' <10 kg 中"},
		{"escaped twice", "&lt;p&gt;Helmets &amp;amp; gloves&lt;/p&gt;", "Helmets & gloves"},
		{"a comparison is no tag", "transport of <10 persons, output > 375 kVA and <= 400", "transport of <10 persons, output > 375 kVA and <= 400"},
		{"an unknown tag stays", "a <y and z> b", "a <y and z> b"},
		{"scripts and styles go whole", "a<script>if (x < 1) { y() }</script><style>p{}</style>b", "a\nb"},
		{"comments go", "a<!-- <p>hidden</p> -->b", "ab"},
		{"Word's elements go", "a<o:p></o:p>b", "ab"},
		{"Excel's CR LF", "one_x000D_\ntwo_x000D_three", "one\ntwo\nthree"},
		{"Excel's other escapes", "tab_x0009_here_x0007_", "tab here"},
		{"invisible characters", "a\u200bb\ufeffc\u00add\u202ee\x00f", "abcdef"},
		{"Chinese punctuation and superscripts stay", "无线局域网（WLAN），10⁶、½、m²", "无线局域网（WLAN），10⁶、½、m²"},
		{"full-width digits and letters are folded", "ＨＳ８７１１", "HS8711"},
		{"ligatures and radicals from PDF copies", "e\ufb03cient \u2f00", "efficient 一"},
		{"composed characters", "e\u0301", "é"},
		{"broken UTF-8", "a\xffb", "a\uFFFDb"},
		{"UTF-8 read as Latin-1", "sÃ©curitÃ© des vÃ©hicules", "sécurité des véhicules"},
		{"the same of Chinese", "æ\u0091©æ\u0089\u0098è½¦", "摩托车"},
		{"an honest accent is left", "Norme Égypte: Âge et Ãlhavo, 5 Ã 7", "Norme Égypte: Âge et Ãlhavo, 5 Ã 7"},
		{"Windows line ends", "a\r\n\r\n  b\rc", "a\nb\nc"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := Plain(c.in)
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
			if again := Plain(got); again != got {
				t.Errorf("once more it becomes %q", again)
			}
		})
	}
}

func TestPlainLineIsOneLine(t *testing.T) {
	if got := Line("<p>One</p>\n<p>Two  three</p>"); got != "One Two three" {
		t.Errorf("got %q", got)
	}
}

func FuzzPlainText(f *testing.F) {
	for _, s := range []string{"<p>a</p>", "&lt;b&gt;", "_x000D_", "a < b > c", "\xff\u200b１", "<script>", "<!-- ", "&amp;amp;lt;p&gt;", "ﬁ\u0301"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := Plain(s)
		if !utf8.ValidString(got) {
			t.Errorf("%q became invalid UTF-8 %q", s, got)
		}
		if strings.ContainsAny(got, "\x00\r\t\u200b\ufeff\u00a0\u00ad") || strings.Contains(got, "  ") || strings.TrimSpace(got) != got {
			t.Errorf("%q became %q", s, got)
		}
		if len(got) > 4*len(s) { // by composition and what stands for an invalid byte
			t.Errorf("%d bytes became %d: %q", len(s), len(got), s)
		}
		if again := Plain(s); again != got {
			t.Errorf("%q became %q and %q", s, got, again)
		}
		if line := Line(s); strings.Contains(line, "\n") {
			t.Errorf("%q became several lines: %q", s, line)
		}
	})
}
