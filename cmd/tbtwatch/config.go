package main

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v3"

	"tbtwatch/ingest"
	"tbtwatch/internal/auth"
	"tbtwatch/internal/bus"
	"tbtwatch/internal/calendar"
	"tbtwatch/internal/config"
	"tbtwatch/internal/index"
	"tbtwatch/internal/netguard"
	"tbtwatch/internal/triage"
	"tbtwatch/notify"
)

// Config is all of tbtwatch.yaml; deploy/tbtwatch.yaml documents every key.
// What a key means stands beside the code that uses it.
type Config struct {
	Listen    string               `yaml:"listen"`     // address of pages and API
	PublicURL string               `yaml:"public_url"` // where recipients open this installation; "" when they cannot
	Data      string               `yaml:"-"`
	Demo      bool                 `yaml:"-"`
	Only      []string             `yaml:"-"`            // stages to run; empty: all
	Memory    ingest.Size          `yaml:"memory_limit"` // of this process, given way to where more is in use
	NATS      bus.Config           `yaml:"nats"`
	Redis     redisConfig          `yaml:"redis"`
	Archive   int                  `yaml:"archive"`        // notices with open dates that are kept for products registered later
	Allow     []string             `yaml:"allow_networks"` // private networks that sources, webhooks and hooks may reach
	Proxy     string               `yaml:"proxy"`          // outgoing HTTP proxy; the environment is never asked
	Fetch     ingest.ClientConfig  `yaml:"fetch"`
	Sources   []ingest.Config      `yaml:"sources"`
	Auth      auth.Config          `yaml:"auth"` // who signs in, and how
	Triage    triage.Config        `yaml:"triage"`
	Calendar  string               `yaml:"calendar"` // file of working days, for the years that are not built in
	Notify    notify.Config        `yaml:"notify"`
	Channels  map[string]yaml.Node `yaml:"channels"`

	networks []netip.Prefix
	proxy    *url.URL
	faults   faults
	aside    func(func()) // does what nobody waits for; nil for like all else
	sample   string       // base address of a webhook receiver: import the sample registry with it, and count the sources as primed
}

type redisConfig struct {
	URL    config.Secret `yaml:"url"`    // redis://…; empty: embedded, rebuilt at start
	Prefix string        `yaml:"prefix"` // of all keys
}

func (r redisConfig) index() index.Config {
	return index.Config{URL: r.URL.Reveal(), Prefix: r.Prefix}
}

// faults switch off what keeps the promises, so that a test can show that it
// is what keeps them. No flag and no key sets them.
type faults struct{ noLedger, noExpectedSequences bool }

// stages are the parts that --only names.
var stages = []string{"ingest", "matcher", "triage", "notify", "console"}

// defaultConfig watches the live sources on this machine.
func defaultConfig() Config {
	return Config{
		Listen: "127.0.0.1:8080", Data: "tbtwatch-data", Memory: memoryLimit, Archive: 200_000,
		Fetch: ingest.DefaultClient(), Auth: auth.DefaultConfig(), Triage: triage.DefaultConfig(), Notify: notify.DefaultConfig(),
		Sources: []ingest.Config{
			{Name: "eping", Kind: "eping"}, {Name: "eping-bulk", Kind: "eping-bulk"},
			{Name: "federal-register", Kind: "federal-register"}, {Name: "safety-gate", Kind: "safety-gate"},
		},
	}
}

// loadConfig reads the file that was named, or tbtwatch.yaml where there is
// one, over the defaults.
func loadConfig(file string) (Config, error) {
	c := defaultConfig()
	if file == "" {
		if _, err := os.Stat("tbtwatch.yaml"); errors.Is(err, os.ErrNotExist) {
			return c, nil
		}
		file = "tbtwatch.yaml"
	}
	return c, config.Load(file, &c)
}

// finish checks the relations between the parts and hands shared settings down.
func (c *Config) finish() error {
	var errs []error
	check := func(err error) { errs = append(errs, err) }
	var err error
	if c.networks, err = netguard.ParseNetworks(c.Allow); err != nil {
		check(fmt.Errorf("allow_networks: %w", err))
	}
	c.Fetch.AllowNetworks = append(c.Fetch.AllowNetworks, c.Allow...)
	if c.Proxy != "" {
		if c.proxy, err = url.Parse(c.Proxy); err != nil || c.proxy.Host == "" {
			check(fmt.Errorf("proxy: %q is no address; write it like http://proxy.example:3128", c.Proxy))
		}
		if c.Fetch.Proxy == "" {
			c.Fetch.Proxy = c.Proxy
		}
	}
	if _, _, err := net.SplitHostPort(c.Listen); err != nil {
		check(fmt.Errorf("listen: %q is no address; write it like 127.0.0.1:8080", c.Listen))
	}
	if u, err := url.Parse(c.PublicURL); c.PublicURL != "" && (err != nil || u.Host == "") {
		check(fmt.Errorf("public_url: %q is no address; write it like https://tbt.example.cn", c.PublicURL))
	}
	c.PublicURL = strings.TrimRight(c.PublicURL, "/")
	check(c.Auth.Check(c.PublicURL))
	check(c.checkAuditor())
	for _, s := range c.Only {
		if !contains(stages, s) {
			check(fmt.Errorf("--only: there is no stage %q; did you mean %q? (stages: %s)", s, config.Nearest(s, stages), strings.Join(stages, ", ")))
		}
	}
	if c.Archive < 0 {
		check(fmt.Errorf("archive: %d is no number of notices; 0 keeps all", c.Archive))
	}
	check(c.Fetch.Validate())
	if c.Calendar != "" {
		days, err := calendar.Load(c.Calendar)
		check(err)
		c.Triage.Calendar = days
	}
	check(c.Triage.Validate())
	check(c.Notify.Validate())
	c.NATS.Dir = filepath.Join(c.Data, "nats")
	c.NATS.Unguarded = c.faults.noExpectedSequences
	c.Notify.Levels = notify.LevelsOf(c.Triage)
	c.Notify.Working = c.Triage.Calendar.Working
	return errors.Join(errs...)
}

// mails reports whether there is a place to send mails from: the folder that
// mails are written to without a configuration brings them to nobody, except in
// the demo, whose readers look there.
func (c *Config) mails() bool {
	_, ok := c.Channels["email"]
	return ok || c.Demo
}

func (c *Config) checkAuditor() error {
	if c.Auth.CheckpointsTo == "" {
		return nil
	}
	if !c.mails() {
		return errors.New("auth.checkpoints_to: no mail server is configured to send them with; give channels.email")
	}
	if err := notify.AddressChecks()["email"](c.Auth.CheckpointsTo); err != nil {
		return fmt.Errorf("auth.checkpoints_to: %w", err)
	}
	return nil
}

// runs reports whether this process runs that stage.
func (c *Config) runs(stage string) bool { return len(c.Only) == 0 || contains(c.Only, stage) }

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}
