package trade

// Override is a person's text in place of what the facts say in one part of a
// case's bulletin, for one audience and in one language: what was written for
// departments must never be read by everybody.
type Override struct {
	Audience string `json:"audience"`
	Part     string `json:"part"` // key of the part
	Lang     string `json:"lang"` // zh or en
	Text     string `json:"text"`
	Facts    string `json:"facts"` // digest of what the facts said when it was written
	By       string `json:"by"`
	At       string `json:"at"` // RFC 3339
}

// Same reports whether o and p are about the same words of the bulletin.
func (o Override) Same(p Override) bool {
	return o.Audience == p.Audience && o.Part == p.Part && o.Lang == p.Lang
}

// Publication is a release whose public bulletin (通告) a person has opened to
// everybody.
type Publication struct {
	Release   int    `json:"release"`
	Text      string `json:"text"` // SHA-256 of the bulletin as it stood then
	By        string `json:"by"`
	At        string `json:"at"`                  // RFC 3339
	Withdrawn string `json:"withdrawn,omitempty"` // RFC 3339; empty while it can be read
}

// Publication finds what was published of a release, or nil.
func (c *Case) Publication(release int) *Publication {
	for i := range c.Public {
		if c.Public[i].Release == release {
			return &c.Public[i]
		}
	}
	return nil
}
