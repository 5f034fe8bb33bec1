package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"tbtwatch/ingest"
	"tbtwatch/internal/bus"
	"tbtwatch/internal/demo"
	"tbtwatch/internal/registry"
	"tbtwatch/internal/trade"
)

// demoWorld is what --demo puts around the system: authorities to read and a
// receiver of webhooks.
type demoWorld struct {
	authorities *demo.Service
	hooks       *demo.WebhookSink
}

// secondAfter is when the demo's second portion of notices is published: late
// enough to see the first one arrive.
const secondAfter = 15 * time.Second

// demoStands is where those belong whom a reader of the demo may be: firms,
// districts and associations of the sample registry.
var demoStands = map[trade.Role]trade.Member{
	trade.RoleLead: {}, trade.RoleStaff: {}, trade.RoleAdmin: {},
	trade.RoleExporter:    {Exporter: "EX001"},
	trade.RoleAssociation: {Association: "S-ASSOC-MOTO"},
	trade.RoleDistrict:    {District: "示例北区"},
	trade.RoleDepartment:  {},
}

// demoURL is where the links of the demo's mails lead: nowhere.
const demoURL = "https://tbtwatch.example"

// openDemo starts the sample world and configures the ordinary sources on it.
func (s *System) openDemo() error {
	authorities, err := demo.Serve(s.cfg.Data, time.Now())
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	s.demo = &demoWorld{authorities: authorities}
	if s.demo.hooks, err = demo.StartWebhookSink("127.0.0.1:0"); err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	s.cfg.sample = s.demo.hooks.URL
	s.cfg.Allow = append(s.cfg.Allow, "127.0.0.0/8")
	s.cfg.Fetch.Pace, s.cfg.Fetch.Burst = 1000, 1000 // one machine plays all authorities
	s.cfg.Sources, err = demoSources(authorities.URL)
	return err
}

func demoSources(base string) ([]ingest.Config, error) {
	var out []ingest.Config
	for _, spec := range demo.Sources(base) {
		c := ingest.Config{Name: spec.Name, Kind: spec.Kind}
		var doc yaml.Node
		if err := yaml.Unmarshal([]byte(spec.Options), &doc); err != nil {
			return nil, fmt.Errorf("demo: source %s: %w", spec.Name, err)
		}
		c.Options = *doc.Content[0]
		out = append(out, c)
	}
	return out, nil
}

// fillSample imports the sample registry and marks the sources as primed: what
// they show first is news in the demo, not history.
func (s *System) fillSample(ctx context.Context) error {
	products, err := registry.Open(bytes.NewReader(demo.Products()), registry.Products)
	if err != nil {
		return err
	}
	if _, err := registry.Import(ctx, s.bus, registry.ParseProducts(products), nil); err != nil {
		return err
	}
	subscribers, err := registry.Open(bytes.NewReader(demo.Subscribers(s.cfg.sample)), registry.Subscribers)
	if err != nil {
		return err
	}
	if _, err := registry.Import(ctx, s.bus, registry.ParseSubscribers(subscribers, s.subscriberRules()), nil); err != nil {
		return err
	}
	for _, c := range s.cfg.Sources {
		_, err := s.bus.SourceStates.Get(ctx, c.Name)
		if errors.Is(err, trade.ErrNotFound) {
			_, err = s.bus.SourceStates.Put(ctx, c.Name, bus.SourceState{Source: c.Name, Primed: true}, 0)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// secondPortion publishes the demo's follow-ups and lets the sources look.
func (d *demoWorld) secondPortion(ctx context.Context, scheduler *ingest.Scheduler) error {
	select {
	case <-ctx.Done():
		return nil
	case <-time.After(secondAfter):
	}
	d.authorities.World.Advance()
	for _, spec := range demo.Sources(d.authorities.URL) {
		if strings.HasPrefix(spec.Name, "broken-") {
			continue
		}
		if err := scheduler.Trigger(spec.Name); err != nil {
			return err
		}
	}
	return nil
}

func (d *demoWorld) close() error {
	var errs []error
	if d.authorities != nil {
		errs = append(errs, d.authorities.Close())
	}
	if d.hooks != nil {
		errs = append(errs, d.hooks.Close())
	}
	return errors.Join(errs...)
}
