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
	own, at := map[string]bool{}, map[string]int{}
	for _, root := range Roots(n.Symbols) {
		own[root] = true
	}
	notifiers := membersOf(n)
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
			text := foldSymbols(c.folded)
			symbols := symbolsAt(text)
			if len(symbols) == 0 {
				continue
			}
			words, replaces := cutText(c.text, 200), replaceFor.MatchString(text)
			for _, s := range symbols {
				m := Mention{s.Root(), MentionReplaces, part.where, words}
				if own[m.Root] {
					continue
				}
				if !replaces {
					m.How = howNamed(text, s, notifiers)
				}
				out = putMention(out, at, m)
			}
		}
	}
	return out
}

var relevantBox = regexp.MustCompile(`(?i)relevant ?_?documents?|相关文件|相關文件`)

// putMention adds m to the list; at knows where in it each root stands.
func putMention(list []Mention, at map[string]int, m Mention) []Mention {
	i, ok := at[m.Root]
	switch {
	case !ok:
		at[m.Root] = len(list)
		return append(list, m)
	case m.How == MentionSame && list[i].How != MentionSame, m.How == MentionReplaces && list[i].How == MentionRelated:
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

// How far around a symbol its clause is read, in bytes: what it is called
// stands beside it, what becomes of it farther off.
const (
	farNamed  = 400
	farBecome = 1000
)

// howNamed reads the folded clause around a symbol that replaces nothing.
func howNamed(text string, s symbolAt, notifiers map[notifier]bool) string {
	if !notifiers[notifier{s.Area, s.Member}] {
		return MentionRelated
	}
	before := text[runeStart(text, s.start-farNamed):s.start]
	behind := text[s.end:runeStart(text, s.end+farNamed)]
	if versionOf.MatchString(before) || becameBehind.MatchString(behind) {
		return MentionSame
	}
	if notifiedAs.MatchString(before) || notifiedBehind.MatchString(behind) {
		if becomes.MatchString(text[runeStart(text, s.start-farBecome):s.start] + " " + text[s.end:runeStart(text, s.end+farBecome)]) {
			return MentionSame
		}
	}
	return MentionRelated
}

// notifier is a member that notifies to a committee.
type notifier struct{ area, member string }

// membersOf are those that notified n.
func membersOf(n *Notice) map[notifier]bool {
	out := map[notifier]bool{}
	for _, s := range ParseSymbols(strings.Join(n.Symbols, "\n")) {
		out[notifier{s.Area, s.Member}] = true
	}
	return out
}
