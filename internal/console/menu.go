package console

import "tbtwatch/internal/auth"

// entry is one of the menu's pages, for who may do the action.
type entry struct {
	Name, Path, Label string
	Action            auth.Action
}

var menu = []entry{
	{"overview", "/", "nav.overview", auth.See},
	{"cases", "/cases", "nav.cases", auth.See},
	{"notices", "/notices", "nav.notices", auth.See},
	{"warnings", "/warnings", "nav.warnings", auth.See},
	{"deliveries", "/deliveries", "nav.deliveries", auth.See},
	{"leads", "/leads", "nav.leads", auth.See},
	{"statistics", "/statistics", "nav.statistics", auth.See},
	{"registry", "/registry", "nav.registry", auth.See},
	{"standards", "/standards", "nav.standards", auth.See},
	{"sources", "/sources", "nav.sources", auth.See},
	{"quarantine", "/quarantine", "nav.quarantine", auth.See},
	{"explain", "/explain", "nav.explain", auth.See},
	{"rules", "/rules", "nav.rules", auth.See},
	{"scorecard", "/scorecard", "nav.scorecard", auth.See},
	{"waiting", "/waiting", "nav.waiting", auth.See},
	{"members", "/members", "nav.members", auth.Members},
	{"report", "/members/report", "nav.report", auth.Members},
	{"subscription", "/members/subscription", "nav.subscription", auth.Members},
	{"area", "/area", "nav.scorecard", auth.Area},
	{"measures", "/area/measures", "nav.measures", auth.Area},
	{"people", "/people", "nav.people", auth.Manage},
	{"audit", "/audit", "nav.audit", auth.Manage},
	{"my", "/my", "nav.my", auth.Own},
	{"myproducts", "/my/products", "nav.myproducts", auth.Own},
	{"mychannels", "/my/channels", "nav.mychannels", auth.Own},
}

// menuOf are the pages of the menu that the person may open.
func menuOf(p auth.Person) []entry {
	var out []entry
	for _, e := range menu {
		if p.Can(e.Action) {
			out = append(out, e)
		}
	}
	return out
}
