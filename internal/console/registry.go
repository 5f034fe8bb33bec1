package console

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"tbtwatch/internal/trade"
	"tbtwatch/internal/view"
)

// registryBody is the registry: firms, one firm's products, who wants to hear.
type registryBody struct {
	Counts      view.Counts
	Text        string
	Exporters   []trade.Exporter
	Found       int
	Exporter    *trade.Exporter // the one that was chosen
	Products    view.Page[trade.Product]
	NextPart    string // of the products
	NextFirms   string
	Subscribers []trade.Subscriber
}

func (s *site) registry(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	b := registryBody{Counts: s.View.Counts(), Text: q.Get("q")}
	offset, _ := strconv.Atoi(q.Get("offset"))
	all := matching(s.View.Directory.Exporters(), b.Text)
	b.Found = len(all)
	from := min(max(offset, 0), len(all))
	b.Exporters = all[from:min(from+listRows, len(all))]
	if from+listRows < len(all) {
		b.NextFirms = "/registry?" + url.Values{"q": {b.Text}, "offset": {strconv.Itoa(from + listRows)}}.Encode()
	}
	id := q.Get("exporter")
	if id != "" {
		e, ok := s.View.Directory.Exporter(id)
		if !ok {
			return trade.ErrNotFound
		}
		b.Exporter = &e
		var err error
		if b.Products, err = s.View.Products(r.Context(), id, before(r), listRows); err != nil {
			return err
		}
		b.NextPart = nextPart("/registry", b.Products.Next, url.Values{"exporter": {id}})
	}
	for _, sub := range s.View.Directory.Subscribers() {
		if (id == "" || sub.Exporter == id) && len(b.Subscribers) < listRows {
			b.Subscribers = append(b.Subscribers, sub)
		}
	}
	return s.render(w, r, http.StatusOK, "registry", "nav.registry", "registry", b)
}

func matching(all []trade.Exporter, text string) []trade.Exporter {
	text = strings.ToLower(strings.TrimSpace(text))
	if text == "" {
		return all
	}
	has := func(field string) bool { return containsLower(field, text) }
	if text == strings.ToUpper(text) { // Chinese and digits have no other form
		has = func(field string) bool { return strings.Contains(field, text) }
	}
	var out []trade.Exporter
	for _, e := range all {
		if has(e.ID) || has(e.Name) || has(e.District) {
			out = append(out, e)
		}
	}
	return out
}

// containsLower reports whether the lower case of s contains text, which is
// lower case. It makes no copy where s is ASCII: a search looks at three fields
// of a hundred thousand firms.
func containsLower(s, text string) bool {
	if strings.IndexFunc(s, func(r rune) bool { return r >= utf8.RuneSelf }) >= 0 {
		return strings.Contains(strings.ToLower(s), text)
	}
	for ; len(s) >= len(text); s = s[1:] {
		i := 0
		for i < len(text) && lowerASCII(s[i]) == text[i] {
			i++
		}
		if i == len(text) {
			return true
		}
	}
	return false
}

func lowerASCII(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}
