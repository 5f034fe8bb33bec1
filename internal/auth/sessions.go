package auth

import (
	"crypto/rand"
	"crypto/sha256"
	"sync"
	"time"
)

const (
	sessionIdle  = 30 * time.Minute
	sessionWhole = 12 * time.Hour
	mostSessions = 10_000
)

// sessions are in memory: a restart ends them all. Of the random identifier
// only the SHA-256 is kept.
type sessions struct {
	mu  sync.Mutex
	now func() time.Time
	by  map[[sha256.Size]byte]*session
}

type session struct {
	person        Person
	started, seen time.Time
}

func newSessions(now func() time.Time) *sessions {
	return &sessions{now: now, by: map[[sha256.Size]byte]*session{}}
}

// start begins a session and returns its identifier: 256 random bits.
func (s *sessions) start(p Person) string {
	random := make([]byte, 32)
	_, _ = rand.Read(random) // never fails
	id := encoding.EncodeToString(random)
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	if len(s.by) >= mostSessions {
		s.sweep(now)
	}
	s.by[sha256.Sum256([]byte(id))] = &session{p, now, now}
	return id
}

// sweep drops what has ended and, if that is nothing, the session unused for
// longest.
func (s *sessions) sweep(now time.Time) {
	var oldest [sha256.Size]byte
	var at time.Time
	for key, x := range s.by {
		if x.over(now) {
			delete(s.by, key)
		} else if at.IsZero() || x.seen.Before(at) {
			oldest, at = key, x.seen
		}
	}
	if len(s.by) >= mostSessions {
		delete(s.by, oldest)
	}
}

func (x *session) over(now time.Time) bool {
	return now.Sub(x.seen) > sessionIdle || now.Sub(x.started) > sessionWhole
}

// find returns whose session it is, and counts as use of it.
func (s *sessions) find(id string) (Person, bool) {
	key := sha256.Sum256([]byte(id))
	s.mu.Lock()
	defer s.mu.Unlock()
	x, ok := s.by[key]
	if !ok {
		return Person{}, false
	}
	now := s.now()
	if x.over(now) {
		delete(s.by, key)
		return Person{}, false
	}
	x.seen = now
	return x.person, true
}

func (s *sessions) end(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.by, sha256.Sum256([]byte(id)))
}
