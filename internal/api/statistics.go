package api

import (
	"context"

	"tbtwatch/internal/view"
)

// statisticsInput names a period and what part of it is counted.
type statisticsInput struct {
	Month  string `query:"month" pattern:"^([0-9]{4}-(0[1-9]|1[0-2]))?$" patternDescription:"YYYY-MM" doc:"YYYY-MM; the last twelve months without" example:"2026-02"`
	Market string `query:"market" maxLength:"10" doc:"only what names that market or bloc"`
	Sector string `query:"sector" maxLength:"64" doc:"only measures of that sector, or no_sector, ics_only, uncoded"`
}

func (s *server) statisticsRoutes() {
	op := get("/statistics", "get-statistics", "statistics", "Papers, response times, comment days and answers of a month, beside the month before")
	op.Description = "The figures of the page \"Statistics\". Days and months are those of the centre's time zone. Without a month the last twelve are counted, and compared with the twelve before."
	route(s, op, func(_ context.Context, in *statisticsInput) (*answer[view.Statistics], error) {
		out, err := s.View.Statistics(view.StatisticsQuery{Month: in.Month, Market: in.Market, Sector: in.Sector})
		return &answer[view.Statistics]{out}, err
	})
}
