package main

import (
	"context"
	"fmt"
	"net/http"

	"tbtwatch/internal/api"
)

type auditCmd struct {
	Verify auditVerify `cmd:"" help:"Read the whole audit and check that nothing was changed or taken out."`
}

type auditVerify struct{ remote }

func (c auditVerify) Run(ctx context.Context, io streams) error {
	var v api.Verified
	if err := c.client().call(ctx, http.MethodGet, "/api/v1/audit/verify", &v); err != nil {
		return err
	}
	fmt.Fprintf(io.out, "%d entries, each holds the hash of the one before; keep the last hash elsewhere and compare it next time\n%s\n", v.Entries, v.Head)
	return nil
}
