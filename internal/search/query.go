package search

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/blevesearch/bleve/v2/analysis"
	"github.com/blevesearch/bleve/v2/analysis/lang/en"
	"github.com/blevesearch/bleve/v2/search/query"
	index "github.com/blevesearch/bleve_index_api"
	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/english"
)

// What one English word may stand for: its forms and what begins with it.
const (
	mostForms     = 40
	mostLookedAt  = 2000 // terms of the index that are compared with the word
	shortestBegin = 3    // characters of a word whose continuations count
)

// How much more than in the text a word counts elsewhere.
const (
	titleWeight  = 3
	exactWeight  = 2
	symbolWeight = 20
)

var stopWords = func() analysis.TokenMap {
	m := analysis.NewTokenMap()
	if err := m.LoadBytes(en.EnglishStopWords); err != nil {
		panic("search: " + err.Error())
	}
	return m
}()

// asked is a query put together, and what is marked in what it finds.
type asked struct {
	query query.Query
	terms map[string]bool // terms of the field text
	whole []string        // symbols and codes, lower case
}

// builder puts a query together against one state of the index.
type builder struct {
	reader   index.IndexReader
	analyzer analyzer
	ranked   bool // titles and whole words count more; without, a set is enough
	asked    asked
}

// build makes a query for what has every chunk; nil when they hold no word.
func (b *builder) build(kind Kind, cs []chunk) (*asked, error) {
	b.asked = asked{terms: map[string]bool{}}
	must := []query.Query{b.term(fieldKind, string(kind), 0)}
	for pass, stops := 0, true; pass < 2 && len(must) == 1; pass, stops = pass+1, false {
		for _, c := range cs {
			q, err := b.chunk(c, stops)
			if err != nil {
				return nil, err
			}
			if q != nil {
				must = append(must, q)
			}
		}
	}
	if len(must) == 1 {
		return nil, nil
	}
	b.asked.query = query.NewConjunctionQuery(must)
	return &b.asked, nil
}

// chunk finds what has it as a symbol, as a code or in its words; nil when it
// has no letter or digit, or is a word that every English text has.
func (b *builder) chunk(c chunk, stops bool) (query.Query, error) {
	if stops && !c.quoted && stopWords[strings.ToLower(c.text)] {
		return nil, nil
	}
	words, err := b.words(c)
	if err != nil || words == nil {
		return nil, err
	}
	either := []query.Query{words}
	for _, s := range askedSymbols(c.text) {
		either = append(either, b.term(fieldSymbol, s, 1), b.term(fieldWhole, s, symbolWeight))
	}
	for _, code := range askedCodes(c.text) {
		either = append(either, b.term(fieldCode, code, 1))
	}
	if strings.ContainsAny(c.text, "0123456789") {
		b.asked.whole = append(b.asked.whole, strings.ToLower(c.text))
	}
	return anyOf(either), nil
}

// words finds what has all words of the chunk: one after the other where it
// was quoted, and Chinese characters always.
func (b *builder) words(c chunk) (query.Query, error) {
	tokens := places(b.analyzer.tokens(c.text))
	var all []query.Query
	for len(tokens) > 0 {
		n := 1
		switch {
		case c.quoted:
			n = len(tokens)
		case tokens[0].chinese:
			for tokens[n-1].pair {
				n++
			}
		}
		q, err := b.run(tokens[:n], c.quoted)
		if err != nil {
			return nil, err
		}
		all, tokens = append(all, q), tokens[n:]
	}
	switch len(all) {
	case 0:
		return nil, nil
	case 1:
		return all[0], nil
	}
	return query.NewConjunctionQuery(all), nil
}

// places keeps one token of each place: the pair, where there is one. The last
// character of a run of pairs stands alone at its place.
func places(tokens []token) []token {
	var out []token
	for _, t := range tokens {
		if n := len(out); n > 0 && out[n-1].place == t.place {
			if t.pair {
				out[n-1] = t
			}
			continue
		}
		out = append(out, t)
	}
	return out
}

// run finds tokens that follow each other.
func (b *builder) run(tokens []token, exactly bool) (query.Query, error) {
	if n := len(tokens); n > 1 && tokens[n-2].pair {
		tokens = tokens[:n-1] // the pair before has it
	}
	if len(tokens) > 1 {
		var phrase []string
		for _, t := range tokens {
			phrase = append(phrase, t.term)
			b.asked.terms[t.term] = true
		}
		return b.weighed(query.NewPhraseQuery(phrase, fieldText), phrase), nil
	}
	word := tokens[0].term
	b.asked.terms[word] = true
	if exactly || tokens[0].chinese || utf8.RuneCountInString(word) < shortestBegin {
		return b.weighed(b.term(fieldText, word, 1), []string{word}), nil
	}
	forms, err := b.forms(word)
	if err != nil {
		return nil, err
	}
	either := []query.Query{b.term(fieldText, word, exactWeight)}
	for _, f := range forms {
		b.asked.terms[f] = true
		either = append(either, b.term(fieldText, f, 1))
	}
	return b.weighed(anyOf(either), append(forms, word)), nil
}

// weighed counts the words more where they stand in the title, which belongs
// to the text.
func (b *builder) weighed(q query.Query, words []string) query.Query {
	if !b.ranked {
		return q
	}
	var more []query.Query
	for _, w := range words {
		more = append(more, b.term(fieldTitle, w, titleWeight))
	}
	return query.NewBooleanQuery([]query.Query{q}, more, nil)
}

// forms are the index's words that are forms of the word, or begin with it; the
// most frequent ones where there are many.
func (b *builder) forms(word string) ([]string, error) {
	root := stem(word)
	begin := strings.TrimRight(root, "iy")
	if len(begin) < shortestBegin || !strings.HasPrefix(word, begin) {
		begin = word
	}
	dict, err := b.reader.FieldDictPrefix(fieldText, []byte(begin))
	if err != nil {
		return nil, err
	}
	defer func() { _ = dict.Close() }()
	var found []index.DictEntry
	for range mostLookedAt {
		e, err := dict.Next()
		if err != nil {
			return nil, err
		}
		if e == nil {
			break
		}
		if e.Term != word && (strings.HasPrefix(e.Term, word) || stem(e.Term) == root) {
			found = append(found, *e)
		}
	}
	slices.SortFunc(found, func(a, b index.DictEntry) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Term, b.Term))
	})
	var out []string
	for _, e := range found[:min(len(found), mostForms)] {
		out = append(out, e.Term)
	}
	return out, nil
}

// stem is what the forms of an English word have in common.
func stem(word string) string {
	env := snowballstem.NewEnv(word)
	english.Stem(env)
	return env.Current()
}

func (b *builder) term(field, term string, weight float64) query.Query {
	q := query.NewTermQuery(term)
	q.SetField(field)
	if b.ranked {
		q.SetBoost(weight)
	}
	return q
}

// anyOf finds what has at least one.
func anyOf(either []query.Query) query.Query {
	if len(either) == 1 {
		return either[0]
	}
	q := query.NewDisjunctionQuery(either)
	q.SetMin(1)
	return q
}
