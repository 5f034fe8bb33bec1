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

// hostileLine is a notice whose field says the unit over and over, n bytes long.
func hostileLine(t testing.TB, field, unit string, n int) []byte {
	t.Helper()
	all := map[string]string{"symbol": "G/TBT/N/USA/1/Add.1"}
	all[field] = repeated(unit, n)
	line, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	return line
}

// Hostile texts are read, and what is read keeps the promises of any other.
func TestHostileTexts(t *testing.T) {
	for _, h := range hostile {
		if out := classified(t, hostileLine(t, h.field, h.unit, 8<<10)); len(out) > basicSize+growth*8<<10 {
			t.Errorf("%s of %q becomes %d bytes", h.field, h.unit, len(out))
		}
	}
}

// BenchmarkHostileTexts prints how much longer four times the text takes: about
// 4 where a reader looks at it once, 16 where it looks again and again at the
// rest. A short text takes what any notice takes, and the figure is lower.
func BenchmarkHostileTexts(b *testing.B) {
	nomenclature.Load()
	for _, h := range hostile {
		b.Run(h.field+"="+h.unit, func(b *testing.B) {
			short, long := hostileLine(b, h.field, h.unit, 6<<10), hostileLine(b, h.field, h.unit, 24<<10)
			var took [2]time.Duration
			for b.Loop() {
				for i, line := range [][]byte{short, long} {
					start := time.Now()
					readAll(line)
					took[i] += time.Since(start)
				}
			}
			b.ReportMetric(float64(took[1])/float64(took[0]), "times-for-4")
		})
	}
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
