package view

import (
	"context"

	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
)

// ResponseRow is what a recipient answered about a measure.
type ResponseRow struct {
	trade.Response
	Name string     `json:"exporter_name" doc:"the exporter's"`
	Why  trade.Text `json:"why" doc:"the reason in words"`
}

// Responses lists the responses about a family that stand, oldest first. It
// reads the bus.
func (v *View) Responses(ctx context.Context, f *trade.Family) ([]ResponseRow, error) {
	all, err := triage.Responses(ctx, v.Bus, append([]string{f.ID}, f.Roots...)...)
	if err != nil {
		return nil, err
	}
	out := make([]ResponseRow, 0, len(all))
	for _, r := range all {
		out = append(out, ResponseRow{r, v.Directory.ExporterName(r.Exporter), triage.ResponseWhy(&r)})
	}
	return out, nil
}

// impactOf sums up responses.
func impactOf(rows []ResponseRow) triage.Impact {
	all := make([]trade.Response, len(rows))
	for i, r := range rows {
		all[i] = r.Response
	}
	return triage.ImpactOf(all)
}
