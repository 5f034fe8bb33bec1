package console

import (
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"tbtwatch/internal/trade"
	"tbtwatch/internal/view"
)

// noticesBody is the archive, latest first.
type noticesBody struct {
	Text    string
	Source  string
	Sources []string
	Page    view.Page[view.NoticeRow]
	Next    string // address of the next part
}

const listRows = 50

// before is where a part of a list begins.
func before(r *http.Request) uint64 {
	n, _ := strconv.ParseUint(r.URL.Query().Get("before"), 10, 64)
	return n
}

// nextPart is the address of the part after p.
func nextPart(path string, next uint64, with url.Values) string {
	if next == 0 {
		return ""
	}
	with.Set("before", strconv.FormatUint(next, 10))
	return path + "?" + with.Encode()
}

func (s *site) notices(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	b := noticesBody{Text: q.Get("q"), Source: q.Get("source"), Sources: slices.Sorted(maps.Keys(s.View.Counts().BySource))}
	var err error
	b.Page, err = s.View.Notices(r.Context(), view.NoticeQuery{Text: b.Text, Source: b.Source, Before: before(r), Limit: listRows})
	if err != nil {
		return err
	}
	b.Next = nextPart("/notices", b.Page.Next, url.Values{"q": {b.Text}, "source": {b.Source}})
	return s.render(w, r, http.StatusOK, "notices", "nav.notices", "notices", b)
}

// noticeBody is one notice with everything the source said.
type noticeBody struct {
	Key     string
	Notice  trade.Notice
	Fields  []string // names of the source's own fields, sorted
	Family  *trade.Family
	FamKey  string
	Joint   []jointRow
	HasCase bool
	Grades  map[string]int
	Firms   []trade.Exporter // to ask about
}

// jointRow is a further row of a joint paper: whose it is, and the source's own
// fields in which it differs.
type jointRow struct {
	Members []string
	Names   []string // of the fields, sorted
	Fields  map[string]string
}

// jointRows leaves out what ingest keeps beside the source's fields, under
// names that begin with "=".
func jointRows(n *trade.Notice) []jointRow {
	var out []jointRow
	for _, j := range n.Joint {
		row := jointRow{Members: strings.Split(j.Member, ","), Fields: j.Fields}
		for name := range j.Fields {
			if !strings.HasPrefix(name, "=") {
				row.Names = append(row.Names, name)
			}
		}
		slices.Sort(row.Names)
		out = append(out, row)
	}
	return out
}

func (s *site) showNotice(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	e, err := s.View.Notice(ctx, r.PathValue("key"))
	if err != nil {
		return err
	}
	b := noticeBody{Key: e.Key, Notice: e.Value, Fields: slices.Sorted(maps.Keys(e.Value.Fields)), Joint: jointRows(&e.Value), Grades: map[string]int{}, Firms: s.choices()}
	f, err := s.View.FamilyOf(ctx, &e.Value)
	switch {
	case errors.Is(err, trade.ErrNotFound):
	case err != nil:
		return err
	default:
		b.Family, b.FamKey = &f.Value, f.Key
		for g, n := range f.Value.Grades() {
			b.Grades[string(g)] = n
		}
		_, b.HasCase = s.View.CaseRow(f.Key)
	}
	return s.render(w, r, http.StatusOK, "notice", "notice.title", "notices", b)
}

// raw shows the bytes that a source sent.
func (s *site) raw(w http.ResponseWriter, r *http.Request) error {
	sha := r.PathValue("sha")
	if !view.IsSHA(sha) {
		return errNoPage
	}
	return s.View.ServeRaw(w, r, sha)
}
