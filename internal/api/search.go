package api

import (
	"context"

	"tbtwatch/internal/view"
)

func (s *server) searchRoutes() {
	type searchInput struct {
		Text   string `query:"q" maxLength:"200" doc:"words in any language, a symbol or code or the beginning of one; all must stand in the record; words in quotes follow each other" example:"G/TBT/N/VNM/12"`
		Kind   string `query:"kind" enum:"cases,notices,standards,warnings" doc:"only these"`
		Offset int    `query:"offset" minimum:"0" maximum:"10000"`
		Limit  int    `query:"limit" minimum:"1" maximum:"50" default:"10" doc:"of each kind"`
	}
	op := get("/search", "search", "search", "Cases, notices, standards and warnings that have every word of a text, the best first")
	op.Description = "Chinese is found in either script and from one character on; what is found is told in pieces of plain text. No text is an error: what cannot be found is not there."
	route(s, op, func(ctx context.Context, in *searchInput) (*answer[view.SearchPage], error) {
		p, err := s.View.Search(ctx, view.SearchQuery{Text: in.Text, Kind: in.Kind, Offset: in.Offset, Limit: in.Limit})
		return &answer[view.SearchPage]{p}, err
	})
}
