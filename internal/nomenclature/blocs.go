package nomenclature

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// blocsAsOf is the day whose memberships Expand and Common know: that of the
// table, so that the same input gives the same answer on any day.
const blocsAsOf = "2026-01-01"

// term is a membership. Days are written YYYY-MM-DD, so that they sort.
type term struct {
	country      string
	since, until string // first and last day; empty when open
}

// at reports whether the membership covers the day.
func (t term) at(day string) bool {
	return t.since <= day && (t.until == "" || day <= t.until)
}

// within narrows the membership to that of the group which brings it in.
func (t term) within(group term) term {
	t.since = max(t.since, group.since)
	if t.until == "" || group.until != "" && group.until < t.until {
		t.until = group.until
	}
	return t
}

// parseTerm reads "HR since 2013-07-01", "GB until 2020-01-31" or both.
func parseTerm(s string) (term, error) {
	words := strings.Fields(s)
	if len(words)%2 == 0 {
		return term{}, fmt.Errorf("%q is no member with dates", s)
	}
	t := term{country: words[0]}
	for i := 1; i+1 < len(words); i += 2 {
		day := words[i+1]
		if _, err := time.Parse(time.DateOnly, day); err != nil {
			return term{}, fmt.Errorf("%q: %w", s, err)
		}
		switch words[i] {
		case "since":
			t.since = day
		case "until":
			t.until = day
		default:
			return term{}, fmt.Errorf("%q: %q is neither since nor until", s, words[i])
		}
	}
	if t.until != "" && t.until < t.since {
		return term{}, fmt.Errorf("%q ends before it starts", s)
	}
	return t, nil
}

// termsOf lists the memberships of a bloc; groups in it are resolved.
func termsOf(bloc row, blocs []row) []term {
	var out []term
	for _, cell := range bloc.list("members") {
		t, err := parseTerm(cell)
		if err != nil {
			panic(fmt.Errorf("nomenclature: %s: %w", bloc.where, err))
		}
		i := slices.IndexFunc(blocs, func(r row) bool { return r.text("code") == t.country })
		if i < 0 {
			out = append(out, t)
			continue
		}
		for _, inner := range termsOf(blocs[i], blocs) {
			out = append(out, inner.within(t))
		}
	}
	return out
}

// membersAt lists the countries whose membership covers the day, sorted. It is
// never nil, which would mean a country.
func membersAt(terms []term, day string) []string {
	out := []string{}
	for _, t := range terms {
		if t.at(day) {
			out = append(out, t.country)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Expand gives the countries of a bloc as sorted alpha-2 codes, as of the date
// of the table. A country, "*" and an unknown code expand to themselves.
func Expand(code string) []string {
	if m := loadAtlas().markets[code]; m != nil && m.members != nil {
		return slices.Clone(m.members)
	}
	return []string{code}
}

// ExpandAt gives the countries that were members of a bloc on that day, none
// before it came to be: the European Union of 2019 has the United Kingdom. For
// days after the date of the table the last known state counts.
func ExpandAt(code string, day time.Time) []string {
	if m := loadAtlas().markets[code]; m != nil && m.members != nil {
		return membersAt(m.terms, day.Format(time.DateOnly))
	}
	return []string{code}
}
