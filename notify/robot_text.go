package notify

import (
	"fmt"
	"regexp"
	"sort"
	"strings"
	"unicode"
)

// robotMost is how many parts a message has at most: nobody reads more in a
// chat, and it stays far below what a robot may post in a minute.
const robotMost = 6

// robotMaxHref is the longest address that gets a link: it has to stay whole
// beside the title in the smallest part.
const robotMaxHref = 1500

// robotPart is one post.
type robotPart struct {
	Title string // the headline, with "（2/3）" where there are several
	Lines []robotLine
	Foot  string // the delivery's key: who sees it twice knows that it is the same
	Level Level
	Plain string // the whole post as text instead of the rest; "" for the usual form
}

type lineKind int

const (
	lineText  lineKind = iota
	lineLabel          // our word for what follows
	lineLink
)

// robotLine is a line of a post, inert in its dialect.
type robotLine struct {
	kind lineKind
	text string
	href string // of a link
}

// robotLines lays the content out, most important first. Foreign words are
// lines of text; labels and links are ours.
func robotLines(c Content, inert func(string) string) []robotLine {
	var out []robotLine
	add := func(label string, texts ...string) {
		for i, l := range strings.Split(strings.TrimSpace(strings.Join(texts, "\n")), "\n") {
			if l == "" {
				continue
			}
			if i == 0 && label != "" {
				out = append(out, robotLine{kind: lineLabel, text: label})
			}
			out = append(out, robotLine{text: inert(l)})
		}
	}
	link := func(label, address string) {
		if href := hrefEscapes.Replace(address); href != "" && len(href) <= robotMaxHref {
			out = append(out, robotLine{lineLink, label, href})
		}
	}
	add("", fmt.Sprintf("【%s】%s · %s %s · %s", c.Level.Name.In(c.Lang), c.Bulletin, c.L.Issued, c.Issued, c.Sender), c.Machine, strings.Join(c.Lead, "\n"))
	add(c.L.Changed, bullets(c.Changed)...)
	add("", c.Summary)
	for _, g := range c.Groups {
		label := g.Name // stands over the first
		for _, item := range g.Items {
			add(label, item.lines()...)
			label = ""
			link(c.L.Receipt, item.Receipt)
		}
	}
	add(c.L.You, bullets(c.You)...)
	add(c.L.Dates, dateBullets(c)...)
	add(c.L.Actions, bullets(c.Actions)...)
	link(c.L.Receipt, c.Receipt)
	link(c.L.Link, c.Link)
	link(c.L.Page, c.Page)
	var products []string
	for _, p := range c.Products {
		products = append(append(products, fmt.Sprintf("%s (%s) %s %s · %s · %s", p.Name, p.ID, c.L.HS, p.HS, p.Markets, p.Grade)), bullets(p.Why)...)
	}
	add(c.L.Products, products...)
	add(c.L.Firms, bullets(c.Firms)...)
	add("", c.More)
	add(c.L.Markets, c.Markets)
	add(c.L.Measure, c.Symbols, c.Kind)
	add(c.L.Original, c.Original, c.Text)
	add("", c.Health, c.Provision)
	return out
}

// hrefEscapes keeps an address from ending the markup that it stands in.
var hrefEscapes = strings.NewReplacer("(", "%28", ")", "%29", "[", "%5B", "]", "%5D", "*", "%2A")

// robotParts is the message as posts that each fit.
func robotParts(s *robotService, key string, c Content) []robotPart {
	title, foot := s.inert(c.Headline), c.L.Identity+c.L.Colon+key
	room := s.room - s.size(robotPart{Title: title + partMark(robotMost, robotMost), Foot: foot, Level: c.Level})
	groups := robotSplit(robotLines(c, s.inert), room, s.cost)
	if len(groups) > robotMost {
		groups = groups[:robotMost]
		rest, last := robotLine{text: s.inert(c.L.Rest)}, robotMost-1
		for robotCost(groups[last], s.cost)+s.cost(rest) > room {
			groups[last] = groups[last][:len(groups[last])-1]
		}
		groups[last] = append(groups[last], rest)
	}
	var out []robotPart
	for i, lines := range groups {
		p := robotPart{Title: title, Lines: lines, Foot: foot, Level: c.Level}
		if i > 0 {
			p.Title = cut(title, 60)
		}
		if len(groups) > 1 {
			p.Title += partMark(i+1, len(groups))
		}
		out = append(out, p)
	}
	return out
}

func partMark(i, n int) string { return fmt.Sprintf("（%d/%d）", i, n) }

func robotCost(lines []robotLine, cost func(robotLine) int) int {
	sum := 0
	for _, l := range lines {
		sum += cost(l)
	}
	return sum
}

// robotSplit spreads lines over groups of at most room bytes, in order and
// losing nothing. A text that is longer than a whole group is cut between two
// characters and goes on behind "…"; labels and links stay whole, and a label
// stays with what it stands over.
func robotSplit(lines []robotLine, room int, cost func(robotLine) int) [][]robotLine {
	var out [][]robotLine
	var group []robotLine
	left := room
	turn := func() {
		var carried []robotLine
		if n := len(group); n > 1 && group[n-1].kind == lineLabel {
			group, carried = group[:n-1], []robotLine{group[n-1]}
		}
		out, group = append(out, group), carried
		left = room - robotCost(group, cost)
	}
	for _, l := range lines {
		for cost(l) > left {
			if len(group) > 0 && (cost(l) <= room || left < room/2) {
				turn()
				continue
			}
			head := longest(l, left, cost)
			if head == 0 {
				break // not even one character fits: the caller's room is too small
			}
			piece := robotLine{text: l.text[:head]}
			group = append(group, piece)
			l.text = "…" + l.text[head:]
			turn()
		}
		group, left = append(group, l), left-cost(l)
	}
	if len(group) > 0 {
		out = append(out, group)
	}
	return out
}

// longest is how many bytes of a text fit, whole characters only.
func longest(l robotLine, left int, cost func(robotLine) int) int {
	var ends []int
	for i := range l.text {
		if i > 0 {
			ends = append(ends, i)
		}
	}
	n := sort.Search(len(ends), func(i int) bool { return cost(robotLine{text: l.text[:ends[i]]}) > left })
	if n == 0 {
		return 0
	}
	return ends[n-1]
}

// robotShort is the message reduced to what all services take as text: 2,000
// bytes.
func robotShort(key string, c Content, inert func(string) string) string {
	const room = 2000
	tail := []string{}
	for _, l := range [][2]string{{c.L.Link, c.Link}, {c.L.Page, c.Page}} {
		if l[1] != "" && len(l[1]) < room/3 {
			tail = append(tail, l[0]+c.L.Colon+l[1])
		}
	}
	tail = append(tail, c.L.Rest, c.L.Identity+c.L.Colon+key)
	end := "\n" + strings.Join(tail, "\n")
	lines := []robotLine{{text: inert(cut(c.Subject, 80))}}
	for _, l := range append(append(append([]string{c.Machine}, c.Lead...), dateBullets(c)...), c.Summary) {
		if l != "" {
			lines = append(lines, robotLine{text: inert(strings.ReplaceAll(l, "\n", " "))})
		}
	}
	var head []string
	for _, l := range robotSplit(lines, room-len(end), func(l robotLine) int { return len(l.text) + 1 })[0] {
		head = append(head, l.text)
	}
	return strings.Join(head, "\n") + end
}

var (
	entity     = regexp.MustCompile(`&(#?[0-9A-Za-z]+;)`)
	listNumber = regexp.MustCompile(`^(\s*[0-9]+)([.)])`)
	lookalikes = strings.NewReplacer("*", "＊", "_", "＿", "`", "｀", "[", "［", "]", "］", "#", "＃", "~", "～", "|", "｜", `\`, "＼", ">", "＞")
)

// unlinked keeps clients from making a link or a mention of plain words, by
// signs that look alike: none of these services has an escape for them.
func unlinked(s string) string {
	s = strings.NewReplacer("://", "：//", "@", "＠", "<", "＜").Replace(s)
	r := []rune(s)
	for i := 1; i+2 < len(r); i++ { // the dots of evil.example, not those of 2.5 or "e.g."
		if r[i] == '.' && (unicode.IsLetter(r[i-1]) || unicode.IsDigit(r[i-1])) && unicode.IsLetter(r[i+1]) && unicode.IsLetter(r[i+2]) {
			r[i] = '․'
		}
	}
	return string(r)
}

// unmarked makes a line plain words where Markdown is read.
func unmarked(s string) string {
	s = lookalikes.Replace(entity.ReplaceAllString(unlinked(s), "＆$1"))
	s = listNumber.ReplaceAllStringFunc(s, func(n string) string { return strings.NewReplacer(".", "．", ")", "）").Replace(n) })
	if s != "" && strings.ContainsRune("-+=", rune(s[0])) {
		return string([]rune{rune(s[0]) + '－' - '-'}) + s[1:]
	}
	return s
}

// markdown writes a line where Markdown is read.
func markdown(l robotLine) string {
	switch l.kind {
	case lineLabel:
		return "**" + l.text + "**"
	case lineLink:
		return "[" + l.text + "](" + l.href + ")"
	}
	return l.text
}
