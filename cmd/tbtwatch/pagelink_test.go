package main

import (
	"net/http"
	"strings"
	"testing"

	"tbtwatch/internal/trade"
)

// Whoever was mailed about a measure and can sign in finds it where the mail
// says; an exercise is on no page, and a machine has none.
func TestMailsLinkThePageOfTheMeasure(t *testing.T) {
	t.Parallel()
	const outside = "https://warn.example.org"
	a := newApartment(t, func(c *Config) { c.PublicURL = outside })
	key, family := a.ids[0], ""
	roles := map[trade.SubscriberKind]trade.Role{
		trade.SubExporter: trade.RoleExporter, trade.SubAssociation: trade.RoleAssociation, trade.SubDistrict: trade.RoleDistrict, trade.SubDepartment: trade.RoleDepartment,
	}
	for _, m := range a.stand.mail.Mails() {
		delivery, _, _ := strings.Cut(strings.Trim(m.MessageID, "<>"), "@")
		e, err := a.sys.bus.Deliveries.Get(t.Context(), delivery)
		if err != nil || trade.FamilyKey(e.Value.Family) != key {
			continue
		}
		to, _ := a.sys.directory.Subscriber(e.Value.Subscriber)
		family = e.Value.Family
		role, ok := roles[to.Kind]
		if !ok {
			continue
		}
		link := a.sys.pageLink(to, family)
		path, ours := strings.CutPrefix(link, outside)
		if !ours || !strings.Contains(strings.ReplaceAll(string(m.Raw), "=\r\n", ""), link) {
			t.Errorf("the mail to %s does not link %q", to.ID, link)
		}
		var of trade.Member
		switch to.Kind {
		case trade.SubExporter:
			of.Exporter = to.Exporter
		case trade.SubAssociation:
			of.Association = to.ID
		case trade.SubDistrict:
			of.District = to.District
		}
		a.join(trade.User{Name: "reader of " + to.ID, Mail: strings.ToLower(to.ID) + "@mailed.example", Role: role, Member: of})
		path, anchor, _ := strings.Cut(path, "#")
		status, page := a.ask(a.visitors[len(a.visitors)-1], place{method: http.MethodGet}, path)
		if status != http.StatusOK || !strings.Contains(page, family) || anchor != "" && !strings.Contains(page, `id="`+anchor+`"`) {
			t.Errorf("%s, %s: %d, and the measure is not there", to.ID, link, status)
		}
		delete(roles, to.Kind)
	}
	if len(roles) > 0 {
		t.Errorf("nobody was mailed of the kinds %v", roles)
	}
	for _, to := range []trade.Subscriber{{Kind: trade.SubMachine}, {Kind: trade.SubExporter}} {
		if link := a.sys.pageLink(to, trade.ExerciseFamily(family)); link != "" {
			t.Errorf("%s: %s", to.Kind, link)
		}
	}
}
