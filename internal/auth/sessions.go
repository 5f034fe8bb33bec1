package auth

import (
	"cmp"
	"context"
	"crypto/rand"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
)

const (
	sessionIdle   = 30 * time.Minute
	sessionWhole  = 12 * time.Hour
	sessionWrites = 5 * time.Minute // between two records that a session is in use
	mostSessions  = 20              // of one person; the one unused for longest gives way
)

// sessions are on the bus, so that they outlive a restart and every process
// knows of them. A person has a fixed number of places for them: what is stored
// stays bounded. Of the random identifier only the SHA-256 is kept.
type sessions struct {
	*kept[trade.Session]
	now func() time.Time

	mu   sync.Mutex
	at   map[string]string    // sum of the identifier → place
	used map[string]time.Time // place → last use that this process saw
}

func newSessions(b *bus.Bus, now func() time.Time) *sessions {
	s := &sessions{now: now, at: map[string]string{}, used: map[string]time.Time{}}
	s.kept = newKept(b.Sessions, s.moved)
	return s
}

// moved keeps the way from identifier to place.
func (s *sessions) moved(before, now bus.Entry[trade.Session]) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if before.Value.Sum != now.Value.Sum {
		delete(s.at, before.Value.Sum)
		delete(s.used, now.Key)
	}
	if now.Value.Sum != "" {
		s.at[now.Value.Sum] = now.Key
	}
}

// start begins a session of the user ("" for the bootstrap token) and returns
// its identifier: 256 random bits.
func (s *sessions) start(ctx context.Context, user string, r *http.Request) (string, error) {
	random := make([]byte, 32)
	_, _ = rand.Read(random) // never fails
	id := encoding.EncodeToString(random)
	now := s.now().UTC()
	x := trade.Session{User: user, Sum: sum(id), Started: now, Seen: now}
	if r != nil {
		x.From, x.Agent = client(r), short(r.UserAgent(), 120)
	}
	_, err := s.change(ctx, s.free(user), func(v *trade.Session, _ bool) error { *v = x; return nil })
	return id, err
}

// free is the place that a new session of the user takes: one that has ended,
// or that of the session unused for longest.
func (s *sessions) free(user string) string {
	best, at := "", time.Time{}
	for i := range mostSessions {
		place := trade.Key("session", user, strconv.Itoa(i))
		x, ok := s.get(place)
		if !ok || s.over(place, x) {
			return place
		}
		if seen := s.seen(place, x); best == "" || seen.Before(at) {
			best, at = place, seen
		}
	}
	return best
}

func (s *sessions) seen(place string, x trade.Session) time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	if used := s.used[place]; used.After(x.Seen) {
		return used
	}
	return x.Seen
}

func (s *sessions) over(place string, x trade.Session) bool {
	now := s.now()
	return x.Sum == "" || now.Sub(s.seen(place, x)) > sessionIdle || now.Sub(x.Started) > sessionWhole
}

// find returns whose session it is and its place, and counts as use of it.
func (s *sessions) find(ctx context.Context, id string) (user, place string, ok bool) {
	s.mu.Lock()
	place, ok = s.at[sum(id)]
	s.mu.Unlock()
	if !ok {
		return "", "", false
	}
	x, ok := s.get(place)
	if !ok || x.Sum != sum(id) || s.over(place, x) {
		return "", "", false
	}
	now := s.now()
	s.mu.Lock()
	s.used[place] = now
	s.mu.Unlock()
	if now.Sub(x.Seen) > sessionWrites {
		// A failure costs nothing but a session that other processes end early.
		_, _ = s.change(ctx, place, func(v *trade.Session, _ bool) error {
			if v.Sum == x.Sum {
				v.Seen = now.UTC()
			}
			return nil
		})
	}
	return x.User, place, true
}

// end ends the session at that place if it is the user's.
func (s *sessions) end(ctx context.Context, user, place string) error {
	_, err := s.change(ctx, place, func(v *trade.Session, have bool) error {
		if !have || v.User != user || v.Sum == "" {
			return trade.ErrNotFound
		}
		*v = trade.Session{User: user}
		return nil
	})
	return err
}

// SessionRow is a session as its owner sees it.
type SessionRow struct {
	trade.Session
	Place   string // to end it by
	Current bool
}

// of are the user's sessions that have not ended, the last used first.
func (s *sessions) of(user, current string) []SessionRow {
	var out []SessionRow
	s.each(func(place string, x trade.Session) {
		if x.User == user && !s.over(place, x) {
			x.Seen = s.seen(place, x)
			out = append(out, SessionRow{x, place, place == current})
		}
	})
	slices.SortFunc(out, func(a, b SessionRow) int { return cmp.Or(b.Seen.Compare(a.Seen), cmp.Compare(a.Place, b.Place)) })
	return out
}

// Sessions are the person's own.
func (g *Guard) Sessions(p Person) []SessionRow { return g.sessions.of(p.ID, p.Session) }

// EndSession ends one of the person's own sessions.
func (g *Guard) EndSession(ctx context.Context, p Person, place string) error {
	return g.sessions.end(ctx, p.ID, place)
}

// endSessions ends all of a user's but those that are kept.
func (g *Guard) endSessions(ctx context.Context, user string, keep ...string) error {
	for _, x := range g.sessions.of(user, "") {
		if slices.Contains(keep, x.Place) {
			continue
		}
		if err := g.sessions.end(ctx, user, x.Place); err != nil {
			return err
		}
	}
	return nil
}

// short cuts a text that strangers sent.
func short(s string, most int) string {
	r := []rune(s)
	return string(r[:min(len(r), most)])
}
