package console

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"tbtwatch/internal/auth"
	"tbtwatch/internal/portal"
	"tbtwatch/internal/registry"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
)

// groupRoutes are the pages of associations, districts and departments.
func (p tenants) groupRoutes() map[string]route {
	return map[string]route{
		"GET /members":               members(p.membersHome),
		"GET /members/report":        members(p.report),
		"GET /members/report.csv":    members(p.reportCSV),
		"GET /members/report.docx":   members(p.reportFile),
		"GET /members/subscription":  members(p.subscription),
		"POST /members/subscription": members(p.subscribe),
		"GET /area":                  area(p.areaHome),
		"GET /area/scorecard.csv":    area(p.scorecardCSV),
		"GET /area/waiting.csv":      area(p.areaWaitingCSV),
		"GET /area/firms/{id}":       area(p.firm),
		"GET /area/measures":         area(p.areaMeasures),
	}
}

// measuresBody is the open measures of a group, with sums.
type measuresBody struct {
	Name    string // of the association or district; "" for a department
	Sector  string
	Markets []string
	portal.Measures
	Side     string // association, district or department
	With     int    // asks that an association has taken up, as far as it may be told
	NotReady string
}

func (p tenants) membersHome(w http.ResponseWriter, r *http.Request, t auth.TenantScope) error {
	s, err := p.portal.Subscription(r.Context(), t)
	if err != nil {
		return err
	}
	b := measuresBody{Name: s.Name, Sector: s.Sector, Markets: s.Markets, Side: "association"}
	report, err := p.portal.Report(r.Context(), t, "")
	if err != nil {
		return err
	}
	b.With = report.Members.Open
	return p.showMeasures(w, r, t, b, "nav.members", "members")
}

func (p tenants) areaMeasures(w http.ResponseWriter, r *http.Request, t auth.TenantScope) error {
	return p.showMeasures(w, r, t, measuresBody{Name: t.District(), Side: string(t.Role())}, "nav.measures", "measures")
}

func (p tenants) showMeasures(w http.ResponseWriter, r *http.Request, t auth.TenantScope, b measuresBody, title, nav string) error {
	var err error
	if b.Measures, err = p.portal.Measures(r.Context(), t); err != nil {
		return err
	}
	b.NotReady = p.reading()
	return p.render(w, r, http.StatusOK, "measures", title, nav, b)
}

// reading says what the portal is still reading, "" when nothing.
func (p tenants) reading() string {
	if err := p.portal.Ready(); err != nil {
		return err.Error()
	}
	return ""
}

// subscriptionBody is an association's subscription and the form to change it.
type subscriptionBody struct {
	Now      portal.Subscription
	Values   map[string]string
	Channels []string
	Levels   []triage.Level
	Foreseen *portal.Foreseen
	Bad      *registry.RowError
	Conflict bool
}

func (p tenants) subscription(w http.ResponseWriter, r *http.Request, t auth.TenantScope) error {
	now, err := p.portal.Subscription(r.Context(), t)
	if err != nil {
		return err
	}
	b := subscriptionBody{Now: now, Values: channelValues(now.Subscriber)}
	if measure := r.URL.Query().Get("mute"); measure != "" { // filled in; nothing is changed before it is saved
		b.Values["muted"] = strings.TrimPrefix(b.Values["muted"]+"; "+measure, "; ")
	}
	return p.showSubscription(w, r, http.StatusOK, b)
}

func (p tenants) showSubscription(w http.ResponseWriter, r *http.Request, status int, b subscriptionBody) error {
	b.Channels, b.Levels = p.portal.Channels(), p.portal.Levels()
	return p.render(w, r, status, "subscription", "nav.subscription", "subscription", b)
}

// subscribe shows what a change would send, and saves it when that was seen.
func (p tenants) subscribe(w http.ResponseWriter, r *http.Request, t auth.TenantScope) error {
	now, err := p.portal.Subscription(r.Context(), t)
	if err != nil {
		return err
	}
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	b := subscriptionBody{Now: now, Values: typedChannel(r, portal.MembersFields, p.portal.Levels())}
	seq, err := typedSeq(r)
	if err != nil {
		return err
	}
	s, bad, err := p.portal.ReadChange(r.Context(), t, subscriptionOf(b.Values, p.portal.Levels()))
	if err != nil {
		return err
	}
	if b.Bad = bad; bad != nil {
		return p.showSubscription(w, r, http.StatusUnprocessableEntity, b)
	}
	if r.PostFormValue("do") == "save" && seq == now.Seq {
		if err := p.portal.Subscribe(r.Context(), t, s, seq); err != nil {
			return err
		}
		return done(w, r, "/members/subscription", "subscribed")
	}
	b.Conflict = seq != now.Seq
	f, err := p.portal.Foresee(r.Context(), t, s)
	if err != nil {
		return err
	}
	b.Foreseen = &f
	return p.showSubscription(w, r, http.StatusOK, b)
}

// told is a sum of firms that are not named; nought says no more than that
// there are not three.
func told(lang string, n int) string {
	if n == 0 {
		return label(lang, "group.few")
	}
	return number(n)
}

func bandWords(lang string, b trade.Band) string {
	if b.To == 0 {
		return label(lang, "group.novalue")
	}
	return label(lang, "group.band", number(int(b.From)), number(int(b.To)))
}

// periodChoices are the years, and the months of the one that is shown.
func periodChoices(lang string, years []string, q portal.Span) (out []choice) {
	if !slices.Contains(years, q.Year) {
		years = append(years, q.Year)
	}
	for _, y := range years {
		out = append(out, choice{y, label(lang, "group.year", y), q.Month == "" && y == q.Year})
		if y != q.Year {
			continue
		}
		for m := range 12 {
			month := y + "-" + twoDigits(m+1)
			out = append(out, choice{month, month, q.Month == month})
		}
	}
	return out
}

func twoDigits(n int) string { return strconv.Itoa(n/10) + strconv.Itoa(n%10) }
