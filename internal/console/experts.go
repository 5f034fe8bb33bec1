package console

import (
	"slices"
	"strings"

	"tbtwatch/internal/trade"
)

// expert is somebody who knows a case's goods, and by what.
type expert struct {
	Name string
	Of   []string // sectors and ICS codes of the case
}

// experts are the people who may be asked about goods of these sectors and ICS
// codes: a person's code covers the finer ones.
func expertsOf(people []trade.User, sectors, ics []string) []expert {
	var out []expert
	for _, u := range people {
		if u.Disabled {
			continue
		}
		var of []string
		for _, x := range u.Expert {
			if slices.Contains(sectors, x) || slices.ContainsFunc(ics, func(code string) bool { return code == x || strings.HasPrefix(code, x+".") }) {
				of = append(of, x)
			}
		}
		if len(of) > 0 {
			out = append(out, expert{u.Name, of})
		}
	}
	return out
}

// judges are the names of those whom a case can be given to.
func judges(people []trade.User) []string {
	var out []string
	for _, u := range people {
		if !u.Disabled && (u.Role == trade.RoleLead || u.Role == trade.RoleStaff) {
			out = append(out, u.Name)
		}
	}
	return out
}
