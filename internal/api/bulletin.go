package api

import (
	"context"

	"tbtwatch/internal/triage"
	"tbtwatch/internal/view"
)

func (s *server) bulletinRoutes() {
	type bulletinInput struct {
		ByKey
		Audience triage.Audience `query:"audience" enum:"internal,public" default:"internal" doc:"internal (通报) names firms; public (通告) names none, and gives sums of three firms or more only"`
	}
	op := get("/cases/{key}/bulletin", "get-bulletin", "cases", "The bulletin of a case in its fourteen parts, as it stands now")
	route(s, op, func(ctx context.Context, in *bulletinInput) (*tagged[view.BulletinDetail], error) {
		d, err := s.View.Bulletin(ctx, in.Key, in.Audience)
		if err != nil {
			return nil, err
		}
		return &tagged[view.BulletinDetail]{ETag: etag(d.Seq), Body: d}, nil
	})
}
