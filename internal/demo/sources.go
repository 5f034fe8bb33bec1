package demo

import "strings"

// SourceSpec declares one watched source of the sample world: what stands under
// sources: in a configuration file. Options is YAML, as the kind understands it.
type SourceSpec struct {
	Name    string
	Kind    string // eping, eping-bulk, federal-register, safety-gate, feed, page
	Options string // YAML mapping, ends with a line end
	Broken  bool   // shows what goes wrong: every run ends in quarantine
}

// Sources declares the ordinary sources that read the world served at base,
// such as "http://127.0.0.1:34567", and after them the broken ones.
func Sources(base string) []SourceSpec {
	specs := []SourceSpec{
		{Name: "eping", Kind: "eping", Options: "url: {base}/eping-api\nkey: " + Key + "\n"},
		{Name: "eping-site", Kind: "eping", Options: "url: {base}/eping-site\n"},
		{Name: "eping-bulk", Kind: "eping-bulk", Options: "url: {base}/eping-bulk/NotificationExcelFiles/Notification_EN.xlsx\n"},
		{Name: "federal-register", Kind: "federal-register", Options: "url: {base}/federal-register/api/v1\n"},
		{Name: "safety-gate", Kind: "safety-gate", Options: "url: {base}/safety-gate/public/api\n"},
		{Name: "telecom-news", Kind: "feed", Options: "url: {base}/feed/news.rss\nmarket: BR\nlang: en\n"},
		{Name: "product-recalls", Kind: "feed", Options: "url: {base}/feed/recalls.atom\nmarket: JP\nlang: en\nkind: recall\n"},
		{Name: "standards-board", Kind: "feed", Options: "url: {base}/feed/board.json\nmarket: KR\nlang: en\n"},
		{Name: "chinese-notices", Kind: "page", Options: chineseSite},
		{Name: "brazil-ordinances", Kind: "page", Options: portugueseSite},
		{Name: "broken-error-page", Kind: "eping", Options: "url: {base}/eping-broken\n", Broken: true},
		{Name: "broken-feed", Kind: "feed", Options: "url: {base}/feed-broken/cut.rss\nmarket: CL\n", Broken: true},
	}
	for _, page := range []string{"error", "empty", "poisoned", "garbled"} {
		specs = append(specs, SourceSpec{Name: "broken-" + page, Kind: "page", Options: strings.ReplaceAll(brokenSite, "{page}", page), Broken: true})
	}
	for i := range specs {
		specs[i].Options = strings.ReplaceAll(specs[i].Options, "{base}", strings.TrimRight(base, "/"))
	}
	return specs
}

const chineseSite = `url: {base}/page/zh/index.html
list: table.list tr.item
next: {selector: a.next, attr: href}
lang: zh
fields:
  symbol: {selector: td.no, required: true}
  kind: td.no
  title: {selector: td.title a, required: true}
  member: td.member
  published: {selector: td.date, format: iso}
detail:
  link: {selector: td.title a, attr: href}
  fields:
    products: "#products"
    hs: "#hs"
    ics: "#ics"
    description: "#text"
    adoption: "#adopt"
    comment_deadline: {selector: "#deadline", format: chinese}
`

const portugueseSite = `url: {base}/page/pt/index.html
list: "#legislacao li.ato"
next: {selector: "a[rel=next]", attr: href}
market: BR
lang: pt
area: TBT
kind: rule
fields:
  id: {selector: ., attr: id}
  title: {selector: a.ementa, required: true}
  published: {selector: span.data, format: dmy}
detail:
  link: {selector: a.ementa, attr: href}
  fields:
    description: p.resumo
    products: dd.objeto
    hs: dd.ncm
    comment_deadline: {selector: dd.prazo, format: dmy}
`

const brokenSite = `url: {base}/page-broken/{page}.html
list: "#legislacao li.ato"
market: PH
lang: en
kind: rule
fields:
  id: {selector: ., attr: id}
  title: {selector: a.ementa, required: true}
  published: {selector: span.data, format: iso}
  link: {selector: a.ementa, attr: href}
`
