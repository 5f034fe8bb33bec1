package api

import (
	"context"
	"net/http"
)

// passRoute lets the lead decide about a release that would reach very many.
func (s *server) passRoute() {
	type input struct {
		ByKey
		Release int `path:"release" minimum:"1"`
		Body    struct {
			Do     string `json:"do" enum:"pass,give_up"`
			Reason string `json:"reason" minLength:"1" maxLength:"300" doc:"stays with every delivery"`
		}
	}
	type outcome struct {
		Deliveries int `json:"deliveries" doc:"that were let go, or given up"`
	}
	op := post("/warnings/{key}/{release}/pass", "pass-release", "warnings", "Let the deliveries go that the brake holds of a release, or give them up")
	op.Description = "For the lead and administrators. Repeated after a crash, it does what is left; with nothing left it answers 422."
	op.DefaultStatus, op.Errors = http.StatusOK, []int{http.StatusNotFound, http.StatusUnprocessableEntity}
	route(s, op, func(ctx context.Context, in *input) (*answer[outcome], error) {
		do := s.PassRelease
		if in.Body.Do == "give_up" {
			do = s.DropRelease
		}
		if do == nil {
			return nil, unavailable("notify")
		}
		e, err := s.View.Release(ctx, in.Key, in.Release)
		if err != nil {
			return nil, err
		}
		n, err := do(context.WithoutCancel(ctx), e.Value.Family, in.Release, by(ctx), in.Body.Reason) // what was begun is ended
		return &answer[outcome]{outcome{n}}, err
	})
}
