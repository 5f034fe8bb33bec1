package view

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
)

// BulletinDetail is a case's bulletin for one audience, as it stands now.
type BulletinDetail struct {
	Seq      uint64          `json:"seq" doc:"the case's sequence: its ETag"`
	Bulletin triage.Bulletin `json:"bulletin"`

	Case  trade.Case `json:"-"`
	Firms []string   `json:"-"` // names of all firms that the case touches
	News  bool       `json:"-"` // since the last release
}

// A bulletin lists fifty firms, and says of each how many products are touched
// and what they export: so it has all of them.
var bulletinFirms = FirmQuery{Firms: 50, Products: math.MaxInt}

// Bulletin writes the bulletin of a case, or returns trade.ErrNotFound. It
// reads the bus.
func (v *View) Bulletin(ctx context.Context, key string, to triage.Audience) (BulletinDetail, error) {
	if err := to.Validate(); err != nil {
		return BulletinDetail{}, err
	}
	d, facts, err := v.facts(ctx, key)
	if err != nil {
		return BulletinDetail{}, err
	}
	out := BulletinDetail{Seq: d.Row.Seq, Bulletin: triage.BulletinOf(facts, to), Case: d.Case, News: len(facts.Changed) > 0}
	seen := map[string]bool{}
	for m := range d.Family.All() {
		if !seen[m.Exporter] {
			seen[m.Exporter] = true
			out.Firms = append(out.Firms, v.Directory.ExporterName(m.Exporter))
		}
	}
	return out, nil
}

// facts reads all that bulletins and drafts of comments on a case are written
// from.
func (v *View) facts(ctx context.Context, key string) (Dossier, triage.BulletinFacts, error) {
	d, err := v.Dossier(ctx, key)
	if err != nil {
		return d, triage.BulletinFacts{}, err
	}
	releases, changed, err := v.released(ctx, &d)
	if err != nil {
		return d, triage.BulletinFacts{}, err
	}
	touched, err := v.Firms(ctx, d.Family.All(), bulletinFirms)
	if err != nil {
		return d, triage.BulletinFacts{}, err
	}
	facts := triage.BulletinFacts{
		Case: d.Case, Family: &d.Family, Latest: &d.Latest, MoreFirms: touched.More(bulletinFirms), Changed: changed, Config: v.Policy, Now: v.Now(),
	}
	if facts.Draft, err = v.draftOf(ctx, &d.Family); err != nil {
		return d, triage.BulletinFacts{}, err
	}
	for _, f := range touched.Firms {
		t := triage.Touched{Exporter: f.Exporter}
		for _, p := range f.Products {
			t.Products = append(t.Products, triage.TouchedProduct{Product: p.Product, Match: p.Match})
		}
		facts.Firms = append(facts.Firms, t)
	}
	for _, r := range releases {
		facts.Releases = append(facts.Releases, triage.Issue{Number: r.Number, Release: r.Release, Level: r.Level, By: r.By, At: r.At})
	}
	return d, facts, nil
}

// OpinionDetail is the draft of the comment on a case, as it stands now.
type OpinionDetail struct {
	Seq     uint64         `json:"seq" doc:"the case's sequence"`
	Opinion triage.Opinion `json:"opinion"`
}

// Opinion writes the draft of the comment on a case, with the comments of firms
// whose keys are given quoted by name, or returns trade.ErrNotFound. It reads
// the bus.
func (v *View) Opinion(ctx context.Context, key string, quoted []string) (OpinionDetail, error) {
	d, facts, err := v.facts(ctx, key)
	if err != nil {
		return OpinionDetail{}, err
	}
	answers, err := triage.Responses(ctx, v.Bus, append([]string{d.Family.ID}, d.Family.Roots...)...)
	if err != nil {
		return OpinionDetail{}, err
	}
	return OpinionDetail{d.Row.Seq, triage.OpinionOf(triage.OpinionFacts{BulletinFacts: facts, Answers: answers, Quoted: quoted, NameOf: v.Directory.ExporterName})}, nil
}

// draftOf reads the last paper that says the whole of the measure, where the
// latest one only follows it.
func (v *View) draftOf(ctx context.Context, f *trade.Family) (*trade.Notice, error) {
	for i, p := range slices.Backward(f.Papers) {
		if p.Kind.FollowUp() && p.Kind != trade.KindRevision {
			continue
		}
		if i == len(f.Papers)-1 {
			return nil, nil
		}
		e, err := v.NoticeRecord(ctx, p.Notice, p.Seq)
		if errors.Is(err, trade.ErrNotFound) {
			return nil, nil
		}
		return &e.Value, err
	}
	return nil, nil
}

// PublicBulletin is a release as everybody may read it.
type PublicBulletin struct {
	Bulletin  triage.Bulletin
	At        string // of its publication, RFC 3339
	Withdrawn string // RFC 3339; then there is no bulletin
	Later     int    // a later release that can be read, 0 for none
}

// Published reads the public bulletin of a release as it was published.
// Everything else is trade.ErrNotFound: a case that is not published cannot be
// told from one that there is not. It reads the bus.
func (v *View) Published(ctx context.Context, key string, release int) (PublicBulletin, error) {
	if key == "" || strings.Trim(key, "abcdefghijklmnopqrstuvwxyz234567") != "" {
		return PublicBulletin{}, trade.ErrNotFound // a stranger's words stay out of subjects
	}
	e, err := v.Bus.Cases.Get(ctx, key)
	if err != nil {
		return PublicBulletin{}, err
	}
	p := e.Value.Publication(release)
	if p == nil {
		return PublicBulletin{}, trade.ErrNotFound
	}
	out := PublicBulletin{At: p.At, Withdrawn: p.Withdrawn}
	for _, other := range e.Value.Public {
		if other.Withdrawn == "" && other.Release > max(release, out.Later) {
			out.Later = other.Release
		}
	}
	if p.Withdrawn != "" {
		return out, nil
	}
	text, err := v.Bus.Raw.Get(ctx, p.Text)
	if err != nil {
		return PublicBulletin{}, fmt.Errorf("bulletin %s, release %d: %w", key, release, err)
	}
	defer func() { _ = text.Close() }()
	out.Bulletin, err = triage.ReadBulletin(text)
	return out, err
}
