package console

import "tbtwatch/internal/trade"

// releaseBodies are the pages around a release.
func (s sample) releaseBodies() map[string]any {
	counts := []trade.Counted{{Name: "email", Count: 3}, {Name: s.text, Count: 1200}}
	p := trade.ReleasePreview{
		Family: s.text, Number: s.text, Release: 2, Level: "red", Headline: s.t(), Changed: []trade.Text{s.t()}, Subscribers: 2000, Recipients: 1203, Share: 0.6, Waits: true,
		Channels: counts, Kinds: counts, When: []trade.Counted{{Name: trade.WhenAtOnce, Count: 3}, {Name: trade.WhenQuiet, Count: 1}},
		First:   []trade.PreviewRecipient{{Subscriber: s.text, Name: s.text, Kind: trade.SubExporter, Channel: "email", When: trade.WhenDaily, NotBefore: "2026-03-02T08:00:00Z", Why: s.t(), Concerned: []trade.Text{s.t(), s.t()}}, {Name: s.text, Kind: trade.SubscriberKind(s.text)}},
		NotTold: []trade.PreviewReason{{Kind: "level", Count: 700, Example: s.t()}, {Kind: s.text, Count: 97, Example: s.t()}},
		Sample:  &trade.PreviewMessage{Subscriber: s.text, Name: s.text, Lang: "en", Subject: s.text, Text: s.text},
	}
	return map[string]any{"release": releaseBody{Dossier: s.caseBody().Dossier, Preview: &p, Why: s.text, Reason: s.text}}
}
