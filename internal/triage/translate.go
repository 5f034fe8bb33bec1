package triage

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"tbtwatch/internal/config"
)

// Translation configures the optional translation hook. What it returns is
// always marked 机器翻译.
type Translation struct {
	URL     string          `yaml:"url"`     // endpoint of the hook; empty: no translation
	Token   config.Secret   `yaml:"token"`   // sent as a bearer token, or file:PATH
	Timeout config.Duration `yaml:"timeout"` // of one request; 10s if not set
}

// machineTitle stands in a summary before the hook's Chinese of the title.
const machineTitle = "标题（机器翻译）："

// hook calls a translation service: POST {"text","from","to"} answered by
// {"text"}.
type hook struct {
	config Translation
	http   *http.Client
}

// NewTranslator opens the hook that c names; nil when it names none. The
// transport decides which addresses may be reached.
func NewTranslator(c Translation, transport http.RoundTripper) (Translator, error) {
	if c.URL == "" {
		return nil, nil
	}
	if u, err := url.Parse(c.URL); err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, fmt.Errorf("triage.translate.url: %q is no http address", c.URL)
	}
	if c.Timeout <= 0 {
		c.Timeout = config.Duration(10 * time.Second)
	}
	noRedirects := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &hook{c, &http.Client{Transport: transport, Timeout: time.Duration(c.Timeout), CheckRedirect: noRedirects}}, nil
}

const maxTranslation = 64 << 10 // bytes of an answer

// Translate implements Translator.
func (h *hook) Translate(ctx context.Context, text, from, to string) (string, error) {
	body, err := json.Marshal(map[string]string{"text": text, "from": from, "to": to})
	if err != nil {
		return "", err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, h.config.URL, bytes.NewReader(body))
	if err != nil {
		return "", fmt.Errorf("translation hook: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	if token := h.config.Token.Reveal(); token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := h.http.Do(req)
	if err != nil {
		return "", fmt.Errorf("translation hook: %w", err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return "", fmt.Errorf("translation hook answers %s", resp.Status)
	}
	var answer struct {
		Text string `json:"text"`
	}
	if err := json.NewDecoder(io.LimitReader(resp.Body, maxTranslation)).Decode(&answer); err != nil {
		return "", fmt.Errorf("translation hook: %w", err)
	}
	if answer.Text = strings.TrimSpace(answer.Text); answer.Text == "" {
		return "", errors.New("translation hook answers without a text")
	}
	return answer.Text, nil
}
