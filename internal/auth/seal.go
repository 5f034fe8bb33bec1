package auth

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
)

// SealFile is the name of the file, in the data folder, with the key that
// second factors are sealed with.
const SealFile = "seal.key"

// sealer keeps small secrets so that the streams alone do not give them away:
// AES-256-GCM. What a text is for is sealed with it: a text of one purpose
// opens for no other.
type sealer struct{ aead cipher.AEAD }

// sealKey is the configured key, or that of dir, which is made where there is
// none.
func sealKey(configured, dir string) ([]byte, error) {
	text, where := configured, "auth.seal_key"
	if text == "" {
		where = filepath.Join(dir, SealFile)
		var err error
		if text, err = loadOrCreate(where, "key", newSealKey); err != nil {
			return nil, err
		}
	}
	key, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(text, "="))
	if err != nil || len(key) != 32 {
		return nil, fmt.Errorf("auth: %s is no key of 32 bytes in base64url; restore it: without it second factors have to be set up anew", where)
	}
	return key, nil
}

func newSealer(configured, dir string) (*sealer, error) {
	key, err := sealKey(configured, dir)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	return &sealer{aead}, err
}

func newSealKey() string {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails
	return base64.RawURLEncoding.EncodeToString(key)
}

func (s *sealer) seal(purpose, text string) string {
	return base64.RawURLEncoding.EncodeToString(s.aead.Seal(nil, nil, []byte(text), []byte(purpose)))
}

var errSeal = errors.New("auth: this was not sealed here, or for something else")

func (s *sealer) open(purpose, sealed string) (string, error) {
	data, err := base64.RawURLEncoding.DecodeString(sealed)
	if err != nil {
		return "", errSeal
	}
	text, err := s.aead.Open(nil, nil, data, []byte(purpose))
	if err != nil {
		return "", errSeal
	}
	return string(text), nil
}
