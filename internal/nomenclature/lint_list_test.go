package nomenclature

import (
	"maps"
	"regexp"
	"slices"
	"testing"
)

// and joins two names in the languages of the tables.
var and = regexp.MustCompile(`(?i)\s+(?:and|or|y|o|e|ou|et|&)\s+|\s*[、/]\s*|(?:以及|和|与|及|或)`)

// oneKind are concepts whose names may list: blends are goods made of what
// they list, and other lists share a word ("processed fruits and vegetables").
var oneKind = map[string]bool{"polycotton-fabric": true, "blended-staple-fabric": true, "vegetable-preparation": true, "rubber-canvas-shoe": true,
	"food-contact-plastic": true, "metal-door": true, "marble-block": true}

// TestListsAreNoNames: "medicines and cosmetics" are medicines, and cosmetics. A
// name that lists nothing but names of other concepts hides them from whoever
// has one of them, unless its concept is wider than each.
func TestListsAreNoNames(t *testing.T) {
	v := loadVocabulary()
	for i := range v.concepts {
		c := &v.concepts[i]
		for lang, names := range c.Names {
			for _, name := range names {
				parts := and.Split(name, -1)
				if len(parts) < 2 {
					continue
				}
				hidden, whole := map[string]bool{}, 0
				for _, p := range parts {
					for _, h := range v.finder.Find(p) {
						if h.ID >= len(v.concepts) || h.Start != 0 || h.End != len(p) {
							continue
						}
						if h.ID != i {
							whole++
						}
						if h.ID != i && !slices.Contains(v.concepts[h.ID].wider, c.ID) {
							hidden[v.concepts[h.ID].ID] = true
						}
					}
				}
				if whole >= len(parts) && len(hidden) > 0 && !oneKind[c.ID] {
					t.Errorf("%s: %s is called %q (%s), which lists other concepts: %v", c.where, c.ID, name, lang, slices.Sorted(maps.Keys(hidden)))
				}
			}
		}
	}
}
