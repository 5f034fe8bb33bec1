package ingest

import (
	"fmt"

	"tbtwatch/internal/nomenclature"
	"tbtwatch/internal/prose"
	"tbtwatch/internal/trade"
)

// bulkItem makes a notice of a row, or says why not.
func bulkItem(header []string, row int, cells []sheetCell) Item {
	fields, links := map[string]string{}, map[string]string{}
	for _, c := range cells {
		name := header[c.column]
		if name == "" {
			name = fmt.Sprintf("column %d", c.column+1)
		}
		fields[name] = c.text
		if c.link != "" {
			links[name] = c.link
		}
	}
	n, err := bulkNotice(fields, links)
	if err != nil {
		return badItem(fmt.Sprintf("row %d", row), err, []byte(fmt.Sprintf("%q", fields)))
	}
	return Item{Notice: n}
}

func bulkNotice(fields, links map[string]string) (*trade.Notice, error) {
	n := &trade.Notice{Fields: fields}
	if prose.Line(fields[colSymbol]) == "" {
		return nil, trade.Refusef("the row has no document symbol")
	}
	if err := identify(n, fields[colSymbol], "", fields[colMember], "", fields[colType]); err != nil {
		return nil, err
	}
	n.Title = prose.Line(fields[colTitle])
	n.Description = prose.Plain(fields[colDescr])
	n.Lang = langOf(n.Title+"\n"+n.Description, "en")
	n.Products = prose.Plain(fields[colProducts])
	n.HS, n.ICS = hsCodes(fields[colHS]), icsCodes(fields[colICS])
	n.Keywords, n.Objectives = words(fields[colKeywords]), words(fields[colObjective])
	n.Affected, n.Excepted = nomenclature.Origins(prose.Plain(fields[colAffected]))
	n.Dates = addDate(n.Dates, trade.DatePublished, fields[colPublished], "")
	n.Dates = addDate(n.Dates, trade.DateCommentDeadline, fields[colDeadline], "")
	n.Dates = addDate(n.Dates, trade.DateAdoption, fields[colAdoption], "")
	n.Dates = addDate(n.Dates, trade.DateEntryIntoForce, fields[colForce], "")
	for _, lang := range []string{"(EN)", "(FR)", "(ES)"} {
		name := colLink + lang
		n.Links = addLinks(n.Links, "notice", links[name])
		n.Links = addLinks(n.Links, "notice", fields[name])
	}
	n.Links = addLinks(n.Links, "text", links[colDocument])
	n.Links = addLinks(n.Links, "text", fields[colDocument])
	n.Links = addLink(n.Links, "page", links[colSymbol])
	return n, nil
}
