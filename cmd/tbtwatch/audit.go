package main

import (
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"mime/quotedprintable"
	"net/http"
	"net/mail"
	"net/url"
	"os"
	"strings"
	"time"

	"tbtwatch/internal/api"
)

type auditCmd struct {
	Verify     auditVerify     `cmd:"" help:"Read the whole audit and check that nothing was changed or taken out. 校验"`
	Key        auditKey        `cmd:"" help:"Print the key that verifies checkpoints. 校验公钥"`
	Checkpoint auditCheckpoint `cmd:"" help:"Print the newest checkpoint, signed: keep it off this machine. 最新检查点"`
}

type auditVerify struct {
	remote
	Checkpoint string `help:"A signed checkpoint, or the mail that brought it: the audit must be what it signed. 检查点文件" type:"path" placeholder:"FILE"`
	Key        string `help:"Verifier key that the checkpoint must be signed with; the server's if it is not given. 校验公钥" placeholder:"VKEY"`
}

// longestCheckpoint is more than a saved mail with a checkpoint takes.
const longestCheckpoint = 1 << 20

func (c auditVerify) Run(ctx context.Context, out streams) error {
	query := url.Values{}
	if c.Key != "" {
		query.Set("key", c.Key)
	}
	if c.Checkpoint != "" {
		text, err := checkpointIn(c.Checkpoint)
		if err != nil {
			return fmt.Errorf("the checkpoint cannot be read: %w", err)
		}
		query.Set("checkpoint", text)
	}
	var v api.Verified
	if err := c.client().call(ctx, http.MethodGet, "/api/v1/audit/verify?"+query.Encode(), &v); err != nil {
		return err
	}
	fmt.Fprintf(out.out, "%d entries, each holds the hash of the one before; keep the last hash elsewhere and compare it next time\n%s\n", v.Entries, v.Head)
	if v.Checkpoint != nil {
		fmt.Fprintf(out.out, "the first %d are those that the checkpoint of %s signed\n", v.Checkpoint.Entries, v.Checkpoint.At.Format(time.RFC3339))
	}
	return nil
}

// checkpointIn reads a checkpoint, or the text of a mail as mail programs save
// it.
func checkpointIn(file string) (string, error) {
	f, err := os.Open(file)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }()
	text, err := io.ReadAll(io.LimitReader(f, longestCheckpoint))
	if err != nil {
		return "", err
	}
	m, err := mail.ReadMessage(strings.NewReader(string(text)))
	if err != nil {
		return string(text), nil // the checkpoint alone: it has no headers
	}
	body := m.Body
	switch strings.ToLower(m.Header.Get("Content-Transfer-Encoding")) {
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	}
	text, err = io.ReadAll(body)
	return string(text), err
}

type auditKey struct{ remote }

func (c auditKey) Run(ctx context.Context, out streams) error {
	s, err := c.client().checkpoints(ctx)
	if err == nil {
		fmt.Fprintln(out.out, s.Key)
	}
	return err
}

type auditCheckpoint struct{ remote }

func (c auditCheckpoint) Run(ctx context.Context, out streams) error {
	s, err := c.client().checkpoints(ctx)
	if err != nil {
		return err
	}
	if len(s.Rows) == 0 {
		return fmt.Errorf("there is no checkpoint yet: the first is made when the audit has an entry and auth.checkpoints_every has passed")
	}
	fmt.Fprint(out.out, s.Rows[0].Note)
	return nil
}

func (c *client) checkpoints(ctx context.Context) (api.Checkpoints, error) {
	var s api.Checkpoints
	err := c.call(ctx, http.MethodGet, "/api/v1/audit/checkpoints?limit=1", &s)
	return s, err
}
