package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"tbtwatch/internal/api"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
)

type respondCmd struct {
	Family      string `arg:"" help:"Symbol of the measure, or its key. 措施"`
	Exporter    string `arg:"" help:"The registry's exporter_id. 企业编号"`
	Product     string `arg:"" optional:"" help:"Its product_id; all of the exporter's products without. 产品编号"`
	NotRelevant string `help:"It is not relevant, and why: no more about this measure. 不相关" placeholder:"REASON" xor:"what"`
	Relevant    bool   `help:"It is relevant; takes \"not relevant\" back. 相关" xor:"what"`
	Receipt     bool   `help:"It was received. 已收到" xor:"what"`
	Code        string `help:"Reason that is counted: other_goods, not_exported, compliant, discontinued, other." placeholder:"CODE"`
	By          string `help:"Who says so; the token's name without." placeholder:"NAME"`
	remote
}

// Run keeps the answer and prints what stands.
func (c respondCmd) Run(ctx context.Context, io streams) error {
	in := map[string]string{"exporter": c.Exporter}
	kind := trade.NotRelevant
	switch {
	case c.Relevant:
		kind = trade.Relevant
	case c.Receipt:
		kind = trade.Receipt
	case c.NotRelevant == "":
		return &failure{exitNothing, errors.New(`say --not-relevant "REASON", --relevant or --receipt`)}
	case c.Code == "":
		c.Code = "other"
	}
	in["kind"] = string(kind)
	for name, v := range map[string]string{"product": c.Product, "reason": c.NotRelevant, "code": c.Code, "by": c.By} {
		if v != "" {
			in[name] = v
		}
	}
	key, err := c.key(ctx)
	if err != nil {
		return err
	}
	var r trade.Response
	if err := c.client().tell(ctx, http.MethodPost, "/api/v1/families/"+key+"/responses", in, &r); err != nil {
		return err
	}
	product := r.Product
	if product == "" {
		product = "all products"
	}
	fmt.Fprintf(io.out, "%s × %s, %s: %s, said by %s on %s\n", r.Family, r.Exporter, product, triage.ResponseName(r.Kind).EN, r.By, r.At)
	return nil
}

// key finds the family's key by a symbol of one of its papers.
func (c respondCmd) key(ctx context.Context) (string, error) {
	id := c.Family
	if roots := trade.Roots(trade.SymbolStrings(id)); len(roots) > 0 {
		id = roots[0]
	} else if len(id) == 26 {
		return id, nil
	}
	var f api.FamilyRecord
	err := c.client().call(ctx, http.MethodGet, "/api/v1/families?id="+url.QueryEscape(id), &f)
	return f.Key, err
}
