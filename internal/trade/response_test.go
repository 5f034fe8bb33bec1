package trade

import "testing"

func TestTheLaterAnswerCounts(t *testing.T) {
	no := func(product string) Response {
		return Response{Family: "F", Exporter: "E", Product: product, Kind: NotRelevant, Code: "other_goods", Judged: []Judged{{Product: "P1", Grade: Likely}}}
	}
	yes := func(product string) Response {
		return Response{Family: "F", Exporter: "E", Product: product, Kind: Relevant}
	}
	likely := Match{Exporter: "E", Product: "P1", Grade: Likely}
	coded := Match{Exporter: "E", Product: "P1", Grade: Direct, Evidence: []Evidence{{Kind: EvidenceHS, Where: "hs"}}}
	worded := Match{Exporter: "E", Product: "P1", Grade: Direct, Evidence: []Evidence{{Kind: EvidenceTerm, Where: "title"}}}
	was := no("P1")
	was.Judged[0].Grade = Direct
	cases := []struct {
		name   string
		said   []Response
		match  Match
		silent bool
	}{
		{"nothing said", nil, likely, false},
		{"said of the product", []Response{no("P1")}, likely, true},
		{"said of all products", []Response{no("")}, likely, true},
		{"said of another", []Response{no("P2")}, likely, false},
		{"taken back", []Response{no("P1"), yes("P1")}, likely, false},
		{"taken back for all", []Response{no("P1"), yes("")}, likely, false},
		{"all, but not this one", []Response{no(""), yes("P1")}, likely, false},
		{"said again after it was taken back", []Response{yes(""), no("P1")}, likely, true},
		{"a receipt takes nothing back", []Response{no("P1"), {Family: "F", Exporter: "E", Product: "P1", Kind: Receipt}}, likely, true},
		{"now named by a code", []Response{no("P1")}, coded, false},
		{"now named by words only", []Response{no("P1")}, worded, true},
		{"was named by a code already", []Response{was}, coded, true},
		{"all products, one named that was not there", []Response{no("")}, Match{Exporter: "E", Product: "P9", Grade: Direct, Evidence: coded.Evidence}, false},
	}
	for _, c := range cases {
		forward, back := Answers{}, Answers{}
		for i, r := range c.said {
			forward.Add(r, uint64(i)+1)
		}
		for i := len(c.said) - 1; i >= 0; i-- {
			back.Add(c.said[i], uint64(i)+1)
		}
		for _, a := range []*Answers{&forward, &back} {
			if _, silent := a.Silence(&c.match); silent != c.silent {
				t.Errorf("%s: silent %v", c.name, silent)
			}
		}
	}
}

func TestResponsesThatAreRefused(t *testing.T) {
	good := Response{Family: "F", Exporter: "E", Kind: NotRelevant, Code: "compliant"}
	if err := good.Validate(); err != nil {
		t.Error(err)
	}
	for name, change := range map[string]func(*Response){
		"no family": func(r *Response) { r.Family = "" }, "no exporter": func(r *Response) { r.Exporter = "" },
		"no reason": func(r *Response) { r.Code = "other" }, "no kind": func(r *Response) { r.Kind = "maybe" },
		"unknown code": func(r *Response) { r.Code = "because" },
	} {
		r := good
		if change(&r); r.Validate() == nil {
			t.Errorf("%s: taken", name)
		}
	}
}
