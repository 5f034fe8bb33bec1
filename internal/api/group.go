package api

import (
	"context"
	"net/http"

	"tbtwatch/internal/auth"
	"tbtwatch/internal/portal"
	"tbtwatch/internal/trade"
)

// groupRoutes are what associations, districts and departments may read: each
// its own, by the scope of the person whose token it is.
func (s *server) groupRoutes() {
	type none struct{}
	type within struct {
		Period string `query:"period" pattern:"^([0-9]{4}(-(0[1-9]|1[0-2]))?)?$" patternDescription:"YYYY or YYYY-MM" doc:"the current year without"`
	}
	type inYear struct {
		Year string `query:"year" pattern:"^([0-9]{4})?$" patternDescription:"YYYY" doc:"the current year without"`
	}
	type byID struct {
		ID string `path:"id" minLength:"1" maxLength:"80"`
	}
	measures := func(ctx context.Context, _ *none, t auth.TenantScope) (portal.Measures, error) {
		return s.Portal.Measures(ctx, t)
	}
	grouped(s, "/group/members", "group-members", "An association's open measures, with its members' exposure in sums", measures)
	grouped(s, "/group/measures", "group-measures", "A district's or department's open measures, with the firms' exposure in sums", measures)
	grouped(s, "/group/report", "group-report", "An association's activity report of a year", func(ctx context.Context, in *inYear, t auth.TenantScope) (portal.Report, error) {
		return s.Portal.Report(ctx, t, in.Year)
	})
	s.groupSubscription()
	grouped(s, "/group/scorecard", "group-scorecard", "A district's firms by name, and how they answered", func(_ context.Context, in *within, t auth.TenantScope) (portal.Scorecard, error) {
		q, err := s.Portal.PeriodOf(in.Period)
		if err != nil {
			return portal.Scorecard{}, err
		}
		return s.Portal.Scorecard(t, q)
	})
	grouped(s, "/group/firms/{id}", "group-firm", "The warnings that a firm of the district was sent, and its answers", func(_ context.Context, in *byID, t auth.TenantScope) (portal.DistrictFirm, error) {
		return s.Portal.Firm(t, in.ID)
	})
	grouped(s, "/group/waiting", "group-waiting", "The firms of the district that have not answered and that it has to ask now", func(_ context.Context, _ *none, t auth.TenantScope) (portal.AreaWaits, error) {
		return s.Portal.AreaWaits(t)
	})
	grouped(s, "/group/area", "group-area", "Every district in sums, for departments", func(_ context.Context, in *within, t auth.TenantScope) (portal.Area, error) {
		q, err := s.Portal.PeriodOf(in.Period)
		if err != nil {
			return portal.Area{}, err
		}
		return s.Portal.Area(t, q)
	})
}

// groupSubscription reads and changes the subscription of an association.
func (s *server) groupSubscription() {
	type input struct {
		Precondition
		Body Wish
	}
	m := mine{s, s.Portal}
	read := func(ctx context.Context, t auth.TenantScope, in *input) (trade.Subscriber, error) {
		x, bad, err := s.Portal.ReadChange(ctx, t, in.Body.typed())
		if err == nil {
			err = refusedRow(bad)
		}
		return x, err
	}
	stands := func(ctx context.Context, t auth.TenantScope, _ *struct{}) (*tagged[portal.Subscription], error) {
		now, err := s.Portal.Subscription(ctx, t)
		return &tagged[portal.Subscription]{etag(now.Seq), now}, err
	}
	own(m, get("/group/subscription", "group-subscription", "group", "An association's subscription, with its ETag; a secret address is masked"), stands)
	op := get("/group/subscription", "group-subscribe", "group", "Change an association's subscription; needs If-Match. The sector is the centre's to set")
	op.Method, op.Errors = http.MethodPut, []int{http.StatusConflict, http.StatusPreconditionRequired}
	own(m, op, func(ctx context.Context, t auth.TenantScope, in *input) (*tagged[portal.Subscription], error) {
		seq, err := in.seq()
		if err == nil && seq == 0 {
			err = problem(http.StatusPreconditionRequired, "send If-Match with the ETag of the subscription that you read", "请携带 If-Match（您所读取订阅的 ETag）")
		}
		if err != nil {
			return nil, err
		}
		x, err := read(ctx, t, in)
		if err == nil {
			err = s.Portal.Subscribe(ctx, t, x, seq)
		}
		if err != nil {
			return nil, err
		}
		return stands(ctx, t, nil)
	})
	own(m, post("/group/subscription/preview", "group-preview", "group", "What the subscription would have been sent in the last twelve months; nothing is stored"), func(ctx context.Context, t auth.TenantScope, in *input) (*answer[portal.Foreseen], error) {
		x, err := read(ctx, t, in)
		if err != nil {
			return nil, err
		}
		f, err := s.Portal.Foresee(ctx, t, x)
		return &answer[portal.Foreseen]{f}, err
	})
}

// grouped adds a reading for whoever has a scope; a record of somebody else is
// not found.
func grouped[I, O any](s *server, path, id, summary string, read func(ctx context.Context, in *I, t auth.TenantScope) (O, error)) {
	route(s, get(path, id, "group", summary), func(ctx context.Context, in *I) (*answer[O], error) {
		t, ok := auth.Actor(ctx).Tenant()
		if !ok || s.Portal == nil {
			return nil, trade.ErrNotFound
		}
		out, err := read(ctx, in, t)
		if err != nil {
			return nil, err
		}
		return &answer[O]{out}, nil
	})
}
