package api

import (
	"context"
	"iter"

	"tbtwatch/internal/view"
)

func (s *server) standardRoutes() {
	type listInput struct {
		Text   string       `query:"q" maxLength:"200" doc:"a standard in any form, with or without year, or a part of a name or of its body's" example:"IEC 62133-2:2017"`
		Issuer string       `query:"body" maxLength:"40" doc:"code of the issuing body as bodies lists them; other for names that are no standard that is recognised"`
		Named  view.NamedBy `query:"named" enum:"both,measures,products" doc:"only what measures name and products claim, or only one of both does"`
		Offset int          `query:"offset" minimum:"0"`
		Limit  int          `query:"limit" minimum:"1" maximum:"200" default:"50"`
		Format
	}
	list(s, get("/standards", "list-standards", "standards", "Standards that measures name or registered products claim, those of both sides first"), standardTable(), func(ctx context.Context, in *listInput) (*answer[view.StandardPage], error) {
		p, err := s.View.Standards(ctx, view.StandardQuery{Text: in.Text, Body: in.Issuer, Named: in.Named, Offset: in.Offset, Limit: in.Limit})
		return &answer[view.StandardPage]{p}, err
	}, func(ctx context.Context, in *listInput) (iter.Seq2[view.StandardRow, error], error) {
		return s.View.AllStandards(ctx, view.StandardQuery{Text: in.Text, Body: in.Issuer, Named: in.Named}), nil
	})
	type keyInput struct {
		ByKey
		Naming   int `query:"naming_offset" minimum:"0" doc:"where the part of naming begins"`
		Claiming int `query:"claiming_offset" minimum:"0" doc:"where the part of claiming begins"`
	}
	route(s, get("/standards/{key}", "get-standard", "standards", "A standard: its names and editions, the measures that name it, the firms whose products claim it"), func(ctx context.Context, in *keyInput) (*answer[view.StandardDetail], error) {
		d, err := s.View.Standard(ctx, in.Key, view.StandardParts{Naming: in.Naming, Claiming: in.Claiming})
		return &answer[view.StandardDetail]{d}, err
	})
}
