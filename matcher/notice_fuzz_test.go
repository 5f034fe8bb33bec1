package matcher

import (
	"bytes"
	"encoding/json"
	"errors"
	"runtime/metrics"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"tbtwatch/internal/nomenclature"
	"tbtwatch/internal/trade"
)

// What one notice may take at most, whatever it says.
const (
	longestReading = 10 * time.Second // on a busy machine, too
	growth         = 512              // bytes of classification for a byte of the line
	allocation     = 64 << 10         // bytes set aside in all, for a byte of the line
	basicSize      = 64 << 10
	basicMemory    = 64 << 20
)

// FuzzNotice reads whole notices: symbols, three texts, codes, origins and
// dates of any content, through the reader of lines and its own limit.
func FuzzNotice(f *testing.F) {
	nomenclature.Load()
	f.Add("G/TBT/N/EU/7/Add.1", "Motorcycle helmets", "Helmets (HS 6506); 除摩托车外", "Comments by 1 May 2027. Adopted.", "6506, 8711 20", "60 days from notification")
	f.Add("Ｇ／ＳＰＳ／Ｎ／CHN/9G/SPS/N/KEN/3", "茶叶中农药残留限量", "绿茶 HS code(s): 0902", "自2027年5月1日起施行", "０９０２", "2027年第1季度")
	f.Add("X", "\u202eseria\u202c kettles", "Hervidores eléctricos", "Entra en vigor el 1 de mayo de 2027", "85.16", "mayo de 2027")
	f.Fuzz(func(t *testing.T, symbol, title, products, description, codes, date string) {
		line := noticeLine(t, symbol, title, products, description, codes, date)
		start, before := time.Now(), allocated()
		first := classified(t, line)
		if took := time.Since(start); took > longestReading {
			t.Errorf("%d bytes take %v", len(line), took)
		}
		if more := allocated() - before; more > basicMemory+allocation*uint64(len(line)) {
			t.Errorf("%d bytes need %d bytes of memory", len(line), more)
		}
		if len(first) > basicSize+growth*len(line) {
			t.Errorf("%d bytes become %d", len(line), len(first))
		}
		if again := classified(t, line); !bytes.Equal(first, again) {
			t.Errorf("read twice it is\n%s\nand\n%s", first, again)
		}
	})
}

// noticeLine writes the notice as a line; the codes serve as HS and ICS, the
// date as each of its dates and, last, the origins.
func noticeLine(t *testing.T, symbol, title, products, description, codes, date string) []byte {
	line, err := json.Marshal(map[string]string{
		"symbol": symbol, "title": title, "products": products, "description": description, "hs": codes, "ics": codes,
		"published": date, "comment_deadline": date, "proposed_adoption": date, "affected": products, "member": codes, "keywords": title,
		"relevant documents": description,
	})
	if err != nil {
		t.Fatal(err)
	}
	return line
}

func allocated() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

// classified reads the line as far as it can be read, checks what is read out
// of it, and gives that as JSON.
func classified(t *testing.T, line []byte) (out []byte) {
	err := Lines(bytes.NewReader(line), MaxLine, func(_ int, line []byte, bad error) error {
		n, err := trade.Notice{}, bad
		if err == nil {
			n, err = ReadLine(line)
		}
		var refused *trade.Refused
		if errors.As(err, &refused) {
			return nil
		}
		if err != nil {
			return err
		}
		r := Read(&n)
		checkReading(t, &r)
		c := Classify(&n, r.ID)
		checkClassification(t, c)
		mentions := trade.Mentions(&n)
		for _, m := range mentions {
			if roots := trade.Roots([]string{m.Root}); len(roots) != 1 || roots[0] != m.Root || !utf8.ValidString(m.Words) {
				t.Errorf("names %+v, whose root is %q", m, roots)
			}
		}
		out, err = json.Marshal(struct {
			Classification
			Mentions []trade.Mention
		}{c, mentions})
		return err
	})
	if err != nil {
		t.Fatalf("%v is no refusal", err)
	}
	return out
}

func checkReading(t *testing.T, r *Reading) {
	for _, m := range r.Mentions {
		if m.Field < 0 || m.Field >= len(r.Fields) {
			t.Fatalf("%q in field %d of %d", m.Words, m.Field, len(r.Fields))
		}
		text := r.Fields[m.Field].Text
		if m.Start < 0 || m.Start >= m.End || m.End > len(text) || text[m.Start:m.End] != m.Words || !utf8.ValidString(m.Words) {
			t.Errorf("%q at %d to %d of %q", m.Words, m.Start, m.End, text)
		}
	}
	for _, list := range [][]Cited{r.Standards, r.Substances} {
		for _, c := range list {
			if strings.TrimSpace(c.Name) != c.Name || c.Name == "" || !utf8.ValidString(c.Name) {
				t.Errorf("cites %q", c.Name)
			}
		}
	}
}

func checkClassification(t *testing.T, c Classification) {
	for _, s := range c.Symbols {
		if again := trade.SymbolStrings(s); len(again) != 1 || again[0] != s {
			t.Errorf("the symbol %q reads as %q", s, again)
		}
	}
	for _, code := range c.HS {
		if strings.Trim(code.Code, "0123456789") != "" || len(code.Code) < 2 || len(code.Code) > 10 {
			t.Errorf("the HS code %q", code.Code)
		}
	}
	for _, code := range c.ICS {
		if !icsForm.MatchString(code.Code) {
			t.Errorf("the ICS code %q", code.Code)
		}
	}
	for _, codes := range [][]Code{c.HS, c.ICS} {
		for i, code := range codes {
			if !(code.Confidence > 0 && code.Confidence <= 1) || !code.Inferred && code.Confidence != 1 {
				t.Errorf("%s with a confidence of %v", code.Code, code.Confidence)
			}
			if i > 0 && code.Confidence > codes[i-1].Confidence {
				t.Errorf("%s is surer than %s before it", code.Code, codes[i-1].Code)
			}
		}
	}
	for _, d := range c.Dates {
		from, err := time.Parse(trade.Day, d.From)
		if d.From == "" && d.To == "" {
			continue
		}
		if to, err2 := time.Parse(trade.Day, d.To); err != nil || err2 != nil || to.Before(from) || !utf8.ValidString(d.Text) {
			t.Errorf("the date %+v", d)
		}
	}
	for _, change := range c.Changes {
		for _, b := range change.Basis {
			if !utf8.ValidString(b.Words) {
				t.Errorf("%s rests on %q, which is cut within a character", change.What, b.Words)
			}
		}
	}
}
