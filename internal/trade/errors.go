package trade

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// The errors that callers branch on. Everything else means "try again with the
// usual backoff".
var (
	ErrNotFound = errors.New("not found")
	ErrConflict = errors.New("changed meanwhile") // a compare-and-set lost; read again
)

// Permanent marks an error that no repetition will mend: the message is parked
// in the dead-letter stream, the delivery rejected.
func Permanent(err error) error { return &permanent{err} }

type permanent struct{ error }

func (p *permanent) Unwrap() error { return p.error }

// IsPermanent reports whether err, or what it wraps, was marked Permanent.
func IsPermanent(err error) bool {
	var p *permanent
	return errors.As(err, &p)
}

// RetryAfter marks an error to be tried again after d and not before.
func RetryAfter(err error, d time.Duration) error { return &retryAfter{err, d} }

type retryAfter struct {
	error
	after time.Duration
}

func (r *retryAfter) Unwrap() error { return r.error }

// RetryDelay returns the delay that err asks for.
func RetryDelay(err error) (time.Duration, bool) {
	var r *retryAfter
	if errors.As(err, &r) {
		return r.after, true
	}
	return 0, false
}

// Refused is an input that is kept out for a reason that its sender can mend.
type Refused struct {
	Reason string // in English, or as "English; 中文"
	ZH     string // in Chinese, where Reason is English alone: it may then hold anything
}

func (r *Refused) Error() string {
	if r.ZH != "" {
		return r.Reason + "; " + r.ZH
	}
	return r.Reason
}

// Text is the reason in both languages, where it is told in both, and as it is
// otherwise.
func (r *Refused) Text() *Text {
	if r.ZH != "" {
		return &Text{ZH: r.ZH, EN: r.Reason}
	}
	if en, zh, ok := strings.Cut(r.Reason, "; "); ok && strings.ContainsFunc(zh, func(c rune) bool { return c >= 0x4E00 && c <= 0x9FFF }) {
		return &Text{ZH: zh, EN: en}
	}
	return &Text{ZH: r.Reason, EN: r.Reason}
}

// Refusef makes a Refused with that reason.
func Refusef(format string, args ...any) error {
	return &Refused{Reason: fmt.Sprintf(format, args...)}
}
