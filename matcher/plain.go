package matcher

import (
	"tbtwatch/internal/index"
	"tbtwatch/internal/nomenclature"
	"tbtwatch/internal/trade"
)

// ReadPlain reads a notice for a set of the Plain scheme: its codes as given
// and one text, without kinds of goods, standards and substances.
func ReadPlain(n *trade.Notice) Reading {
	return Reading{
		plain: true, ID: n.ID, Kind: n.Kind, Markets: n.Markets, HS: n.HS, ICS: n.ICS,
		Fields: []index.Field{{Where: whereTitle, Text: n.Title}}, except: []*nomenclature.Exceptions{nothingExcepted},
		ics: make([]icsGoods, len(n.ICS)),
	}
}

var nothingExcepted = nomenclature.ReadExceptions("")
