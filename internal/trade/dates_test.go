package trade

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// dateCases: text, day of circulation, from, to, words of the basis.
var dateCases = []struct{ text, published, from, to, basis string }{
	// days
	{"2026-09-15", "", "2026-09-15", "2026-09-15", "as given"},
	{" 2026-9-5 ", "", "2026-09-05", "2026-09-05", "as given"},
	{"2026-06-02T00:00:00", "", "2026-06-02", "2026-06-02", "as given"},
	{"2026-06-02T23:59:59.999+08:00", "", "2026-06-02", "2026-06-02", "as given"},
	{"2026/09/15", "", "2026-09-15", "2026-09-15", "as given"},
	{"2026.09.15", "", "2026-09-15", "2026-09-15", "as given"},
	{"20260915", "", "2026-09-15", "2026-09-15", "as given"},
	{"15/09/2026", "", "2026-09-15", "2026-09-15", "day first"},
	{"03/04/2026", "", "2026-03-04", "2026-04-03", "2026-04-03 if the day stands first, 2026-03-04 if the month does"},
	{"12/01/2026", "", "2026-01-12", "2026-12-01", "ambiguous"},
	{"05/05/2026", "", "2026-05-05", "2026-05-05", "day first"},
	{"9/13/2026", "", "2026-09-13", "2026-09-13", "month first: no month has the number 13"},
	{"15 September 2026", "", "2026-09-15", "2026-09-15", "as given"},
	{"15th of September, 2026", "", "2026-09-15", "2026-09-15", "as given"},
	{"September 15, 2026", "", "2026-09-15", "2026-09-15", "as given"},
	{"Sept. 15 2026", "", "2026-09-15", "2026-09-15", "as given"},
	{"15-Sep-2026", "", "2026-09-15", "2026-09-15", "as given"},
	{"15 de septiembre de 2026", "", "2026-09-15", "2026-09-15", "as given"},
	{"15 de setembro de 2026", "", "2026-09-15", "2026-09-15", "as given"},
	{"15 septembre 2026", "", "2026-09-15", "2026-09-15", "as given"},
	{"1er août 2026", "", "2026-08-01", "2026-08-01", "as given"},
	{"2026年9月15日", "", "2026-09-15", "2026-09-15", "as given"},
	{"２０２６年９月１５日", "", "2026-09-15", "2026-09-15", "as given"},
	{"29 February 2028", "", "2028-02-29", "2028-02-29", "as given"},
	{"1 January 2027 (expected)", "", "2027-01-01", "2027-01-01", "among other words"},
	{"1 January 2027 for new types; 1 July 2028 for all", "", "2027-01-01", "2028-07-01", "2 days are named"},
	// spreadsheet serials
	{"45810", "", "2025-06-02", "2025-06-02", "Excel serial"},
	{"45810.5", "", "2025-06-02", "2025-06-02", "Excel serial"},
	{"32874", "", "1990-01-01", "1990-01-01", "Excel serial"},
	{"12345", "", "", "", "no spreadsheet serial"},
	{"99999", "", "", "", "no spreadsheet serial"},
	{"1234567", "", "", "", "a number that is no date"},
	// intervals
	{"2023年10月", "", "2023-10-01", "2023-10-31", "the month of October"},
	{"2026年9月上旬", "", "2026-09-01", "2026-09-10", "first third of September"},
	{"2026年2月下旬", "", "2026-02-21", "2026-02-28", "last third of February"},
	{"2026年底", "", "2026-09-01", "2026-12-31", "last third of 2026"},
	{"2026年下半年", "", "2026-07-01", "2026-12-31", "half 2 of 2026"},
	{"2026年第三季度", "", "2026-07-01", "2026-09-30", "quarter 3"},
	{"September 2026", "", "2026-09-01", "2026-09-30", "the month of September"},
	{"mid-September 2026", "", "2026-09-11", "2026-09-20", "middle third of September"},
	{"09/2026", "", "2026-09-01", "2026-09-30", "the month of September"},
	{"2026-09", "", "2026-09-01", "2026-09-30", "the month of September"},
	{"2026年年中", "", "2026-05-01", "2026-08-31", "middle third of 2026"},
	{"2026年年底", "", "2026-09-01", "2026-12-31", "last third of 2026"},
	{"2026年第3季度", "", "2026-07-01", "2026-09-30", "quarter 3"},
	{"3er trimestre de 2026", "", "2026-07-01", "2026-09-30", "quarter 3"},
	{"3e trimestre 2026", "", "2026-07-01", "2026-09-30", "quarter 3"},
	{"terceiro trimestre de 2026", "", "2026-07-01", "2026-09-30", "quarter 3"},
	{"primer semestre de 2026", "", "2026-01-01", "2026-06-30", "half 1"},
	{"mediados de 2026", "", "2026-05-01", "2026-08-31", "middle third of 2026"},
	{"mi-2026", "", "2026-05-01", "2026-08-31", "middle third of 2026"},
	{"mid-2026", "", "2026-05-01", "2026-08-31", "middle third of 2026"},
	{"by the end of 2026", "", "2026-09-01", "2026-12-31", "last third of 2026"},
	{"early 2027", "", "2027-01-01", "2027-04-30", "first third of 2027"},
	{"Q3 2026", "", "2026-07-01", "2026-09-30", "quarter 3 of 2026"},
	{"2026-Q3", "", "2026-07-01", "2026-09-30", "quarter 3 of 2026"},
	{"third quarter of 2026", "", "2026-07-01", "2026-09-30", "quarter 3"},
	{"tercer trimestre de 2026", "", "2026-07-01", "2026-09-30", "quarter 3"},
	{"first half of 2026", "", "2026-01-01", "2026-06-30", "half 1 of 2026"},
	{"H2 2026", "", "2026-07-01", "2026-12-31", "half 2 of 2026"},
	{"premier semestre 2026", "", "2026-01-01", "2026-06-30", "half 1"},
	{"2026", "", "2026-01-01", "2026-12-31", "the year 2026"},
	{"2026年", "", "2026-01-01", "2026-12-31", "the year 2026"},
	// counted from circulation
	{"60 days from notification", "2026-01-05", "2026-03-06", "2026-03-06", "60 days from 2026-01-05 (circulation)"},
	{"60 days from circulation", "2026-01-05", "2026-03-06", "2026-03-06", "60 days from 2026-01-05"},
	{"Sixty (60) days from the date of notification", "2026-01-05", "2026-03-06", "2026-03-06", "60 days from 2026-01-05"},
	{"60 (sixty) days after distribution by the WTO Secretariat", "2026-01-05", "2026-03-06", "2026-03-06", "60 days"},
	{"60 días después de la notificación", "2026-01-05", "2026-03-06", "2026-03-06", "60 days"},
	{"60 jours à compter de la diffusion", "2026-01-05", "2026-03-06", "2026-03-06", "60 days"},
	{"通报后60天", "2026-01-05", "2026-03-06", "2026-03-06", "60 days"},
	{"自通报发布之日起60日内", "2026-01-05", "2026-03-06", "2026-03-06", "60 days"},
	{"通报之日起六十（60）天", "2026-01-05", "2026-03-06", "2026-03-06", "60 days"},
	{"1 month from circulation", "2026-01-31", "2026-02-28", "2026-02-28", "1 month from 2026-01-31"},
	{"2 weeks after notification", "2026-01-05", "2026-01-19", "2026-01-19", "2 weeks"},
	{"60 days from notification", "", "", "", "whose day is not known"},
	{"60 days from notification", "soon", "", "", "whose day is not known"},
	{"60 days from notification (6 March 2026)", "2026-01-05", "2026-03-06", "2026-03-06", "as given, beside 60 days"},
	{"60 days from notification on 5 January 2026", "2026-01-05", "2026-03-06", "2026-03-06", "60 days from 2026-01-05"},
	{"30 days after publication on 5 May 2026", "2026-01-05", "2026-06-04", "2026-06-04", "30 days from 2026-05-05 (the day named)"},
	{"60 working days from notification", "2026-01-05", "", "", "holidays"},
	{"60个工作日", "2026-01-05", "", "", "not a day"},
	{"9999 years from notification", "2026-01-05", "", "", "outside 1990–2100"},
	{"sixty days from notification", "2026-01-05", "2026-03-06", "2026-03-06", "60 days from 2026-01-05"},
	{"a period of ninety (90) calendar days from circulation", "2026-01-05", "2026-04-05", "2026-04-05", "90 days"},
	{"自通报之日起六十日", "2026-01-05", "2026-03-06", "2026-03-06", "60 days"},
	{"自通报之日起60天", "2026-01-05", "2026-03-06", "2026-03-06", "60 days"},
	{"自通報之日起一百八十天內", "2026-01-05", "2026-07-04", "2026-07-04", "180 days"},
	{"sesenta días a partir de la notificación", "2026-01-05", "2026-03-06", "2026-03-06", "60 days"},
	{"soixante jours après la notification", "2026-01-05", "2026-03-06", "2026-03-06", "60 days"},
	{"60 dias a partir da notificação", "2026-01-05", "2026-03-06", "2026-03-06", "60 days"},
	{"60-day period from the date of circulation", "2026-01-05", "2026-03-06", "2026-03-06", "60 days"},
	{"60 days", "2026-01-05", "", "", "60 days from an event whose day is not known"},
	// open
	{"180 days after publication in the Official Gazette", "2026-01-05", "", "", "180 days from publication, whose day is not known"},
	{"6 months from entry into force", "2026-01-05", "", "", "6 months from"},
	{"公布后6个月实施", "2026-01-05", "", "", "6 months from"},
	{"Upon publication", "2026-01-05", "", "", "on publication"},
	{"自发布之日起实施", "", "", "", "on publication"},
	{"To be determined", "", "", "", "to be determined"},
	{"TBD", "", "", "", "to be determined"},
	{"待定", "", "", "", "to be determined"},
	{"à déterminer", "", "", "", "to be determined"},
	{"por determinar", "", "", "", "to be determined"},
	{"Not applicable", "", "", "", "not applicable"},
	{"N/A", "", "", "", "not applicable"},
	{"不适用", "", "", "", "not applicable"},
	{"no aplica", "", "", "", "not applicable"},
	{"sans objet", "", "", "", "not applicable"},
	{"não aplicável", "", "", "", "not applicable"},
	{"a ser determinado", "", "", "", "to be determined"},
	{"à définir", "", "", "", "to be determined"},
	{"尚未确定", "", "", "", "to be determined"},
	{"将另行通知", "", "", "", "to be determined"},
	{"to be announced at a later date", "", "", "", "to be determined"},
	{"发布后6个月", "2026-01-05", "", "", "6 months from publication"},
	{"自公布之日起六个月后", "2026-01-05", "", "", "6 months from publication"},
	{"6 meses después de su publicación en el Diario Oficial", "2026-01-05", "", "", "6 months from publication"},
	{"6 mois après la publication au Journal officiel", "2026-01-05", "", "", "6 months from publication"},
	{"6 months after adoption", "2026-01-05", "", "", "6 months from adoption"},
	{"-", "", "", "", "not stated"},
	{"", "2026-01-05", "", "", "not stated"},
	{"as soon as possible", "", "", "", "not a day"},
	// never invented
	{"31 February 2026", "", "", "", "the calendar does not have it"},
	{"2026-02-30", "", "", "", "the calendar does not have it"},
	{"29/02/2027", "", "", "", "the calendar does not have it"},
	{"2026年13月1日", "", "", "", "the calendar does not have it"},
	{"2026年13月", "", "", "", "does not have that month"},
	{"1 January 1026", "", "", "", "outside 1990–2100"},
	{"15/09/2569", "", "", "", "outside 1990–2100"},
	{"9999", "", "", "", "outside 1990–2100"},
	{"15 September", "", "", "", "not a day"},
	{"9月15日", "", "", "", "not a day"},
	{"15/09/26", "", "", "", "not a day"},
}

func TestResolveDate(t *testing.T) {
	for _, c := range dateCases {
		t.Run(c.text+"@"+c.published, func(t *testing.T) {
			d := ResolveDate(DateCommentDeadline, c.text, c.published)
			if d.From != c.from || d.To != c.to || !strings.Contains(d.Basis, c.basis) {
				t.Errorf("read as %q to %q, basis %q; want %q to %q, basis with %q", d.From, d.To, d.Basis, c.from, c.to, c.basis)
			}
			if d.What != DateCommentDeadline || d.Text != strings.TrimSpace(c.text) {
				t.Errorf("kept as %q %q; the text has to stay as written", d.What, d.Text)
			}
		})
	}
}

// A date may be counted from another one of the same notice.
func TestAddDate(t *testing.T) {
	for _, c := range []struct{ name, adoption, force, from, to, basis string }{
		{"counted from a day", "1 March 2026", "6 months after adoption", "2026-09-01", "2026-09-01", "6 months from 2026-03-01 (adoption)"},
		{"counted from an interval", "March 2026", "6 months from adoption", "2026-09-01", "2026-09-30", "6 months from 2026-03-01 to 2026-03-31 (adoption)"},
		{"the same day", "1 March 2026", "on the date of adoption", "2026-03-01", "2026-03-01", "on the day of adoption"},
		{"counted from what is open", "to be determined", "6 months after adoption", "", "", "6 months from adoption, whose day is not known"},
		{"the gazette's day is not that of circulation", "1 March 2026", "6 months after publication", "", "", "6 months from publication, whose day"},
	} {
		var dates []Date
		dates = AddDate(dates, DatePublished, "2026-01-05")
		dates = AddDate(dates, DateAdoption, c.adoption)
		dates = AddDate(dates, DateEntryIntoForce, c.force)
		dates = AddDate(dates, DateCommentDeadline, " ")
		if len(dates) != 3 || dates[2].From != c.from || dates[2].To != c.to || !strings.Contains(dates[2].Basis, c.basis) {
			t.Errorf("%s: %+v", c.name, dates)
		}
	}
}

func TestResolveDateBoundsItsWork(t *testing.T) {
	d := ResolveDate(DateAdoption, strings.Repeat("1 May 2026 ", 100_000), "")
	if d.From != "" || !strings.Contains(d.Basis, "too long") {
		t.Errorf("a megabyte of days read as %q, basis %q", d.From, d.Basis)
	}
}

// checkDate is what holds for every date, whatever was written.
func checkDate(t *testing.T, d Date) {
	t.Helper()
	if d.Basis == "" {
		t.Errorf("no basis for %q", d.Text)
	}
	if (d.From == "") != (d.To == "") || d.From > d.To {
		t.Errorf("%q reads from %q to %q", d.Text, d.From, d.To)
	}
	for _, s := range []string{d.From, d.To} {
		if s == "" {
			continue
		}
		at, err := time.Parse(Day, s)
		if err != nil || at.Year() < firstYear || at.Year() > lastYear {
			t.Errorf("%q reads as %q, which is no day of 1990–2100", d.Text, s)
		}
	}
	if d.From != "" && !strings.ContainsAny(foldDateText(d.Text), "0123456789") {
		t.Errorf("%q has no figure and reads as %s", d.Text, d.From)
	}
}

func FuzzResolveDate(f *testing.F) {
	for _, c := range dateCases {
		f.Add(c.text, c.published)
	}
	f.Fuzz(func(t *testing.T, text, published string) {
		d := ResolveDate(DateEntryIntoForce, text, published)
		checkDate(t, d)
		if again := ResolveDate(DateEntryIntoForce, text, published); again != d {
			t.Errorf("%q reads as %+v and as %+v", text, d, again)
		}
		if len(d.Basis) > 200 || (d.From == "") != (d.To == "") {
			t.Errorf("%q reads as %+v", text, d)
		}
	})
}

// FuzzTextDates reads what a whole paper says of dates, of what it changes and
// of other papers.
func FuzzTextDates(f *testing.F) {
	f.Add("The comment period is extended to 1 May 2027.", "G/TBT/N/EU/1/Add.1", "2026-09-01")
	f.Add("已于2026年7月1日公布，自2027年1月1日起施行。评议期截止2026年8月30日", "G/TBT/N/CHN/9/Rev.1", "")
	f.Add("[X] Measure withdrawn, replaced by G/SPS/N/BRA/7; [ ] adopted", "G/SPS/N/BRA/5/Add.2", "2026-02-30")
	f.Fuzz(func(t *testing.T, text, id, published string) {
		read := func() (Notice, []Effect, []Mention) {
			n := Notice{ID: id, Symbols: SymbolStrings(id), Kind: KindOf(ParseSymbols(id), ""), Title: text, Description: strings.ToUpper(text), Dates: AddDate(nil, DatePublished, published)}
			AddTextDates(&n)
			return n, EffectsOf(&n), Mentions(&n)
		}
		n, effects, mentions := read()
		for _, d := range n.Dates {
			if d.From > d.To || (d.From == "") != (d.To == "") || len([]rune(d.Text)) > max(301, len(published)) {
				t.Errorf("%q names %+v", text, d)
			}
		}
		if len(n.Dates) > 8 || len(effects) > len(Effects) {
			t.Errorf("%q has %d dates and %d effects", text, len(n.Dates), len(effects))
		}
		for _, e := range effects {
			if e.Words == "" || utf8.ValidString(text) && !utf8.ValidString(e.Words) || e.Symbol != "" && !slices.Equal(SymbolStrings(e.Symbol), []string{e.Symbol}) {
				t.Errorf("%q has the effect %+v", text, e)
			}
		}
		n2, effects2, mentions2 := read()
		if !slices.Equal(n.Dates, n2.Dates) || !slices.Equal(effects, effects2) || !slices.Equal(mentions, mentions2) {
			t.Errorf("%q reads otherwise the second time", text)
		}
	})
}
