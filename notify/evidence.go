package notify

import (
	"slices"
	"strings"

	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
)

// why says one piece of evidence to the firm whose product it is, foreign words
// in it made inert.
func why(e trade.Evidence, lang string) string {
	t := triage.Evidence(trade.Evidence{Kind: line(e.Kind, 40), Notice: line(e.Notice, 160), Product: line(e.Product, 160), Where: line(e.Where, 120)}, triage.ToFirm)
	return t.In(lang)
}

// worthSaying is what a firm is told of the evidence: where the notice has the
// product's very name, it adds nothing that the same words are of its kind.
func worthSaying(all []trade.Evidence) []trade.Evidence {
	out := slices.DeleteFunc(slices.Clone(all), func(e trade.Evidence) bool {
		return e.Kind == trade.EvidenceConcept && slices.ContainsFunc(all, func(t trade.Evidence) bool {
			return t.Kind == trade.EvidenceTerm && t.Where == e.Where && strings.EqualFold(t.Notice, e.Notice)
		})
	})
	return out[:min(len(out), maxEvidence)]
}

// dateLine is a date as a row, foreign words in it made inert.
func dateLine(d trade.Date, lang string) DateLine {
	row := triage.RowOf(inertDate(d))
	return DateLine{What: sentence(row.Name.In(lang)), When: row.When.In(lang), AsWritten: row.Written, Basis: row.Basis.In(lang)}
}

func inertDate(d trade.Date) trade.Date {
	return trade.Date{What: line(d.What, 60), Text: line(d.Text, 200), From: line(d.From, 20), To: line(d.To, 20), Basis: line(d.Basis, 200)}
}

func kindName(k trade.Kind, lang string) string {
	return triage.KindName(trade.Kind(line(string(k), 40))).In(lang)
}

func gradeName(g trade.Grade, lang string) string {
	return triage.GradeName(trade.Grade(line(string(g), 40))).In(lang)
}
