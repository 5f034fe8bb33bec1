package view

import (
	"cmp"
	"context"
	"strings"
	"sync"
	"time"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/nomenclature"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
)

// Bucket says how soon a case has to be judged.
type Bucket string

// The buckets of the queue.
const (
	Overdue Bucket = "overdue" // 逾期: its day has passed and nobody has judged it
	Soon    Bucket = "soon"    // 马上到期: its day is at most soonDays ahead
	Later   Bucket = "later"   // 其余
)

// Buckets lists them in the order of the queue.
var Buckets = []Bucket{Overdue, Soon, Later}

const soonDays = 14

// CaseRow is a case in a list.
type CaseRow struct {
	waits     bool            // somebody still has to judge it
	Key       string          `json:"key"`
	Seq       uint64          `json:"seq" doc:"the case's sequence: its ETag"`
	Family    string          `json:"family"`
	Number    string          `json:"number,omitempty"`
	State     trade.CaseState `json:"state"`
	Level     string          `json:"level"`
	Kind      trade.Kind      `json:"kind"`
	Headline  trade.Text      `json:"headline"`
	Markets   []string        `json:"markets,omitempty"`
	Sectors   []string        `json:"sectors,omitempty"`
	Assignee  string          `json:"assignee,omitempty"`
	Due       string          `json:"due,omitempty" doc:"YYYY-MM-DD: comment deadline, else the first day on which the measure bites"`
	Next      string          `json:"next,omitempty" doc:"YYYY-MM-DD: next day on which something ends or begins"`
	NextWhat  string          `json:"next_what,omitempty"`
	Bucket    Bucket          `json:"bucket"`
	Direct    int             `json:"direct"`
	Likely    int             `json:"likely"`
	Reference int             `json:"reference"`
	Exporters int             `json:"exporters"`
	Exposure  float64         `json:"exposure_usd"`
	Release   int             `json:"release"`
	Pending   trade.Text      `json:"pending"`
	Backfill  bool            `json:"backfill,omitempty"`
	Opened    string          `json:"opened"`
	ChangedAt time.Time       `json:"changed_at"`
	dates     []trade.Date
	published string   // YYYY-MM-DD
	args      []string // codes of arguments for a comment
	words     string   // what is searched, normalized
}

// waiting reports whether somebody still has to judge the case: also one that
// was released by rule while firms that it likely touches were not told.
func waiting(s trade.CaseState, pending trade.Text) bool {
	return s == trade.CaseOpen || s == trade.CaseInReview || s == trade.CaseReleased && pending != (trade.Text{})
}

// cases follows the case table; all rows are in memory, because the queue is
// sorted by what people do next and not by when it was written.
type cases struct {
	table   *bus.Table[trade.Case]
	journal *journal[trade.Case]        // nil for none
	compare func(a, b *CaseRow) int     // by their place in the queue
	watch   func(bus.Entry[trade.Case]) // also told of every write; nil for nobody

	mu    sync.RWMutex
	rows  map[string]*CaseRow
	day   string                    // the rows say what depends on the day as of this one; "" before anybody asked
	queue []*CaseRow                // all rows in the order of the queue, as of that day
	sums  caseSums                  // of the queue
	words map[trade.Text]trade.Text // the few sentences of Pending, each once
	ready bool
}

func newCases(t *bus.Table[trade.Case], policy triage.Config) *cases {
	return &cases{table: t, compare: queued(policy), rows: map[string]*CaseRow{}, words: map[trade.Text]trade.Text{}}
}

// follow reads what is there and then what comes; today is asked for the day that
// deadlines are compared with.
func (c *cases) follow(ctx context.Context, today func() string) error {
	return followAll(ctx, c.table, c.journal, func() {
		c.turn(today()) // puts all in order: nobody who asks has to wait for that
		c.mu.Lock()
		defer c.mu.Unlock()
		c.ready = true
	}, func(e bus.Entry[trade.Case], _ place) error { return c.take(e) })
}

func (c *cases) isReady() bool {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.ready
}

func (c *cases) take(e bus.Entry[trade.Case]) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.watch != nil {
		c.watch(e)
	}
	known := c.rows[e.Key]
	if e.Deleted {
		c.drop(known)
		return nil
	}
	if known != nil && known.Seq > e.Seq {
		return nil
	}
	k := e.Value
	if known, ok := c.words[k.Pending]; ok {
		k.Pending = known
	} else if len(c.words) < 1000 {
		c.words[k.Pending] = k.Pending
	}
	r := CaseRow{
		waits: waiting(k.State, k.Pending), Key: e.Key, Seq: e.Seq, Family: k.Family, Number: k.Number, State: k.State, Level: k.Level, Kind: k.Kind,
		Headline: trade.Text{ZH: cut(k.HeadlineZH, 200), EN: cut(k.HeadlineEN, 200)}, Markets: first(k.Markets, 40),
		Sectors: k.Sectors, Assignee: k.Assignee,
		Direct: k.Direct, Likely: k.Likely, Reference: k.Reference, Exporters: k.Exporters, Exposure: k.Exposure,
		Release: k.Release, Pending: k.Pending, Backfill: k.Backfill, Opened: k.Opened, ChangedAt: e.At,
	}
	r.words = nomenclature.Normalize(strings.Join([]string{r.Headline.ZH, r.Headline.EN, cut(k.Title, 300), k.Number, k.Assignee}, "\n")) +
		"\n" + strings.ToLower(k.Family+"\n"+strings.Join(first(k.Symbols, 10), "\n"))
	r.args = k.Arguments
	for _, d := range k.Dates {
		if d.What == trade.DatePublished {
			r.published = d.From
		}
		if d.What != trade.DatePublished && d.From != "" {
			r.dates = append(r.dates, trade.Date{What: d.What, From: d.From, To: cmp.Or(d.To, d.From)})
		}
	}
	c.drop(known)
	c.put(&r)
	return nil
}

// read holds the rows for reading, with what depends on the day as of that
// one, until the caller calls done.
func (c *cases) read(today string) (done func()) {
	c.mu.RLock()
	for c.day != today {
		c.mu.RUnlock()
		c.turn(today)
		c.mu.RLock()
	}
	return c.mu.RUnlock
}

// dated fills in what depends on the day.
func (r CaseRow) dated(today string) CaseRow {
	r.Due, r.Bucket = "", Later
	for _, d := range r.dates {
		if d.What == trade.DateCommentDeadline {
			r.Due = d.To
		}
	}
	r.Next, r.NextWhat = trade.NextDay(r.dates, today)
	if r.Due == "" {
		for _, d := range r.dates {
			if r.Due == "" || d.From < r.Due {
				r.Due = d.From
			}
		}
	}
	switch {
	case !r.waits || r.Due == "":
	case r.Due < today:
		r.Bucket = Overdue
	case r.Due <= plusDays(today, soonDays):
		r.Bucket = Soon
	}
	return r
}

func plusDays(day string, n int) string {
	t, err := time.Parse(trade.Day, day)
	if err != nil {
		return day
	}
	return t.AddDate(0, 0, n).Format(trade.Day)
}

// DaysLeft counts the days from today to day; negative when it has passed. ok
// is false when day is none.
func DaysLeft(today, day string) (n int, ok bool) {
	a, errA := time.Parse(trade.Day, today)
	b, errB := time.Parse(trade.Day, day)
	if errA != nil || errB != nil {
		return 0, false
	}
	return int(b.Sub(a).Hours() / 24), true
}

// CaseRow returns the row of one case.
func (v *View) CaseRow(key string) (CaseRow, bool) {
	defer v.cases.read(v.Today())()
	r, ok := v.cases.rows[key]
	if !ok {
		return CaseRow{}, false
	}
	return *r, true
}
