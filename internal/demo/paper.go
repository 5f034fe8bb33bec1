package demo

import (
	"bytes"
	_ "embed"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"time"
)

// Where a paper shows. A paper shows at one place only, but for those that the
// Chinese site repeats in its own words.
const (
	ViaAPI  = "api"  // ePing's official API
	ViaSite = "site" // the JSON of ePing's own site
	ViaBulk = "bulk" // ePing's daily sheet
)

// Paper is a WTO notification as ePing gives it. Texts may hold dates counted
// from the moment the world was opened at: {day+60}, {month+4}, {year}, {br+60}.
type Paper struct {
	Symbols     []string `json:"symbols"`               // one for each member that sent it
	Members     []string `json:"members"`               // ePing's names, in the order of Symbols
	Type        string   `json:"type"`                  // "Regular notification", "Addendum to Regular Notification" …
	Title       string   `json:"title"`                 // in Lang
	Description string   `json:"description,omitempty"` // in Lang
	Products    string   `json:"products,omitempty"`    // products covered, as written
	HS          []string `json:"hs,omitempty"`          // "650610 - Safety headgear"
	ICS         []string `json:"ics,omitempty"`         // "43.140 - Motorcycles and mopeds"
	Keywords    []string `json:"keywords,omitempty"`
	Objectives  []string `json:"objectives,omitempty"`
	Affected    string   `json:"affected,omitempty"`     // SPS: named origins, comma between; empty means all
	Lang        string   `json:"lang,omitempty"`         // of the texts; en unless set
	AgeHours    int      `json:"age_hours,omitempty"`    // published so long before the world was opened
	CommentDays int      `json:"comment_days,omitempty"` // from distribution to the comment deadline; 0: none stated
	Adoption    string   `json:"adoption,omitempty"`     // proposed date of adoption, in words
	Entry       string   `json:"entry,omitempty"`        // proposed entry into force, in words
	Wave        int      `json:"wave,omitempty"`         // portion it comes with: 1 (or 0) at once, 2 after Advance
	Via         string   `json:"via,omitempty"`          // ViaAPI unless set
}

func (p Paper) via() string {
	if p.Via == "" {
		return ViaAPI
	}
	return p.Via
}

// at returns p with its dates filled in for a world opened at now.
func (p Paper) at(now time.Time) Paper {
	for _, text := range []*string{&p.Title, &p.Description, &p.Products, &p.Adoption, &p.Entry} {
		*text = fill(*text, now)
	}
	return p
}

// published is the day of distribution.
func (p Paper) published(now time.Time) time.Time { return midnight(hoursBefore(now, p.AgeHours)) }

// deadline is the last day for comments, or the zero time.
func (p Paper) deadline(now time.Time) time.Time {
	if p.CommentDays == 0 {
		return time.Time{}
	}
	return p.published(now).AddDate(0, 0, p.CommentDays)
}

var (
	//go:embed data/papers.jsonl
	papersFile []byte
	//go:embed data/members.csv
	membersFile []byte
)

// Papers are the notifications of the sample world, their dates not yet filled in.
func Papers() []Paper { return lines[Paper]("papers.jsonl", papersFile) }

// members maps ePing's names of members to its ids: C and the UN M49 number
// (C704 Viet Nam), U918 for the European Union.
var members = func() map[string]string {
	rows, err := csv.NewReader(bytes.NewReader(membersFile)).ReadAll()
	if err != nil {
		panic("demo: data/members.csv: " + err.Error())
	}
	m := map[string]string{}
	for _, row := range rows[1:] {
		m[row[0]] = row[1]
	}
	return m
}()

// lines reads an embedded file of one JSON object a line. The files are part
// of the program and linted by its tests, so an error is a panic.
func lines[T any](name string, file []byte) []T {
	var out []T
	d := json.NewDecoder(bytes.NewReader(file))
	d.DisallowUnknownFields()
	for {
		var v T
		err := d.Decode(&v)
		if err == io.EOF {
			return out
		}
		if err != nil {
			panic(fmt.Sprintf("demo: data/%s, object %d: %v", name, len(out)+1, err))
		}
		out = append(out, v)
	}
}

// code is the part of "650610 - Safety headgear" before the dash.
func code(named string) string {
	for i := range named {
		if named[i] == ' ' {
			return named[:i]
		}
	}
	return named
}

// number is s as an integer that a wire format wants, 0 where it is none.
func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}
