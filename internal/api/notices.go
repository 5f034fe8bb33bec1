package api

import (
	"context"
	"iter"

	"tbtwatch/internal/trade"
	"tbtwatch/internal/view"
)

// NoticeRecord is a notice with its place.
type NoticeRecord struct {
	Key       string       `json:"key"`
	Seq       uint64       `json:"seq"`
	FamilyKey string       `json:"family_key,omitempty" doc:"absent while the matcher has not read it"`
	Notice    trade.Notice `json:"notice"`
}

// FamilyRecord is a measure family with its place.
type FamilyRecord struct {
	Key    string       `json:"key"`
	Seq    uint64       `json:"seq"`
	Family trade.Family `json:"family"`
}

func (s *server) noticeRoutes() {
	type listInput struct {
		Paging
		Format
		Text   string `query:"q" maxLength:"200" doc:"in symbol, identity or the beginning of the title as it is; or words, symbols and codes that all stand in the notice, in any order"`
		Source string `query:"source" maxLength:"64"`
	}
	type noticePage = view.Page[view.NoticeRow]
	list(s, get("/notices", "list-notices", "notices", "Notices, latest first"), noticeTable(), func(ctx context.Context, in *listInput) (*answer[noticePage], error) {
		p, err := s.View.Notices(ctx, view.NoticeQuery{Text: in.Text, Source: in.Source, Before: in.Before, Limit: in.Limit})
		return &answer[noticePage]{p}, err
	}, func(ctx context.Context, in *listInput) (iter.Seq2[view.NoticeRow, error], error) {
		parts, coverage := s.View.NoticeParts(ctx, view.NoticeQuery{Text: in.Text, Source: in.Source})
		return covered(newestFirst(ctx, func(r *view.NoticeRow) string { return r.Key }, parts), coverage), nil
	})
	type symbolInput struct {
		Symbol string `query:"symbol" required:"true" maxLength:"300" example:"G/TBT/N/USA/2034" doc:"WTO symbol, or the source's own identity"`
	}
	route(s, get("/notices/by-symbol", "get-notice-by-symbol", "notices", "The notice with that symbol"), func(ctx context.Context, in *symbolInput) (*answer[NoticeRecord], error) {
		e, err := s.View.NoticeBySymbol(ctx, in.Symbol)
		if err != nil {
			return nil, err
		}
		return &answer[NoticeRecord]{s.noticeRecord(ctx, e.Key, e.Seq, e.Value)}, nil
	})
	route(s, get("/notices/{key}", "get-notice", "notices", "A notice, whole"), func(ctx context.Context, in *ByKey) (*answer[NoticeRecord], error) {
		e, err := s.View.Notice(ctx, in.Key)
		if err != nil {
			return nil, err
		}
		return &answer[NoticeRecord]{s.noticeRecord(ctx, e.Key, e.Seq, e.Value)}, nil
	})
	type familyInput struct {
		ID string `query:"id" required:"true" maxLength:"300" example:"G/TBT/N/USA/2034" doc:"root symbol, or identity"`
	}
	route(s, get("/families", "find-family", "notices", "The measure family with that root symbol"), func(ctx context.Context, in *familyInput) (*answer[FamilyRecord], error) {
		return s.family(ctx, trade.FamilyKey(in.ID))
	})
	route(s, get("/families/{key}", "get-family", "notices", "A measure family with its papers and matches"), func(ctx context.Context, in *ByKey) (*answer[FamilyRecord], error) {
		return s.family(ctx, in.Key)
	})
}

func (s *server) noticeRecord(ctx context.Context, key string, seq uint64, n trade.Notice) NoticeRecord {
	r := NoticeRecord{Key: key, Seq: seq, Notice: n}
	if f, err := s.View.FamilyOf(ctx, &n); err == nil {
		r.FamilyKey = f.Key
	}
	return r
}

func (s *server) family(ctx context.Context, key string) (*answer[FamilyRecord], error) {
	e, err := s.View.Family(ctx, key)
	if err != nil {
		return nil, err
	}
	e.Value.Expand()
	return &answer[FamilyRecord]{FamilyRecord{e.Key, e.Seq, e.Value}}, nil
}
