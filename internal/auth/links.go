package auth

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"strings"

	"tbtwatch/internal/config"
)

// Links makes the addresses in messages that open something for their reader
// without signing in. An address can be read by whoever has it, and not be made
// or changed: it carries a code (HMAC-SHA256, 128 bits) of its words and of what
// it is for. The same words always make the same address.
type Links struct {
	base string
	key  []byte
}

// NewLinks takes the configured key, or that of dir, which is made where there
// is none; base is where people outside open this installation, "" when they
// cannot: then there are no addresses.
func NewLinks(key config.Secret, dir, base string) (*Links, error) {
	seal, err := sealKey(key.Reveal(), dir)
	if err != nil {
		return nil, err
	}
	mac := hmac.New(sha256.New, seal)
	mac.Write([]byte("links"))
	return &Links{strings.TrimSuffix(base, "/"), mac.Sum(nil)}, nil
}

// To is the address under path for those words, "" where there are none.
func (l *Links) To(path string, words ...string) string {
	if l == nil || l.base == "" {
		return ""
	}
	text := strings.Join(words, "\x00")
	return l.base + path + base64.RawURLEncoding.EncodeToString([]byte(text)) + "." + l.code(path, text)
}

// Words are those of a token that stood behind path in an address of ours, or
// none; want is how many there have to be.
func (l *Links) Words(path, token string, want int) (words []string, ok bool) {
	text, code, _ := strings.Cut(token, ".")
	plain, err := base64.RawURLEncoding.DecodeString(text)
	if l == nil || err != nil || !hmac.Equal([]byte(code), []byte(l.code(path, string(plain)))) {
		return nil, false
	}
	words = strings.Split(string(plain), "\x00")
	return words, len(words) == want
}

func (l *Links) code(path, text string) string {
	mac := hmac.New(sha256.New, l.key)
	mac.Write([]byte(path + "\x00" + text))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil)[:16])
}
