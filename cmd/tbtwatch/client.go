package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// remote says how a command finds the running server. The data folder of a
// local one holds its address and a token, so --data alone is enough.
type remote struct {
	Data   string `help:"Data folder of the local server, where its address and token are. 数据目录" default:"tbtwatch-data" type:"path"`
	Server string `help:"Address of the server, if it is not the local one. 服务器地址" placeholder:"URL"`
	Token  string `help:"API token, or file:PATH; needed with --server. 令牌" env:"TBTWATCH_TOKEN"`
}

// serverFile names the running server in its data folder.
const serverFile = "server.json"

// serverInfo is what serverFile holds.
type serverInfo struct {
	URL     string `json:"url"`
	PID     int    `json:"pid"`
	Started string `json:"started"` // RFC 3339
}

// client talks to a server's REST API.
type client struct {
	remote
	http *http.Client
}

func (r remote) client() *client {
	return &client{r, &http.Client{Transport: &http.Transport{Proxy: nil}}}
}

// find returns the server's address and the token. It is asked again for each
// try: a restarted server may have moved.
func (c *client) find() (base, token string, err error) {
	base, token = c.Server, c.Token
	if base == "" {
		text, err := os.ReadFile(filepath.Join(c.Data, serverFile))
		if err != nil {
			return "", "", fmt.Errorf("no server has run on %s: start one with `tbtwatch serve --data %s`, or name one with --data or --server", c.Data, c.Data)
		}
		var info serverInfo
		if err := json.Unmarshal(text, &info); err != nil || info.URL == "" {
			return "", "", fmt.Errorf("%s does not name a server", filepath.Join(c.Data, serverFile))
		}
		base = info.URL
	}
	if path, ok := strings.CutPrefix(token, "file:"); ok || token == "" {
		if !ok {
			path = filepath.Join(c.Data, "token")
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return "", "", fmt.Errorf("no API token: %w; give --data, --token or TBTWATCH_TOKEN", err)
		}
		token = strings.TrimSpace(string(text))
	}
	return strings.TrimRight(base, "/"), token, nil
}

// errUnreachable marks a server that does not answer at all.
var errUnreachable = errors.New("the server does not answer")

// send makes one request; the caller closes the body. Anything but 2xx is an
// error that says what the server said.
func (c *client) send(ctx context.Context, method, path string, body io.Reader) (*http.Response, error) {
	base, token, err := c.find()
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, method, base+path, body)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	switch body.(type) {
	case nil:
	case *bytes.Reader: // see tell
		req.Header.Set("Content-Type", "application/json")
	default:
		req.Header.Set("Content-Type", "application/octet-stream")
	}
	resp, err := c.http.Do(req)
	if err != nil {
		var u *url.Error
		if errors.As(err, &u) {
			err = u.Err
		}
		return nil, fmt.Errorf("%w at %s: %w; is it running (`tbtwatch serve --data %s`)?", errUnreachable, base, err, c.Data)
	}
	if resp.StatusCode/100 != 2 {
		defer func() { _ = resp.Body.Close() }()
		return nil, problem(resp)
	}
	return resp, nil
}

// problem reads a problem+json answer (RFC 9457).
func problem(resp *http.Response) error {
	text, _ := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	var p struct {
		Title  string `json:"title"`
		Detail string `json:"detail"`
		Errors []struct {
			Message string `json:"message"`
		} `json:"errors"`
	}
	if json.Unmarshal(text, &p) != nil || p.Title+p.Detail == "" {
		return fmt.Errorf("the server answers %s: %.300s", resp.Status, bytes.TrimSpace(text))
	}
	said := p.Title
	if p.Detail != "" {
		said = p.Detail
	}
	for _, e := range p.Errors {
		said += "; " + e.Message
	}
	return fmt.Errorf("the server answers %d: %s", resp.StatusCode, said)
}

// call makes a request and decodes its JSON answer into out, if out is given.
func (c *client) call(ctx context.Context, method, path string, out any) error {
	return c.tell(ctx, method, path, nil, out)
}

// tell is call with a body, which is sent as JSON.
func (c *client) tell(ctx context.Context, method, path string, in, out any) error {
	var body io.Reader
	if in != nil {
		text, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(text)
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	resp, err := c.send(ctx, method, path, body)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	if out == nil {
		return nil
	}
	if err := json.NewDecoder(resp.Body).Decode(out); err != nil {
		return fmt.Errorf("the server's answer to %s is cut off or no JSON: %w", path, err)
	}
	return nil
}
