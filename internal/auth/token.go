// Package auth decides who a request comes from and what they may do: a program
// with a token on the REST API, a person with a session on the pages, or
// anybody at all in the demo. The two never mix: a session opens no API route,
// a token no page. People, their sessions, invitations and tokens, and the
// audit stand on the bus.
package auth

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"encoding/hex"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
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
	token, err := loadOrCreate(file, "token", newToken)
	return checked(token, file, err)
}

// Load reads the bootstrap token of the data folder. It refuses a file that
// others may read, and one that holds no token.
func Load(dir string) (string, error) {
	file := filepath.Join(dir, TokenFile)
	token, err := readOwn(file, "token")
	return checked(token, file, err)
}

func checked(token, file string, err error) (string, error) {
	if err == nil && !tokenForm.MatchString(token) {
		return "", fmt.Errorf("auth: %s holds no token; delete it to get a new one", file)
	}
	return token, err
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

// sum is the SHA-256 of a random secret, hexadecimal.
func sum(secret string) string {
	x := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(x[:])
}
