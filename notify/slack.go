package notify

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/slack-go/slack"
	"go.yaml.in/yaml/v3"

	"tbtwatch/internal/config"
	"tbtwatch/internal/trade"
)

var _ = register(ChannelKind{
	Name: "slack", About: "Slack, by an incoming webhook's address or by a channel ID and the bot's token",
	New: newSlack, CheckAddress: checkSlack,
})

// slackOptions is the part channels.slack of the configuration.
type slackOptions struct {
	Token   config.Secret   `yaml:"token"`   // bot token (xoxb-…), needed for addresses that are channels
	APIURL  string          `yaml:"api_url"` // where Slack's Web API is
	Timeout config.Duration `yaml:"timeout"` // of one request
}

// slackEvent is the type of the metadata that carries a delivery's key.
const slackEvent = "tbtwatch_delivery"

const slackAnswerLimit = 1 << 20 // bytes; a page of history is the longest answer

type slackChannel struct {
	api    *slack.Client
	token  bool
	client *http.Client
	render *renderer
	env    Env
}

func newSlack(options *yaml.Node, env Env) (Channel, error) {
	env = env.filled()
	o := slackOptions{APIURL: slack.APIURL, Timeout: config.Duration(httpTimeout)}
	if err := config.Decode(options, &o); err != nil {
		return nil, err
	}
	if o.Timeout <= 0 {
		return nil, errors.New("timeout must be longer than 0s")
	}
	if u, err := url.Parse(o.APIURL); err != nil || u.Host == "" {
		return nil, fmt.Errorf("api_url: %q is no web address", o.APIURL)
	}
	client := outbound(env, time.Duration(o.Timeout), slackAnswerLimit)
	client.Transport = noting{client.Transport}
	api := slack.New(o.Token.Reveal(), slack.OptionHTTPClient(client), slack.OptionAPIURL(strings.TrimSuffix(o.APIURL, "/")+"/"))
	return &slackChannel{api, o.Token != "", client, newRenderer(env), env}, nil
}

var slackTarget = regexp.MustCompile(`^([CDGU][A-Z0-9]{7,20}|#[\p{Ll}\p{Lo}\p{N}_-]{1,80})$`)

func checkSlack(address string) error {
	if slackTarget.MatchString(address) {
		return nil
	}
	if _, err := checkEndpoint(address); err != nil {
		return trade.Refusef("a Slack address is a channel ID such as C0123456789 or an incoming webhook's https address: %v", err)
	}
	return nil
}

// Send posts the warning as blocks, and as text when Slack does not take the
// blocks.
func (s *slackChannel) Send(ctx context.Context, m Message) (string, error) {
	if err := checkSlack(m.To.Address); err != nil {
		return "", trade.Permanent(err)
	}
	c := s.render.content(m)
	receipt, err := s.post(ctx, m, slackText(c, c.Headline), slackBlocks(m.Key, c))
	if errors.Is(err, errBlocks) {
		s.env.Log.Warn("Slack did not take the blocks; the warning goes out as text", "delivery", m.Key, "error", err)
		return s.post(ctx, m, slackText(c, s.render.plain(m, c)), nil)
	}
	return receipt, err
}

// post makes one request. blocks may be nil.
func (s *slackChannel) post(ctx context.Context, m Message, text string, blocks []slack.Block) (string, error) {
	if err := expired(ctx); err != nil {
		return "", err
	}
	ctx, sent := written(ctx)
	ctx, said := noted(ctx)
	if slackTarget.MatchString(m.To.Address) {
		if !s.token {
			return "", errors.New("slack: no token is configured (channels.slack.token), so messages to a channel ID cannot be posted")
		}
		options := []slack.MsgOption{
			slack.MsgOptionText(text, false), slack.MsgOptionDisableLinkUnfurl(), slack.MsgOptionDisableMediaUnfurl(), slack.MsgOptionDisableMarkdown(),
			slack.MsgOptionMetadata(slack.SlackMetadata{EventType: slackEvent, EventPayload: map[string]any{"key": m.Key}}),
		}
		if blocks != nil {
			options = append(options, slack.MsgOptionBlocks(blocks...))
		}
		to, receipt := m.To.Address, ""
		if isSlackUser(to) {
			receipt = to + "/" // for slackThread: Slack answers with the conversation alone
		}
		if channel, ts := slackThread(m); ts != "" { // an update answers the first message, and the channel sees it
			options = append(options, slack.MsgOptionTS(ts), slack.MsgOptionBroadcast())
			if isSlackUser(to) {
				to = channel
			}
		}
		channel, ts, err := s.api.PostMessageContext(ctx, to, options...)
		return line(receipt+channel+"/"+ts, 80), slackError(err, "slack", said, sent.Load(), s.env.Now())
	}
	u, err := checkEndpoint(m.To.Address)
	if err != nil {
		return "", trade.Permanent(err)
	}
	off := false
	w := &slack.WebhookMessage{Text: text, Parse: "none", UnfurlLinks: &off, UnfurlMedia: &off}
	if blocks != nil {
		w.Blocks = &slack.Blocks{BlockSet: blocks}
	}
	err = slack.PostWebhookCustomHTTPContext(ctx, u.String(), s.client, w)
	return "ok", slackError(err, "slack webhook "+u.Host, said, sent.Load(), s.env.Now())
}

// slackThread is where the first message about the family stands, if it went to
// the same place: its channel and its time, which names it. Messages to a user
// stand in a conversation D…, in the receipt behind the user.
func slackThread(m Message) (channel, ts string) {
	to, place := m.To.Address, m.Thread
	if isSlackUser(to) {
		user, conversation, _ := strings.Cut(place, "/")
		if user != to {
			return "", ""
		}
		to, place = "", conversation
	}
	channel, ts, _ = strings.Cut(place, "/")
	if !slackTS.MatchString(ts) || to != "" && channel != to && !strings.HasPrefix(to, "#") {
		return "", ""
	}
	return channel, ts
}

// isSlackUser reports whether an address is a user's. Slack posts to it, but
// knows no conversation of that name.
func isSlackUser(address string) bool { return strings.HasPrefix(address, "U") }

var slackTS = regexp.MustCompile(`^[0-9]{1,16}\.[0-9]{1,9}$`)

// Probe looks for the delivery's key in the channel's history, or in the thread
// that it answers. It can only tell for channel IDs, for users whom it answers,
// with a token, and as far back as it reads.
func (s *slackChannel) Probe(ctx context.Context, m Message) (arrived, known bool, err error) {
	if !s.token || strings.HasPrefix(m.To.Address, "#") || !slackTarget.MatchString(m.To.Address) {
		return false, false, nil
	}
	if _, ts := slackThread(m); ts == "" && isSlackUser(m.To.Address) {
		return false, false, nil
	}
	const pages = 5
	cursor := ""
	for range pages {
		ctx, said := noted(ctx)
		messages, next, err := s.messages(ctx, m, cursor)
		if err != nil {
			return false, false, slackError(err, "slack history", said, false, s.env.Now())
		}
		for _, msg := range messages {
			if carries(msg, m.Key) {
				return true, true, nil
			}
		}
		if cursor = next; cursor == "" {
			return false, true, nil
		}
	}
	return false, false, nil
}

// messages reads a page of the thread or of the channel's history; next is ""
// for the last one.
func (s *slackChannel) messages(ctx context.Context, m Message, cursor string) (page []slack.Message, next string, err error) {
	const perPage = 200
	if channel, ts := slackThread(m); ts != "" {
		page, more, next, err := s.api.GetConversationRepliesContext(ctx, &slack.GetConversationRepliesParameters{ChannelID: channel, Timestamp: ts, Cursor: cursor, Limit: perPage, IncludeAllMetadata: true})
		if !more {
			next = ""
		}
		return page, next, err
	}
	history, err := s.api.GetConversationHistoryContext(ctx, &slack.GetConversationHistoryParameters{ChannelID: m.To.Address, Cursor: cursor, Limit: perPage, IncludeAllMetadata: true})
	if err != nil {
		return nil, "", err
	}
	if next = history.ResponseMetaData.NextCursor; !history.HasMore {
		next = ""
	}
	return history.Messages, next, nil
}

func carries(msg slack.Message, key string) bool {
	if msg.Metadata.EventType == slackEvent && msg.Metadata.EventPayload["key"] == key {
		return true
	}
	for _, b := range msg.Blocks.BlockSet {
		if b.ID() == slackBlockID(key) {
			return true
		}
	}
	return false
}
