package ingest

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

func mustURL(t testing.TB, s string) *url.URL {
	t.Helper()
	u, err := url.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func spoolOf(t testing.TB, s string) *spool {
	t.Helper()
	body := newSpool()
	if _, err := io.WriteString(body, s); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { body.Close() })
	return body
}

func encoded(t testing.TB, e encoding.Encoding, s string) string {
	t.Helper()
	out, err := e.NewEncoder().String(s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestCharset(t *testing.T) {
	zh := "关于摩托车乘员头盔强制性标准的通报,征求意见截止日期六十天"
	fr := "Arrêté relatif à la sécurité des casques; entrée en vigueur dès février, à préciser"
	ja := "二輪自動車用ヘルメットの基準の改正について"
	far := strings.Repeat(" ", 3000)
	for _, c := range []struct {
		name, header, body, charset, text, note string
	}{
		{"plain ASCII", "", "helmets", "utf-8", "helmets", ""},
		{"UTF-8, said", "text/html; charset=utf-8", zh, "utf-8", zh, ""},
		{"UTF-8 unsaid", "", zh, "utf-8", zh, ""},
		{"byte order mark", "text/html; charset=gbk", "\xef\xbb\xbf" + zh, "utf-8", zh, ""},
		{"UTF-16 with mark", "", encoded(t, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), zh), "utf-16", zh, ""},
		{"UTF-16 said", "text/xml; charset=utf-16be", encoded(t, unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), "<a>helmets</a>"), "utf-16be", "<a>helmets</a>", ""},
		{"GBK said", "text/html; charset=GBK", encoded(t, simplifiedchinese.GBK, zh), "gb18030", zh, ""},
		{"GBK in a late meta", "text/html", encoded(t, simplifiedchinese.GBK, "<html>"+far+`<meta charset="gb2312">`+zh), "gb18030", "<html>" + far + `<meta charset="gb2312">` + zh, ""},
		{"header lies, meta is right", "text/html; charset=utf-8", encoded(t, simplifiedchinese.GBK, `<meta http-equiv="Content-Type" content="text/html; charset=gb2312">`+zh), "gb18030", `<meta http-equiv="Content-Type" content="text/html; charset=gb2312">` + zh, "the header said utf-8, the bytes are not"},
		{"header and meta lie", "text/html; charset=utf-8", encoded(t, simplifiedchinese.GB18030, `<meta charset="utf-8">`+zh), "gb18030", `<meta charset="utf-8">` + zh, "the meta element said utf-8, the bytes are not"},
		{"says Latin-1, is UTF-8", "text/html; charset=iso-8859-1", fr + zh, "utf-8", fr + zh, "the header said windows-1252, the bytes are UTF-8"},
		{"meta says GBK, is UTF-8", "", `<meta charset=gbk>` + zh, "utf-8", `<meta charset=gbk>` + zh, "the meta element said gb18030, the bytes are UTF-8"},
		{"Latin-1 named UTF-8", "text/html; charset=utf-8", encoded(t, charmap.Windows1252, fr), "windows-1252", fr, "the header said utf-8, the bytes are not"},
		{"Shift-JIS said", "text/html; charset=Shift_JIS", encoded(t, japanese.ShiftJIS, ja), "shift_jis", ja, ""},
		{"XML declaration", "text/xml", encoded(t, simplifiedchinese.GBK, `<?xml version="1.0" encoding="GB2312"?><t>`+zh+"</t>"), "gb18030", `<?xml version="1.0" encoding="UTF-8"?><t>` + zh + "</t>", ""},
		{"XML declaration lies", "text/xml", `<?xml version="1.0" encoding="gbk"?><t>` + zh + "</t>", "utf-8", `<?xml version="1.0" encoding="UTF-8"?><t>` + zh + "</t>", "the XML declaration said gb18030, the bytes are UTF-8"},
		{"unknown label", "text/html; charset=klingon", zh, "utf-8", zh, ""},
		{"NUL and overrides", "", "hel\x00mets \u202eabc\u202c", "utf-8", "helmets abc", ""},
		{"a workbook", "text/html; charset=utf-8", "PK\x03\x04\xff\x00", "", "PK\x03\x04\xff\x00", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			header := http.Header{"Content-Type": {c.header}}
			f := &fetched{URL: "u", Header: header, Body: spoolOf(t, c.body)}
			r, err := readingOf("", header, f.Body)
			if err != nil || r.Charset != c.charset || r.Note != c.note {
				t.Fatalf("%+v, %v; want %s, %q", r, err, c.charset, c.note)
			}
			doc, _, _, err := open(f, Request{}, "")
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(doc.Body)
			if err != nil || string(got) != c.text {
				t.Errorf("%q, %v; want %q", got, err, c.text)
			}
		})
	}
}

func TestCharsetCountsWhatItReplaces(t *testing.T) {
	header := http.Header{"Content-Type": {"text/html; charset=gbk"}}
	f := &fetched{URL: "u", Header: header, Body: spoolOf(t, encoded(t, simplifiedchinese.GBK, "摩托车")+"\xff\xff\x00")}
	doc, charset, notes, err := open(f, Request{}, "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, doc.Body); err != nil || charset != "gb18030" {
		t.Fatal(charset, err)
	}
	if n := strings.Join(notes(), ";"); !strings.Contains(n, "characters replaced, 1 NUL") {
		t.Errorf("notes: %q", n)
	}
}

func FuzzText(f *testing.F) {
	f.Add("text/html; charset=utf-8", "<meta charset=gbk>\xb9\xd8")
	f.Add("text/xml", "<?xml version='1.0' encoding='utf-16'?>\x00<")
	f.Add("", "\xfe\xff\xd8\x00")
	f.Fuzz(func(t *testing.T, header, body string) {
		doc, _, _, err := open(&fetched{Header: http.Header{"Content-Type": {header}}, Body: spoolOf(t, body)}, Request{}, "")
		if err != nil {
			t.Fatal(err)
		}
		if _, binary := doc.Body.(*textReader); !binary {
			return
		}
		got, err := io.ReadAll(doc.Body)
		if err != nil || !utf8.Valid(got) || strings.ContainsRune(string(got), 0) {
			t.Errorf("%q, %v", got, err)
		}
		if len(got) > 3*len(body)+16 { // a byte becomes one character at most, and the declaration UTF-8
			t.Errorf("%d bytes become %d", len(body), len(got))
		}
	})
}
