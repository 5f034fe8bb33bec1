package triage

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/nomenclature"
	"tbtwatch/internal/trade"
)

// ReadAnswers reads what recipients answered about a family. roots are its ID
// and the roots that it had before joint papers merged them.
func ReadAnswers(ctx context.Context, b *bus.Bus, roots ...string) (*trade.Answers, error) {
	a := &trade.Answers{}
	err := eachResponse(ctx, b, roots, func(e bus.Entry[trade.Response]) { a.Add(e.Value, e.Seq) })
	return a, err
}

// Responses lists the responses about a family that stand, in the order in
// which they were given.
func Responses(ctx context.Context, b *bus.Bus, roots ...string) (out []trade.Response, err error) {
	err = eachResponse(ctx, b, roots, func(e bus.Entry[trade.Response]) { out = append(out, e.Value) })
	return out, err
}

func eachResponse(ctx context.Context, b *bus.Bus, roots []string, fn func(bus.Entry[trade.Response])) error {
	for _, r := range trade.SortedUnique(roots) {
		err := b.Responses.Under(ctx, trade.FamilyKey(r), func(e bus.Entry[trade.Response]) error {
			if !e.Deleted {
				fn(e)
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("triage: responses about %s: %w", r, err)
		}
	}
	return nil
}

// Respond keeps a response about the family with that key (an alias leads to
// its lead) and returns what stands then. The same response again changes
// nothing. Family, At and Judged are filled in here.
func (d *Desk) Respond(ctx context.Context, key string, r trade.Response) (trade.Response, error) {
	f, err := d.leading(ctx, key)
	if err != nil {
		return r, err
	}
	r.Family, r.Reason, r.At = f.ID, cut(strings.TrimSpace(r.Reason), 1000), d.stamp()
	if err := r.Validate(); err != nil {
		return r, err
	}
	if r.Judged, err = d.judged(ctx, f, &r); err != nil {
		return r, err
	}
	if err := d.knows(ctx, &r); err != nil {
		return r, err
	}
	for range attempts {
		stands, err := d.Bus.Responses.Get(ctx, r.Key())
		if err != nil && !errors.Is(err, trade.ErrNotFound) {
			return r, err
		}
		if err == nil && stands.Value.Same(&r) {
			return stands.Value, nil
		}
		if _, err = d.Bus.Responses.Put(ctx, r.Key(), r, stands.Seq); !errors.Is(err, trade.ErrConflict) {
			return r, err
		}
	}
	return r, fmt.Errorf("response about %s: %w %d times in a row", r.Family, trade.ErrConflict, attempts)
}

// leading reads a family, or the one that it was merged into.
func (d *Desk) leading(ctx context.Context, key string) (*trade.Family, error) {
	for range attempts {
		e, err := d.Bus.Families.Get(ctx, key)
		if err != nil {
			return nil, err
		}
		if e.Value.Alias == "" {
			return &e.Value, nil
		}
		key = trade.FamilyKey(e.Value.Alias)
	}
	return nil, fmt.Errorf("family %s: %w behind its aliases", key, trade.ErrNotFound)
}

// knows refuses a response about a product that is neither registered nor
// among those that the family touches.
func (d *Desk) knows(ctx context.Context, r *trade.Response) error {
	if r.Product == "" || len(r.Judged) > 0 {
		return nil
	}
	p := trade.Product{ID: r.Product, Exporter: r.Exporter}
	_, err := d.Bus.Products.Get(ctx, p.Key())
	if errors.Is(err, trade.ErrNotFound) {
		return trade.Refusef("exporter %s has no product %s; 企业没有这项产品", r.Exporter, r.Product)
	}
	return err
}

// judged lists the matches that the response speaks about: as the last release
// had them, else as the family has them.
func (d *Desk) judged(ctx context.Context, f *trade.Family, r *trade.Response) ([]trade.Judged, error) {
	before, err := d.lastRelease(ctx, f)
	if err != nil {
		return nil, err
	}
	mine := func(m trade.Match) bool {
		return m.Exporter == r.Exporter && (r.Product == "" || m.Product == r.Product)
	}
	var out []trade.Judged
	at := map[string]int{}
	for m := range f.All() {
		if mine(m) {
			at[m.Product] = len(out)
			out = append(out, JudgedOf(&m))
		}
	}
	if before != nil {
		for _, m := range before.Audience {
			if !mine(m) {
				continue
			}
			j := JudgedOf(&m)
			j.Released = true
			if i, known := at[m.Product]; known {
				out[i] = j
			} else {
				out = append(out, j)
			}
		}
	}
	return out, FillSectors(ctx, d.Bus, r.Exporter, out)
}

// JudgedOf is what an answer about the match is counted against.
func JudgedOf(m *trade.Match) trade.Judged {
	return trade.Judged{Product: m.Product, Grade: m.Grade, Rules: m.Rules(), Markets: m.Markets}
}

// FillSectors adds the sectors of an exporter's products as registered now.
func FillSectors(ctx context.Context, b *bus.Bus, exporter string, judged []trade.Judged) error {
	keys := make([]string, len(judged))
	for i, j := range judged {
		keys[i] = (&trade.Product{ID: j.Product, Exporter: exporter}).Key()
	}
	products, err := b.Products.GetMany(ctx, keys)
	if err != nil {
		return fmt.Errorf("triage: products of %s: %w", exporter, err)
	}
	for i := range judged {
		if e, ok := products[keys[i]]; ok && !e.Deleted {
			judged[i].Sector = nomenclature.SectorOf(e.Value.HS)
		}
	}
	return nil
}

var responseNames = map[trade.ResponseKind]trade.Text{
	trade.NotRelevant: {ZH: "不相关", EN: "not relevant"},
	trade.Relevant:    {ZH: "相关", EN: "relevant"},
	trade.Receipt:     {ZH: "已收到", EN: "received"},
	trade.Surveyed:    {ZH: "影响调查", EN: "impact survey"},
	trade.Commented:   {ZH: "意见", EN: "comment"},
}

// ResponseName names a kind of response for people.
func ResponseName(k trade.ResponseKind) trade.Text {
	if t, ok := responseNames[k]; ok {
		return t
	}
	return same(string(k))
}

var responseCodes = map[string]trade.Text{
	"other_goods":  {ZH: "不是同类商品", EN: "other goods"},
	"not_exported": {ZH: "不出口到该市场", EN: "not exported to that market"},
	"compliant":    {ZH: "已符合要求", EN: "already compliant"},
	"discontinued": {ZH: "已停产", EN: "discontinued"},
	"other":        {ZH: "其他", EN: "other"},
}

// ResponseCode names a reason for "not relevant" for people.
func ResponseCode(code string) trade.Text {
	if t, ok := responseCodes[code]; ok {
		return t
	}
	return same(code)
}

// ResponseWhy is a response's reason: the code in words, then the words given.
func ResponseWhy(r *trade.Response) trade.Text {
	if r.Survey != nil {
		return SurveyText(r.Survey)
	}
	t, words := ResponseCode(r.Code), same(r.Reason)
	switch {
	case r.Code == "" || r.Code == "other" && r.Reason != "":
		return words
	case r.Reason == "":
		return t
	}
	return trade.Text{ZH: t.ZH + "：" + words.ZH, EN: t.EN + ": " + words.EN}
}

// Silenced says why a match is not told to its exporter.
func Silenced(r *trade.Response) trade.Text {
	return Reason("not relevant: said by %s on %s (%s)", r.By, r.At[:min(len(r.At), 10)], ResponseWhy(r))
}
