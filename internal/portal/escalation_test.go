package portal

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"tbtwatch/internal/auth"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
)

func centre(t *testing.T) auth.CentreScope {
	t.Helper()
	s, ok := auth.Person{Name: "李明", Role: trade.RoleStaff}.Centre()
	if !ok {
		t.Fatal("no scope of the centre")
	}
	return s
}

func inMarch(day, hour int) string {
	return time.Date(2026, 3, day, hour, 0, 0, 0, time.UTC).Format(time.RFC3339)
}

// ladderWorld is a city on 20 March, a Friday, that was warned three times.
// Warnings are red there: association, district and departments take up what
// nobody has answered after 2, 5 and 7 working days.
func ladderWorld(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	w.warn("F1", 2, "E1", "E2", "E5")
	w.warn("F2", 12, "E1", "E6")
	w.warn("F3", 2, "E3")
	w.say("F1", "E1", trade.Receipt, 10) // the day on which the district has it
	// A later release, and one that is handed over again, restart nothing.
	store(t, w.bus.Warnings, trade.FamilyKey("F1"), trade.Warning{Number: "2026-F1", Family: "F1", Release: 2, Level: "blue", Headline: trade.Text{ZH: "更新", EN: "update"}, At: inMarch(18, 9)})
	again := trade.Delivery{Subscriber: "SE2", Exporter: "E2", Channel: "email", Family: "F1", Release: 2, State: trade.Accepted, At: inMarch(18, 9)}
	store(t, w.bus.Deliveries, trade.DeliveryKey("SE2", "email", "F1", 2), again)
	again.Release, again.At = 1, inMarch(19, 9)
	store(t, w.bus.Deliveries, trade.DeliveryKey("SE2", "email", "F1", 1), again)
	// A measure that was lifted asks for nothing any more.
	store(t, w.bus.Warnings, trade.FamilyKey("F3"), trade.Warning{Number: "2026-F3", Family: "F3", Release: 2, Lifted: true, At: inMarch(6, 9)})
	w.settled()
	return w
}

func lines(rows []Waiting) string {
	var out []string
	for _, r := range rows {
		out = append(out, fmt.Sprint(r.Family, " ", r.Firm, " ", r.Step, " ", r.Since, " due ", r.Due))
	}
	return strings.Join(out, "; ")
}

func TestWhoHasAWarningThatNobodyAnswered(t *testing.T) {
	w := ladderWorld(t)
	m, rows := w.portal.CaseWaits(centre(t), trade.FamilyKey("F1"))
	if got, want := lines(rows), "F1 E2 department 2026-03-12 due 2026-03-09; F1 E5 department 2026-03-12 due 2026-03-09"; got != want {
		t.Errorf("the case shows %s, want %s", got, want)
	}
	if m.Told != 3 || m.Answered != 1 || m.Open != (StepCounts{Department: 2}) || m.Level != "blue" {
		t.Errorf("the case counts %+v", m)
	}
	all, measures := w.portal.Waits(centre(t))
	if all != (StepCounts{Department: 2, District: 2}) || len(measures) != 2 || measures[0].Family != "F1" {
		t.Errorf("all together: %+v, %+v", all, measures)
	}
	for step, want := range map[triage.Step]int{"": 4, triage.StepDistrict: 2, triage.StepFirm: 0} {
		n := 0
		for r := range w.portal.AllWaits(centre(t), step) {
			if n++; step != "" && r.Step != step {
				t.Errorf("step %q: %+v", step, r)
			}
		}
		if n != want {
			t.Errorf("step %q: %d firms, want %d", step, n, want)
		}
	}
	if m, rows := w.portal.CaseWaits(centre(t), trade.FamilyKey("F3")); len(rows) > 0 || !m.Lifted || m.Open.Total() > 0 || m.Told != 1 {
		t.Errorf("lifted: %+v, %+v", m, rows)
	}
	if m, rows := w.portal.CaseWaits(centre(t), "nosuch"); m.Told != 0 || rows != nil {
		t.Errorf("nobody was told: %+v, %+v", m, rows)
	}
}

func TestADistrictSeesWhatItHasToAsk(t *testing.T) {
	w := ladderWorld(t)
	got, err := w.portal.AreaWaits(scopeOf(t, trade.RoleDistrict, trade.Member{District: "北区"}))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := lines(got.Firms), "F1 E2 department 2026-03-12 due 2026-03-09; F2 E1 district 2026-03-20 due 2026-03-19"; got != want {
		t.Errorf("北区 has %s, want %s", got, want)
	}
	card := w.portal.CentreScorecard(centre(t), "北区", Span{Year: "2026"})
	if card.Total.Overdue != 2 || card.Total.Late != 1 || card.Days != 10 {
		t.Errorf("the scorecard says %+v: F1 is overdue at E2, F2 at E1, and F3 was lifted in time", card.Total)
	}
	for _, other := range []auth.TenantScope{scopeOf(t, trade.RoleDepartment, trade.Member{}), scopeOf(t, trade.RoleAssociation, trade.Member{Association: "A"}), scopeOf(t, trade.RoleExporter, trade.Member{Exporter: "E1"})} {
		if _, err := w.portal.AreaWaits(other); err == nil {
			t.Errorf("%s sees a district's firms", other.Role())
		}
	}
}

// Steps of a day, whenever that day is asked about: what came later changes
// nothing.
func TestStepsBeginOnTheirDay(t *testing.T) {
	w := ladderWorld(t)
	for day, want := range map[int]string{
		4: "", 5: "F1 association E1,E2,E5; F3 association E3", 10: "F1 district E1,E2,E5", 12: "F1 department E2,E5", 17: "F2 association E1,E6", 20: "F2 district E1,E6", 21: "",
	} {
		began, err := w.portal.Escalations(t.Context(), time.Date(2026, 3, day, 15, 0, 0, 0, time.UTC))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, e := range began {
			var firms []string
			for _, f := range e.Firms {
				firms = append(firms, f.ID)
			}
			got = append(got, e.Family+" "+string(e.Step)+" "+strings.Join(firms, ","))
			if e.Since != fmt.Sprintf("2026-03-%02d", day) {
				t.Errorf("%s begins on %s, asked about March %d", e.Family, e.Since, day)
			}
		}
		slices.Sort(got)
		if strings.Join(got, "; ") != want {
			t.Errorf("March %d: %q, want %q", day, strings.Join(got, "; "), want)
		}
	}
	began, err := w.portal.Escalations(t.Context(), time.Date(2026, 3, 20, 0, 0, 0, 0, time.UTC))
	if err != nil || len(began) != 1 {
		t.Fatal(began, err)
	}
	if f := began[0].Firms[0]; f.District != "北区" || strings.Join(f.Sectors, "") != "motorcycles" || f.Told == "" {
		t.Errorf("the firm is told as %+v", f)
	}
}

func TestOthersAreToldInStepsWhatIsWithThem(t *testing.T) {
	w := newWorld(t)
	w.warn("F1", 2, "E1", "E2", "E3", "E4", "E5")
	w.settled()
	report, err := w.portal.Report(t.Context(), scopeOf(t, trade.RoleAssociation, trade.Member{Association: "A"}), "2026")
	if err != nil || report.Members.Asked != 3 || report.Members.Open != 3 {
		t.Errorf("the association is told of %+v, %v", report.Members, err)
	}
	area, err := w.portal.Area(scopeOf(t, trade.RoleDepartment, trade.Member{}), Span{Year: "2026"})
	if err != nil || area.City.Open != 3 {
		t.Errorf("the departments are told of %+v, %v", area.City, err)
	}
	for i, firm := range []string{"E1", "E2", "E3"} {
		w.say("F1", firm, trade.Receipt, 19)
		w.settled()
		want := 3 // that one or two have answered is not told
		if i == 2 {
			want = 0
		}
		if area, _ = w.portal.Area(scopeOf(t, trade.RoleDepartment, trade.Member{}), Span{Year: "2026"}); area.City.Open != want {
			t.Errorf("%d have answered, and the departments are told that %d have not, want %d", i+1, area.City.Open, want)
		}
	}
}
