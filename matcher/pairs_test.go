package matcher

import (
	"strings"
	"testing"

	"tbtwatch/internal/index"
	"tbtwatch/internal/trade"
)

// The products of the table, by short name. All are sold everywhere unless a
// case says otherwise.
var goods = map[string]trade.Product{
	"motorcycle":   {NameZH: "两轮摩托车", NameEN: "Motorcycle", HS: []string{"871120"}, ICS: []string{"43.140"}, Terms: []string{"motocicleta"}},
	"motorcycle10": {NameZH: "踏板车 125cc", NameEN: "Scooter 125cc", HS: []string{"8711202010"}},
	"big-bike":     {NameZH: "大排量摩托车", NameEN: "Touring motorcycle", HS: []string{"871150"}},
	"short-coded":  {NameZH: "车辆", NameEN: "Vehicles", HS: []string{"87"}},
	"bike-helmet":  {NameZH: "摩托车头盔", NameEN: "Motorcycle helmet", HS: []string{"650610"}},
	"hard-hat":     {NameZH: "工业安全帽", NameEN: "Industrial safety helmet", HS: []string{"650610"}, Terms: []string{"hard hat"}},
	"moto-brake":   {NameZH: "摩托车制动器", NameEN: "Motorcycle brake", HS: []string{"871410"}},
	"moto-tyre":    {NameZH: "摩托车轮胎", NameEN: "Motorcycle tyre", HS: []string{"401140"}},
	"memory":       {NameZH: "存储芯片", NameEN: "Memory chip", HS: []string{"854232"}, Terms: []string{"DRAM"}},
	"phone":        {NameZH: "智能手机", NameEN: "Smartphone", HS: []string{"851713"}, ICS: []string{"33.050.10"}},
	"router":       {NameZH: "路由器", NameEN: "Router", HS: []string{"851762"}},
	"lithium":      {NameZH: "锂离子电池", NameEN: "Lithium-ion battery", HS: []string{"850760"}, Standards: []string{"IEC 62133-2"}},
	"kettle":       {NameZH: "电热水壶", NameEN: "Electric kettle", HS: []string{"851679"}},
	"mandarin":     {NameZH: "柑橘", NameEN: "Fresh mandarins", HS: []string{"080521"}},
	"tea":          {NameZH: "绿茶", NameEN: "Green tea", HS: []string{"090210"}, Substances: []string{"chlorpyrifos"}},
	"chilli":       {NameZH: "干辣椒", NameEN: "Dried chilli", HS: []string{"090421"}},
	"pork":         {NameZH: "冷冻猪肉", NameEN: "Frozen pork", HS: []string{"020329"}},
	"toy":          {NameZH: "毛绒玩具", NameEN: "Stuffed toy", HS: []string{"950300"}},
	"car":          {NameZH: "乘用车", NameEN: "Passenger car", HS: []string{"870323"}},
	"secret":       {NameZH: "蓝鲸牌陶瓷滤芯", NameEN: "Blue Whale ceramic cartridge", HS: []string{"690990"}},
	"uncoded":      {NameZH: "摩托车", NameEN: "Motorcycle"},
}

// pair is one labelled pair: a notice as a line, the product, the grade that
// an analyst gives ("" for no match at all).
var pairs = []struct {
	why, line, product string
	grade              trade.Grade
}{
	// HS codes given
	{"heading over subheading", `{"symbol":"G/TBT/N/BRA/1","hs":"8711"}`, "motorcycle", trade.Direct},
	{"same subheading", `{"symbol":"G/TBT/N/BRA/1","hs":["871120"]}`, "motorcycle", trade.Direct},
	{"to six digits across tariffs", `{"symbol":"G/TBT/N/USA/1","hs":"8711209900"}`, "motorcycle10", trade.Direct},
	{"eight digits of another tariff", `{"symbol":"G/TBT/N/CHN/1","hs":"87112011"}`, "motorcycle10", trade.Direct},
	{"five digits", `{"symbol":"G/TBT/N/USA/1","hs":"87112"}`, "motorcycle", trade.Direct},
	{"another subheading of the heading", `{"symbol":"G/TBT/N/USA/1","hs":"871150"}`, "motorcycle", trade.Reference},
	{"another subheading, the kind named", `{"symbol":"G/TBT/N/USA/1","hs":"871120","title":"Motorcycles"}`, "big-bike", trade.Likely},
	{"chapter only", `{"symbol":"G/TBT/N/USA/1","hs":"87"}`, "motorcycle", trade.Reference},
	{"product coded by chapter only", `{"symbol":"G/TBT/N/USA/1","hs":"8711"}`, "short-coded", trade.Reference},
	{"85 and a memory chip", `{"symbol":"G/TBT/N/USA/1","hs":"85","title":"Electrical equipment"}`, "memory", trade.Reference},
	{"85, a chip named in passing", `{"symbol":"G/TBT/N/USA/1","hs":"85","title":"Electric kettles","description":"Devices with a memory chip are to keep a log."}`, "memory", trade.Reference},
	{"85 and the product by name", `{"symbol":"G/TBT/N/USA/1","hs":"85","title":"Safety of lithium-ion batteries"}`, "lithium", trade.Direct},
	{"other chapter", `{"symbol":"G/TBT/N/USA/1","hs":"0203"}`, "motorcycle", ""},
	{"other heading of the chapter", `{"symbol":"G/TBT/N/USA/1","hs":"8703"}`, "motorcycle", ""},
	{"parts of motorcycles are no motorcycles", `{"symbol":"G/TBT/N/USA/1","hs":"8714","ics":"43.140","title":"Brakes of motorcycles"}`, "motorcycle", trade.NoGrade},
	{"the brake itself", `{"symbol":"G/TBT/N/USA/1","hs":"8714","title":"Brakes of motorcycles"}`, "moto-brake", trade.Direct},
	{"phones are no routers", `{"symbol":"G/TBT/N/USA/1","hs":"851713","title":"Smartphones"}`, "router", trade.NoGrade},
	{"heading of phones, text on phones, a router", `{"symbol":"G/TBT/N/USA/1","hs":"8517","title":"Smartphones"}`, "router", trade.NoGrade},
	{"heading of phones, text on phones, a phone", `{"symbol":"G/TBT/N/USA/1","hs":"8517","title":"Smartphones"}`, "phone", trade.Direct},
	{"8516 on microwave ovens, a kettle", `{"symbol":"G/TBT/N/ARE/5","hs":"8516","title":"Microwave ovens"}`, "kettle", trade.NoGrade},
	{"codes in the text of products", `{"symbol":"G/TBT/N/EU/1","products":"Motorcycles (HS code(s): 8711); (ICS code(s): 43.140)"}`, "motorcycle", trade.Direct},
	{"nothing but a code in the text", `{"symbol":"G/TBT/N/EU/1","products":"HS8517"}`, "phone", trade.Direct},
	{"mandarins by heading", `{"symbol":"G/SPS/N/JPN/1","hs":"0805"}`, "mandarin", trade.Direct},
	{"bananas are no mandarins", `{"symbol":"G/SPS/N/JPN/1","hs":"0803","title":"Bananas"}`, "mandarin", ""},
	{"toys", `{"symbol":"G/TBT/N/EU/9","hs":"9503","title":"Safety of toys"}`, "toy", trade.Direct},
	{"tea and chilli share a chapter", `{"symbol":"G/SPS/N/EU/2","hs":"0902","title":"Tea"}`, "chilli", ""},

	// no codes: words
	{"English", `{"symbol":"G/TBT/N/KEN/1","title":"Motorcycles - Requirements"}`, "motorcycle", trade.Likely},
	{"Chinese", `{"symbol":"G/TBT/N/TPKM/1","title":"摩托车排放标准修订"}`, "motorcycle", trade.Likely},
	{"traditional Chinese", `{"symbol":"G/TBT/N/TPKM/1","title":"機車排放標準修正草案","products":"機車、摩托車"}`, "motorcycle", trade.Likely},
	{"Spanish", `{"symbol":"G/TBT/N/ECU/1","title":"Reglamento técnico para motocicletas"}`, "motorcycle", trade.Likely},
	{"Portuguese", `{"symbol":"G/TBT/N/BRA/1","title":"Requisitos para capacetes para motociclistas"}`, "bike-helmet", trade.Likely},
	{"French", `{"symbol":"G/TBT/N/FRA/1","title":"Casques pour motocyclistes"}`, "bike-helmet", trade.Likely},
	{"a product without codes", `{"symbol":"G/TBT/N/KEN/1","title":"Motorcycles"}`, "uncoded", trade.Likely},
	{"product without codes, notice with", `{"symbol":"G/TBT/N/KEN/1","title":"Motorcycles","hs":"8711"}`, "uncoded", trade.Likely},
	{"a firm's own word", `{"symbol":"G/TBT/N/KEN/1","title":"Blue Whale ceramic cartridges"}`, "secret", trade.Likely},
	{"in keywords only", `{"symbol":"G/TBT/N/KEN/1","title":"Smartphones","keywords":["Motorcycles"]}`, "motorcycle", trade.Reference},
	{"in passing", `{"symbol":"G/TBT/N/KEN/1","title":"Labelling of smartphones","description":"As was done for motorcycles, a label is needed."}`, "motorcycle", trade.Reference},
	{"subject only in the description", `{"symbol":"G/TBT/N/KEN/1","title":"Draft Order No. 5","description":"The order limits the emissions of motorcycles."}`, "motorcycle", trade.Likely},
	{"what tyres are for", `{"symbol":"G/TBT/N/KEN/1","title":"Tyres for motorcycles"}`, "motorcycle", trade.Reference},
	{"the tyre itself", `{"symbol":"G/TBT/N/KEN/1","title":"Tyres for motorcycles"}`, "moto-tyre", trade.Likely},
	{"helmets for riders are no motorcycles", `{"symbol":"G/TBT/N/KEN/1","title":"Protective helmets for motorcycle riders","hs":"6506"}`, "motorcycle", trade.NoGrade},
	{"helmets for riders", `{"symbol":"G/TBT/N/KEN/1","title":"Protective helmets for motorcycle riders","hs":"6506"}`, "bike-helmet", trade.Direct},
	{"citrus is wider than mandarins", `{"symbol":"G/SPS/N/USA/1","title":"Import conditions for fresh citrus fruit"}`, "mandarin", trade.Likely},
	{"nothing in common", `{"symbol":"G/TBT/N/KEN/1","title":"Smartphones"}`, "motorcycle", ""},
	{"no words at all", `{"symbol":"G/TBT/N/KEN/1"}`, "motorcycle", ""},
	{"word inside a word", `{"symbol":"G/TBT/N/KEN/1","title":"Steaks and steam"}`, "tea", ""},
	{"cars are no motorcycles", `{"symbol":"G/TBT/N/KEN/1","title":"Passenger cars","hs":"8703"}`, "motorcycle", ""},
	{"cars", `{"symbol":"G/TBT/N/KEN/1","title":"Passenger cars","hs":"8703"}`, "car", trade.Direct},

	// ICS
	{"ICS group, no words", `{"symbol":"G/TBT/N/KEN/1","title":"Draft 12","ics":"43.140"}`, "motorcycle", trade.Likely},
	{"ICS group, other goods named", `{"symbol":"G/TBT/N/KEN/1","title":"Motorcycle tyres","ics":"43.140"}`, "motorcycle", trade.Reference},
	{"ICS field only", `{"symbol":"G/TBT/N/KEN/1","title":"Draft 12","ics":"33"}`, "phone", trade.Reference},
	{"other ICS group of the field", `{"symbol":"G/TBT/N/KEN/1","title":"Draft 12","ics":"33.100"}`, "phone", ""},
	{"ICS group and a term", `{"symbol":"G/TBT/N/KEN/1","title":"Motorcycle safety: motocicleta","ics":"43.140"}`, "motorcycle", trade.Direct},

	// contradictions
	{"hard hats are no motorcycle helmets", `{"symbol":"G/TBT/N/KEN/1","title":"Industrial safety helmets","hs":"6506"}`, "bike-helmet", trade.NoGrade},
	{"motorcycle helmets are no hard hats", `{"symbol":"G/TBT/N/KEN/1","title":"Motorcycle helmets","hs":"650610"}`, "hard-hat", trade.NoGrade},
	{"hard hats", `{"symbol":"G/TBT/N/KEN/1","title":"Industrial safety helmets","hs":"6506"}`, "hard-hat", trade.Direct},
	{"except, English", `{"symbol":"G/TBT/N/KEN/1","title":"Road vehicles except motorcycles"}`, "motorcycle", trade.NoGrade},
	{"except, Chinese", `{"symbol":"G/TBT/N/CHN/1","title":"除摩托车外的机动车安全要求"}`, "motorcycle", trade.NoGrade},
	{"except, but coded", `{"symbol":"G/TBT/N/KEN/1","title":"Vehicles excluding motorcycles","hs":"8711"}`, "motorcycle", trade.Likely},
	{"poultry is no pork", `{"symbol":"G/SPS/N/KOR/1","title":"Import of poultry meat","hs":"0207"}`, "pork", ""},
	{"pork", `{"symbol":"G/SPS/N/KOR/1","title":"Import of pork","hs":"0203"}`, "pork", trade.Direct},
	{"pork without code", `{"symbol":"G/SPS/N/KOR/1","title":"猪肉进口卫生要求"}`, "pork", trade.Likely},
	{"other origins affected", `{"symbol":"G/SPS/N/KOR/1","title":"Import of pork","hs":"0203","affected":["Germany","Poland"]}`, "pork", trade.NoGrade},
	{"our origin affected", `{"symbol":"G/SPS/N/KOR/1","title":"Import of pork","hs":"0203","affected":["China","Poland"]}`, "pork", trade.Direct},
	{"all origins affected", `{"symbol":"G/SPS/N/KOR/1","title":"Import of pork","hs":"0203","affected":["All trading partners"]}`, "pork", trade.Direct},

	// cited
	{"a shared standard alone", `{"symbol":"G/TBT/N/KEN/1","title":"Draft 12","description":"Based on IEC 62133-2:2017."}`, "lithium", trade.Reference},
	{"a shared substance alone", `{"symbol":"G/SPS/N/JPN/1","title":"Residue limits for chlorpyrifos"}`, "tea", trade.Reference},
	{"a shared substance and the code", `{"symbol":"G/SPS/N/JPN/1","title":"Residue limits for chlorpyrifos","hs":"0902"}`, "tea", trade.Direct},
}

// profileOf makes the profile of a product of the table.
func profileOf(t *testing.T, name string) *index.Profile {
	t.Helper()
	p, ok := goods[name]
	if !ok {
		t.Fatalf("no product %q in the table", name)
	}
	p.ID, p.Exporter = name, "E1"
	if p.Markets == nil {
		p.Markets = []string{"*"}
	}
	return index.NewProfile(p, 1)
}

func readingOf(t *testing.T, line string) (*trade.Notice, *Reading) {
	t.Helper()
	n, err := ReadLine([]byte(line))
	if err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	r := Read(&n)
	return &n, &r
}

func TestPairs(t *testing.T) {
	for _, c := range pairs {
		t.Run(c.why, func(t *testing.T) {
			p := profileOf(t, c.product)
			_, r := readingOf(t, c.line)
			m, ok := Judge(r, p, p.FindTerms(r.Fields))
			if got := m.Grade; got != c.grade || ok != (c.grade != "") {
				t.Errorf("%s of %s is graded %q, want %q\nmentions %s\nfindings %s", c.product, c.line, got, c.grade, mentionWords(r), evidence(m))
			}
			checkMatch(t, m, ok)
		})
	}
}

func mentionWords(r *Reading) string {
	var b strings.Builder
	for _, m := range r.Mentions {
		b.WriteString(m.Where + " " + m.Words + "=" + m.Concept.ID)
		if m.Negated {
			b.WriteString(" negated")
		}
		if !m.Primary {
			b.WriteString(" secondary")
		}
		b.WriteString("; ")
	}
	return b.String()
}

func evidence(m trade.Match) string {
	var b strings.Builder
	for _, e := range m.Evidence {
		b.WriteString(e.Kind + " " + e.Notice + "~" + e.Product + " (" + e.Where + "); ")
	}
	return b.String()
}

// checkMatch is what holds for every match.
func checkMatch(t *testing.T, m trade.Match, ok bool) {
	t.Helper()
	if !ok {
		return
	}
	limits := scoreRange[m.Grade]
	switch {
	case len(m.Evidence) == 0:
		t.Error("a verdict without evidence")
	case m.Grade == trade.NoGrade && m.Score != 0:
		t.Errorf("none has the score %v", m.Score)
	case m.Grade != trade.NoGrade && (m.Score <= limits[0]-0.001 || m.Score >= limits[1]):
		t.Errorf("the score %v of %s is outside %v", m.Score, m.Grade, limits)
	}
	for _, e := range m.Evidence {
		if e.Kind == "" || e.Notice == "" || e.Product == "" || e.Where == "" {
			t.Errorf("evidence with a hole: %+v", e)
		}
	}
}

func TestThereAreEnoughPairs(t *testing.T) {
	no := 0
	for _, c := range pairs {
		if c.grade == "" || c.grade == trade.NoGrade {
			no++
		}
	}
	if len(pairs) < 60 || no*4 < len(pairs) {
		t.Errorf("%d pairs, %d of them no; want 60, a quarter no", len(pairs), no)
	}
}
