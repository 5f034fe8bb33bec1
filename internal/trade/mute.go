package trade

import (
	"slices"
	"strings"
	"time"
)

// Mute is a measure of which a subscriber does not want to hear: until that
// day, or at all where there is none.
type Mute struct {
	Measure string // its symbol, or what else the family is named by
	Until   string // a day
}

// ParseMutes reads "G/TBT/N/VNM/12; G/SPS/N/JPN/5 until 2027-03-01".
func ParseMutes(s string) ([]Mute, error) {
	var out []Mute
	for _, part := range strings.FieldsFunc(s, func(r rune) bool { return r == ';' || r == '；' || r == '\n' }) {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		name, day, limited := strings.Cut(part, " until ")
		m := Mute{strings.TrimSpace(name), strings.TrimSpace(day)}
		if _, err := time.Parse(Day, m.Until); limited && err != nil {
			return nil, Refusef("%q is no day: write G/TBT/N/VNM/12 until 2026-12-31; 应写作 G/TBT/N/VNM/12 until 2026-12-31", m.Until)
		}
		if roots := Roots([]string{m.Measure}); len(roots) == 1 {
			m.Measure = roots[0] // of a follow-up the measure is meant
		} else {
			return nil, Refusef("%q names several measures: separate them by semicolons; 多项措施请用分号分隔", m.Measure)
		}
		out = append(out, m)
	}
	return out, nil
}

// String writes it as ParseMutes reads it.
func (m Mute) String() string {
	if m.Until == "" {
		return m.Measure
	}
	return m.Measure + " until " + m.Until
}

// MutedBy is what keeps the warning from the subscriber on that day. Entries
// that cannot be read keep nothing: we fail towards sending.
func (s *Subscriber) MutedBy(w *Warning, today string) (Mute, bool) {
	if s.Muted == "" {
		return Mute{}, false
	}
	mutes, _ := ParseMutes(s.Muted)
	roots := w.Roots()
	i := slices.IndexFunc(mutes, func(m Mute) bool { return (m.Until == "" || today < m.Until) && slices.Contains(roots, m.Measure) })
	if i < 0 {
		return Mute{}, false
	}
	return mutes[i], true
}
