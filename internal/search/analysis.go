package search

import (
	"strings"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/analysis"
	"github.com/blevesearch/bleve/v2/analysis/analyzer/custom"
	"github.com/blevesearch/bleve/v2/analysis/analyzer/keyword"
	"github.com/blevesearch/bleve/v2/analysis/lang/cjk"
	"github.com/blevesearch/bleve/v2/analysis/tokenizer/unicode"
	"github.com/blevesearch/bleve/v2/mapping"
	"github.com/blevesearch/bleve/v2/registry"

	"tbtwatch/internal/nomenclature"
)

// The fields of the index.
const (
	fieldKind   = "kind"   // notice, case, warning
	fieldText   = "text"   // all words, with their places
	fieldTitle  = "title"  // the words of title or headline again: they count more
	fieldSymbol = "symbol" // every beginning of a symbol, see symbolTerms
	fieldWhole  = "whole"  // symbols as they are: one that is asked for counts most
	fieldCode   = "code"   // every beginning of an HS or ICS code
)

const (
	analyzerName = "tbt"
	foldName     = "tbt_fold"
	pairsName    = "tbt_pairs"
)

func init() {
	err := registry.RegisterTokenFilter(foldName, func(map[string]any, *registry.Cache) (analysis.TokenFilter, error) {
		return foldFilter{}, nil
	})
	if err != nil {
		panic("search: " + err.Error())
	}
}

// foldFilter brings each token to the form in which names are compared.
type foldFilter struct{}

// longestToken bounds a term, in bytes: what is longer is no word.
const longestToken = 100

// Filter folds the tokens and leaves out what has no letter or digit.
func (foldFilter) Filter(in analysis.TokenStream) analysis.TokenStream {
	out := in[:0]
	for _, t := range in {
		if t.Term = fold(t.Term); len(t.Term) > 0 && len(t.Term) <= longestToken {
			out = append(out, t)
		}
	}
	return out
}

// fold is nomenclature.Normalize, which most English words do not need.
func fold(term []byte) []byte {
	for _, c := range term {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			return []byte(nomenclature.Normalize(string(term)))
		}
	}
	return term
}

// indexMapping says how the fields are indexed. All of them have norms: one
// without makes every score of a query that asks it NaN. Nothing is stored: what is
// shown is read from the bus.
func indexMapping() (*mapping.IndexMappingImpl, error) {
	m := bleve.NewIndexMapping()
	m.StoreDynamic, m.IndexDynamic, m.DocValuesDynamic = false, false, false
	if err := m.AddCustomTokenFilter(pairsName, map[string]any{"type": cjk.BigramName, "output_unigram": true}); err != nil {
		return nil, err
	}
	err := m.AddCustomAnalyzer(analyzerName, map[string]any{
		"type": custom.Name, "tokenizer": unicode.Name, "token_filters": []string{foldName, pairsName},
	})
	if err != nil {
		return nil, err
	}
	m.DefaultAnalyzer = analyzerName
	doc := bleve.NewDocumentStaticMapping()
	doc.AddSubDocumentMapping("_all", bleve.NewDocumentDisabledMapping())
	for _, name := range []string{fieldKind, fieldSymbol, fieldCode, fieldWhole} {
		f := bleve.NewTextFieldMapping()
		f.Analyzer, f.Store, f.DocValues, f.IncludeInAll, f.IncludeTermVectors = keyword.Name, false, false, false, false
		doc.AddFieldMappingsAt(name, f)
	}
	for _, name := range []string{fieldText, fieldTitle} {
		f := bleve.NewTextFieldMapping()
		f.Analyzer, f.Store, f.DocValues, f.IncludeInAll, f.IncludeTermVectors = analyzerName, false, false, false, name == fieldText
		doc.AddFieldMappingsAt(name, f)
	}
	m.DefaultMapping = doc
	return m, nil
}

// analyzer cuts texts as the index does.
type analyzer struct{ analysis.Analyzer }

func newAnalyzer() (analyzer, error) {
	m, err := indexMapping()
	if err != nil {
		return analyzer{}, err
	}
	return analyzer{m.AnalyzerNamed(analyzerName)}, nil
}

// token is a word, or a pair of Chinese characters, or a single one.
type token struct {
	term     string
	from, to int  // bytes of the text
	place    int  // counted from 1; a pair has the place of its first character
	chinese  bool // or of another script without blanks
	pair     bool
}

// tokens cuts a text. Offsets that folding made meaningless are left out.
func (a analyzer) tokens(text string) []token {
	text = strings.ToValidUTF8(text, "�")
	var out []token
	for _, t := range a.Analyze([]byte(text)) {
		if t.Start < 0 || t.End > len(text) || t.Start >= t.End {
			continue
		}
		out = append(out, token{string(t.Term), t.Start, t.End, t.Position, t.Type == analysis.Single || t.Type == analysis.Double, t.Type == analysis.Double})
	}
	return out
}
