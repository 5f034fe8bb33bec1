package view

import (
	"strings"
	"time"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
)

// NoticeRow is a notice in a list.
type NoticeRow struct {
	Key       string     `json:"key"`
	Source    string     `json:"source"`
	ID        string     `json:"id" doc:"symbol or identity as given"`
	Symbols   []string   `json:"symbols,omitempty"`
	Kind      trade.Kind `json:"kind"`
	Markets   []string   `json:"markets,omitempty"`
	Title     string     `json:"title,omitempty"`
	Published string     `json:"published,omitempty" doc:"YYYY-MM-DD"`
	Comment   string     `json:"comment_deadline,omitempty" doc:"YYYY-MM-DD"`
	SeenAt    time.Time  `json:"seen_at"`
	Backfill  bool       `json:"backfill,omitempty"`
}

func noticeRow(e bus.Entry[trade.Notice]) NoticeRow {
	n := e.Value
	return NoticeRow{
		Key: e.Key, Source: n.Source, ID: cut(n.ID, 120), Symbols: first(n.Symbols, 12), Kind: n.Kind, Markets: first(n.Markets, 40),
		Title: cut(n.Title, 240), Published: n.PublishedDay(), Comment: n.Date(trade.DateCommentDeadline).To,
		SeenAt: n.SeenAt, Backfill: n.Backfill,
	}
}

// WarningRow is a release of a warning in a list.
type WarningRow struct {
	Key      string     `json:"key" doc:"of the family"`
	Number   string     `json:"number"`
	Family   string     `json:"family"`
	Release  int        `json:"release"`
	Level    string     `json:"level"`
	Lifted   bool       `json:"lifted,omitempty"`
	Corrects int        `json:"corrects,omitempty" doc:"the release that was wrong: this one takes its place"`
	Recalls  int        `json:"recalls,omitempty" doc:"the release that should not have gone out"`
	Headline trade.Text `json:"headline"`
	Markets  []string   `json:"markets,omitempty"`
	Firms    int        `json:"firms"`
	Products int        `json:"products"`
	By       string     `json:"by"`
	At       string     `json:"at"`
}

func warningRow(e bus.Entry[trade.Warning]) WarningRow {
	w := e.Value
	firms := map[string]bool{}
	for _, m := range w.Audience {
		firms[m.Exporter] = true
	}
	return WarningRow{
		Key: e.Key, Number: w.Number, Family: w.Family, Release: w.Release, Level: w.Level, Lifted: w.Lifted, Corrects: w.Corrects, Recalls: w.Recalls,
		Headline: trade.Text{ZH: cut(w.Headline.ZH, 240), EN: cut(w.Headline.EN, 240)}, Markets: first(w.Markets, 40),
		Firms: len(firms), Products: len(w.Audience), By: w.By, At: w.At,
	}
}

// DeliveryRow is a delivery in a list: the ledger's last word on it.
type DeliveryRow struct {
	trade.Delivery
	Name      string `json:"name" doc:"the recipient's name"`
	FamilyKey string `json:"family_key"`
}

// DeliveryStates lists the states of a delivery, what needs a person first.
var DeliveryStates = []trade.DeliveryState{
	trade.Held, trade.Rejected, trade.Unknown, trade.RetryAt, trade.Planned, trade.Bundled, trade.Sending, trade.Accepted, trade.Suppressed,
}

func deliveryRow(e bus.Entry[trade.Delivery]) DeliveryRow {
	d := e.Value
	d.Key = e.Key
	d.Reason = cut(d.Reason, 400)
	return DeliveryRow{Delivery: d, FamilyKey: trade.FamilyKey(d.Family)}
}

// QuarantineRow is a quarantined input in a list, without its bytes.
type QuarantineRow struct {
	Key    string `json:"key"`
	Source string `json:"source"`
	Where  string `json:"where"`
	Reason string `json:"reason"`
	Raw    string `json:"raw,omitempty"`
	Whole  bool   `json:"whole,omitempty"`
	At     string `json:"at"`
}

func quarantineRow(e bus.Entry[trade.Quarantine]) QuarantineRow {
	q := e.Value
	return QuarantineRow{e.Key, q.Source, cut(q.Where, 240), cut(q.Reason, 400), q.Raw, q.Whole, q.At}
}

// DeadLetterRow is a message that a stage gave up, without its payload.
type DeadLetterRow struct {
	Key      string `json:"key"`
	Consumer string `json:"consumer"`
	Subject  string `json:"subject"`
	Seq      uint64 `json:"seq"`
	Reason   string `json:"reason"`
	Attempts uint64 `json:"attempts"`
	At       string `json:"at"`
}

func deadLetterRow(e bus.Entry[bus.DeadLetter]) DeadLetterRow {
	d := e.Value
	return DeadLetterRow{e.Key, d.Consumer, d.Subject, d.Seq, cut(d.Reason, 400), d.Attempts, d.At}
}

func first[T any](s []T, n int) []T { return s[:min(n, len(s))] }

// cut shortens text to n characters, marking that it did.
func cut(text string, n int) string {
	if len(text) <= n {
		return text
	}
	r := []rune(strings.ToValidUTF8(text[:min(len(text), 8*n)], ""))
	if len(r) <= n {
		return string(r)
	}
	return string(r[:n-1]) + "…"
}
