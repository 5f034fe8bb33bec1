package nomenclature

import (
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// Languages are the languages of the vocabulary; "la" names species.
var Languages = []string{"zh", "en", "es", "fr", "pt", "la"}

// Concept is a kind of goods, whatever it is called.
type Concept struct {
	ID      string              // "motorcycle", stable
	Names   map[string][]string // by language; the first is the one shown
	HS      []string            // 2 to 6 digits, most typical first
	Typical int                 // how many of HS are equally typical: marked "=" in the table
	ICS     []string
	Broader string   // ID of the next wider concept, or empty
	Also    []string // IDs of further wider concepts: a router is network equipment and radio equipment
	Not     []string // IDs of concepts that share a word with this one and are something else
	Unless  []string // phrases that contain a name of this concept and mean no goods of it
	Sector  string   // ID of the Sector of its first code, or empty
	wider   []string // see Wider
	where   string
}

// Wider lists the IDs of all wider concepts, nearest first. The caller must
// not change the list.
func (c *Concept) Wider() []string { return c.wider }

// Name is the concept's main name in that language, else in English.
func (c *Concept) Name(lang string) string {
	if n := c.Names[lang]; len(n) > 0 {
		return n[0]
	}
	return c.Names["en"][0]
}

type vocabulary struct {
	concepts []Concept
	byID     map[string]*Concept
	finder   *Finder                    // hits below len(concepts) are concepts, others are Unless phrases
	forms    map[string]map[string]bool // see ambiguousForms
	exact    map[int]map[string]string  // concept → comparable name → the only spelling that counts

	compounds map[[2]string]*Concept // see Compound
}

var loadVocabulary = sync.OnceValue(func() *vocabulary {
	v := &vocabulary{byID: map[string]*Concept{}, finder: NewFinder(), exact: map[int]map[string]string{}}
	for _, r := range readFolder("concepts") {
		v.concepts = append(v.concepts, conceptOf(r))
	}
	for i := range v.concepts {
		v.index(i)
	}
	v.addUsage()
	for i := range v.concepts {
		v.concepts[i].wider = v.widerThan(&v.concepts[i])
	}
	v.forms = ambiguousForms(v)
	v.compounds = compoundsOf(v)
	return v
})

// widerThan follows Broader and Also up, nearest first.
func (v *vocabulary) widerThan(c *Concept) []string {
	var out []string
	next := append([]string{c.Broader}, c.Also...)
	for len(next) > 0 {
		id := next[0]
		next = next[1:]
		if w := v.byID[id]; w != nil && id != c.ID && !slices.Contains(out, id) {
			out = append(out, id)
			next = append(append(next, w.Broader), w.Also...)
		}
	}
	return out
}

func conceptOf(r row) Concept {
	hs, typical := typicalCodes(r.list("hs"))
	c := Concept{
		ID: r.text("id"), HS: hs, Typical: typical, ICS: r.list("ics"),
		Not: r.list("not"), Unless: r.list("unless"), Names: map[string][]string{}, where: r.where,
	}
	if wider := r.list("broader"); len(wider) > 0 {
		c.Broader, c.Also = wider[0], wider[1:]
	}
	c.Sector = SectorOf(c.HS)
	for _, lang := range Languages {
		if names := r.list(lang); len(names) > 0 {
			c.Names[lang] = names
		}
	}
	return c
}

// typicalCodes takes the marks off codes and counts those that are equally
// typical: "3208; =3209; 3210" are three codes, of which the first two are.
func typicalCodes(codes []string) (plain []string, typical int) {
	typical = min(1, len(codes))
	for i, c := range codes {
		code, marked := strings.CutPrefix(c, "=")
		if marked && typical == i {
			typical = i + 1
		}
		plain = append(plain, code)
	}
	return plain, typical
}

// index makes the names of a concept findable. A name that ends with "!" counts
// only as it is written, because its singular is another word: "tights!"; one
// of a single Chinese character only as an item of its own: 梨! in 梨、桃, not in
// 凤梨.
func (v *vocabulary) index(i int) {
	c := &v.concepts[i]
	v.byID[c.ID] = c
	for _, names := range c.Names {
		for j, n := range names {
			if plain, ok := strings.CutSuffix(n, "!"); ok {
				names[j], n = plain, plain
				if v.exact[i] == nil {
					v.exact[i] = map[string]string{}
				}
				v.exact[i][comparable(n)] = Normalize(n)
			}
			v.finder.Add(n, i)
		}
	}
	for _, phrase := range c.Unless {
		v.finder.Add(phrase, len(v.concepts))
	}
}

// ambiguousForms maps, for each concept with a Not, the normalized names that
// are part of a name of the other concept: "pepper" is part of "Sichuan
// pepper", "black pepper" is not.
func ambiguousForms(v *vocabulary) map[string]map[string]bool {
	out := map[string]map[string]bool{}
	known := map[string][]string{}
	allNames := func(c *Concept) []string { // each concept's names are compared many times
		if known[c.ID] == nil {
			known[c.ID] = allNames(c)
		}
		return known[c.ID]
	}
	for i := range v.concepts {
		c := &v.concepts[i]
		for _, other := range c.Not {
			o := v.byID[other]
			if o == nil {
				continue
			}
			key := c.ID + " " + other
			out[key] = map[string]bool{}
			for _, name := range allNames(c) {
				if slices.ContainsFunc(allNames(o), func(n string) bool { return n != name && contains(n, name) }) {
					out[key][name] = true
				}
			}
		}
	}
	return out
}

// contains reports whether name is part of the longer name n, at word boundaries.
func contains(n, name string) bool {
	if !strings.Contains(n, name) {
		return false
	}
	if r, _ := utf8.DecodeRuneInString(name); unspaced(r) {
		return true
	}
	return strings.Contains(" "+n+" ", " "+name+" ")
}

func allNames(c *Concept) []string {
	var out []string
	for _, names := range c.Names {
		for _, n := range names {
			out = append(out, comparable(n))
		}
	}
	return out
}

// comparable is a name in the form that hits are compared in.
func comparable(name string) string {
	var f folded
	f.reset(true)
	f.fold(name)
	return string(f.text)
}

// Load reads the vocabulary now; otherwise its first use does, which takes
// about a second.
func Load() { loadVocabulary() }

// Concepts is the whole vocabulary, in the order of the tables. The caller must not change what it points to.
func Concepts() []Concept { return slices.Clone(loadVocabulary().concepts) }

// ConceptByID finds a concept.
func ConceptByID(id string) (*Concept, bool) {
	c, ok := loadVocabulary().byID[id]
	return c, ok
}
