package matcher

import (
	"strings"
	"testing"

	"tbtwatch/internal/index"
	"tbtwatch/internal/nomenclature"
	"tbtwatch/internal/trade"
)

// TestWhatATextIsAbout: goods themselves carry a plus, what they are for or part
// of a minus, what is excepted an exclamation mark.
func TestWhatATextIsAbout(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"Motorcycles", "motorcycle+"},
		{"Requirements for motorcycles", "motorcycle+"},
		{"Passenger cars and motorcycles", "passenger-car+ motorcycle+"},
		{"Smartphones for motorcycles", "mobile-phone+ motorcycle-"},
		{"Smartphones for motorcycles and passenger cars", "mobile-phone+ motorcycle- passenger-car-"},
		{"Smartphones for motorcycles; motorcycles", "mobile-phone+ motorcycle+"},
		{"Passenger cars, except motorcycles", "passenger-car+ motorcycle!"},
		{"摩托车", "motorcycle+"},
		{"摩托车用智能手机", "motorcycle- mobile-phone+"},
		{"除摩托车外的智能手机", "motorcycle! mobile-phone+"},
		{"除摩托车外，还适用于智能手机", "motorcycle+ mobile-phone+"},
		{"摩托车、电动自行车用智能手机", "motorcycle- e-bike- mobile-phone+"},
		{"摩托车、轻便摩托车和智能手机", "motorcycle+ moped+ mobile-phone+"},
		{"motorcycles and car tyres", "motorcycle+ car-tyre+"},
		{"Tyres for passenger cars", "car-tyre+"},
		{"摩托车驾驶员头盔", "motorcycle-helmet+"},
		{"Helmets for users of motor cycles", "motorcycle-helmet+ motorcycle-"},
		{"Toys with batteries", "toy+ battery-"},
		{"Frutos frescos de cítricos", "citrus+"},
		{"Citrus fruit (oranges)", "orange+"},
		{"meat and meat products", "meat+ meat-products+"},
		{"live poultry and poultry carcasses", "live-poultry+ poultry-meat+"},
		{"自行车及轮滑运动用头盔", "cycle- skate-ski- bicycle-helmet+"},
		{"载重汽车和公共汽车轮胎", "truck- bus- truck-tyre+"},
		{"Pneus novos destinados a motocicletas", "motorcycle-tyre+ motorcycle-"},
		{"Tyres, except those for motorcycles", "tyre+ motorcycle! motorcycle-tyre!"},
		{"Neumáticos, excepto los de motocicletas", "tyre+ motorcycle! motorcycle-tyre!"},
		{"Phthalates (DEHP) in toys", "phthalate- toy+"},
		{"Pyrus bretschneideri and Pyrus pyrifolia fruit", "pear+"},
		{"Pork and canned pork products", "pork+ canned-meat+"},
		{"芒果（Mangifera indica L.）插枝", "live-plant+"},
		{"玉米（Zea mays）种子", "maize- maize+"},
		{"Lemons (Citrus limon) and oranges", "lemon+ orange+"},
		{"Pepper and tomato seeds", "black-pepper- seeds-sowing+"},
	} {
		var got []string
		for _, m := range mentionsIn(0, index.Field{Where: whereTitle, Text: c.text}, nomenclature.ReadExceptions(c.text)) {
			if strings.HasPrefix(m.Concept.ID, "motor-vehicle") || strings.HasPrefix(m.Concept.ID, "vehicle") {
				continue
			}
			mark := "-"
			switch {
			case m.Negated:
				mark = "!"
			case m.Primary:
				mark = "+"
			}
			got = append(got, m.Concept.ID+mark)
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%s: %q, want %q", c.text, s, c.want)
		}
	}
}

func TestCodesOf(t *testing.T) {
	for _, c := range []struct {
		name, products string
		hs, ics        []string // given in the fields
		wantHS, wantI  string
	}{
		{"from the fields", "HS 8711", []string{"6506.10", "00", "1", "12345678901", "650610"}, []string{"43.140", "x", "43.140."}, "650610", "43.140"},
		{"from the text", "Motorcycle (HS code(s): 8711); (ICS code(s): 43.140)", nil, nil, "8711", "43.140"},
		{"glued", "HS8517", nil, nil, "8517", ""},
		{"several", "HS: 8711, 8714.10; ICS: 43.140, 43.150", nil, nil, "8711,871410", "43.140,43.150"},
		{"chapter", "HS 85", nil, nil, "85", ""},
		{"figures that are no codes", "Engines above 1250 cc, since 2026", nil, nil, "", ""},
		{"other words", "SHS 304 steel; BASICS 12", nil, nil, "", ""},
	} {
		hs, ics := codesOf(&trade.Notice{HS: c.hs, ICS: c.ics, Products: c.products})
		if strings.Join(hs, ",") != c.wantHS || strings.Join(ics, ",") != c.wantI {
			t.Errorf("%s: HS %q ICS %q, want %q and %q", c.name, hs, ics, c.wantHS, c.wantI)
		}
	}
}

func TestCombineKeepsTheBetterAndAllEvidence(t *testing.T) {
	ev := func(kind string) trade.Evidence {
		return trade.Evidence{Kind: kind, Notice: kind, Product: "p", Where: whereTitle}
	}
	weak := trade.Match{Exporter: "A", Product: "1", Grade: trade.Reference, Score: 0.2, Evidence: []trade.Evidence{ev("term"), ev("ics")}}
	strong := trade.Match{Exporter: "A", Product: "1", Grade: trade.Direct, Score: 0.9, Evidence: []trade.Evidence{ev("parent"), ev("ics")}}
	alone := trade.Match{Exporter: "B", Product: "1", Grade: trade.Likely, Score: 0.5, Evidence: []trade.Evidence{ev("term")}}
	for name, got := range map[string][]trade.Match{
		"weak first":   merge([]trade.Match{weak, alone}, []trade.Match{strong}),
		"strong first": merge([]trade.Match{strong}, []trade.Match{weak}, []trade.Match{alone}),
	} {
		if len(got) != 2 || got[0].Grade != trade.Direct || got[1].Exporter != "B" {
			t.Errorf("%s: %+v", name, got)
			continue
		}
		if e := got[0].Evidence; len(e) != 3 || e[0].Kind != "parent" || e[2].Kind != "term" {
			t.Errorf("%s: the evidence is %+v, want parent, ics, term", name, e)
		}
	}
	if len(weak.Evidence) != 2 || len(strong.Evidence) != 2 {
		t.Error("merging changed its arguments")
	}
}

func TestScoreGrowsAndNeverSaturates(t *testing.T) {
	for grade, limits := range scoreRange {
		last := limits[0]
		var found []finding
		for range 12 {
			found = append(found, finding{grade: grade, weight: 0.3})
			s := score(grade, found)
			if s < last || s >= limits[1] {
				t.Errorf("%s with %d findings scores %v after %v; the range is %v", grade, len(found), s, last, limits)
			}
			last = s
		}
		if doubted := score(grade, append(found, finding{force: doubts})); doubted >= last {
			t.Errorf("%s: a doubt leaves the score at %v of %v", grade, doubted, last)
		}
	}
	if s := score(trade.NoGrade, []finding{{weight: 0.5}}); s != 0 {
		t.Errorf("none scores %v", s)
	}
}

func TestMatchIsTheSameEveryTime(t *testing.T) {
	set := index.NewSet()
	seq := uint64(0)
	for name, p := range goods { // in the random order of a map
		seq++
		p.ID, p.Exporter, p.Markets = name, "E", []string{"*"}
		set.Put(p, seq)
	}
	_, r := readingOf(t, `{"symbol":"G/TBT/N/KEN/1","title":"Motorcycles, helmets and tea","hs":["8711","85"],"ics":"43.140"}`)
	first := Match(r, set)
	if len(first) < 5 {
		t.Fatalf("only %d matches", len(first))
	}
	for range 20 {
		again := Match(r, set)
		for i := range first {
			if first[i].Product != again[i].Product || first[i].Score != again[i].Score || evidence(first[i]) != evidence(again[i]) {
				t.Fatalf("match %d is %+v and then %+v", i, first[i], again[i])
			}
		}
	}
	for i := range first[1:] {
		if a, b := first[i], first[i+1]; a.Grade.Rank() < b.Grade.Rank() || a.Grade == b.Grade && a.Score < b.Score {
			t.Errorf("%s %v stands before %s %v", a.Grade, a.Score, b.Grade, b.Score)
		}
	}
}

func TestAncestorsOfAChain(t *testing.T) {
	got := ancestors(&trade.Notice{Symbols: []string{"G/TBT/N/USA/1/Rev.1/Add.2", "G/TBT/N/EU/5/Add.1"}})
	want := [][]string{{"G/TBT/N/USA/1/Rev.1", "G/TBT/N/EU/5"}, {"G/TBT/N/USA/1"}}
	if len(got) != 2 || strings.Join(got[0], " ") != strings.Join(want[0], " ") || strings.Join(got[1], " ") != strings.Join(want[1], " ") {
		t.Errorf("%q, want %q", got, want)
	}
	if got := ancestors(&trade.Notice{Symbols: []string{"G/TBT/N/USA/1"}}); got != nil {
		t.Errorf("an original follows %q", got)
	}
}
