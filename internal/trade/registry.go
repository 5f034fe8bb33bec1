package trade

import (
	"net/url"
	"strings"
)

// Exporter is a registered firm.
type Exporter struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	District string `json:"district,omitempty"`
}

// Product is what an exporter sells, and where. HS codes have 2 to 10 digits
// (HS 2022 to six, the exporter's own tariff beyond); markets are ISO 3166
// alpha-2 codes, bloc codes or "*" for everywhere.
type Product struct {
	ID          string   `json:"id"` // unique within its exporter
	Exporter    string   `json:"exporter"`
	NameZH      string   `json:"name_zh,omitempty"`
	NameEN      string   `json:"name_en,omitempty"`
	HS          []string `json:"hs,omitempty"`
	ICS         []string `json:"ics,omitempty"`
	Terms       []string `json:"terms,omitempty"` // further names, any language
	Standards   []string `json:"standards,omitempty"`
	Substances  []string `json:"substances,omitempty"`
	Markets     []string `json:"markets,omitempty"`
	ExportValue float64  `json:"export_value_usd,omitempty"` // US dollars a year, all markets
}

// Key is the product's identity in streams and in the index.
func (p *Product) Key() string { return Key("product", p.Exporter, p.ID) }

// Name is the product's name for readers of that language ("zh" or "en"),
// falling back to the other one.
func (p *Product) Name(lang string) string {
	a, b := p.NameZH, p.NameEN
	if lang == "en" {
		a, b = b, a
	}
	if a == "" {
		return b
	}
	return a
}

// SubscriberKind says on whose behalf a subscriber listens.
type SubscriberKind string

// The kinds of subscriber.
const (
	SubExporter    SubscriberKind = "exporter"    // one firm: its own products, in full
	SubAssociation SubscriberKind = "association" // a sector in some markets: sums, never a firm's secrets
	SubDistrict    SubscriberKind = "district"    // the firms of a district, by name
	SubDepartment  SubscriberKind = "department"  // everything, in sums
	SubMachine     SubscriberKind = "machine"     // everything, as signed webhooks
)

// Subscriber is who hears of warnings, over one channel.
type Subscriber struct {
	ID          string         `json:"id"`
	Kind        SubscriberKind `json:"kind"`
	Name        string         `json:"name"`
	Exporter    string         `json:"exporter_id,omitempty"`
	District    string         `json:"district,omitempty"`
	Sector      string         `json:"sector,omitempty"`       // id of a sector pack; empty means all
	Markets     []string       `json:"markets,omitempty"`      // empty or "*" means all
	Language    string         `json:"language,omitempty"`     // zh or en
	Channel     string         `json:"channel"`                // name of a channel: email, wecom, slack, webhook …
	Address     string         `json:"address"`                // what the channel delivers to
	Cadence     string         `json:"cadence,omitempty"`      // immediate, daily or weekly, and exceptions by level: "daily;red=immediate"
	Timezone    string         `json:"timezone,omitempty"`     // of all that follows, such as Asia/Shanghai; the installation's where empty
	QuietHours  string         `json:"quiet_hours,omitempty"`  // "22:00-07:30": what comes then waits for their end, unless it is of the highest level
	RestDays    string         `json:"rest_days,omitempty"`    // "quiet": the same on weekends and statutory holidays
	PausedUntil string         `json:"paused_until,omitempty"` // a day; what comes before it waits for it, whatever its level
	LowestLevel string         `json:"lowest_level,omitempty"` // id of the lowest level wanted
	Muted       string         `json:"muted,omitempty"`        // measures that are not wanted, as ParseMutes reads them
	Gone        string         `json:"gone,omitempty"`         // when its endpoint said that it will never take anything again, RFC 3339; another address ends it
	Stopped     string         `json:"stopped,omitempty"`      // when its recipient unsubscribed by a message's link, RFC 3339
}

// MaskedAddress is an address as it is shown: of a web address the host only,
// because whoever knows the rest can write there.
func MaskedAddress(channel, address string) string {
	if channel == "email" || !strings.Contains(address, "://") {
		return address
	}
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return "…"
	}
	return u.Scheme + "://" + u.Host + "/…"
}
