package triage

import (
	"fmt"
	"slices"

	"tbtwatch/internal/calendar"
	"tbtwatch/internal/trade"
)

// Config is the centre's policy: what is released without a person, and how a
// case gets its level. Nothing about one city is in the code.
type Config struct {
	Release Release `yaml:"release"`
	Levels  []Level `yaml:"levels"` // most serious first
	Centre  string  `yaml:"centre"` // who issues the bulletins, Chinese
	// CentreEN is the same in English.
	CentreEN string `yaml:"centre_en"`
	// Stringent measures: words of the text that raise the level.
	Stringency []Stringency `yaml:"stringency"`
	Exposure   []float64    `yaml:"exposure_usd"` // thresholds for 1, 2 and 3 points
	Translate  Translation  `yaml:"translate"`
	Bulletin   Imprint      `yaml:"bulletin"`
	Escalation Escalation   `yaml:"escalation"`
	Comments   Comments     `yaml:"comments"` // the centre's own days for comments
	// Calendar tells working days: China's, with the years of the operator's file.
	Calendar *calendar.Calendar `yaml:"-" json:"-"`
}

// Imprint is what every bulletin of the centre says alike.
type Imprint struct {
	Contact   string `yaml:"contact"` // whom to ask, Chinese
	ContactEN string `yaml:"contact_en"`
	Survey    string `yaml:"survey"` // address of the questionnaire
}

// Release says who releases a warning: "rule" or "person", for each grade.
type Release struct {
	Direct string `yaml:"direct"`
	Likely string `yaml:"likely"`
}

// Level is one step of the scale, such as 红 Red.
type Level struct {
	ID    string `yaml:"id" json:"id"`
	ZH    string `yaml:"zh" json:"zh"`
	EN    string `yaml:"en" json:"en"`
	Color string `yaml:"color" json:"color"` // CSS colour of its mark
	From  int    `yaml:"from" json:"from"`   // points from which a case has it
}

// Stringency is how hard a measure bites: points, and words that tell it.
type Stringency struct {
	Points int      `yaml:"points"`
	ZH     string   `yaml:"zh"` // the measure, in words for the grading's explanation
	EN     string   `yaml:"en"`
	Words  []string `yaml:"words"`
}

// LevelLifted marks a warning that lifts the earlier ones (解除).
const LevelLifted = "lifted"

// DefaultConfig releases direct matches by rule, leaves the rest to people,
// and grades by four levels (DOMAIN: the names are a convention, so they can
// be changed).
func DefaultConfig() Config {
	return Config{
		Release: Release{Direct: "rule", Likely: "person"},
		Centre:  "技术性贸易措施预警中心", CentreEN: "TBT/SPS Early Warning Centre",
		Levels: []Level{
			{"red", "红色", "Red", "#c62828", 13}, {"orange", "橙色", "Orange", "#e65100", 10},
			{"yellow", "黄色", "Yellow", "#f9a825", 6}, {"blue", "蓝色", "Blue", "#1565c0", 0},
		},
		Stringency: []Stringency{
			{3, "禁止或召回", "ban or recall", []string{"ban ", "banned", "prohibit", "recall", "suspension of import", "withdrawal from the market", "prohib", "interdiction", "suspensión", "禁止", "召回", "暂停进口"}},
			{2, "试验、认证或批准", "testing, certification or approval", []string{"certification", "conformity assessment", "type approval", "homologation", "testing", "test method", "registration", "licence", "license", "permit", "certificación", "homologación", "certificação", "homologação", "homologation", "认证", "合格评定", "型式", "检验", "注册", "许可"}},
			{1, "标签或其他要求", "labelling or other requirements", []string{"label", "marking", "etiquet", "étiquet", "rotulagem", "标签", "标识"}},
		},
		Exposure: []float64{1, 500_000, 5_000_000},
		Comments: defaultComments(), Calendar: calendar.China(), Escalation: Escalation{Association: 5, District: 10, Department: 15},
	}
}

// Validate refuses policies that could not be carried out.
func (c Config) Validate() error {
	for grade, who := range map[string]string{"direct": c.Release.Direct, "likely": c.Release.Likely} {
		if who != "rule" && who != "person" {
			return fmt.Errorf("triage.release.%s: %q is neither \"rule\" nor \"person\"", grade, who)
		}
	}
	if len(c.Levels) == 0 || c.Levels[len(c.Levels)-1].From != 0 {
		return fmt.Errorf("triage.levels: the last level must begin at 0 points, so that every case has one")
	}
	for i, l := range c.Levels {
		if l.ID == "" || l.ID == LevelLifted {
			return fmt.Errorf("triage.levels[%d]: the id %q cannot be used", i, l.ID)
		}
		if i > 0 && l.From >= c.Levels[i-1].From {
			return fmt.Errorf("triage.levels: %q must begin below %q", l.ID, c.Levels[i-1].ID)
		}
	}
	if len(c.Exposure) != 3 || !slices.IsSorted(c.Exposure) {
		return fmt.Errorf("triage.exposure_usd: give three rising amounts, for 1, 2 and 3 points")
	}
	if err := c.Escalation.validate(); err != nil {
		return err
	}
	return c.Comments.validate()
}

// LevelIDs are the levels' ids, most serious first.
func (c Config) LevelIDs() []string {
	var out []string
	for _, l := range c.Levels {
		out = append(out, l.ID)
	}
	return out
}

// Level finds a level by id; "lifted" is always known.
func (c Config) Level(id string) Level {
	for _, l := range c.Levels {
		if l.ID == id {
			return l
		}
	}
	if id == LevelLifted {
		return Level{ID: LevelLifted, ZH: "解除", EN: "Lifted", Color: "#2e7d32"}
	}
	return Level{ID: id, ZH: id, EN: id, Color: "#616161"}
}

// releasedByRule reports whether matches of that grade go out without a person.
func (c Config) releasedByRule(g trade.Grade) bool {
	return g == trade.Direct && c.Release.Direct == "rule" || g == trade.Likely && c.Release.Likely == "rule"
}

// higher returns the more serious of two levels; unknown ones count least.
func (c Config) higher(a, b string) string {
	for _, l := range c.Levels {
		if l.ID == a || l.ID == b {
			return l.ID
		}
	}
	return b
}
