// Package auth decides who a request comes from: a program with a token on the
// REST API, a person with a session on the pages, or anybody at all in the
// demo. The two never mix: a session opens no API route, a token no page.
package auth

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// TokenFile is the bootstrap token's file in the data folder.
const TokenFile = "token"

// tokenForm is "tbt_", an id that may be shown, "_" and 32 random bytes in
// base32.
var tokenForm = regexp.MustCompile(`^tbt_([a-z2-7]{8})_([a-z2-7]{52})$`)

var encoding = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// LoadOrCreate reads the bootstrap token of the data folder, or makes one. The
// file is mode 0600: whoever may read it may do everything.
func LoadOrCreate(dir string) (string, error) {
	file := filepath.Join(dir, TokenFile)
	token, err := Load(dir)
	if !errors.Is(err, fs.ErrNotExist) {
		return token, err
	}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return "", fmt.Errorf("auth: data folder: %w", err)
	}
	token = newToken()
	if err := writeOnce(file, token); err != nil {
		if errors.Is(err, fs.ErrExist) { // another process was quicker
			return Load(dir)
		}
		return "", fmt.Errorf("auth: writing the token: %w", err)
	}
	return token, nil
}

// Load reads the bootstrap token of the data folder. It refuses a file that
// others may read, and one that holds no token.
func Load(dir string) (string, error) {
	file := filepath.Join(dir, TokenFile)
	info, err := os.Stat(file)
	if err != nil {
		return "", fmt.Errorf("auth: token: %w", err)
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return "", fmt.Errorf("auth: %s may be read by others (mode %04o); run chmod 600 on it, or delete it to get a new token", file, mode)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("auth: token: %w", err)
	}
	token := strings.TrimSpace(string(text))
	if !tokenForm.MatchString(token) {
		return "", fmt.Errorf("auth: %s holds no token; delete it to get a new one", file)
	}
	return token, nil
}

// writeOnce writes aside and links, so that nobody reads half a token and of
// two processes one wins.
func writeOnce(file, token string) error {
	aside, err := os.CreateTemp(filepath.Dir(file), ".token-*") // mode 0600
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(aside.Name()) }()
	_, errWrite := aside.WriteString(token + "\n")
	if err := errors.Join(errWrite, aside.Sync(), aside.Close()); err != nil {
		return err
	}
	return os.Link(aside.Name(), file)
}

func newToken() string {
	random := make([]byte, 5+32)
	_, _ = rand.Read(random) // never fails
	return "tbt_" + encoding.EncodeToString(random[:5]) + "_" + encoding.EncodeToString(random[5:])
}

// secret is what is kept of a token: its public id and its SHA-256. A random
// token needs no slow hash.
type secret struct {
	id  string
	sum [sha256.Size]byte
}

func keep(token string) (secret, error) {
	m := tokenForm.FindStringSubmatch(token)
	if m == nil {
		return secret{}, errors.New("auth: this is no token")
	}
	return secret{m[1], sha256.Sum256([]byte(token))}, nil
}

// is compares in constant time.
func (s secret) is(token string) bool {
	sum := sha256.Sum256([]byte(token))
	return subtle.ConstantTimeCompare(s.sum[:], sum[:]) == 1
}
