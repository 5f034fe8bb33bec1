package api

import (
	"context"
	"net/http"

	"tbtwatch/internal/auth"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/view"
)

// Verified is what a check of the audit found.
type Verified struct {
	Entries    int               `json:"entries"`
	Head       string            `json:"head" doc:"hash of the last entry: keep it elsewhere and compare"`
	Checkpoint *trade.Checkpoint `json:"checkpoint,omitempty" doc:"what the checkpoint that was sent along says; the audit agrees with it"`
}

// Checkpoints are signed words about the audit.
type Checkpoints struct {
	Key     string             `json:"key" doc:"verifier key of this server, as golang.org/x/mod/sumdb/note reads it"`
	To      string             `json:"to,omitempty" doc:"mail address of who keeps them"`
	Waiting int                `json:"waiting" doc:"those that are still to be mailed"`
	Problem *trade.Text        `json:"problem,omitempty" doc:"what failed in the last round"`
	Rows    []trade.Checkpoint `json:"rows" nullable:"false" doc:"the newest first"`
}

func (s *server) auditRoutes() {
	route(s, get("/audit", "list-audit", "people", "Who did what, the newest first"), func(ctx context.Context, in *Paging) (*answer[view.Page[trade.Audit]], error) {
		page, err := s.View.Audit(ctx, in.Before, in.Limit)
		return &answer[view.Page[trade.Audit]]{page}, err
	})
	type signed struct {
		Checkpoint string `query:"checkpoint" maxLength:"8000" doc:"a signed checkpoint, or the text of its mail: the audit must be what it signed"`
		Key        string `query:"key" maxLength:"300" doc:"verifier key that the checkpoint must be signed with; this server's without"`
	}
	verify := get("/audit/verify", "verify-audit", "people", "Read the whole audit and check its chain, and that it is what a checkpoint signed")
	route(s, verify, func(ctx context.Context, in *signed) (*answer[Verified], error) {
		if in.Key != "" && in.Checkpoint == "" {
			return nil, problem(http.StatusUnprocessableEntity, "key: it verifies a checkpoint, and there is none; give checkpoint too", "key：公钥用于校验检查点，请同时给出 checkpoint")
		}
		var c trade.Checkpoint
		var out Verified
		var err error
		if in.Checkpoint != "" {
			if c, err = s.Guard.OpenCheckpoint(in.Checkpoint, in.Key); err != nil {
				return nil, err
			}
			out.Checkpoint = &c
		}
		out.Entries, out.Head, err = auth.VerifyAudit(ctx, s.Bus, c)
		return &answer[Verified]{out}, err
	})
	type part struct {
		Before int `query:"before" minimum:"0" doc:"those with fewer entries than that; all with 0"`
		Limit  int `query:"limit" minimum:"1" maximum:"1000" default:"50"`
	}
	checkpoints := get("/audit/checkpoints", "list-checkpoints", "people", "The audit's signed checkpoints and the key that verifies them")
	route(s, checkpoints, func(ctx context.Context, in *part) (*answer[Checkpoints], error) {
		rows, err := s.Guard.CheckpointsBefore(ctx, in.Before, in.Limit)
		if err != nil {
			return nil, err
		}
		st, err := s.Guard.Checkpoints(ctx)
		return &answer[Checkpoints]{Checkpoints{st.Key, st.To, st.Waiting, st.Problem, rows}}, err
	})
}
