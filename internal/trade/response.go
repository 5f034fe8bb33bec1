package trade

import (
	"reflect"
	"slices"
	"strings"
)

// ResponseKind says what a recipient answers.
type ResponseKind string

// The kinds of response.
const (
	NotRelevant ResponseKind = "not_relevant" // the measure is not about this product: no more of it
	Relevant    ResponseKind = "relevant"     // it is; takes an earlier "not relevant" back
	Receipt     ResponseKind = "receipt"      // the warning arrived and was read
	Surveyed    ResponseKind = "survey"       // what the measure costs the exporter
	Commented   ResponseKind = "comment"      // words to the centre
)

var responseKinds = []ResponseKind{NotRelevant, Relevant, Receipt, Surveyed, Commented}

// ResponseCodes are the reasons for "not relevant" that can be counted.
var ResponseCodes = []string{"other_goods", "not_exported", "compliant", "discontinued", "other"}

// Response is what an exporter, or the centre for it, answers about a measure.
// The latest one of an exporter and product counts; all are kept.
type Response struct {
	Family   string       `json:"family"` // its ID
	Exporter string       `json:"exporter"`
	Product  string       `json:"product,omitempty"` // empty: all products of the exporter
	Kind     ResponseKind `json:"kind"`
	Code     string       `json:"code,omitempty"`   // one of ResponseCodes
	Reason   string       `json:"reason,omitempty"` // in the words of who answers
	By       string       `json:"by"`               // subscriber, exporter or a person of the centre
	At       string       `json:"at"`               // RFC 3339
	Survey   *Survey      `json:"survey,omitempty"` // of kind Surveyed
	Judged   []Judged     `json:"judged,omitempty"` // the matches that it speaks about, as they were then
}

// Judged is a match as far as an answer is counted against it.
type Judged struct {
	Product  string   `json:"product"`
	Grade    Grade    `json:"grade"`
	Rules    []string `json:"rules,omitempty"` // kinds of evidence that brought it
	Markets  []string `json:"markets,omitempty"`
	Sector   string   `json:"sector,omitempty"`
	Released bool     `json:"released,omitempty"` // a warning had spoken to it
}

// Key is the response's place in the stream: the family's key, then one for
// exporter and product. Receipt, survey and comments stand beside the answer
// about relevance; comments beside each other.
func (r *Response) Key() string {
	what := "relevance"
	switch r.Kind {
	case Receipt:
		what = "receipt"
	case Surveyed:
		what = "survey"
	case Commented:
		what = Key("comment", r.By, r.Reason)
	}
	return FamilyKey(r.Family) + "." + Key("response", r.Exporter, r.Product, what)
}

// Same reports whether o says the same, whenever it was said.
func (r *Response) Same(o *Response) bool {
	return r.Key() == o.Key() && r.Kind == o.Kind && r.Code == o.Code && r.Reason == o.Reason && r.By == o.By && reflect.DeepEqual(r.Survey, o.Survey)
}

// Validate says what makes r unfit to be kept, or nil.
func (r *Response) Validate() error {
	switch {
	case r.Family == "" || r.Exporter == "":
		return Refusef("a response names a measure family and an exporter; 反馈须写明措施和企业")
	case !slices.Contains(responseKinds, r.Kind):
		return Refusef("%q is no kind of response: say not_relevant, relevant, receipt, survey or comment; 反馈类型应为 not_relevant、relevant、receipt、survey 或 comment", r.Kind)
	case r.Kind == Commented && strings.TrimSpace(r.Reason) == "":
		return Refusef("a comment needs words; 请填写意见")
	case (r.Kind == Surveyed) != (r.Survey != nil):
		return Refusef("a survey's answer, and nothing else, tells what the measure costs; 影响调查须填写影响情况，其他反馈不填")
	case r.Kind == NotRelevant && strings.TrimSpace(r.Reason) == "" && (r.Code == "" || r.Code == "other"):
		return Refusef("say why it is not relevant; 请说明为何不相关")
	case r.Code != "" && !slices.Contains(ResponseCodes, r.Code):
		return Refusef("%q is no reason code; there are %s; 没有这个理由代码", r.Code, strings.Join(ResponseCodes, ", "))
	}
	if r.Survey != nil {
		return r.Survey.Validate()
	}
	return nil
}

// Rules are the kinds of evidence that speak for a match, sorted.
func (m *Match) Rules() []string {
	var out []string
	for _, e := range m.Evidence {
		if e.Kind != EvidenceAgainst {
			out = append(out, e.Kind)
		}
	}
	return SortedUnique(out)
}

// Answers are the responses about one family that count now.
type Answers struct {
	latest map[[2]string]answer // by exporter and product
}

type answer struct {
	Response
	seq    uint64
	grades map[string]Grade // of Judged, by product
}

// Add takes a response in; seq is its place in the stream. The later one of an
// exporter and product counts, whatever the order of the calls.
func (a *Answers) Add(r Response, seq uint64) {
	if r.Kind != Relevant && r.Kind != NotRelevant {
		return
	}
	if a.latest == nil {
		a.latest = map[[2]string]answer{}
	}
	key := [2]string{r.Exporter, r.Product}
	if a.latest[key].seq > seq {
		return
	}
	grades := map[string]Grade{}
	for _, j := range r.Judged {
		grades[j.Product] = j.Grade
	}
	a.latest[key] = answer{r, seq, grades}
}

// Join takes in what was said about another family that is one with this now.
func (a *Answers) Join(o *Answers) {
	for key, said := range o.latest {
		if a.latest == nil {
			a.latest = map[[2]string]answer{}
		}
		if a.latest[key].seq <= said.seq {
			a.latest[key] = said
		}
	}
}

// About is what was said about that product: of the answer about it and the
// one about all products of its exporter, the later.
func (a *Answers) About(exporter, product string) (Response, bool) {
	s, ok := a.about(exporter, product)
	return s.Response, ok
}

func (a *Answers) about(exporter, product string) (answer, bool) {
	one, all := a.latest[[2]string{exporter, product}], a.latest[[2]string{exporter, ""}]
	if all.seq > one.seq {
		one = all
	}
	return one, one.seq > 0
}

// Silence returns the response that keeps news of the match from its exporter.
// A match that has since become direct by a code of the notice is asked about
// again: who answered then saw a paper that only implied the product, or none.
func (a *Answers) Silence(m *Match) (Response, bool) {
	said, ok := a.about(m.Exporter, m.Product)
	if !ok || said.Kind != NotRelevant {
		return Response{}, false
	}
	if m.Grade == Direct && said.grades[m.Product] != Direct && m.named() {
		return Response{}, false
	}
	return said.Response, true
}

// named reports whether a code that the notice gives names the product.
func (m *Match) named() bool {
	return slices.ContainsFunc(m.Evidence, func(e Evidence) bool {
		return e.Kind == EvidenceHS && e.Where == "hs" || e.Kind == EvidenceICS && e.Where == "ics"
	})
}

// Each gives every product that an answer which stands was about, as it was
// matched when it was given.
func (a *Answers) Each(fn func(r Response, j Judged)) {
	for _, said := range a.latest {
		for _, j := range said.Judged {
			if now, ok := a.about(said.Exporter, j.Product); ok && now.seq == said.seq {
				fn(said.Response, j)
			}
		}
	}
}
