package auth

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"time"

	"tbtwatch/internal/config"
)

// The people who must have a second factor beside their password.
const (
	FactorAll    = "all"    // everybody
	FactorCentre = "centre" // the centre's people; others may
)

// Config is the auth part of the configuration.
type Config struct {
	SecondFactor string   `yaml:"second_factor"` // FactorAll or FactorCentre
	Proxies      []string `yaml:"proxies"`       // networks of our own proxies, whose X-Forwarded-For is believed
	Requests     int      `yaml:"requests"`      // a second from one address; four times as many at once
	// SealKey is what second factors are sealed with: 32 bytes, base64url. Empty
	// takes the file of the data folder; processes on several machines need the
	// same.
	SealKey config.Secret `yaml:"seal_key"`
	// AuditKey signs checkpoints of the audit: the content of audit.key of
	// another data folder. Empty takes that of our own.
	AuditKey         config.Secret   `yaml:"audit_key"`
	CheckpointsEvery config.Duration `yaml:"checkpoints_every"` // where the audit has grown
	CheckpointsTo    string          `yaml:"checkpoints_to"`    // mail address of who keeps them; "" for nobody
	OIDC             OIDCConfig      `yaml:"oidc"`
}

// OIDCConfig names the OpenID Connect provider whose users sign in without a
// password of ours. Its Issuer empty: there is none.
type OIDCConfig struct {
	Name         string        `yaml:"name"` // on the button
	Issuer       string        `yaml:"issuer"`
	ClientID     string        `yaml:"client_id"`
	ClientSecret config.Secret `yaml:"client_secret"`
}

// DefaultConfig asks everybody for a second factor.
func DefaultConfig() Config {
	return Config{SecondFactor: FactorAll, Requests: 100, CheckpointsEvery: config.Duration(time.Hour)}
}

// Check says what is wrong with the configuration.
func (c Config) Check(publicURL string) error {
	var errs []error
	if c.SecondFactor != FactorAll && c.SecondFactor != FactorCentre {
		errs = append(errs, fmt.Errorf("auth.second_factor: %q is neither %q nor %q", c.SecondFactor, FactorAll, FactorCentre))
	}
	if c.Requests < 1 {
		errs = append(errs, errors.New("auth.requests: give a number of requests a second, 1 or more"))
	}
	if c.CheckpointsEvery < config.Duration(time.Minute) {
		errs = append(errs, errors.New("auth.checkpoints_every: give 1m or more, such as 1h"))
	}
	if _, err := c.proxies(); err != nil {
		errs = append(errs, err)
	}
	if c.OIDC.Issuer != "" {
		if u, err := url.Parse(c.OIDC.Issuer); err != nil || u.Host == "" {
			errs = append(errs, fmt.Errorf("auth.oidc.issuer: %q is no address", c.OIDC.Issuer))
		}
		if c.OIDC.ClientID == "" {
			errs = append(errs, errors.New("auth.oidc.client_id: the provider knows us by it; it is missing"))
		}
		if publicURL == "" {
			errs = append(errs, errors.New("auth.oidc: the provider sends people back to public_url, which is not set"))
		}
	}
	return errors.Join(errs...)
}

func (c Config) proxies() ([]netip.Prefix, error) {
	var out []netip.Prefix
	for _, text := range c.Proxies {
		p, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, fmt.Errorf("auth.proxies: %q is no network; write it like 127.0.0.1/32", text)
		}
		out = append(out, p)
	}
	return out, nil
}
