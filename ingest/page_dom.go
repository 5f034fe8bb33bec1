package ingest

import (
	"bytes"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"tbtwatch/internal/prose"
	"tbtwatch/internal/trade"
)

// parseHTML reads a page. The parser takes whatever it gets, so a page that was
// cut off looks like a shorter one: end is what a whole page holds near its
// end ("" is not looked for).
func parseHTML(doc Document, end string) (*goquery.Document, error) {
	body, err := readAll(doc)
	if err != nil {
		return nil, err
	}
	if tail := bytes.ToLower(body[max(0, len(body)-64<<10):]); end != "" && !bytes.Contains(tail, []byte(strings.ToLower(end))) {
		return nil, trade.Refusef("the page does not end with %q: it was cut off; if all its pages end otherwise, write what they end with as \"end\", or \"none\"", end)
	}
	// With scripting off, links inside <noscript> are elements and not text.
	root, err := html.ParseWithOptions(bytes.NewReader(body), html.ParseOptionEnableScripting(false))
	if err != nil {
		return nil, fmt.Errorf("the page cannot be read as HTML (elements nested deeper than 512 are refused): %w", err)
	}
	return goquery.NewDocumentFromNode(root), nil
}

// baseURL is what relative links of the page start from.
func baseURL(doc Document, page *goquery.Document) *url.URL {
	address := doc.URL
	if address == "" {
		address = doc.Request.URL
	}
	base, err := url.Parse(address)
	if err != nil {
		base = &url.URL{}
	}
	if href, ok := page.Find("base[href]").First().Attr("href"); ok {
		if u, err := base.Parse(strings.TrimSpace(href)); err == nil {
			return u
		}
	}
	return base
}

// nodeText is the text of n as a reader of the page sees it: blocks on lines
// of their own, scripts, styles and hidden parts left out.
func nodeText(n *html.Node) string {
	var b strings.Builder
	writeText(&b, n, false)
	return prose.Fold(strings.ToValidUTF8(b.String(), "\uFFFD"))
}

var unseen = map[atom.Atom]bool{atom.Script: true, atom.Style: true, atom.Template: true, atom.Head: true, atom.Iframe: true, atom.Object: true}

func writeText(b *strings.Builder, n *html.Node, pre bool) {
	switch n.Type {
	case html.TextNode:
		if pre {
			b.WriteString(n.Data)
			return
		}
		b.WriteString(lineEnds.Replace(n.Data))
		return
	case html.CommentNode, html.DoctypeNode:
		return
	}
	mark := ""
	switch {
	case prose.Block(n.DataAtom):
		mark = "\n"
	case n.DataAtom == atom.Td || n.DataAtom == atom.Th:
		mark = " "
	}
	b.WriteString(mark)
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == html.ElementNode && (unseen[c.DataAtom] || hidden(c)) {
			continue
		}
		writeText(b, c, pre || n.DataAtom == atom.Pre)
	}
	b.WriteString(mark)
}

// lineEnds of the HTML source are blanks to its reader.
var lineEnds = strings.NewReplacer("\n", " ", "\r", " ", "\t", " ")

var displayNone = regexp.MustCompile(`(?i)(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)`)

func hidden(n *html.Node) bool {
	for _, a := range n.Attr {
		if a.Key == "hidden" || a.Key == "style" && displayNone.MatchString(a.Val) {
			return true
		}
	}
	return false
}
