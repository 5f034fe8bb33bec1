package portal

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"time"

	"tbtwatch/internal/auth"
	"tbtwatch/internal/trade"
)

func feedKey(exporter string) string { return trade.Key("feed", exporter) }

func sumOf(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// OwnFeed says whether there is an address for calendars and feed readers, who
// made it and when. The address itself was shown once.
func (p *Portal) OwnFeed(ctx context.Context, t auth.TenantScope) (trade.FeedLink, error) {
	exporter, err := ownOf(t)
	if err != nil {
		return trade.FeedLink{}, err
	}
	e, err := p.o.Bus.Feeds.Get(ctx, feedKey(exporter))
	if errors.Is(err, trade.ErrNotFound) {
		return trade.FeedLink{}, nil
	}
	e.Value.Sum = open(e.Value.Sum)
	return e.Value, err
}

// open tells that there is a sum, not which.
func open(sum string) string {
	if sum != "" {
		return "set"
	}
	return ""
}

// RenewFeed makes an address and returns its token, which is not kept: the
// address before it opens nothing any more.
func (p *Portal) RenewFeed(ctx context.Context, t auth.TenantScope) (token string, err error) {
	secret := make([]byte, 32)
	_, _ = rand.Read(secret) // never fails
	text := base64.RawURLEncoding.EncodeToString(secret)
	if err := p.setFeed(ctx, t, sumOf(text)); err != nil {
		return "", err
	}
	return feedKey(t.Exporter()) + "." + text, nil
}

// ShutFeed makes the address open nothing.
func (p *Portal) ShutFeed(ctx context.Context, t auth.TenantScope) error {
	return p.setFeed(ctx, t, "")
}

func (p *Portal) setFeed(ctx context.Context, t auth.TenantScope, sum string) error {
	exporter, err := ownOf(t)
	if err != nil {
		return err
	}
	key := feedKey(exporter)
	e, err := p.o.Bus.Feeds.Get(ctx, key)
	if err != nil && !errors.Is(err, trade.ErrNotFound) {
		return err
	}
	link := trade.FeedLink{Exporter: exporter, Sum: sum, By: t.Person().Name, At: p.o.Now().UTC().Truncate(time.Second)}
	_, err = p.o.Bus.Feeds.Put(ctx, key, link, e.Seq)
	return err
}

// feed reads the warnings that a token opens, or returns trade.ErrNotFound.
func (p *Portal) feed(ctx context.Context, token string) ([]OwnRow, error) {
	const keyLength = 26
	if len(token) < keyLength+2 || token[keyLength] != '.' || !isKey(token[:keyLength]) {
		return nil, trade.ErrNotFound
	}
	e, err := p.o.Bus.Feeds.Get(ctx, token[:keyLength])
	if err != nil && !errors.Is(err, trade.ErrNotFound) {
		return nil, err
	}
	if got := sumOf(token[keyLength+1:]); subtle.ConstantTimeCompare([]byte(got), []byte(e.Value.Sum)) != 1 {
		return nil, trade.ErrNotFound
	}
	rows, _, err := p.rows(ctx, e.Value.Exporter)
	return rows, err
}
