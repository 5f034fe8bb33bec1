package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"tbtwatch/internal/index"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/view"
	"tbtwatch/matcher"
)

type explainCmd struct {
	Notice   string `arg:"" help:"Symbol or the source's own number. 通报号"`
	Exporter string `arg:"" help:"The registry's exporter_id. 企业编号"`
	JSON     bool   `help:"Print the record as JSON."`
	ZH       bool   `help:"In Chinese. 中文" name:"zh"`
	remote
}

// Run prints why the exporter did or did not hear of the notice; the exit
// status is 0 if it did and 1 if it did not.
func (c explainCmd) Run(ctx context.Context, io streams) error {
	var e view.Explanation
	path := "/api/v1/explain?notice=" + url.QueryEscape(c.Notice) + "&exporter=" + url.QueryEscape(c.Exporter)
	if err := c.client().call(ctx, http.MethodGet, path, &e); err != nil {
		return err
	}
	told := len(e.Steps) > 0 && e.Steps[len(e.Steps)-1].Passed
	if c.JSON {
		if err := printJSON(io.out, e); err != nil {
			return err
		}
	} else {
		c.print(io, &e)
	}
	if !told {
		return partly
	}
	return nil
}

func (c explainCmd) print(io streams, e *view.Explanation) {
	lang := "en"
	if c.ZH {
		lang = "zh"
	}
	fmt.Fprintf(io.out, "%s × %s %s\n%s\n\n", e.Notice, e.Exporter.ID, e.Exporter.Name, e.Verdict.In(lang))
	for _, s := range e.Steps {
		mark := "✓"
		if !s.Passed {
			mark = "✗"
		}
		fmt.Fprintf(io.out, "  %s %s\n", mark, s.Text.In(lang))
	}
	for _, p := range e.Products {
		fmt.Fprintf(io.out, "\n  %s %s: %s\n", p.Product.ID, p.Product.Name(lang), p.Grade)
		for _, why := range p.Why {
			fmt.Fprintf(io.out, "    - %s\n", why.In(lang))
		}
	}
}

// whyNotMatched says why a product is not among a notice's matches.
func whyNotMatched(n *trade.Notice, p *trade.Product) []trade.Text {
	r := matcher.Read(n)
	return matcher.Explain(&r, index.NewProfile(*p, 0)).Why
}
