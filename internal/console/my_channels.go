package console

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strings"

	"tbtwatch/internal/auth"
	"tbtwatch/internal/portal"
	"tbtwatch/internal/registry"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
)

// myChannelsBody is how the exporter hears of warnings.
type myChannelsBody struct {
	Subscriptions []trade.Subscriber
	Feed          trade.FeedLink
	Calendar      string // addresses of a feed that was just made: shown once
	Atom          string
	Tested        string // outcome of a test, in words
	Failed        bool
}

func (p tenants) myChannels(w http.ResponseWriter, r *http.Request, t auth.TenantScope) error {
	return p.showMyChannels(w, r, t, http.StatusOK, myChannelsBody{})
}

func (p tenants) showMyChannels(w http.ResponseWriter, r *http.Request, t auth.TenantScope, status int, b myChannelsBody) (err error) {
	if b.Subscriptions, err = p.portal.OwnSubscriptions(t); err != nil {
		return err
	}
	if b.Feed, err = p.portal.OwnFeed(r.Context(), t); err != nil {
		return err
	}
	return p.render(w, r, status, "mychannels", "nav.mychannels", "mychannels", b)
}

// myChannelBody is the form of a subscription, with what it would have sent.
type myChannelBody struct {
	ID       string
	Seq      uint64
	Masked   string // the address that it has, as far as it is shown
	Values   map[string]string
	Channels []string
	Levels   []triage.Level
	Bad      *registry.RowError
	Preview  *portal.OwnPreview
	Conflict bool
	Problem  string
}

func (p tenants) myChannel(w http.ResponseWriter, r *http.Request, t auth.TenantScope) error {
	id := r.URL.Query().Get("id")
	if id == "" {
		return p.showMyChannel(w, r, http.StatusOK, myChannelBody{Values: map[string]string{"channel": "email", "cadence": "immediate", "language": langOf(r)}})
	}
	s, seq, err := p.portal.OwnSubscription(r.Context(), t, id)
	if err != nil {
		return err
	}
	return p.showMyChannel(w, r, http.StatusOK, myChannelBody{ID: id, Seq: seq, Masked: s.Address, Values: channelValues(s)})
}

func channelValues(s trade.Subscriber) map[string]string {
	out := map[string]string{
		"name": s.Name, "channel": s.Channel, "lowest_level": s.LowestLevel, "language": s.Language, "markets": strings.Join(s.Markets, ";"),
		"timezone": s.Timezone, "quiet_hours": s.QuietHours, "rest_days": s.RestDays, "paused_until": s.PausedUntil, "muted": s.Muted,
	}
	c := s.Cadences()
	out["cadence"] = c.For("")
	for _, level := range c.Levels() {
		out[cadenceField+level] = c.For(level)
	}
	return out
}

// hours says in words when a subscriber wants to hear.
func (s *site) hours(lang string, to trade.Subscriber) string {
	c := to.Cadences()
	out := []string{word(lang, "cadence", c.For(""))}
	for _, level := range c.Levels() {
		l := s.View.Policy.Level(level)
		out = append(out, label(lang, "hours.level", trade.Text{ZH: l.ZH, EN: l.EN}.In(lang), word(lang, "cadence", c.For(level))))
	}
	if to.QuietHours != "" {
		out = append(out, label(lang, "hours.quiet", to.QuietHours))
	}
	if to.RestDays != "" {
		out = append(out, label(lang, "hours.rest"))
	}
	if to.PausedUntil != "" {
		out = append(out, label(lang, "hours.paused", to.PausedUntil))
	}
	if to.Muted != "" {
		out = append(out, label(lang, "hours.muted", to.Muted))
	}
	return strings.Join(out, " · ")
}

// cadenceField and a level's id name the field of that level's cadence.
const cadenceField = "cadence."

// typedChannel reads the form of a subscription. The cadences of levels are
// fields of their own there.
func typedChannel(r *http.Request, fields []string, levels []triage.Level) map[string]string {
	values := map[string]string{}
	for _, name := range fields {
		values[name] = r.PostFormValue(name)
	}
	for _, l := range levels {
		values[cadenceField+l.ID] = r.PostFormValue(cadenceField + l.ID)
	}
	return values
}

// subscriptionOf is what was typed as a line of a file says it.
func subscriptionOf(values map[string]string, levels []triage.Level) map[string]string {
	out := maps.Clone(values)
	for _, l := range levels {
		if c := values[cadenceField+l.ID]; c != "" {
			out["cadence"] += ";" + l.ID + "=" + c
		}
	}
	return out
}

func (p tenants) showMyChannel(w http.ResponseWriter, r *http.Request, status int, b myChannelBody) error {
	b.Channels, b.Levels = p.portal.Channels(), p.portal.Levels()
	return p.render(w, r, status, "mychannel", "my.channel", "mychannels", b)
}

func (p tenants) saveMyChannel(w http.ResponseWriter, r *http.Request, t auth.TenantScope) error {
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	b := myChannelBody{ID: r.PostFormValue("id"), Values: typedChannel(r, portal.SubscriptionFields, p.portal.Levels())}
	var err error
	if b.Seq, err = typedSeq(r); err != nil {
		return err
	}
	if b.ID != "" {
		now, _, err := p.portal.OwnSubscription(r.Context(), t, b.ID)
		if err != nil {
			return err
		}
		b.Masked = now.Address
	}
	s, bad, err := p.portal.ReadSubscription(r.Context(), t, b.ID, subscriptionOf(b.Values, p.portal.Levels()))
	if err != nil {
		return err
	}
	if b.Bad = bad; bad != nil {
		return p.showMyChannel(w, r, http.StatusUnprocessableEntity, b)
	}
	if r.PostFormValue("do") == "preview" {
		return p.previewMyChannel(w, r, t, b, s)
	}
	err = p.portal.SaveSubscription(r.Context(), t, s, b.Seq)
	if errors.Is(err, trade.ErrConflict) {
		b.Conflict = true
		return p.showMyChannel(w, r, http.StatusConflict, b)
	}
	if err != nil {
		return err
	}
	return done(w, r, "/my/channels", "changed")
}

func (p tenants) previewMyChannel(w http.ResponseWriter, r *http.Request, t auth.TenantScope, b myChannelBody, s trade.Subscriber) error {
	would, err := p.portal.PreviewSubscription(r.Context(), t, s)
	if reason, ok := refusal(err, langOf(r)); ok {
		b.Problem = reason
		return p.showMyChannel(w, r, http.StatusUnprocessableEntity, b)
	}
	if err != nil {
		return err
	}
	b.Preview = &would
	return p.showMyChannel(w, r, http.StatusOK, b)
}

func (p tenants) removeMyChannel(w http.ResponseWriter, r *http.Request, t auth.TenantScope) error {
	r.Body = http.MaxBytesReader(w, r.Body, 16<<10)
	seq, err := typedSeq(r)
	if err != nil {
		return err
	}
	if err := p.portal.RemoveSubscription(r.Context(), t, r.PostFormValue("id"), seq); err != nil {
		return err
	}
	return done(w, r, "/my/channels", "removed")
}

// testMyChannel shows what the channel answered: whoever set it up has to see
// why it does not work.
func (p tenants) testMyChannel(w http.ResponseWriter, r *http.Request, t auth.TenantScope) error {
	r.Body = http.MaxBytesReader(w, r.Body, 16<<10)
	receipt, err := p.portal.TestSubscription(r.Context(), t, r.PostFormValue("id"))
	reason, refused := refusal(err, langOf(r))
	switch {
	case errors.Is(err, trade.ErrNotFound):
		return err
	case refused:
		return p.showMyChannels(w, r, t, http.StatusUnprocessableEntity, myChannelsBody{Tested: reason, Failed: true})
	case err != nil:
		return p.showMyChannels(w, r, t, http.StatusBadGateway, myChannelsBody{Tested: label(langOf(r), "my.test.failed", short(err.Error(), 300)), Failed: true})
	}
	return p.showMyChannels(w, r, t, http.StatusOK, myChannelsBody{Tested: label(langOf(r), "my.test.sent", short(receipt, 120))})
}

func (p tenants) changeMyFeed(w http.ResponseWriter, r *http.Request, t auth.TenantScope) error {
	r.Body = http.MaxBytesReader(w, r.Body, 16<<10)
	switch r.PostFormValue("do") {
	case "renew":
	case "shut":
		if err := p.portal.ShutFeed(r.Context(), t); err != nil {
			return err
		}
		return done(w, r, "/my/channels", "removed")
	default:
		return errForm
	}
	token, err := p.portal.RenewFeed(r.Context(), t)
	if err != nil {
		return err
	}
	base := fmt.Sprintf("%s/feeds/%s/", p.base(r), url.PathEscape(token))
	q := "?lang=" + langOf(r)
	return p.showMyChannels(w, r, t, http.StatusOK, myChannelsBody{Calendar: base + "deadlines.ics" + q, Atom: base + "warnings.atom" + q})
}

func (p tenants) calendar(w http.ResponseWriter, r *http.Request) error {
	text, err := p.portal.Calendar(r.Context(), r.PathValue("token"), langOf(r), p.base(r))
	return sendFeed(w, "text/calendar; charset=utf-8", text, err)
}

func (p tenants) atom(w http.ResponseWriter, r *http.Request) error {
	text, err := p.portal.Atom(r.Context(), r.PathValue("token"), langOf(r), p.base(r))
	return sendFeed(w, "application/atom+xml; charset=utf-8", text, err)
}

func sendFeed(w http.ResponseWriter, kind, text string, err error) error {
	if errors.Is(err, trade.ErrNotFound) {
		return errNoPage
	}
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Cache-Control", "private, max-age=900")
	h.Set("Referrer-Policy", "no-referrer") // the address is a secret
	_, err = w.Write([]byte(text))
	return err
}

// abroad says beside a channel that its servers are in another country, ""
// where they are not.
func abroad(lang, channel string) string {
	switch channel {
	case "slack":
		return label(lang, "consent.abroad")
	case "feishu":
		return label(lang, "consent.lark")
	}
	return ""
}
