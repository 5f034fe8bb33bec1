package auth

import (
	"context"
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"
	"github.com/trustelem/zxcvbn"

	"tbtwatch/internal/trade"
)

// hashing is OWASP's second choice of Argon2id parameters: 19 MiB, two passes,
// one lane.
var hashing = &argon2id.Params{Memory: 19 << 10, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

const (
	shortestPassword = 10
	longestPassword  = 128
	weakestPassword  = 3 // zxcvbn's score: 10^8 guesses and more
)

// hasher bounds how many passwords are hashed at once: each takes 19 MiB and a
// core.
type hasher struct{ turn chan struct{} }

func newHasher() *hasher { return &hasher{make(chan struct{}, 2)} }

func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	if err := h.wait(ctx); err != nil {
		return "", err
	}
	defer func() { <-h.turn }()
	return argon2id.CreateHash(password, hashing)
}

// nobody is compared with where there is no user, so that it takes as long.
const nobody = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

func (h *hasher) is(ctx context.Context, password, hash string) (bool, error) {
	if err := h.wait(ctx); err != nil {
		return false, err
	}
	defer func() { <-h.turn }()
	known := hash != ""
	if !known {
		hash = nobody
	}
	if utf8.RuneCountInString(password) > longestPassword {
		password = ""
	}
	ok, err := argon2id.ComparePasswordAndHash(password, hash)
	return ok && known, err
}

func (h *hasher) wait(ctx context.Context) error {
	select {
	case h.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// checkPassword refuses what is guessed soon, own data included (ASVS 6.2.1,
// 6.2.4, 6.2.11).
func checkPassword(password string, own ...string) error {
	switch n := utf8.RuneCountInString(password); {
	case n < shortestPassword:
		return refused(fmt.Sprintf("密码至少 %d 个字符", shortestPassword), fmt.Sprintf("a password has at least %d characters", shortestPassword))
	case n > longestPassword:
		return refused(fmt.Sprintf("密码最多 %d 个字符", longestPassword), fmt.Sprintf("a password has at most %d characters", longestPassword))
	}
	own = slices.DeleteFunc(append(own, "tbtwatch"), func(s string) bool { return s == "" })
	if zxcvbn.PasswordStrength(password, own).Score < weakestPassword {
		return refused("这个密码太容易猜到，请换一个更长或更不常见的", "this password is guessed too soon: take a longer or less usual one")
	}
	return nil
}

func refused(zh, en string) error { return &trade.Refused{Reason: en + "; " + zh} }
