package ingest

import (
	"maps"
	"slices"
	"strings"

	"golang.org/x/net/html/charset"

	"tbtwatch/internal/config"
	"tbtwatch/internal/trade"
)

func (s *pageSource) checkAddresses() error {
	if s.URL == "" {
		return trade.Refusef("a page needs its url")
	}
	if err := checkURL(s.URL); err != nil {
		return err
	}
	if s.CharSet != "" {
		if e, _ := charset.Lookup(s.CharSet); e == nil {
			return trade.Refusef("charset %q is unknown; write utf-8, gb18030, big5, shift_jis, windows-1252 …", s.CharSet)
		}
	}
	if p := s.Pages; p != nil {
		switch {
		case !strings.Contains(p.Template, "{page}"):
			return trade.Refusef("pages.template %q: write {page} where the number stands", p.Template)
		case p.To < p.From || p.To-p.From >= 500:
			return trade.Refusef("pages: from %d to %d: at most 500, and not backwards", p.From, p.To)
		case s.Next != nil:
			return trade.Refusef("pages and next exclude each other")
		}
		return checkURL(strings.ReplaceAll(p.Template, "{page}", "1"))
	}
	if s.MaxPages < 1 || s.MaxPages > 500 {
		return trade.Refusef("max_pages %d: 1 to 500", s.MaxPages)
	}
	return nil
}

// compile checks every selector, field name, regexp and layout at load.
func (s *pageSource) compile() error {
	if s.List != "" {
		m, err := compileSelector("list", s.List)
		if err != nil {
			return err
		}
		s.rows = m
	}
	if err := compileFields("fields", s.Fields); err != nil {
		return err
	}
	declared := maps.Clone(s.Fields)
	if s.Next != nil {
		if err := s.Next.link("next"); err != nil {
			return err
		}
	}
	if d := s.Detail; d != nil {
		if d.Link == nil || len(d.Fields) == 0 {
			return trade.Refusef("detail needs link and fields")
		}
		if err := d.Link.link("detail.link"); err != nil {
			return err
		}
		if err := compileFields("detail.fields", d.Fields); err != nil {
			return err
		}
		maps.Copy(declared, d.Fields)
	}
	if declared["title"] == nil && declared["description"] == nil && declared["products"] == nil {
		return trade.Refusef("fields: a notice needs a title, a description or products; declare one of them")
	}
	if len(s.Place.Markets) == 0 && declared["market"] == nil && declared["member"] == nil && declared["symbol"] == nil {
		return trade.Refusef("market: say whose rules these are (market: VN), or declare the field member, market or symbol")
	}
	return nil
}

// link compiles a field that leads to another page: its href unless said otherwise.
func (f *pageField) link(name string) error {
	if f.Attr == "" && f.Regexp == "" {
		f.Attr = "href"
	}
	return f.compile(name)
}

func compileFields(path string, fields map[string]*pageField) error {
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if !knownField(name) {
			return trade.Refusef("%s: unknown field %q; did you mean %q? what is only to be kept is called field.NAME", path, name, config.Nearest(name, fieldNames()))
		}
		if fields[name] == nil {
			return trade.Refusef("%s.%s is empty: write a selector", path, name)
		}
		if err := fields[name].compile(path + "." + name); err != nil {
			return err
		}
	}
	return nil
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
