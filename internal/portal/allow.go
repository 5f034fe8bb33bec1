package portal

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// allowances lets each firm do what costs others something so many times, then
// once in every period.
type allowances struct {
	mu sync.Mutex
	by map[string]*rate.Limiter
}

const (
	testsAtOnce = 3
	testEvery   = 5 * time.Minute
)

func (a *allowances) take(firm string, now time.Time) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.by == nil {
		a.by = map[string]*rate.Limiter{}
	}
	l := a.by[firm]
	if l == nil {
		l = rate.NewLimiter(rate.Every(testEvery), testsAtOnce)
		a.by[firm] = l
	}
	return l.AllowN(now, 1)
}
