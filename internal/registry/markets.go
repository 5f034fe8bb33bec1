package registry

import (
	"fmt"
	"slices"
	"sync"

	"tbtwatch/internal/nomenclature"
)

// markets reads markets into canonical codes. "*" beside others means "*".
func (r *reader) markets() []string {
	const column = "markets"
	var out []string
	for _, item := range r.list(column) {
		for _, name := range marketParts(item) {
			code, ok := nomenclature.Market(name)
			if !ok {
				r.unknownMarket(column, name)
				continue
			}
			if !slices.Contains(out, code) {
				out = append(out, code)
			}
		}
	}
	if slices.Contains(out, nomenclature.Everywhere) {
		return []string{nomenclature.Everywhere}
	}
	return out
}

// marketParts cuts at commas unless the whole is a name: "Hong Kong, China".
func marketParts(item string) []string {
	if _, ok := nomenclature.Market(item); ok {
		return []string{item}
	}
	return splitAlso([]string{item})
}

func (r *reader) unknownMarket(column, name string) {
	fix := twof("give ISO 3166 codes such as US, blocs such as EU, or *, several separated by ;", "请填写 ISO 3166 代码（如 US）、区域组织（如 EU）或 *，多个之间用 ; 分隔")
	if near := nearestMarket(name); near != "" {
		fix = two{
			fmt.Sprintf("did you mean %s (%s)?", near, nomenclature.MarketName(near, "en")),
			fmt.Sprintf("是否应为 %s（%s）？", near, nomenclature.MarketName(near, "zh")),
		}
	}
	r.fail(column, name, twof("no known market", "未知的市场"), fix)
}

// marketNames lists what a misspelt market may have meant, with its code.
var marketNames = sync.OnceValue(func() map[string]string {
	names := map[string]string{}
	for _, code := range append(nomenclature.Markets(), nomenclature.Blocs()...) {
		for _, lang := range []string{"zh", "en"} {
			names[nomenclature.MarketName(code, lang)] = code
		}
	}
	return names
})

// nearestMarket is the code of the market with the most similar name, or "".
// Codes are too short for that: every one is close to many.
func nearestMarket(name string) string {
	if len([]rune(name)) < 4 {
		return ""
	}
	var names []string
	for n := range marketNames() {
		names = append(names, n)
	}
	slices.Sort(names)
	return marketNames()[nearest(name, names)]
}
