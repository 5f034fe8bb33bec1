package api

import (
	"context"
	"iter"

	"tbtwatch/internal/triage"
	"tbtwatch/internal/view"
)

// leadRoutes list what may be worth a specific trade concern.
func (s *server) leadRoutes() {
	type leadInput struct {
		Market string `query:"market" maxLength:"20" doc:"a country, which a bloc's measures reach too, or a bloc"`
		Sector string `query:"sector" maxLength:"64"`
		Since  string `query:"since" format:"date" doc:"circulated on that day or later"`
		Offset int    `query:"offset" minimum:"0"`
		Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
		Format
	}
	query := func(in *leadInput) view.LeadQuery {
		return view.LeadQuery{Market: in.Market, Sector: in.Sector, Since: in.Since, Offset: in.Offset, Limit: in.Limit}
	}
	table := view.LeadTable(func(id string) triage.Level { return s.View.Policy.Level(id) })
	op := get("/leads", "list-leads", "cases", "Leads for specific trade concerns: measures with losses or comments of firms, or with arguments")
	op.Description = "Those with the most exports affected come first, as firms told in the impact survey; where none told, by the exports that are registered."
	list(s, op, table, func(ctx context.Context, in *leadInput) (*answer[view.LeadPage], error) {
		page, err := s.View.Leads(ctx, query(in))
		return &answer[view.LeadPage]{page}, err
	}, func(ctx context.Context, in *leadInput) (iter.Seq2[view.LeadRow, error], error) {
		return s.View.AllLeads(ctx, query(in)), nil
	})
}
