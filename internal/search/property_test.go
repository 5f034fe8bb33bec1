package search

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"tbtwatch/ingest"
	"tbtwatch/internal/bus"
	"tbtwatch/internal/nomenclature"
	"tbtwatch/internal/trade"
	"tbtwatch/matcher"
)

const sharedData = "../../../shared/data"

// real puts recorded notices into a bus: sheets, lists, and the fields of a
// Chinese page.
func real(t testing.TB) (*bus.Bus, map[string]trade.Notice) {
	t.Helper()
	b := openBus(t)
	importer := &ingest.Importer{Bus: b, ReadLine: matcher.ReadLine, Log: quiet}
	for _, name := range []string{"eping/Notification_EN_2025-06-02_to_06.xlsx", "labelled-notices.jsonl"} {
		file, err := os.Open(filepath.Join(sharedData, name))
		if os.IsNotExist(err) {
			t.Skipf("../shared/data is not here: %s is not read", name)
		}
		if err != nil {
			t.Fatal(err)
		}
		_, err = importer.ImportNotices(t.Context(), file, name, func(ingest.Progress) {})
		_ = file.Close()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	all := map[string]trade.Notice{}
	if _, err := b.Notices.Scan(t.Context(), func(e bus.Entry[trade.Notice]) error { all[e.Key] = e.Value; return nil }); err != nil {
		t.Fatal(err)
	}
	if len(all) < 100 {
		t.Fatalf("only %d recorded notices were read", len(all))
	}
	return b, all
}

// Every recorded notice is found first by each of its symbols, and by every
// beginning of it, every word of its title, and its codes.
func TestEveryRealNoticeIsFound(t *testing.T) {
	b, all := real(t)
	x, _ := start(t, b, t.TempDir())
	for key, n := range all { // a symbol may stand in both files
		for _, symbol := range n.Symbols {
			if got := ranked(t, x, Notice, symbol); len(got) == 0 || !slices.Contains(all[got[0]].Symbols, symbol) {
				t.Errorf("the first that %q finds does not have that symbol", symbol)
			}
			for cut := 3; cut < len(symbol); cut++ {
				if !slices.Contains(found(t, x, Notice, symbol[:cut]), key) {
					t.Errorf("%s is not found by %q", n.ID, symbol[:cut])
				}
			}
		}
		for _, word := range append(strings.Fields(n.Title), append(n.HS, n.ICS...)...) {
			if HasWords(word) && !stopWords[strings.ToLower(word)] && !slices.Contains(found(t, x, Notice, word), key) {
				t.Errorf("%s is not found by %q", n.ID, word)
			}
		}
		if HasWords(n.Title) && len(n.Title) < longestQuery && !slices.Contains(found(t, x, Notice, `"`+strings.ReplaceAll(n.Title, `"`, " ")+`"`), key) && !strings.Contains(n.Title, `"`) {
			t.Errorf("%s is not found by its whole title in quotes: %s", n.ID, n.Title)
		}
	}
}

// chineseTitles are titles from our own names of codes, and the fields of a
// recorded Chinese page where it is there.
func chineseTitles(t testing.TB) []string {
	t.Helper()
	var out []string
	for _, s := range nomenclature.Sectors() {
		out = append(out, s.ZH)
	}
	for _, code := range []string{"8711", "8703", "8517", "6506", "0902", "0709", "1604", "2204", "3004", "3304", "4011", "6109", "6403", "7321", "8415", "8418", "8450", "8516", "8528", "9503", "9401", "9405", "8708", "8544"} {
		out = append(out, "关于"+nomenclature.HSName(code, "zh")+"的技术法规草案")
	}
	text, err := os.ReadFile(filepath.Join(sharedData, "china-tbt-sps/notice-fields.json"))
	if err == nil {
		var fields any
		if err := json.Unmarshal(text, &fields); err != nil {
			t.Fatal(err)
		}
		out = append(out, leaves(fields)...)
	} else if !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return slices.DeleteFunc(out, func(s string) bool { return !strings.ContainsFunc(s, isHan) })
}

func leaves(v any) (out []string) {
	switch v := v.(type) {
	case string:
		return []string{v}
	case []any:
		for _, e := range v {
			out = append(out, leaves(e)...)
		}
	case map[string]any:
		for _, e := range v {
			out = append(out, leaves(e)...)
		}
	}
	return out
}

// Every Chinese title is found by each of its characters, by each two that
// follow each other, and by each longer piece.
func TestEveryPieceOfAChineseTitle(t *testing.T) {
	b := openBus(t)
	titles := map[string]string{}
	for i, title := range chineseTitles(t) {
		n := notice("G/TBT/N/CHN/"+strings.Repeat("1", i%7+1)+string(rune('0'+i%10)), title)
		n.ID, n.Symbols = "CHN "+title, nil
		if _, err := b.Notices.Append(t.Context(), n.Key(), n); err != nil {
			t.Fatal(err)
		}
		titles[n.Key()] = title
	}
	x, _ := start(t, b, t.TempDir())
	for key, title := range titles {
		for _, run := range strings.FieldsFunc(title, func(r rune) bool { return !isHan(r) }) {
			chars := []rune(run)
			for from := range min(len(chars), 60) {
				for _, size := range []int{1, 2, 3, 7} {
					if from+size > len(chars) {
						continue
					}
					piece := string(chars[from : from+size])
					if !slices.Contains(found(t, x, Notice, piece), key) {
						t.Errorf("%q does not find %q", piece, title)
					}
				}
			}
		}
	}
}

// FuzzQuery holds that no query fails, takes long or makes up text.
func FuzzQuery(f *testing.F) {
	for _, text := range []string{
		"", " ", "*", "?", "a*", "+title:x -text:y", `"`, `"""`, `"a`, "a~2 b^9", "/.*/", "/(a+)+$/", "\\", "kind:notice", "_id:n/x", "a AND (b OR c)", "{{.}}", "<script>", "\x00", "\xff\xfe", "\u202e\u0301",
		"中", "中国", "電", "㍿", "ﷺ", "\U0001F3CD", "G/", "g/tbt/n/", "/", "//", "VNM/", "8711", "8711.", ".", "1.1.1.1", "٨٧١١", "of", "the of and", `"motorcycle batteries"`, "摩托车、安全", strings.Repeat("ab ", 90), strings.Repeat("中", 300), strings.Repeat(`" `, 200), strings.Repeat("a", 5000),
	} {
		f.Add(text)
	}
	b := openBus(f)
	for _, n := range shelf() {
		put(f, b.Notices, n.Key(), n, 0)
	}
	x, _ := start(f, b, f.TempDir())
	f.Fuzz(func(t *testing.T, text string) {
		for _, kind := range Kinds {
			got, err := x.Find(context.Background(), Query{Text: text, Kind: kind, Limit: 3})
			if err != nil {
				t.Fatalf("%q: %v", text, err)
			}
			set := 0
			words, err := x.Each(context.Background(), kind, text, func(string) { set++ })
			if err != nil || words && !HasWords(text) {
				t.Fatalf("%q: has words: %v, %v", text, words, err)
			}
			if set != got.Total {
				t.Fatalf("%q: the page finds %d, the set %d", text, got.Total, set)
			}
			for _, h := range got.Hits {
				for _, pieces := range append(h.Titles, h.Snippet) {
					if shown := plain(pieces); !utf8.ValidString(shown) {
						t.Fatalf("%q: %q is no text", text, shown)
					}
				}
			}
		}
		if x.State().Open != true {
			t.Fatalf("%q: the index was given up", text)
		}
	})
}

// FuzzPieces holds that what is marked is cut out of the text and nothing else.
func FuzzPieces(f *testing.F) {
	f.Add("Draft requirements for motorcycle helmets", "motorcycle")
	f.Add("İstanbul ΑΣ 電動摩托車 ８７１１", "電動 8711")
	f.Add("\xff\u202eﬃ\u0130", "ffi i")
	an, err := newAnalyzer()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text, query string) {
		a := &asked{terms: map[string]bool{}}
		cs, _ := chunks(query)
		for _, c := range cs {
			a.whole = append(a.whole, strings.ToLower(c.text))
			for _, tok := range an.tokens(c.text) {
				a.terms[tok.term] = true
			}
		}
		join := func(pieces []Piece) string {
			var b strings.Builder
			for _, p := range pieces {
				b.WriteString(p.Text)
			}
			return strings.Trim(b.String(), "…")
		}
		for _, shown := range []string{join(a.title(an, text)), join(a.snippet(an, []string{text}))} {
			if !strings.Contains(flat(text), strings.Trim(shown, "…")) {
				t.Fatalf("%q does not stand in %q", shown, flat(text))
			}
		}
	})
}
