package auth

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"tbtwatch/internal/trade"
)

// AuditKeyFile is the name of the file, in the data folder, with the key that
// checkpoints of the audit are signed with.
const AuditKeyFile = "audit.key"

// auditKey signs checkpoints as C2SP notes, and knows its own.
type auditKey struct {
	signer note.Signer
	public string // verifier key, as note.NewVerifier reads it
}

// newAuditKey takes the configured key, or that of dir, which is made where
// there is none. Its name, which notes begin with, is the host of publicURL at
// that time.
func newAuditKey(configured, dir, publicURL string) (*auditKey, error) {
	text, where := configured, "auth.audit_key"
	if text == "" {
		where = filepath.Join(dir, AuditKeyFile)
		var err error
		text, err = loadOrCreate(where, "key", func() string {
			key, _, _ := note.GenerateKey(nil, auditOrigin(publicURL)) // fails without randomness only
			return key
		})
		if err != nil {
			return nil, err
		}
	}
	signer, err := note.NewSigner(text)
	if err != nil {
		return nil, fmt.Errorf("auth: %s is no key of checkpoints; restore it: a new one makes every checkpoint from now on another's", where)
	}
	// PRIVATE+KEY+name+hash+base64, which may hold a "+" itself.
	parts := strings.SplitN(text, "+", 5)
	seed, err := base64.StdEncoding.DecodeString(parts[len(parts)-1])
	if err != nil || len(seed) != 1+ed25519.SeedSize {
		return nil, fmt.Errorf("auth: %s is no Ed25519 key", where)
	}
	public, _ := ed25519.NewKeyFromSeed(seed[1:]).Public().(ed25519.PublicKey)
	verifier, err := note.NewEd25519VerifierKey(signer.Name(), public)
	return &auditKey{signer, verifier}, err
}

func auditOrigin(publicURL string) string {
	host := "tbtwatch"
	if u, err := url.Parse(publicURL); err == nil && u.Hostname() != "" {
		host = u.Hostname()
	}
	return host + "/audit"
}

// sign makes the checkpoint's note: origin, number of entries, hash of the
// last, moment.
func (k *auditKey) sign(c trade.Checkpoint) (string, error) {
	head, err := hex.DecodeString(c.Head)
	if err != nil {
		return "", err
	}
	text := fmt.Sprintf("%s\n%d\n%s\n%s\n", k.signer.Name(), c.Entries, base64.StdEncoding.EncodeToString(head), c.At.Format(time.RFC3339))
	signed, err := note.Sign(&note.Note{Text: text}, k.signer)
	return string(signed), err
}

// The lines between which a mail carries a checkpoint.
const (
	noteBegins = "-----BEGIN AUDIT CHECKPOINT-----"
	noteEnds   = "-----END AUDIT CHECKPOINT-----"
)

// bareNote takes the note out of what people keep: the text of a whole mail, or
// a file with line ends of another system.
func bareNote(text string) string {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	if _, after, ok := strings.Cut(text, noteBegins); ok {
		text, _, _ = strings.Cut(after, noteEnds)
	}
	return strings.TrimSpace(text) + "\n"
}

// OpenCheckpoint reads a signed checkpoint, alone or within the text of its
// mail, and says what it says if verifier, or our own key where that is empty,
// has signed it.
func (g *Guard) OpenCheckpoint(text, verifier string) (trade.Checkpoint, error) {
	if verifier == "" {
		verifier = g.auditKey.public
	}
	return openCheckpoint(text, strings.TrimSpace(verifier))
}

func openCheckpoint(text, verifier string) (c trade.Checkpoint, err error) {
	v, err := note.NewVerifier(verifier)
	if err != nil {
		return c, refused("校验公钥格式不对，应形如 名称+8位十六进制+Base64", "this is no verifier key, which looks like name+8 hexadecimal digits+base64")
	}
	c.Note = bareNote(text)
	n, err := note.Open([]byte(c.Note), note.VerifierList(v))
	var forged *note.InvalidSignatureError
	var strange *note.UnverifiedNoteError
	switch {
	case errors.As(err, &forged):
		return c, refused("检查点是伪造的：签名与内容不符", "the checkpoint is forged: its signature does not fit what it says")
	case errors.As(err, &strange):
		return c, refused("检查点由另一密钥签署，而非 "+verifier, "the checkpoint was signed with another key than "+verifier)
	case err != nil:
		return c, errNoCheckpoint
	}
	lines := strings.Split(n.Text, "\n")
	if len(lines) != 5 || lines[0] != v.Name() {
		return c, errNoCheckpoint
	}
	entries, errCount := strconv.Atoi(lines[1])
	head, errHead := base64.StdEncoding.DecodeString(lines[2])
	at, errAt := time.Parse(time.RFC3339, lines[3])
	if errors.Join(errCount, errHead, errAt) != nil || entries < 1 {
		return c, errNoCheckpoint
	}
	c.Entries, c.Head, c.At = entries, hex.EncodeToString(head), at
	return c, nil
}

var errNoCheckpoint = refused("这不是审计检查点：应为邮件中的签名文本，从来源名称一行到以“— ”开头的签名一行", "this is no checkpoint of the audit: give the signed text of the mail, from the line with the origin to the signature, which begins with \"— \"")
