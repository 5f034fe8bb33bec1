package ingest

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/andybalholm/cascadia"
	"go.yaml.in/yaml/v3"

	"tbtwatch/internal/config"
	"tbtwatch/internal/trade"
)

// pageField says where one field of a notice stands. In YAML it is either
// written out, or only its selector.
type pageField struct {
	Selector string   `yaml:"selector"` // CSS, within the row; "." or nothing is the row itself
	Attr     string   `yaml:"attr"`     // take this attribute and not the text
	Regexp   string   `yaml:"regexp"`   // keep its first group, or what it matches
	Const    string   `yaml:"const"`    // the same for every row
	Format   textList `yaml:"format"`   // of a date: Go layouts or names, tried in order
	All      bool     `yaml:"all"`      // join all matches, by line; otherwise the first counts
	Required bool     `yaml:"required"` // a row without it is quarantined

	matcher goquery.Matcher
	pattern *regexp.Regexp
}

// UnmarshalYAML reads "h2 a" or the mapping.
func (f *pageField) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind == yaml.ScalarNode {
		return node.Decode(&f.Selector)
	}
	type plain pageField
	return config.Decode(node, (*plain)(f))
}

// textList is one text or a list of them.
type textList []string

// UnmarshalYAML reads either form.
func (l *textList) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind == yaml.ScalarNode {
		*l = textList{node.Value}
		return nil
	}
	return node.Decode((*[]string)(l))
}

// dateNames are words for layouts, for those who do not write Go.
var dateNames = map[string]string{
	"iso": "2006-01-02", "slash": "2006/1/2", "dots": "2006.1.2", "dmy": "2/1/2006", "dmy-dots": "2.1.2006", "dmy-dash": "2-1-2006",
	"mdy": "1/2/2006", "chinese": "2006年1月2日", "english": "2 January 2006", "us": "January 2, 2006", "compact": "20060102",
}

// compile makes the field ready, naming it in errors as name.
func (f *pageField) compile(name string) error {
	if f.Selector != "" && f.Selector != "." {
		m, err := compileSelector(name, f.Selector)
		if err != nil {
			return err
		}
		f.matcher = m
	}
	if f.Regexp != "" {
		p, err := regexp.Compile(f.Regexp)
		if err != nil {
			return fmt.Errorf("%s: regexp: %w", name, err)
		}
		f.pattern = p
	}
	for i, layout := range f.Format {
		if known, ok := dateNames[layout]; ok {
			f.Format[i] = known
			continue
		}
		probe := time.Date(2023, 11, 28, 0, 0, 0, 0, time.UTC)
		if back, err := time.Parse(layout, probe.Format(layout)); err != nil || !back.Truncate(24*time.Hour).Equal(probe) {
			return trade.Refusef("%s: %q is no layout of a day; write how 2 January 2006 would stand there, such as 2006-01-02 or 2006年1月2日, or one of %s",
				name, layout, strings.Join(sortedKeys(dateNames), ", "))
		}
	}
	if f.Const == "" && f.Selector == "" && f.Attr == "" && f.Regexp == "" {
		return trade.Refusef("%s: neither selector nor const: it would be the whole row; write selector: \".\" for that", name)
	}
	return nil
}

func compileSelector(name, selector string) (goquery.Matcher, error) {
	m, err := cascadia.Compile(selector)
	if err != nil {
		return nil, fmt.Errorf("%s: selector %q: %w", name, selector, err)
	}
	return m, nil
}
