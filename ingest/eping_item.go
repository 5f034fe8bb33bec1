package ingest

import (
	"encoding/json"
	"net/url"
	"strings"

	"tbtwatch/internal/nomenclature"
	"tbtwatch/internal/prose"
	"tbtwatch/internal/trade"
)

// notice reads one item of ePing's JSON. q is what was asked for: an item
// outside it is refused, because then a filter was not heeded.
func (s *epingSource) notice(raw json.RawMessage, q url.Values) (*trade.Notice, error) {
	o, err := asObject(raw)
	if err != nil {
		return nil, err
	}
	n := &trade.Notice{}
	if n.Fields, err = flatten(o.m); err != nil {
		return nil, err
	}
	id := o.text("id")
	if id != "" {
		id = "ePing " + id
	}
	if err := identify(n, o.text("documentSymbol"), id, o.first("notifyingMember", "notifyingMemberName"), o.text("area"), o.text("notificationType")); err != nil {
		return nil, err
	}
	if len(n.Symbols) == 0 && n.Area != "" && n.Kind == trade.KindReport {
		n.Kind = trade.KindNew // a notification that ePing lists before it has a symbol
	}
	n.Title = prose.Line(o.first("title", "titlePlain"))
	n.Description = prose.Plain(o.first("description", "descriptionPlain"))
	n.Lang = langOf(n.Title+"\n"+n.Description, epingLangs[s.Language])
	n.Products = prose.Plain(o.first("productsFreeText", "productsFreeTextPlain"))
	epingCodes(n, o)
	n.Keywords = trade.Distinct(append(o.texts("keywords", "name"), o.texts("spsKeywords", "name")...))
	n.Objectives = o.texts("objectives", "name")
	if free := prose.Plain(o.text("objectivesFreeText")); free != "" {
		n.Objectives = addOnce(n.Objectives, free)
	}
	if o.text("allTradingPartners") != "true" {
		n.Affected, n.Excepted = nomenclature.Origins(prose.Plain(strings.Join(o.texts("countriesAffected", "name"), ";")))
	}
	epingDates(n, o)
	epingLinks(n, o)
	if why := notHeeded(q, n.PublishedDay(), n.Area, o.text("notifyingMemberCode")); why != "" {
		return nil, trade.Refusef("not asked for: %s", why)
	}
	return n, o.err()
}

func epingCodes(n *trade.Notice, o object) {
	for _, c := range o.objects("hsCodes") {
		n.HS = appendHS(n.HS, c.first("code", "name"))
	}
	n.HS = trade.Distinct(append(n.HS, hsCodes(o.text("hsCodeText"))...))
	for _, c := range o.objects("icsCodes") {
		n.ICS = append(n.ICS, icsCodes(c.first("code", "name"))...)
	}
	n.ICS = trade.Distinct(append(n.ICS, icsCodes(o.text("icsCodeText"))...))
}

func epingDates(n *trade.Notice, o object) {
	n.Dates = addDate(n.Dates, trade.DatePublished, o.text("distributionDate"), "")
	n.Dates = addDate(n.Dates, trade.DateCommentDeadline, o.text("commentDeadlineDate"), o.text("commentDeadlineDateText"))
	n.Dates = addDate(n.Dates, trade.DateAdoption, o.text("proposedAdoptionDate"), o.text("proposedAdoptionDateText"))
	n.Dates = addDate(n.Dates, trade.DateEntryIntoForce, o.text("proposedEntryIntoForceDate"), o.text("proposedEntryIntoForceDateText"))
}

func epingLinks(n *trade.Notice, o object) {
	n.Links = addLinks(n.Links, "notice", o.text("linkToNotification"))
	n.Links = addLinks(n.Links, "notice", o.text("dolLink"))
	n.Links = addLinks(n.Links, "text", o.text("notifiedDocumentLink"))
	if len(n.Symbols) > 0 {
		n.Links = addLink(n.Links, "page", "https://eping.wto.org/en/Search?viewData="+url.QueryEscape(n.Symbols[0]))
	}
}
