package notify

import (
	"fmt"

	"tbtwatch/internal/trade"
)

// Level is a level of warnings as the configuration names it.
type Level struct {
	ID     string     `json:"id"`
	Name   trade.Text `json:"name"`
	Colour string     `json:"colour,omitempty"` // CSS colour; never the only sign of the level
}

// DefaultLevels are the four colours of the Chinese emergency convention,
// highest first.
func DefaultLevels() []Level {
	return []Level{
		{"red", trade.Text{ZH: "红色", EN: "Red"}, "#b71c1c"},
		{"orange", trade.Text{ZH: "橙色", EN: "Orange"}, "#b34a00"},
		{"yellow", trade.Text{ZH: "黄色", EN: "Yellow"}, "#7a5c00"},
		{"blue", trade.Text{ZH: "蓝色", EN: "Blue"}, "#0d47a1"},
	}
}

// Lifted is how a lifted warning is shown, whatever its level was.
var Lifted = Level{"lifted", trade.Text{ZH: "解除", EN: "Lifted"}, "#2e5d34"}

// Facts are the records that ViewFor looks things up in; the caller reads them
// beforehand, so that a lookup cannot fail half-way.
type Facts struct {
	Product  func(exporter, id string) (trade.Product, bool)
	Exporter func(id string) (trade.Exporter, bool)
	Levels   []Level // highest first; nil means DefaultLevels
	Peak     string  // highest level of the family's earlier releases, "" for a first release (Warning.Peak)
}

func (f Facts) levels() []Level {
	if f.Levels == nil {
		return DefaultLevels()
	}
	return f.Levels
}

// rank counts from 1 for the lowest level; 0 means that no such level exists.
func (f Facts) rank(id string) int {
	levels := f.levels()
	for i, l := range levels {
		if l.ID == id {
			return len(levels) - i
		}
	}
	return 0
}

func (f Facts) level(id string, lifted bool) Level {
	if lifted {
		return Lifted
	}
	for _, l := range f.levels() {
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
func (f Facts) reaches(to trade.Subscriber, w *trade.Warning) (reason string, ok bool) {
	lowest := f.rank(to.LowestLevel)
	if lowest == 0 || f.rank(w.Level) == 0 || w.Lifted && f.Peak == "" {
		return "", true
	}
	if max(f.rank(w.Level), f.rank(f.Peak)) >= lowest {
		return "", true
	}
	return fmt.Sprintf("level: the warning is %s, the subscriber asks for %s or higher", w.Level, to.LowestLevel), false
}
