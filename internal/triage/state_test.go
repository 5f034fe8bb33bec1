package triage

import (
	"slices"
	"strings"
	"testing"
	"time"

	"tbtwatch/internal/trade"
)

// said is a paper with the effects and dates that its text names.
func said(day, symbol, text string) trade.Paper {
	n := paper(day, symbol)
	n.Description = text
	trade.AddTextDates(&n)
	code, _, _ := strings.Cut(strings.TrimPrefix(symbol, "G/TBT/N/"), "/")
	n.Markets = map[string][]string{"VNM": {"VN"}, "KEN": {"KE"}, "UGA": {"UG"}}[code]
	return trade.Paper{Notice: symbol, ID: symbol, Symbols: n.Symbols, Kind: n.Kind, Published: day, Title: n.Title, Markets: n.Markets, Dates: n.Dates, Changes: trade.EffectsOf(&n)}
}

func TestStateOf(t *testing.T) {
	draft := said("2026-01-05", "G/TBT/N/VNM/1", "Deadline for comments: 6 March 2026. Entry into force: to be determined")
	adopted := said("2026-04-01", "G/TBT/N/VNM/1/Add.1", "The draft was adopted on 1 April 2026")
	gazette := said("2026-05-01", "G/TBT/N/VNM/1/Add.2", "The regulation was published on 1 May 2026 and enters into force 6 months after publication")
	revision := said("2027-02-01", "G/TBT/N/VNM/1/Rev.1", "Deadline for comments: 1 April 2027. Entry into force: 1 January 2028")
	gone := said("2026-06-01", "G/TBT/N/VNM/1/Add.3", "The regulation was revoked")
	kenya, uganda := said("2026-01-05", "G/TBT/N/KEN/1", "Deadline for comments: 6 March 2026"), said("2026-01-12", "G/TBT/N/UGA/2", "Deadline for comments: 13 March 2026")
	for _, c := range []struct {
		name   string
		day    string
		papers []trade.Paper
		want   trade.MeasureState
	}{
		{"nothing", "2026-01-05", nil, trade.StateDraft},
		{"comments are open", "2026-03-06", []trade.Paper{draft}, trade.StateDraft},
		{"a day later they are closed", "2026-03-07", []trade.Paper{draft}, trade.StateCommentsClosed},
		{"adopted", "2026-04-02", []trade.Paper{draft, adopted}, trade.StateAdopted},
		{"published, in force later", "2026-10-31", []trade.Paper{draft, adopted, gazette}, trade.StatePublished},
		{"in force", "2026-11-01", []trade.Paper{draft, adopted, gazette}, trade.StateInForce},
		{"what was in force is under revision", "2027-02-02", []trade.Paper{draft, adopted, gazette, revision}, trade.StateRevised},
		{"the revision is in force", "2028-01-01", []trade.Paper{draft, adopted, gazette, revision}, trade.StateInForce},
		{"a draft that was revised is a draft", "2027-02-02", []trade.Paper{draft, revision}, trade.StateDraft},
		{"withdrawn", "2026-06-02", []trade.Paper{draft, adopted, gone}, trade.StateWithdrawn},
		{"urgent", "2026-01-05", []trade.Paper{{Kind: trade.KindUrgent}}, trade.StateInForce},
		{"words alone", "2026-01-05", []trade.Paper{draft, said("2026-01-06", "G/TBT/N/VNM/1/Add.1", "The measure entered into force")}, trade.StateInForce},
		{"one neighbour withdraws", "2026-03-01", []trade.Paper{kenya, uganda, said("2026-02-01", "G/TBT/N/UGA/2/Add.1", "The notification is withdrawn")}, trade.StateDraft},
		{"both do", "2026-03-01", []trade.Paper{kenya, uganda, said("2026-02-01", "G/TBT/N/UGA/2/Add.1", "The notification is withdrawn"), said("2026-02-02", "G/TBT/N/KEN/1/Add.1", "The notification is withdrawn")}, trade.StateWithdrawn},
	} {
		now, _ := time.Parse(trade.Day, c.day)
		got := StateOf(c.papers, now)
		if got != c.want || got.Validate() != nil || MeasureStateName(got).ZH == string(got) {
			t.Errorf("%s: %q (%v), want %q", c.name, got, got.Validate(), c.want)
		}
	}
	if trade.MeasureState("done").Validate() == nil {
		t.Error("a word that is no state passes")
	}
	d := currentDate([]trade.Paper{kenya, uganda}, trade.DateCommentDeadline)
	if d.From != "2026-03-06" || d.To != "2026-03-13" || BasisText(d.Basis).ZH == d.Basis {
		t.Errorf("neighbours' deadlines: %+v", d)
	}
}

func TestDifferences(t *testing.T) {
	first := said("2026-01-05", "G/TBT/N/VNM/1", "Deadline for comments: 6 March 2026")
	first.Title, first.HS, first.Products = "Motorcycle helmets", []string{"650610"}, "Motorcycle helmets"
	with := func(symbol, text string, edit func(*trade.Paper)) trade.Paper {
		p := said("2026-02-01", symbol, text)
		p.Title = first.Title
		edit(&p)
		return p
	}
	const add, rev, corr, suppl = "G/TBT/N/VNM/1/Add.1", "G/TBT/N/VNM/1/Rev.1", "G/TBT/N/VNM/1/Corr.1", "G/TBT/N/VNM/1/Suppl.1"
	for _, c := range []struct {
		name string
		next trade.Paper
		want string // field, with ! where it is material
	}{
		{"deadline moved", with(add, "The comment period is extended to 6 April 2026", func(*trade.Paper) {}), "comment_deadline!"},
		{"nothing but words", with(corr, "A fax number", func(p *trade.Paper) { p.Title = "Corrigendum" }), ""},
		{"title printed otherwise", with(rev, "", func(p *trade.Paper) { p.Title = "MOTOR\u00adCYCLE – Helmets" }), "title"},
		{"other words for the same goods", with(rev, "", func(p *trade.Paper) { p.Title = "Requirements for motorcycle helmets" }), "title"},
		{"other goods", with(rev, "", func(p *trade.Paper) { p.Title = "Tyres for motorcycles" }), "title!"},
		{"further codes", with(add, "", func(p *trade.Paper) { p.HS = []string{"401140"} }), "hs!"},
		{"codes replaced", with(rev, "", func(p *trade.Paper) { p.HS, p.ICS = []string{"401140"}, []string{"83.160.10"} }), "hs! ics!"},
		{"products of a mere addendum are its own words", with(add, "Contact", func(p *trade.Paper) { p.Products = "See the parent" }), ""},
		{"products of a wider scope", with(add, "The scope of the draft was extended", func(p *trade.Paper) { p.Products = "Motorcycle helmets and tyres" }), "products!"},
		{"another market", with(add, "", func(p *trade.Paper) { p.Markets = []string{"KE"} }), "markets!"},
		{"withdrawn", with(add, "The draft was withdrawn", func(*trade.Paper) {}), "state!"},
		{"adopted", with(add, "The draft was adopted on 30 January 2026", func(*trade.Paper) {}), "state! adoption!"},
		{"a translation", with(suppl, "", func(*trade.Paper) {}), "translation"},
	} {
		steps := PaperChanges(&trade.Family{Papers: []trade.Paper{first, c.next}}, today)
		var got []string
		for _, d := range steps[1].Differences {
			f := d.Field
			if d.Material {
				f += "!"
			}
			got = append(got, f)
			if s := d.Sentence(); d.Why.ZH == "" || d.Why.EN == "" || s.ZH == "" || FieldName(d.Field).ZH == d.Field || d.Before == d.After {
				t.Errorf("%s: %+v says %+v", c.name, d, s)
			}
		}
		if s := strings.Join(got, " "); s != c.want || len(steps[0].Differences) > 0 {
			t.Errorf("%s: %q, want %q", c.name, s, c.want)
		}
	}
}

// A family that takes over one that was warned about goes on with its bulletin.
func TestAMergedFamilyGoesOnWithTheWarning(t *testing.T) {
	w := newWorld(t)
	const kenya, uganda = "G/TBT/N/KEN/1", "G/TBT/N/UGA/2"
	w.publish(paper("2026-02-20", kenya)) // nobody matches: it waits
	w.publish(paper("2026-02-21", uganda), match("EX1", "P1", trade.Direct))
	if r := w.release(uganda); r == nil || r.Release != 1 {
		t.Fatalf("the first warning: %+v", r)
	}
	w.publish(paper("2026-02-25", kenya, uganda), match("EX2", "P9", trade.Direct))
	c, _ := w.cas(kenya)
	r := w.release(kenya)
	if r == nil || r.Family != kenya || r.Release != 2 || r.Number != "2026-0001" || c.Number != r.Number || c.State != trade.CaseReleased {
		t.Fatalf("case %+v\nrelease %+v", c, r)
	}
	var told []string
	for _, m := range r.Audience {
		told = append(told, m.Exporter)
	}
	if slices.Sort(told); !slices.Equal(told, []string{"EX1", "EX2"}) {
		t.Errorf("told %q: those who were warned before have to hear of it", told)
	}
	if old, _ := w.cas(uganda); old.State != trade.CaseClosed {
		t.Errorf("the family that was taken over is still %s", old.State)
	}
	w.seen = 0 // everything again
	w.takeAll()
	if again := w.release(kenya); again.Release != 2 {
		t.Errorf("again: release %d", again.Release)
	}
	if err := w.desk.Release(t.Context(), uganda, 0, "甲", ""); err == nil {
		t.Error("a family that was taken over is released")
	}
	if err := w.desk.Recall(t.Context(), kenya, 0, "甲", "写错了"); err != nil {
		t.Fatal(err)
	}
	if r := w.release(kenya); r.Recalls != 2 || r.Lifted || r.Family != kenya || !strings.Contains(r.Changed[len(r.Changed)-1].EN, "what release 1 says stands") || !strings.Contains(r.Title, uganda) {
		t.Errorf("recalled: %+v", r)
	}
}
