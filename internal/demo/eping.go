package demo

import (
	"encoding/json"
	"html"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// firstID is where our ePing ids begin; the real ones stood at 118,548 in July 2026.
const firstID = 200_001

// row is one item of ePing's JSON: a joint paper has one for each member.
type row struct {
	id     int
	day    string // of distribution, YYYY-MM-DD
	area   string // TBT or SPS
	member string // ePing's id of the member
	symbol string // as printed
	api    json.RawMessage
	site   json.RawMessage
}

// rows are in ePing's order: latest distribution first, then highest id.
type rows []row

func (w *World) addRows(p Paper) {
	via := p.via()
	for i := range max(len(p.Members), 1) {
		r := w.newRow(p, i)
		at, _ := slices.BinarySearchFunc(w.rows[via], r, func(a, b row) int {
			if c := strings.Compare(b.day, a.day); c != 0 {
				return c
			}
			return b.id - a.id
		})
		w.rows[via] = slices.Insert(w.rows[via], at, r)
	}
}

func (w *World) newRow(p Paper, i int) row {
	id := w.nextID
	w.nextID++
	// The leading blank is ePing's.
	symbol := " " + strings.Join(p.Symbols, ", ")
	area := "TBT"
	if strings.Contains(symbol, "/SPS/") {
		area = "SPS"
	}
	member := ""
	if i < len(p.Members) {
		member = p.Members[i]
	}
	item := epingItem{
		ID: id, DocumentSymbol: symbol, Area: area, NotificationType: p.Type,
		NotifyingMember: member, NotifyingMemberCode: members[member],
		Title: paragraph(p.Title), TitlePlain: p.Title,
		Description: paragraph(p.Description), DescriptionPlain: p.Description,
		ProductsFreeText: paragraph(p.Products), ProductsFreeTextPlain: p.Products,
		HSCodes: codes(p.HS), ICSCodes: codes(p.ICS),
		Keywords: names(p.Keywords), Objectives: names(p.Objectives), CountriesAffected: names(listed(p.Affected)),
		DistributionDate: stamp(p.published(w.now)), CommentDeadlineDate: moment(p.deadline(w.now)),
		IsOpenForComments: p.deadline(w.now).After(w.now), ProposedAdoptionDateText: p.Adoption, ProposedEntryText: p.Entry,
		Link: "https://eping.wto.org/en/Search?viewData=" + url.QueryEscape(symbol),
	}
	full, err := json.Marshal(item)
	if err != nil {
		panic("demo: an ePing item always marshals: " + err.Error())
	}
	return row{id: id, day: p.published(w.now).Format(time.DateOnly), area: area, member: members[member], symbol: symbol, api: full, site: siteItem(item)}
}

// epingItem has the fields of the official API's items.
type epingItem struct {
	ID                       int         `json:"id"`
	DocumentSymbol           string      `json:"documentSymbol"`
	Area                     string      `json:"area"`
	NotificationType         string      `json:"notificationType"`
	NotifyingMember          string      `json:"notifyingMember"`
	NotifyingMemberCode      string      `json:"notifyingMemberCode"`
	Title                    string      `json:"title"`
	TitlePlain               string      `json:"titlePlain"`
	Description              string      `json:"description"`
	DescriptionPlain         string      `json:"descriptionPlain"`
	ProductsFreeText         string      `json:"productsFreeText"`
	ProductsFreeTextPlain    string      `json:"productsFreeTextPlain"`
	HSCodes                  []epingCode `json:"hsCodes"`
	ICSCodes                 []epingCode `json:"icsCodes"`
	Keywords                 []epingName `json:"keywords"`
	Objectives               []epingName `json:"objectives"`
	CountriesAffected        []epingName `json:"countriesAffected"`
	DistributionDate         string      `json:"distributionDate"`
	CommentDeadlineDate      *string     `json:"commentDeadlineDate"`
	IsOpenForComments        bool        `json:"isOpenForComments"`
	ProposedAdoptionDate     *string     `json:"proposedAdoptionDate"`
	ProposedAdoptionDateText string      `json:"proposedAdoptionDateText"`
	ProposedEntry            *string     `json:"proposedEntryIntoForceDate"`
	ProposedEntryText        string      `json:"proposedEntryIntoForceDateText"`
	Link                     string      `json:"linkToNotification"`
}

type epingCode struct {
	ID   int    `json:"id"`
	Code string `json:"code"`
	Name string `json:"name"`
}

type epingName struct {
	Name string `json:"name"`
}

// siteItem has the fewer fields that the site's own JSON gives, texts as HTML.
func siteItem(it epingItem) json.RawMessage {
	b, err := json.Marshal(map[string]any{
		"id": it.ID, "area": it.Area, "distributionDate": it.DistributionDate, "commentDeadlineDate": it.CommentDeadlineDate,
		"notifyingMember": it.NotifyingMember, "documentSymbol": it.DocumentSymbol, "notificationType": it.NotificationType,
		"title": it.Title, "description": it.Description, "productsFreeText": it.ProductsFreeText, "hsCodes": it.HSCodes, "icsCodes": it.ICSCodes,
	})
	if err != nil {
		panic("demo: an ePing item always marshals: " + err.Error())
	}
	return b
}

func codes(named []string) []epingCode {
	out := []epingCode{}
	for _, n := range named {
		c := code(n)
		out = append(out, epingCode{ID: 40_000 + number(c)%9_999, Code: c, Name: n})
	}
	return out
}

func names(list []string) []epingName {
	out := []epingName{}
	for _, n := range list {
		out = append(out, epingName{n})
	}
	return out
}

// listed cuts "China, Sri Lanka".
func listed(text string) []string {
	return strings.FieldsFunc(strings.ReplaceAll(text, ", ", ","), func(r rune) bool { return r == ',' })
}

func paragraph(text string) string {
	if text == "" {
		return ""
	}
	return `<p style="margin:2px">` + html.EscapeString(text) + "</p>"
}

// stamp writes a moment as ePing does: 2026-07-02T00:00:00+00:00.
func stamp(t time.Time) string { return t.Format("2006-01-02T15:04:05-07:00") }

func moment(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	s := stamp(t)
	return &s
}

func (w *World) serveEping(mux *http.ServeMux) {
	mux.HandleFunc("GET /eping-api/notifications/search", w.epingSearch)
	mux.HandleFunc("GET /eping-site/api/v1/azureSearch/getAll", w.epingSite)
	mux.HandleFunc("GET /eping-bulk/NotificationExcelFiles/Notification_EN.xlsx", w.epingBulk)
}
