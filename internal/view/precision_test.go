package view

import (
	"context"
	"strings"
	"testing"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
)

// listed are products with the tags of their sectors.
type listed map[string]uint8

func (l listed) known(context.Context) error { return nil }

func (l listed) tagOf(key string) uint8 {
	for name, tag := range l {
		exporter, id, _ := strings.Cut(name, " ")
		if (&trade.Product{Exporter: exporter, ID: id}).Key() == key {
			return tag
		}
	}
	return 0
}

func TestAnswersAreCountedAgainstTheRulesThatBroughtTheMatch(t *testing.T) {
	hs, term := trade.Evidence{Kind: trade.EvidenceHS}, trade.Evidence{Kind: trade.EvidenceTerm}
	m := func(exporter, product string, g trade.Grade, ev ...trade.Evidence) trade.Match {
		return trade.Match{Exporter: exporter, Product: product, Grade: g, Markets: []string{"BR", "VN"}, Evidence: ev}
	}
	const many = 5000
	p := newPrecision(nil, listed{"E2 P1": 1})
	w := trade.Warning{Audience: make([]trade.Match, many+1)}
	for i := range w.Audience {
		w.Audience[i] = m("E9", string(rune(i)), trade.Likely, term)
	}
	w.Audience[0], w.Audience[1], w.Audience[2] = m("E1", "P1", trade.Direct, hs, term), m("E1", "P2", trade.Direct, hs), m("E2", "P1", trade.Direct, hs)
	v := &View{precision: p}
	recount := func() { p.recount("k", &w) }
	recount()
	if o := v.Precision("", "").Overall; o.NoAnswer != many+1 || o.Precision != nil {
		t.Fatalf("before any answer: %+v", o)
	}
	said := &trade.Answers{}
	p.answers["k"] = said
	said.Add(trade.Response{Exporter: "E1", Kind: trade.NotRelevant, Judged: []trade.Judged{{Product: "P1", Grade: trade.Direct}, {Product: "P2", Grade: trade.Direct}}}, 1)
	said.Add(trade.Response{Exporter: "E1", Product: "P2", Kind: trade.Relevant, Judged: []trade.Judged{{Product: "P2", Grade: trade.Direct}}}, 2)
	said.Add(trade.Response{Exporter: "E3", Product: "P1", Kind: trade.NotRelevant, Judged: []trade.Judged{{Product: "P1", Grade: trade.Likely, Rules: []string{"concept"}, Sector: "motorcycles"}}}, 3)
	recount()
	recount() // the same again counts once
	got := v.Precision("", "")
	if o := got.Overall; o.Relevant != 1 || o.NotRelevant != 2 || o.NoAnswer != many-1 || *o.Precision != 1.0/3 {
		t.Errorf("overall %+v", o)
	}
	want := map[string][3]int{"hs direct": {1, 1, 1}, "term direct": {0, 1, 0}, "term likely": {0, 0, many - 2}, "concept likely": {0, 1, 0}}
	for _, r := range got.Rules {
		if w := want[r.Rule+" "+string(r.Grade)]; w != [3]int{r.Relevant, r.NotRelevant, r.NoAnswer} {
			t.Errorf("%s, %s: %+v, want %v", r.Rule, r.Grade, r, w)
		}
	}
	if len(got.Rules) != len(want) || len(got.Markets) != 2 || len(got.Sectors) != 1 || got.Sectors[0].NotRelevant != 1 || got.Sectors[0].NoAnswer != 1 {
		t.Errorf("%d rules, markets %+v, sectors %+v", len(got.Rules), got.Markets, got.Sectors)
	}
	if in := v.Precision("VN", ""); in.Overall.NotRelevant != 1 || len(in.Rules) != 3 || in.Markets != nil {
		t.Errorf("in Viet Nam %+v", in)
	}
	w.Audience = nil // withdrawn audience leaves the answers as they were given
	recount()
	if o := v.Precision("", "").Overall; o.Relevant != 1 || o.NotRelevant != 2 || o.NoAnswer != 0 {
		t.Errorf("without a release %+v", o)
	}
}

// Families that a later paper joined are counted as one, in whatever order their
// releases and answers are read: every match once.
func TestJoinedFamiliesCountEveryMatchOnce(t *testing.T) {
	const early, late = "G/TBT/N/KEN/1", "G/TBT/N/UGA/2"
	m := func(product string) trade.Match {
		return trade.Match{Exporter: "E1", Product: product, Grade: trade.Direct, Markets: []string{"KE"}}
	}
	warnings := map[string]*trade.Warning{} // as stored, whenever they are read
	for family, w := range map[string]*trade.Warning{
		early: {Symbols: []string{early}, Audience: []trade.Match{m("P1"), m("P2")}},
		late:  {Symbols: []string{late, early}, Audience: []trade.Match{m("P1"), m("P2"), m("P3")}},
	} {
		w.Family, w.Release = family, 1
		warnings[trade.FamilyKey(family)] = w
	}
	warn := func(family string) func(*precision) {
		key := trade.FamilyKey(family)
		return func(p *precision) { p.recount(key, warnings[key]) }
	}
	say := func(p *precision, family, product string, kind trade.ResponseKind, seq uint64) {
		r := trade.Response{Family: family, Exporter: "E1", Product: product, Kind: kind, Judged: []trade.Judged{{Product: product, Grade: trade.Direct}}}
		key := p.gather(bus.Entry[trade.Response]{Key: r.Key(), Seq: seq, Value: r})
		p.recount(key, warnings[key])
	}
	first, second := warn(early), warn(late)
	relevant := func(p *precision) { say(p, early, "P1", trade.Relevant, 1) }
	not := func(p *precision) { say(p, late, "P2", trade.NotRelevant, 2) }
	for name, steps := range map[string][]func(*precision){
		"as they happen":                   {first, relevant, second, not},
		"the later release first":          {second, first, relevant, not},
		"answers first":                    {relevant, not, first, second},
		"answers first, the later release": {relevant, not, second, first},
		"again":                            {first, relevant, second, not, second, first},
	} {
		p := newPrecision(nil, listed{})
		for _, step := range steps {
			step(p)
		}
		p.caughtUp()
		if o := (&View{precision: p}).Precision("", "").Overall; o.Relevant != 1 || o.NotRelevant != 1 || o.NoAnswer != 1 {
			t.Errorf("%s: %+v, want one of each", name, o)
		}
	}
}
