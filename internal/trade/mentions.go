package trade

import (
	"regexp"
	"slices"
	"strings"
)

// How an earlier notification is named.
const (
	MentionSame     = "same"     // the paper says that it is about the measure notified there: its revision, its adoption
	MentionReplaces = "replaces" // or is replaced by it
	MentionRelated  = "related"  // among relevant documents, or in passing
)

// Mention is another notification that a paper names.
type Mention struct {
	Root  string `json:"root"` // without suffixes
	How   string `json:"how"`
	Where string `json:"where"` // title, description or the field's name
	Words string `json:"words"`
}

// Mentions lists the notifications that the notice's title, description and box
// of relevant documents name, each root once with its strongest reading. Only
// the same member can say that a draft of its own became something else.
func Mentions(n *Notice) []Mention {
	own := Roots(n.Symbols)
	parts := []struct{ where, text string }{{"title", n.Title}, {"description", n.Description}}
	for name, text := range n.Fields {
		if relevantBox.MatchString(name) {
			parts = append(parts, struct{ where, text string }{name, text})
		}
	}
	slices.SortStableFunc(parts[2:], func(a, b struct{ where, text string }) int { return strings.Compare(a.where, b.where) })
	var out []Mention
	for _, part := range parts {
		if !namesCommittee(part.text) && !strings.ContainsAny(part.text, "ＴＳｔｓ") {
			continue
		}
		for _, c := range clausesOf(part.text) {
			for _, s := range symbolsAt(foldSymbols(c.folded)) {
				if m := (Mention{s.Root(), howNamed(n, c, s), part.where, cutText(c.text, 200)}); !slices.Contains(own, m.Root) {
					out = putMention(out, m)
				}
			}
		}
	}
	return out
}

var relevantBox = regexp.MustCompile(`(?i)relevant ?_?documents?|相关文件|相關文件`)

func putMention(list []Mention, m Mention) []Mention {
	rank := []string{MentionSame, MentionReplaces, MentionRelated}
	i := slices.IndexFunc(list, func(o Mention) bool { return o.Root == m.Root })
	switch {
	case i < 0:
		return append(list, m)
	case slices.Index(rank, m.How) < slices.Index(rank, list[i].How):
		list[i] = m
	}
	return list
}

var (
	// notifiedAs stands before the symbol of a draft.
	notifiedAs = regexp.MustCompile(`(?:notified|circulated|issued)(?: [\w-]+){0,4} (?:as|in|under|by|through|via|with)(?: (?:the|document|notification|symbol|number|no\.?|reference)){0,3} ?\(?$` +
		`|(?:notificad[oa]s?)(?: [\wáéíóúñã]+){0,4} (?:en|como|mediante|con|bajo|em|sob|pelo|por)(?: (?:el|la|o|a|documento|signatura|símbolo|notificación|notificação|número)){0,3} $` +
		`|notifiée?s?(?: [\wà-ÿ]+){0,4} (?:sous|dans|comme|par)(?: (?:la|le|cote|document|notification)){0,3} $`)
	// notifiedBehind follows it in Chinese: 以…通报的草案.
	notifiedBehind = regexp.MustCompile(`^ ?(?:号|號)?(?:通[报報]|文件)(?:的|中的)?`)
	// becomes says that a draft became what the paper is about.
	becomes = regexp.MustCompile(`adopt|approv|revis|amended version|finali[sz]|final (?:version|text|rule|regulation)|re-?notif|新版|通[过過]|批准|修[订訂]|修改|采[纳納]|定稿|aprob|aprov|adot|modific|révis|approuv`)
	// becameBehind follows the symbol: "G/TBT/N/TPKM/541 … adopted with changes".
	becameBehind = regexp.MustCompile(`^\)?(?:,? [\w'’()-]+){0,6}? (?:adopted|approved|finali[sz]ed|revised)\b`)
	// versionOf stands before the symbol, too.
	versionOf  = regexp.MustCompile(`(?:revision|revised version|final version|final text|amended version|adoption|modified version) of (?:the )?(?:draft |proposed |technical |measure |regulation |standard |text |notification |notified |document |in |as |under ){0,8}\(?$`)
	replaceFor = regexp.MustCompile(`replac|supersed|取代|替代|代替|sustituye|reemplaza|remplace|substitui`)
)

// howNamed reads the clause around a symbol.
func howNamed(n *Notice, c clause, s symbolAt) string {
	text := foldSymbols(c.folded)
	before, behind := text[:s.start], text[s.end:]
	notified := notifiedAs.MatchString(before) || notifiedBehind.MatchString(behind)
	switch {
	case replaceFor.MatchString(text):
		return MentionReplaces
	case !sameMember(n, s.Symbol):
	case notified && becomes.MatchString(before+" "+behind), versionOf.MatchString(before), becameBehind.MatchString(behind):
		return MentionSame
	}
	return MentionRelated
}

// sameMember reports whether one of the notice's members notified s, too, to
// the same committee.
func sameMember(n *Notice, s Symbol) bool {
	return slices.ContainsFunc(ParseSymbols(strings.Join(n.Symbols, "\n")), func(o Symbol) bool { return o.Member == s.Member && o.Area == s.Area })
}
