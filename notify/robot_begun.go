package notify

import (
	"sync"
	"time"
)

// begunFor is how long the rest of a message is remembered: longer than the
// ladder of retries.
const begunFor = 96 * time.Hour

// job is a message on its way to a robot.
type job struct {
	all      int         // parts in the message
	rest     []robotPart // those that have not arrived
	doubtful bool        // nobody knows whether the first of the rest arrived
	at       time.Time   // of the last attempt
}

// unfinished are the messages of which a part has arrived and a part has not.
// What is missing is kept as it was rendered: a reader gets the end of the
// message whose beginning stands in the group.
type unfinished struct {
	mu   sync.Mutex
	jobs map[string]*job // by delivery and address: another robot gets the whole
}

// take hands out a job, or nil for a message of which nothing has arrived.
func (u *unfinished) take(m Message) *job {
	u.mu.Lock()
	defer u.mu.Unlock()
	id := m.Key + " " + m.To.Address
	j := u.jobs[id]
	delete(u.jobs, id)
	return j
}

func (u *unfinished) keep(m Message, j *job, now time.Time) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.jobs == nil {
		u.jobs = map[string]*job{}
	}
	for id, old := range u.jobs { // of deliveries that nobody tries any more
		if now.Sub(old.at) > begunFor {
			delete(u.jobs, id)
		}
	}
	j.at = now
	u.jobs[m.Key+" "+m.To.Address] = j
}

// knows reports whether it is certain what of the delivery is missing.
func (u *unfinished) knows(key, address string) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	j := u.jobs[key+" "+address]
	return j != nil && !j.doubtful
}
