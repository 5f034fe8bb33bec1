package nomenclature

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// Everywhere is the market code of a measure or product that reaches all markets.
const Everywhere = "*"

// everywhere lists how notices and registries write "all markets".
var everywhere = []string{
	"*", "all", "all countries", "all trading partners", "worldwide", "world", "global",
	"全部", "全球", "所有国家", "所有贸易伙伴", "全部贸易伙伴", "全世界", "各国",
}

type market struct {
	names   map[string]string // by language: zh, en
	members []string          // of a bloc today, alpha-2, sorted; nil for a country
	terms   []term            // of a bloc: every membership there was
}

type atlas struct {
	markets map[string]*market
	unions  []string          // blocs whose members adopt the same standards, sorted
	byName  map[string]string // normalized name or code → code
}

var loadAtlas = sync.OnceValue(func() *atlas {
	a := &atlas{markets: map[string]*market{}, byName: map[string]string{}}
	a.addCountries()
	for _, r := range readTable("markets.txt") {
		a.describe(r)
	}
	blocs := readTable("blocs.txt")
	for _, r := range blocs {
		a.markets[r.text("code")] = &market{names: map[string]string{}}
		a.describe(r)
	}
	for _, r := range blocs {
		m := a.markets[r.text("code")]
		m.terms = termsOf(r, blocs)
		m.members = membersAt(m.terms, blocsAsOf)
		if r.text("union") == "yes" {
			a.unions = append(a.unions, r.text("code"))
		}
	}
	slices.Sort(a.unions)
	a.markets[Everywhere] = &market{names: map[string]string{"zh": "所有市场", "en": "all markets"}}
	for _, name := range everywhere {
		a.call(name, Everywhere, "all markets")
	}
	return a
})

// addCountries takes codes and base names from the Unicode locale data.
func (a *atlas) addCountries() {
	zh, en := display.Regions(language.SimplifiedChinese), display.Regions(language.English)
	for c1 := 'A'; c1 <= 'Z'; c1++ {
		for c2 := 'A'; c2 <= 'Z'; c2++ {
			region, err := language.ParseRegion(string([]rune{c1, c2}))
			if err != nil || !region.IsCountry() || region.Canonicalize() != region {
				continue
			}
			code := region.String()
			if len(code) != 2 || a.markets[code] != nil || region.ISO3() == "ZZZ" || zh.Name(region) == "" {
				continue
			}
			a.markets[code] = &market{names: map[string]string{"zh": zh.Name(region), "en": en.Name(region)}}
			for _, name := range []string{code, region.ISO3(), zh.Name(region), en.Name(region)} {
				a.call(name, code, "locale data")
			}
		}
	}
}

func (a *atlas) describe(r row) {
	code := r.text("code")
	m := a.markets[code]
	if m == nil {
		panic("nomenclature: " + r.where + ": unknown country " + code)
	}
	names := append(r.list("other"), r.list("wto")...)
	for _, lang := range []string{"zh", "en"} {
		if name := r.text(lang); name != "" {
			m.names[lang] = name
			names = append(names, name)
		}
	}
	for _, name := range append(names, code) {
		a.call(name, code, r.where)
	}
}

// call makes the market known by that name, which no other may have.
func (a *atlas) call(name, code, where string) {
	key := nameKey(name)
	if other, taken := a.byName[key]; taken && other != code {
		panic(fmt.Sprintf("nomenclature: %s: %q names %s and %s", where, name, other, code))
	}
	a.byName[key] = code
}

// nameKey is Normalize, but keeps the asterisk, which Normalize drops.
func nameKey(name string) string {
	if name == Everywhere {
		return name
	}
	return Normalize(name)
}

// Market finds the canonical code for the name of a market: a WTO member's or
// country's English or Chinese name in the usual variants, an ISO 3166 alpha-2
// or alpha-3 code, a code of WTO document symbols (TPKM, EEC), a bloc. The
// result is an alpha-2 code, a bloc's code (EU, GCC, EAC …) or "*". CAN is
// Canada; the Andean Community, which uses the same letters, is ANDEAN.
func Market(name string) (code string, ok bool) {
	key := nameKey(name)
	if code, ok = loadAtlas().byName[key]; ok {
		return code, true
	}
	if bare, article := strings.CutPrefix(key, "the "); article {
		code, ok = loadAtlas().byName[bare]
	}
	return code, ok
}

// Unions lists, sorted, the blocs of a country whose members adopt the same
// standards and notify them one by one: EAC for Kenya.
func Unions(country string) []string {
	var out []string
	for _, u := range loadAtlas().unions {
		if _, in := slices.BinarySearch(loadAtlas().countries(u), country); in {
			out = append(out, u)
		}
	}
	return out
}

// Blocs lists the codes of the known blocs, sorted.
func Blocs() []string {
	var out []string
	for code, m := range loadAtlas().markets {
		if m.members != nil {
			out = append(out, code)
		}
	}
	slices.Sort(out)
	return out
}

// Markets lists all country codes (alpha-2), sorted.
func Markets() []string {
	var out []string
	for code, m := range loadAtlas().markets {
		if m.members == nil && code != Everywhere {
			out = append(out, code)
		}
	}
	slices.Sort(out)
	return out
}

// MarketName is the name of a market or bloc in "zh" or "en"; the code itself
// when either is unknown.
func MarketName(code, lang string) string {
	if m := loadAtlas().markets[code]; m != nil && m.names[lang] != "" {
		return m.names[lang]
	}
	return code
}
