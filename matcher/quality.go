package matcher

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"tbtwatch/internal/nomenclature"
	"tbtwatch/internal/trade"
)

// Quality measures how well Classify finds the headings of notices whose
// official codes are known and hidden from it.
type Quality struct {
	Groups map[string]*Tally // by "all", "language zh", "sector toys" …
	Steps  []Step            // how often an inferred code of that confidence was right
	Misses []Miss
}

// Tally adds up notices. All figures but Notices are sums over notices of
// values from 0 to 1: divide by Notices.
type Tally struct {
	Notices   int
	Found     float64 // official headings among the first five; five of them are all
	First     float64 // the first guess is official
	Precision float64 // of the headings accepted; 0 where none is
	Recall    float64 // official headings among those accepted; five of them are all
}

// Step is one range of confidence.
type Step struct {
	From         float64
	Codes, Right int
}

// Miss is a notice of which something was not right, for people to look at.
type Miss struct {
	ID, Lang  string
	Official  []string
	Guessed   []string // the first five with their confidence
	FirstMiss bool
}

// Accepted is the confidence from which an inferred heading is taken as likely.
const Accepted = 0.5

// Labelled is a notice with its official codes.
type Labelled struct {
	Notice trade.Notice
	HS     []string
	ID     string
	Kind   string // "own_words" where the text does not repeat the heading's own wording
}

// ReadLabelled reads a line of labelled notices: what ReadLine reads, with the
// official codes in "hs" and "text_kind". They are taken out of what
// Classify will see.
func ReadLabelled(line []byte) (Labelled, error) {
	var keys map[string]json.RawMessage
	var label struct {
		ID     string   `json:"id"`
		Symbol string   `json:"symbol"`
		HS     []string `json:"hs"`
		Kind   string   `json:"text_kind"`
	}
	if err := json.Unmarshal(line, &label); err != nil {
		return Labelled{}, trade.Refusef("no labelled notice: %s", jsonFault(err))
	}
	if err := json.Unmarshal(line, &keys); err != nil {
		return Labelled{}, trade.Refusef("no labelled notice: %s", jsonFault(err))
	}
	delete(keys, "hs")
	delete(keys, "ics")
	if label.Symbol == "" {
		keys["symbol"], _ = json.Marshal(label.ID) // a string always marshals
	}
	bare, err := json.Marshal(keys)
	if err != nil {
		return Labelled{}, fmt.Errorf("labelled notice %s: %w", label.ID, err)
	}
	n, err := ReadLine(bare)
	return Labelled{Notice: n, HS: label.HS, ID: n.ID, Kind: label.Kind}, err
}

// Measure classifies the notices and compares.
func Measure(labelled []Labelled) Quality {
	q := Quality{Groups: map[string]*Tally{}}
	for i := range 10 {
		q.Steps = append(q.Steps, Step{From: float64(i) / 10})
	}
	for i := range labelled {
		q.add(&labelled[i])
	}
	return q
}

func (q *Quality) add(l *Labelled) {
	official := headings(l.HS)
	guesses := guessed(Classify(&l.Notice, ""))
	var accepted, first5 []string
	for i, g := range guesses {
		s := &q.Steps[min(int(g.Confidence*10), 9)]
		s.Codes++
		right := meets(g.Code, official)
		if right {
			s.Right++
		}
		if g.Confidence >= Accepted {
			accepted = append(accepted, g.Code)
		}
		if i < 5 {
			first5 = append(first5, g.Code)
		}
	}
	t := Tally{Notices: 1, Found: found5(official, first5), Recall: found5(official, accepted), Precision: share(accepted, official)}
	if len(guesses) > 0 && meets(guesses[0].Code, official) {
		t.First = 1
	}
	for _, group := range []string{"all", "language " + l.Notice.Lang, "sector " + nomenclature.SectorOf(l.HS)} {
		if q.Groups[group] == nil {
			q.Groups[group] = &Tally{}
		}
		q.Groups[group].add(t)
	}
	if t.Found < 1 || t.First < 1 || t.Precision < 1 || t.Recall < 1 {
		m := Miss{ID: l.ID, Lang: l.Notice.Lang, Official: official, FirstMiss: t.First < 1}
		for _, g := range guesses[:min(5, len(guesses))] {
			m.Guessed = append(m.Guessed, fmt.Sprintf("%s:%.2f(%s)", g.Code, g.Confidence, g.Basis[0].Words))
		}
		q.Misses = append(q.Misses, m)
	}
}

func (t *Tally) add(o Tally) {
	t.Notices += o.Notices
	t.Found += o.Found
	t.First += o.First
	t.Precision += o.Precision
	t.Recall += o.Recall
}

// headings cuts codes to headings, each once; a chapter stays one.
func headings(codes []string) []string {
	var out []string
	for _, c := range codes {
		if c = c[:min(4, len(c))]; !slices.Contains(out, c) {
			out = append(out, c)
		}
	}
	return out
}

// guessed lists the codes cut to headings, each once, in their order.
func guessed(c Classification) []Code {
	var out []Code
	seen := map[string]bool{}
	for _, code := range c.HS {
		code.Code = code.Code[:min(4, len(code.Code))]
		if !seen[code.Code] {
			seen[code.Code] = true
			out = append(out, code)
		}
	}
	return out
}

// meets reports whether a heading is official, or lies in an official chapter.
func meets(guess string, official []string) bool {
	return slices.ContainsFunc(official, func(o string) bool { return strings.HasPrefix(guess, o) })
}

// found5 is the share of official codes that are met; where more than five are
// official, five that are found are all.
func found5(official, guesses []string) float64 {
	n := 0
	for _, o := range official {
		if slices.ContainsFunc(guesses, func(g string) bool { return strings.HasPrefix(g, o) }) {
			n++
		}
	}
	return min(1, float64(n)/float64(max(1, min(5, len(official)))))
}

// share is how many of the guesses are official; 0 where there is none.
func share(guesses, official []string) float64 {
	n := 0
	for _, g := range guesses {
		if meets(g, official) {
			n++
		}
	}
	return float64(n) / float64(max(1, len(guesses)))
}
