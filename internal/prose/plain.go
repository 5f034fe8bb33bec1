package prose

import (
	"html"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/net/html/atom"
)

// Plain makes what an authority wrote fit to be shown: HTML and Excel
// escapes become text, block elements and line ends become line ends, odd
// blanks one blank; invisible characters go. It is valid UTF-8 and idempotent
// on its own output but for text that spells out markup.
func Plain(s string) string {
	s = decodeTwice(strings.ToValidUTF8(s, "\uFFFD"))
	if strings.Contains(s, "_x") {
		s = excelEscape.ReplaceAllStringFunc(s, unescapeExcel)
	}
	// Feeds and sheets escape markup once more than needed: a round for each layer.
	for range 3 {
		if !strings.ContainsAny(s, "<&") {
			break
		}
		next := html.UnescapeString(stripTags(s))
		if next == s {
			break
		}
		s = next
	}
	s = stripTags(s)
	return Fold(s)
}

// Line is Plain on one line: for titles, names and keywords.
func Line(s string) string {
	return strings.Join(strings.Fields(Plain(s)), " ")
}

// excelEscape is how OOXML writes characters that XML cannot hold: _x000D_.
var excelEscape = regexp.MustCompile(`_x[0-9A-Fa-f]{4}_`)

func unescapeExcel(m string) string {
	n, err := strconv.ParseUint(m[2:6], 16, 16)
	if err != nil || n == '\r' {
		return "\n" // _x000D_ is the first half of CR LF
	}
	return string(rune(n))
}

var (
	scriptPart = regexp.MustCompile(`(?is)<(script|style)\b[^>]*>.*?</(script|style)\s*>`)
	tagPart    = regexp.MustCompile(`(?s)<![A-Za-z][^<>]*>|</?([A-Za-z][A-Za-z0-9]*)((?::[A-Za-z0-9]+)?)(?:\s[^<>]*)?/?>`)
)

// stripTags takes HTML elements out and leaves what only looks like one:
// "of <10 persons", "a <y and z> b".
func stripTags(s string) string {
	if !strings.Contains(s, "<") {
		return s
	}
	s = scriptPart.ReplaceAllString(dropComments(s), "\n")
	return tagPart.ReplaceAllStringFunc(s, func(tag string) string {
		m := tagPart.FindStringSubmatch(tag)
		name := atom.Lookup([]byte(strings.ToLower(m[1])))
		switch {
		case strings.HasPrefix(tag, "<!"), m[2] != "": // DOCTYPE, or Word's <o:p>
			return ""
		case name == 0:
			return tag
		case blockElements[name]:
			return "\n"
		case name == atom.Td || name == atom.Th:
			return " "
		}
		return ""
	})
}

// dropComments takes HTML comments out in one pass. A comment that nothing
// closes is none: a regular expression would look for its end again behind
// every element that follows.
func dropComments(s string) string {
	var b strings.Builder
	for {
		at := strings.Index(s, "<!--")
		if at < 0 {
			break
		}
		end := strings.Index(s[at+len("<!--"):], "-->")
		if end < 0 {
			break
		}
		b.WriteString(s[:at])
		s = s[at+len("<!--")+end+len("-->"):]
	}
	if b.Len() == 0 {
		return s
	}
	b.WriteString(s)
	return b.String()
}

// Block reports whether an HTML element begins and ends a line of text.
func Block(name atom.Atom) bool { return blockElements[name] }

// blockElements begin and end a line of text.
var blockElements = map[atom.Atom]bool{
	atom.P: true, atom.Div: true, atom.Br: true, atom.Li: true, atom.Ul: true, atom.Ol: true, atom.Tr: true,
	atom.Table: true, atom.Tbody: true, atom.Thead: true, atom.H1: true, atom.H2: true, atom.H3: true, atom.H4: true,
	atom.H5: true, atom.H6: true, atom.Section: true, atom.Article: true, atom.Header: true, atom.Footer: true,
	atom.Dl: true, atom.Dt: true, atom.Dd: true, atom.Blockquote: true, atom.Pre: true, atom.Hr: true, atom.Nav: true,
	atom.Main: true, atom.Aside: true, atom.Form: true, atom.Figure: true, atom.Option: true, atom.Title: true,
}
