package main

import (
	"context"
	"fmt"
	"net/http"

	"tbtwatch/matcher"
)

type indexCmd struct {
	Rebuild indexRebuild `cmd:"" help:"Build the index in Redis anew from the registry."`
	Verify  indexVerify  `cmd:"" help:"Compare the index with the registry."`
}

type indexRebuild struct{ remote }

func (c indexRebuild) Run(ctx context.Context, io streams) error {
	var v matcher.Verification
	if err := c.client().call(ctx, http.MethodPost, "/api/v1/index/rebuild", &v); err != nil {
		return err
	}
	return printVerification(io, v)
}

type indexVerify struct{ remote }

func (c indexVerify) Run(ctx context.Context, io streams) error {
	var v matcher.Verification
	if err := c.client().call(ctx, http.MethodGet, "/api/v1/index/verify", &v); err != nil {
		return err
	}
	return printVerification(io, v)
}

func printVerification(io streams, v matcher.Verification) error {
	fmt.Fprintf(io.out, "registry %d products, digest %s\nindex    %d products, digest %s\n", v.Products, v.Registry, v.Indexed, v.Index)
	if !v.Equal {
		fmt.Fprintln(io.out, "they differ: the index is behind or damaged; `tbtwatch index rebuild` makes it anew (matching is slower meanwhile, not wrong)")
		return partly
	}
	fmt.Fprintln(io.out, "equal")
	return nil
}
