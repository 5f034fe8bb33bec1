package auth

import (
	"bytes"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base32"
	"encoding/base64"
	"image/png"
	"slices"
	"strings"
	"time"

	"github.com/pquerna/otp/hotp"
	"github.com/pquerna/otp/totp"

	"tbtwatch/internal/trade"
)

const (
	factorStep    = 30 // seconds: RFC 6238
	recoveryCodes = 10
)

// Factor is a second factor (TOTP, RFC 6238) that is being set up.
type Factor struct {
	Sealed  string // the secret for the form to bring back
	Secret  string // for typing it in
	Picture string // data: address of the QR code, PNG
}

// newFactor makes a second factor for somebody, or shows again the one that a
// form brings back sealed for that purpose.
func (g *Guard) newFactor(purpose, account, sealed string) (Factor, error) {
	options := totp.GenerateOpts{Issuer: "tbtwatch", AccountName: account, SecretSize: 20}
	if secret, err := g.sealer.open(purpose, sealed); err == nil {
		if options.Secret, err = secretEncoding.DecodeString(secret); err != nil {
			return Factor{}, err
		}
	}
	key, err := totp.Generate(options)
	if err != nil {
		return Factor{}, err
	}
	image, err := key.Image(220, 220)
	if err != nil {
		return Factor{}, err
	}
	var out bytes.Buffer
	if err := png.Encode(&out, image); err != nil {
		return Factor{}, err
	}
	return Factor{
		Sealed: g.sealer.seal(purpose, key.Secret()), Secret: key.Secret(),
		Picture: "data:image/png;base64," + base64.StdEncoding.EncodeToString(out.Bytes()),
	}, nil
}

// secretEncoding is how authenticators read secrets.
var secretEncoding = base32.StdEncoding.WithPadding(base32.NoPadding)

// stepOf returns the time step that the code is of, the one before and the one
// after included; 0 when it is of none.
func stepOf(code, secret string, now time.Time) int64 {
	code = strings.Join(strings.Fields(code), "")
	step := now.Unix() / factorStep
	for _, s := range []int64{step, step - 1, step + 1} {
		want, err := hotp.GenerateCode(secret, uint64(s))
		if err == nil && subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			return s
		}
	}
	return 0
}

// useFactor takes a code of the second factor, or a recovery code, which is
// then gone. A code counts once.
func (g *Guard) useFactor(u *trade.User, code string, now time.Time) bool {
	secret, err := g.sealer.open("factor "+u.ID, u.Factor)
	if err != nil {
		return false
	}
	if step := stepOf(code, secret, now); step > u.Step {
		u.Step = step
		return true
	}
	i := slices.Index(u.Recovery, sum(strings.ToLower(strings.Join(strings.Fields(code), ""))))
	if i < 0 {
		return false
	}
	u.Recovery = slices.Delete(slices.Clone(u.Recovery), i, i+1)
	return true
}

// newRecovery makes codes for who loses the second factor: 50 random bits
// each, in two groups.
func newRecovery() (codes, sums []string) {
	for range recoveryCodes {
		random := make([]byte, 7)
		_, _ = rand.Read(random) // never fails
		text := encoding.EncodeToString(random)[:10]
		codes = append(codes, text[:5]+" "+text[5:])
		sums = append(sums, sum(text))
	}
	return codes, sums
}
