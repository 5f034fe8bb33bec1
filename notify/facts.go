package notify

import (
	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
)

// Level is a level of warnings as the configuration names it.
type Level struct {
	ID     string     `json:"id"`
	Name   trade.Text `json:"name"`
	Colour string     `json:"colour,omitempty"` // CSS colour; never the only sign of the level
}

// LevelsOf are the levels of the centre's policy, highest first: the names and
// colours that its pages use.
func LevelsOf(c triage.Config) []Level {
	var out []Level
	for _, l := range c.Levels {
		out = append(out, levelOf(l))
	}
	return out
}

func levelOf(l triage.Level) Level {
	return Level{l.ID, trade.Text{ZH: l.ZH, EN: l.EN}, l.Color}
}

// Lifted is how a lifted warning is shown, whatever its level was.
var Lifted = levelOf(triage.Config{}.Level(triage.LevelLifted))

// Facts are the records that ViewFor looks things up in; the caller reads them
// beforehand, so that a lookup cannot fail half-way.
type Facts struct {
	Product  func(exporter, id string) (trade.Product, bool)
	Exporter func(id string) (trade.Exporter, bool)
	Answers  *trade.Answers // about the warning's family
	Levels   []Level        // highest first
	Sums     *trade.Sums    // what may be told of the firms that are not named; nil: nothing
	Peak     string         // highest level of the family's earlier releases, "" for a first release (Warning.Peak)
	Today    string         // where the centre is

	answers func(w *trade.Warning) *trade.Answers // of those whose products w touches
}

// rank counts from 1 for the lowest level; 0 means that no such level exists.
func (f Facts) rank(id string) int {
	for i, l := range f.Levels {
		if l.ID == id {
			return len(f.Levels) - i
		}
	}
	return 0
}

// sums are what may be told, if only that it may not.
func (f Facts) sums() *trade.Sums {
	if f.Sums == nil {
		return &trade.Sums{Few: true}
	}
	told := *f.Sums
	return &told
}

func (f Facts) level(id string, lifted bool) Level {
	if lifted {
		return Lifted
	}
	for _, l := range f.Levels {
		if l.ID == id {
			return l
		}
	}
	return Level{ID: id, Name: trade.Text{ZH: id, EN: id}}
}

// reaches compares the warning's level with the lowest one the subscriber
// wants. Whoever was warned hears of what follows, also when the level has
// dropped since. A level that the configuration does not know hides nothing: we
// fail towards sending.
func (f Facts) reaches(to trade.Subscriber, w *trade.Warning) (reason trade.Text, ok bool) {
	lowest := f.rank(to.LowestLevel)
	if lowest == 0 || f.rank(w.Level) == 0 || w.Lifted && f.Peak == "" {
		return trade.Text{}, true
	}
	if max(f.rank(w.Level), f.rank(f.Peak)) >= lowest {
		return trade.Text{}, true
	}
	return triage.Reason("level: the warning is %s, the subscriber asks for %s or higher", f.level(w.Level, false).Name, f.level(to.LowestLevel, false).Name), false
}
