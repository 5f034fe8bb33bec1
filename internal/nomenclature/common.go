package nomenclature

import "slices"

// Common lists the markets that both a notice and a product reach, each as the
// narrower of the two codes, in the order of the product's markets and without
// repetition: Common([EU], [DE]) and Common([DE], [EU]) are [DE], Common([EU],
// [*]) is [EU]. Two blocs that merely overlap give the countries they share.
// Codes have to be canonical (see Market).
func Common(notice, product []string) []string {
	var out []string
	for _, p := range product {
		for _, n := range notice {
			for _, c := range overlap(n, p) {
				if !slices.Contains(out, c) {
					out = append(out, c)
				}
			}
		}
	}
	return out
}

// overlap is what two markets share.
func overlap(a, b string) []string {
	switch {
	case a == b, b == Everywhere:
		return []string{a}
	case a == Everywhere:
		return []string{b}
	}
	as, bs := loadAtlas().countries(a), loadAtlas().countries(b)
	if as == nil && bs == nil {
		return nil
	}
	in := func(code string, members []string) bool {
		_, ok := slices.BinarySearch(members, code)
		return ok
	}
	switch {
	case as == nil:
		return keep(a, in(a, bs))
	case bs == nil:
		return keep(b, in(b, as))
	}
	shared := slices.DeleteFunc(slices.Clone(as), func(c string) bool { return !in(c, bs) })
	switch len(shared) {
	case len(as):
		return []string{a}
	case len(bs):
		return []string{b}
	}
	return shared
}

func keep(code string, ok bool) []string {
	if !ok {
		return nil
	}
	return []string{code}
}

// countries are the members of a bloc, shared with the atlas; nil for a country.
func (a *atlas) countries(code string) []string {
	if m := a.markets[code]; m != nil {
		return m.members
	}
	return nil
}
