package console

// entry is one of the menu's pages.
type entry struct{ Name, Path, Label string }

var menu = []entry{
	{"overview", "/", "nav.overview"},
	{"cases", "/cases", "nav.cases"},
	{"notices", "/notices", "nav.notices"},
	{"warnings", "/warnings", "nav.warnings"},
	{"deliveries", "/deliveries", "nav.deliveries"},
	{"statistics", "/statistics", "nav.statistics"},
	{"registry", "/registry", "nav.registry"},
	{"standards", "/standards", "nav.standards"},
	{"sources", "/sources", "nav.sources"},
	{"quarantine", "/quarantine", "nav.quarantine"},
	{"explain", "/explain", "nav.explain"},
}
