package matcher

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"tbtwatch/internal/nomenclature"
	"tbtwatch/internal/trade"
)

// hostile are texts that, said over and over, make a careless reader look at
// all the rest of a text again for each of them: openings that nothing closes,
// cues without their dates, clauses that never end.
var hostile = []struct{ field, unit string }{
	{"title", "<!--<b>"}, {"title", "<script><b>"}, {"description", "<!--<p a"}, {"description", "&amp;lt;"},
	{"symbol", "G/TBT/N/USA/%d "}, {"symbol", "/Add.1"}, {"symbol", "G_TBTN22_KEN%dA1 "},
	{"title", "G/TBT/N/USA/%d"}, {"description", "notified as G/TBT/N/USA/%d was adopted "}, {"description", "G/TBT/Notif.99/%d "},
	{"description", "published 1 May 2027 "}, {"description", "公布2027年5月1日"}, {"description", "comments by 1 May 2027 "},
	{"description", "生效"}, {"description", "60 days after publication "}, {"title", "[ ] [x] "}, {"title", "until 2027 "},
	{"title", "motorcycle helmet "}, {"products", "helmet) for "}, {"products", "tyres, except those for motorcycles "}, {"products", "摩托车用"},
	{"products", "phthalates (in toys "}, {"products", "除摩托车"}, {"products", "GB 1234.%d, "}, {"description", "UN R22, R%d, "},
	{"description", "16 CFR 1112, 1113 and "}, {"description", "%d-12-3 "}, {"products", "HS 8711, "}, {"products", "ICS 43.140, "},
	{"hs", "87%06d, "}, {"hs", "8711 20 10 "}, {"ics", "43.%03d, "}, {"affected", "除a外"}, {"affected", "Japan, "},
	{"affected", "other than x; "}, {"member", "US, "}, {"keywords", "toys; "}, {"description", "\u0301"}, {"description", "\u200f"},
}

// repeated is about n bytes of the unit, numbered where it has figures.
func repeated(unit string, n int) string {
	var b strings.Builder
	for i := 1; b.Len() < n; i++ {
		s := unit
		if k := strings.Count(unit, "%"); k > 0 {
			args := make([]any, k)
			for j := range args {
				args[j] = i
			}
			s = fmt.Sprintf(unit, args...)
		}
		b.WriteString(s)
	}
	return b.String()
}

// readAll does all that is done to the text of a notice.
func readAll(line []byte) {
	n, err := ReadLine(line)
	if err != nil {
		return
	}
	r := Read(&n)
	Classify(&n, r.ID)
	trade.Mentions(&n)
}

// TestTimeGrowsWithTheText: four times the text take about four times as long.
func TestTimeGrowsWithTheText(t *testing.T) {
	if testing.Short() {
		t.Skip("measures time")
	}
	nomenclature.Load()
	const short, most = 6 << 10, 400 * time.Millisecond
	for _, h := range hostile {
		if took(t, h.field, h.unit, 4*short) < most {
			continue
		}
		once, four := fastest(t, h.field, h.unit, short), fastest(t, h.field, h.unit, 4*short)
		if four > 10*once && four > most {
			t.Errorf("%s of %q: %v for %d bytes, %v for four times as many", h.field, h.unit, once, short, four)
		}
	}
	items := make([]int, 40_000) // bare numbers in a list
	for i := range items {
		items[i] = 87_000_000 + i
	}
	line, err := json.Marshal(map[string]any{"symbol": "X", "hs": items})
	if err != nil {
		t.Fatal(err)
	}
	if all := timed(line); all > 10*time.Second {
		t.Errorf("%d codes take %v", len(items), all)
	}
}

// took is how long a notice takes whose field says the unit over and over, n
// bytes long.
func took(t *testing.T, field, unit string, n int) time.Duration {
	all := map[string]string{"symbol": "G/TBT/N/USA/1/Add.1"}
	all[field] = repeated(unit, n)
	line, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	return timed(line)
}

func fastest(t *testing.T, field, unit string, n int) time.Duration {
	return min(took(t, field, unit, n), took(t, field, unit, n), took(t, field, unit, n))
}

func timed(line []byte) time.Duration {
	start := time.Now()
	readAll(line)
	return time.Since(start)
}
