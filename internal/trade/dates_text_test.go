package trade

import (
	"slices"
	"strings"
	"testing"
)

const (
	c = DateCommentDeadline
	a = DateAdoption
	f = DateEntryIntoForce
)

// textCases: kind, text, and what is to be read as "what from..to".
var textCases = []struct {
	name string
	kind Kind
	text string
	want string
}{
	{"comment period extended", KindAddendum, "The comment period is extended to 15 September 2026.", "c 2026-09-15"},
	{"extended from one day to another", KindAddendum, "The deadline for comments has been extended from 15 August 2026 to 15 September 2026.", "c 2026-09-15"},
	{"final date", KindNew, "Final date for comments: 15/09/2026", "c 2026-09-15"},
	{"comments welcome until", KindNew, "Comments should be submitted to the enquiry point no later than September 15, 2026.", "c 2026-09-15"},
	{"60 days from notification", KindNew, "Comments will be accepted for 60 days from notification.", "c 2026-03-06"},
	{"60-day period without its beginning", KindNew, "A 60-day comment period is provided.", "c open"},
	{"gazette unknown", KindNew, "The order enters into force 6 months after publication in the Official Gazette.", "f open"},
	{"gazette known", KindAddendum, "The order was published in the Official Gazette on 5 May 2026. It will enter into force 6 months after publication.", "f 2026-11-05"},
	{"counted from the adoption named", KindNew, "Proposed date of adoption: 1 March 2026. Entry into force: 6 months after adoption.", "a 2026-03-01, f 2026-09-01"},
	{"the same the other way round", KindNew, "Entry into force: 6 months after adoption. Proposed date of adoption: 1 March 2026.", "a 2026-03-01, f 2026-09-01"},
	{"two kinds in a sentence", KindAddendum, "The measure was adopted on 1 May 2026 and, from 1 January 2027, enters into force.", "a 2026-05-01, f 2027-01-01"},
	{"day before its words", KindNew, "On 1 January 2027 the regulation enters into force.", "f 2027-01-01"},
	{"quarter", KindNew, "Entry into force is expected in Q3 2026", "f 2026-07-01..2026-09-30"},
	{"middle of a year", KindNew, "The regulation is expected to enter into force in mid-2026.", "f 2026-05-01..2026-08-31"},
	{"half", KindNew, "The draft is to be adopted in the first half of 2027.", "a 2027-01-01..2027-06-30"},
	{"year", KindNew, "It will come into force in 2027.", "f 2027-01-01..2027-12-31"},
	{"open", KindNew, "Proposed date of adoption: to be determined", "a open"},
	{"upon publication", KindNew, "Entry into force upon publication in the gazette.", "f open"},
	{"Chinese extension", KindAddendum, "评议截止日期为2026年9月15日。", "c 2026-09-15"},
	{"Chinese extension, two days", KindAddendum, "评议期由2026年8月15日延长至2026年9月15日", "c 2026-09-15"},
	{"Chinese period without the second year", KindNew, "征求意见时间为2026年7月1日至8月30日", "c 2026-08-30"},
	{"Chinese, from circulation", KindNew, "评议期为自通报之日起60天", "c 2026-03-06"},
	{"Chinese, after publication", KindNew, "自公布之日起6个月后实施。", "f open"},
	{"Chinese, after a publication named", KindAddendum, "该法规已于2026年5月5日公布，自公布之日起6个月后生效。", "f 2026-11-05"},
	{"Chinese, interval", KindNew, "预计2026年年中通过，2026年第三季度生效。", "a 2026-05-01..2026-08-31, f 2026-07-01..2026-09-30"},
	{"Chinese, open", KindNew, "拟批准日期：待定", "a open"},
	{"Chinese, counted from an adoption unknown", KindNew, "本标准批准后12个月生效。", "f open"},
	{"Chinese, counted from the adoption named", KindNew, "拟批准日期：2026年12月1日；自批准之日起6个月后生效。", "a 2026-12-01, f 2027-06-01"},
	{"Chinese, in force after adoption without a length", KindNew, "2026年12月1日批准后生效。", "f 2026-12-01"},
	{"traditional", KindNew, "評議意見截止日期：2026年9月15日", "c 2026-09-15"},
	{"Spanish", KindAddendum, "El plazo para la presentación de observaciones se prorroga hasta el 15 de septiembre de 2026.", "c 2026-09-15"},
	{"Spanish, in force", KindNew, "El reglamento entrará en vigor 6 meses después de su publicación en el Diario Oficial.", "f open"},
	{"French, counted from the adoption", KindNew, "Entrée en vigueur: 6 mois après l'adoption. Date projetée d'adoption: 1er mars 2026.", "a 2026-03-01, f 2026-09-01"},
	{"Spanish, from an adoption unknown", KindNew, "Entrará en vigor 6 meses después de la adopción.", "f open"},
	{"French", KindAddendum, "La date limite pour la présentation des observations est reportée au 15 septembre 2026. Le décret entre en vigueur le 1er janvier 2027.", "c 2026-09-15, f 2027-01-01"},
	{"Portuguese", KindAddendum, "O prazo para envio de comentários foi prorrogado até 15 de setembro de 2026.", "c 2026-09-15"},
	{"Portuguese, in force", KindNew, "A portaria entra em vigor em 1 de janeiro de 2027.", "f 2027-01-01"},
	{"ticked and unticked", KindAddendum, "[X] Comment period changed - new deadline for comments: 15 September 2026\n[ ] Notified measure enters into force - date: 1 January 2027", "c 2026-09-15"},
	{"what an amended act did", KindNew, "This amends the decree which entered into force on 1 January 2015.", ""},
	{"what an amended act does", KindNew, "It amends the decree that comes into force on 1 January 2015.", ""},
	{"the same of an addendum is its own", KindAddendum, "The decree entered into force on 1 January 2026.", "f 2026-01-01"},
	{"a length that begins nowhere", KindNew, "After entry into force certificates are valid for 3 years.", ""},
	{"a day of something else", KindNew, "Regulation of 15 September 2020 on toys; comments received are public.", ""},
	{"nothing", KindNew, "Requirements for helmets", ""},
	{"ambiguous", KindNew, "Deadline for comments: 03/04/2026", "c 2026-03-04..2026-04-03"},
}

func TestTextDates(t *testing.T) {
	letter := map[string]string{c: "c", a: "a", f: "f"}
	for _, tc := range textCases {
		n := Notice{Kind: tc.kind, Description: tc.text, Dates: []Date{{What: DatePublished, From: "2026-01-05", To: "2026-01-05"}}}
		AddTextDates(&n)
		var got []string
		for _, d := range n.Dates[1:] {
			s := letter[d.What] + " " + d.From
			switch {
			case d.From == "":
				s += "open"
			case d.From != d.To:
				s += ".." + d.To
			}
			got = append(got, s)
			if !strings.Contains(d.Basis, ", in the description") || d.Text == "" {
				t.Errorf("%s: basis %q of %q", tc.name, d.Basis, d.Text)
			}
		}
		slices.Sort(got)
		if s := strings.Join(got, ", "); s != tc.want {
			t.Errorf("%s: %q, want %q\n%+v", tc.name, s, tc.want, n.Dates[1:])
		}
	}
}

func TestFieldsCountMoreThanTheText(t *testing.T) {
	day := Date{What: c, Text: "1 May 2026", From: "2026-05-01", To: "2026-05-01", Basis: "as given"}
	n := Notice{Kind: KindNew, Title: "Comments until 15 September 2026", Dates: []Date{day}}
	if AddTextDates(&n); len(n.Dates) != 1 || n.Dates[0] != day {
		t.Errorf("a field's day gave way: %+v", n.Dates)
	}
	n.Dates = []Date{{What: c, Text: "TBD", Basis: "not a day: to be determined"}}
	if AddTextDates(&n); len(n.Dates) != 2 || n.Date(c).From != "2026-09-15" || n.Dates[1].Text != "TBD" {
		t.Errorf("beside an open field: %+v", n.Dates)
	}
	before := slices.Clone(n.Dates)
	if AddTextDates(&n); !slices.Equal(before, n.Dates) {
		t.Errorf("twice: %+v", n.Dates)
	}
}
