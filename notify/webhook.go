package notify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"go.yaml.in/yaml/v3"

	"tbtwatch/internal/config"
	"tbtwatch/internal/trade"
)

var _ = register(ChannelKind{
	Name: "webhook", About: "signed JSON to a web address (Standard Webhooks 1.0, CloudEvents 1.0)",
	New: newWebhook, CheckAddress: checkWebhook, Single: true,
})

// webhookOptions is the part channels.webhook of the configuration.
type webhookOptions struct {
	Secret  config.Secret        `yaml:"secret"`  // whsec_… for endpoints without their own; when empty made and kept in the data folder, unless other processes sign, too
	Secrets map[string]secretSet `yaml:"secrets"` // by subscriber id or address: one secret, or several while they are changed
	Timeout config.Duration      `yaml:"timeout"` // of the whole exchange, at most 15s
	Source  string               `yaml:"source"`  // CloudEvents source; the public address of the installation when empty
}

// secretSet is one secret or a list of them; each signs.
type secretSet []config.Secret

// UnmarshalYAML reads a scalar or a list.
func (s *secretSet) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind == yaml.SequenceNode {
		return node.Decode((*[]config.Secret)(s))
	}
	*s = make(secretSet, 1)
	return node.Decode(&(*s)[0])
}

type webhook struct {
	client *http.Client
	keys   *keyring
	source string
	env    Env
}

func newWebhook(options *yaml.Node, env Env) (Channel, error) {
	env = env.filled()
	o := webhookOptions{Timeout: config.Duration(httpTimeout)}
	if err := config.Decode(options, &o); err != nil {
		return nil, err
	}
	if d := time.Duration(o.Timeout); d <= 0 || d > httpTimeout {
		return nil, fmt.Errorf("timeout must lie between 1s and %v, not %v", httpTimeout, d)
	}
	if o.Secret == "" && env.Shared {
		return nil, errors.New("secret is missing: processes that share a NATS server have to sign alike, and each would make up its own; " +
			"give all the same one (what was signed with so far stands in the file webhook-secret of the data folder)")
	}
	keys, err := newKeyring(o.Secret, o.Secrets, env.DataDir)
	if err != nil {
		return nil, err
	}
	return &webhook{outbound(env, time.Duration(o.Timeout), answerLimit), keys, first(o.Source, env.PublicURL, "urn:tbtwatch"), env}, nil
}

func checkWebhook(address string) error {
	_, err := checkEndpoint(address)
	return err
}

// Send posts the event. A time-out after the last byte is an ordinary retry,
// not Ambiguous: receivers drop what they know by its webhook-id.
func (h *webhook) Send(ctx context.Context, m Message) (string, error) {
	u, err := checkEndpoint(m.To.Address)
	if err != nil {
		return "", trade.Permanent(err)
	}
	keys, err := h.keys.of(m.To)
	if err != nil {
		return "", err
	}
	body, err := json.Marshal(eventOf(m, h.source, h.env))
	if err != nil {
		return "", trade.Permanent(fmt.Errorf("webhook: delivery %s: %w", m.Key, err))
	}
	req, err := leasedPost(ctx, u.String(), body)
	if err != nil {
		return "", trade.Permanent(fmt.Errorf("webhook: the address cannot be used: %w", err))
	}
	at := h.env.Now()
	req.Header.Set("Content-Type", "application/cloudevents+json; charset=utf-8")
	req.Header.Set("webhook-id", m.Key)
	req.Header.Set("webhook-timestamp", strconv.FormatInt(at.Unix(), 10))
	req.Header.Set("webhook-signature", sign(keys, m.Key, at.Unix(), body))
	answer, err := h.client.Do(req)
	if err != nil {
		return "", transportError("webhook "+u.Host, err)
	}
	defer answer.Body.Close()
	if err := statusError("webhook "+u.Host, answer.StatusCode, answer.Header, at); err != nil {
		return "", err
	}
	// What the receiver says beside its status is of no consequence.
	said, _ := io.ReadAll(answer.Body)
	return line(fmt.Sprintf("%d %s", answer.StatusCode, said), 120), nil
}
