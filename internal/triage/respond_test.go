package triage

import (
	"errors"
	"strings"
	"testing"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
)

func TestAResponseIsKeptOnceWithWhatItJudges(t *testing.T) {
	w := newWorld(t)
	p := trade.Product{ID: "P1", Exporter: "EX1", HS: []string{"87112010"}}
	if _, err := w.desk.Bus.Products.Put(t.Context(), p.Key(), p, 0); err != nil {
		t.Fatal(err)
	}
	m := match("EX1", "P1", trade.Direct)
	m.Evidence = []trade.Evidence{{Kind: trade.EvidenceHS, Notice: "8711", Product: "871120", Where: "hs"}, {Kind: trade.EvidenceAgainst}}
	w.publish(paper("2026-03-01", vnm), m, match("EX1", "P2", trade.Likely))
	say := func(r trade.Response) (trade.Response, error) {
		return w.desk.Respond(t.Context(), trade.FamilyKey(vnm), r)
	}
	no := trade.Response{Exporter: "EX1", Kind: trade.NotRelevant, Code: "other_goods", Reason: " 我们只做儿童车 ", By: "甲"}
	r, err := say(no)
	if err != nil || r.Family != vnm || r.Reason != "我们只做儿童车" || len(r.Judged) != 2 {
		t.Fatalf("%+v, %v", r, err)
	}
	if j := r.Judged[0]; j.Product != "P1" || !j.Released || j.Sector != "motorcycles" || strings.Join(j.Rules, ",") != "hs" || r.Judged[1].Released {
		t.Errorf("judged %+v", r.Judged)
	}
	if _, err := say(no); err != nil {
		t.Fatal(err)
	}
	if last, _ := w.desk.Bus.Responses.LastSeq(t.Context()); last != 1 {
		t.Errorf("said twice, stored %d times", last)
	}
	if _, err := say(trade.Response{Exporter: "EX1", Product: "P1", Kind: trade.Relevant, By: "甲"}); err != nil {
		t.Fatal(err)
	}
	a, err := ReadAnswers(t.Context(), w.desk.Bus, vnm, vnm)
	if err != nil {
		t.Fatal(err)
	}
	for product, silent := range map[string]bool{"P1": false, "P2": true} {
		m := match("EX1", product, trade.Likely)
		if said, is := a.Silence(&m); is != silent {
			t.Errorf("%s: silent %v because %+v", product, is, said)
		} else if why := Silenced(&said); is && (ReasonText(why.EN).ZH != why.ZH || !strings.Contains(why.ZH, "不是同类商品：我们只做儿童车")) {
			t.Errorf("%q is read back as %q", why.ZH, ReasonText(why.EN).ZH)
		}
	}
	var refused *trade.Refused
	if _, err := say(trade.Response{Exporter: "EX1", Product: "P9", Kind: trade.Receipt, By: "甲"}); !errors.As(err, &refused) {
		t.Errorf("an unknown product: %v", err)
	}
	if _, err := w.desk.Respond(t.Context(), trade.FamilyKey("none"), no); !errors.Is(err, trade.ErrNotFound) {
		t.Errorf("an unknown family: %v", err)
	}
}

// What was said about a family stands after a joint paper merged it.
func TestAnAnswerFollowsItsFamilyIntoAMerge(t *testing.T) {
	w := newWorld(t)
	const other = "G/TBT/N/KOR/9"
	w.publish(paper("2026-03-01", other), match("EX1", "P1", trade.Likely))
	if _, err := w.desk.Respond(t.Context(), trade.FamilyKey(other), trade.Response{Exporter: "EX1", Kind: trade.NotRelevant, Code: "compliant", By: "甲"}); err != nil {
		t.Fatal(err)
	}
	w.publish(paper("2026-02-01", vnm), match("EX1", "P1", trade.Likely))
	w.publish(paper("2026-03-02", vnm+"/Add.1", other+"/Add.1"), match("EX1", "P1", trade.Likely))
	var lead trade.Family
	if _, err := w.desk.Bus.Families.Scan(t.Context(), func(e bus.Entry[trade.Family]) error {
		if e.Value.Alias == "" {
			lead = e.Value
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	a, err := ReadAnswers(t.Context(), w.desk.Bus, append([]string{lead.ID}, lead.Roots...)...)
	if err != nil {
		t.Fatal(err)
	}
	m := match("EX1", "P1", trade.Likely)
	if _, silent := a.Silence(&m); !silent {
		t.Errorf("the answer is lost in %s, roots %v", lead.ID, lead.Roots)
	}
}
