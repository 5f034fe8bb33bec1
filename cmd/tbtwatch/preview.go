package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"

	"tbtwatch/internal/registry"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
)

type previewCmd struct {
	File string `arg:"" help:"Subscribers file, CSV or XLSX. 接收人登记表" type:"existingfile"`
	ZH   bool   `help:"In Chinese. 中文" name:"zh"`
	remote
}

// Run prints for each row what the subscription would have been sent in the
// last twelve months. Nothing is stored.
func (c previewCmd) Run(ctx context.Context, streams streams) error {
	sheet, err := registry.OpenFile(c.File, registry.Subscribers)
	if err != nil {
		return err
	}
	defer func() { _ = sheet.Close() }()
	items := registry.ParseSubscribers(sheet, rulesFor(triage.DefaultConfig()))
	refused := 0
	for {
		i, err := items.Next()
		switch {
		case errors.Is(err, io.EOF):
			if refused > 0 {
				return partly
			}
			return nil
		case err != nil:
			return err
		case i.Err != nil:
			refused++
			fmt.Fprintf(streams.err, "%s: refused: %v\n", c.File, i.Err)
			continue
		case i.Repeats > 0:
			continue
		}
		var p trade.Preview
		if err := c.client().tell(ctx, http.MethodPost, "/api/v1/subscribers/preview", i.Subscriber, &p); err != nil {
			return fmt.Errorf("line %d, %s: %w", i.Line, i.Subscriber.ID, err)
		}
		c.print(streams.out, &i.Subscriber, &p)
	}
}

func (c previewCmd) print(out io.Writer, s *trade.Subscriber, p *trade.Preview) {
	lang := "en"
	if c.ZH {
		lang = "zh"
	}
	fmt.Fprintf(out, "%s %s: %d of %d releases since %s\n", s.ID, s.Name, p.Sent, p.Releases, p.Since)
	for _, m := range p.ByMonth {
		fmt.Fprintf(out, "  %s %d\n", m.Month, m.Sent)
	}
	for _, e := range p.Examples {
		fmt.Fprintf(out, "  ✓ %s/%d %s %s (%s)\n", e.Number, e.Release, e.Level, e.Headline.In(lang), e.Why.In(lang))
	}
	for _, r := range p.NotSent {
		fmt.Fprintf(out, "  ✗ %d × %s, such as: %s\n", r.Count, r.Kind, r.Example.In(lang))
	}
}
