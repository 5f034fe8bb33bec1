package notify

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"tbtwatch/internal/config"
	"tbtwatch/internal/trade"
)

const secretPrefix = "whsec_"

// sign makes the webhook-signature header of Standard Webhooks 1.0: one v1
// signature (HMAC-SHA256 of "id.timestamp.body") for each key, so that a
// receiver can change its secret without losing an event.
func sign(keys [][]byte, id string, unix int64, body []byte) string {
	var out []string
	for _, key := range keys {
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(id + "." + strconv.FormatInt(unix, 10) + "."))
		mac.Write(body)
		out = append(out, "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	}
	return strings.Join(out, " ")
}

// keyring finds the signing keys of an endpoint.
type keyring struct {
	own map[string][][]byte // by subscriber id or address

	mu       sync.Mutex
	fallback [][]byte
	file     string // where the fallback is made and kept when none is configured
}

func newKeyring(fallback config.Secret, own map[string]secretSet, dataDir string) (*keyring, error) {
	k := &keyring{own: map[string][][]byte{}, file: filepath.Join(dataDir, "webhook-secret")}
	for who, set := range own {
		for _, s := range set {
			key, err := secretKey(s)
			if err != nil {
				return nil, fmt.Errorf("secrets: %s: %w", who, err)
			}
			k.own[who] = append(k.own[who], key)
		}
	}
	if fallback == "" {
		return k, nil
	}
	key, err := secretKey(fallback)
	if err != nil {
		return nil, fmt.Errorf("secret: %w", err)
	}
	k.fallback = [][]byte{key}
	return k, nil
}

// secretKey decodes "whsec_" and base64 of 24 to 64 bytes. Its errors do not
// repeat the secret.
func secretKey(s config.Secret) ([]byte, error) {
	text, ok := strings.CutPrefix(s.Reveal(), secretPrefix)
	key, err := base64.StdEncoding.DecodeString(text)
	if !ok || err != nil || len(key) < 24 || len(key) > 64 {
		return nil, errors.New("a webhook secret is written whsec_ followed by the base64 of 24 to 64 bytes (openssl rand -base64 32 makes one)")
	}
	return key, nil
}

func (k *keyring) of(to trade.Subscriber) ([][]byte, error) {
	for _, who := range []string{to.ID, to.Address} {
		if keys := k.own[who]; len(keys) > 0 {
			return keys, nil
		}
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.fallback == nil {
		key, err := keptSecret(k.file)
		if err != nil {
			return nil, fmt.Errorf("webhook: no secret to sign with for %s: %w", to.ID, err)
		}
		k.fallback = [][]byte{key}
	}
	return k.fallback, nil
}

// keptSecret reads the installation's own secret, or makes it. Two processes
// that make it at once agree: the second to link its file reads the first's.
func keptSecret(file string) ([]byte, error) {
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		fresh := make([]byte, 32)
		rand.Read(fresh)
		aside, errAside := os.CreateTemp(filepath.Dir(file), ".webhook-secret-*") // 0600
		if errAside != nil {
			return nil, errAside
		}
		defer os.Remove(aside.Name())
		_, errWrite := aside.WriteString(secretPrefix + base64.StdEncoding.EncodeToString(fresh) + "\n")
		if err := errors.Join(errWrite, aside.Sync(), aside.Close()); err != nil {
			return nil, err
		}
		if err := os.Link(aside.Name(), file); err != nil && !errors.Is(err, fs.ErrExist) {
			return nil, err
		}
		text, err = os.ReadFile(file)
	}
	if err != nil {
		return nil, err
	}
	return secretKey(config.Secret(strings.TrimSpace(string(text))))
}
