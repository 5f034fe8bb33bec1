package notify

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"tbtwatch/internal/trade"
)

// errBlocks marks a message whose blocks Slack refused; the same as text may
// pass.
var errBlocks = errors.New("blocks refused")

// Slack's words for what no repetition mends, what the operator can mend, and
// a message in a form that it does not like.
var (
	slackNever = []string{
		"channel_not_found", "is_archived", "channel_is_archived", "user_not_found", "restricted_action", "restricted_action_read_only_channel",
		"restricted_action_thread_only_channel", "cannot_dm_bot", "messages_tab_disabled", "no_service", "no_service_id", "invalid_token", "no_team", "team_disabled",
		"action_prohibited", "posting_to_general_channel_denied", "msg_too_long", "no_text", "invalid_arguments", "invalid_metadata_format", "user_disabled",
	}
	slackOperator = []string{
		"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "missing_scope", "not_allowed_token_type", "no_permission",
		"not_in_channel", "ekm_access_denied", "access_denied", "org_login_required", "team_access_not_granted",
	}
	slackForm = []string{"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "invalid_payload"}
)

// slackError decides what happens after a failed request. said is what was
// noted of the answer; sent, whether the request left us whole.
func slackError(err error, who string, said *answerNote, sent bool, now time.Time) error {
	code := said.code(err)
	switch {
	case err == nil && code == "":
		return nil
	case slices.Contains(slackForm, code):
		return fmt.Errorf("%s: %s: %w", who, code, errBlocks)
	case code == "ratelimited" || code == "rate_limited" || said.status == http.StatusTooManyRequests:
		return statusError(who, http.StatusTooManyRequests, said.header, now)
	case slices.Contains(slackOperator, code):
		return fmt.Errorf("%s: %s: check channels.slack.token, the app's scopes and that the app is in the channel", who, code)
	case slices.Contains(slackNever, code):
		return trade.Permanent(fmt.Errorf("%s: %s", who, code))
	case said.status == 0:
		return unanswered(who, err, sent)
	case said.status != http.StatusOK:
		return statusError(strings.TrimSpace(who+" "+code), said.status, said.header, now)
	case code != "":
		return fmt.Errorf("%s: %s", who, code)
	}
	// The request was taken and the answer cannot be read.
	return Ambiguous(fmt.Errorf("%s: unreadable answer: %w", who, err))
}

// answerNote keeps what slack-go drops of an answer: the status, the headers
// and the first words of an incoming webhook's body.
type answerNote struct {
	status int
	header http.Header
	words  string
}

// code is Slack's word for the failure, "" when it gave none.
func (n *answerNote) code(err error) string {
	var said slack.SlackErrorResponse
	if errors.As(err, &said) {
		return line(said.Err, 80)
	}
	if n.status == http.StatusOK && (err != nil || !strings.Contains(strings.ReplaceAll(n.words, " ", ""), `"ok":false`)) {
		return ""
	}
	word, _, _ := strings.Cut(strings.TrimSpace(n.words), "\n")
	if strings.ContainsAny(word, "<{ ") {
		return map[bool]string{true: "not_ok", false: ""}[n.status == http.StatusOK]
	}
	return line(word, 80)
}

type noteKey struct{}

// noted returns a context whose next answer is noted down.
func noted(ctx context.Context) (context.Context, *answerNote) {
	n := &answerNote{header: http.Header{}}
	return context.WithValue(ctx, noteKey{}, n), n
}

// noting is a transport that keeps the notes.
type noting struct{ next http.RoundTripper }

func (t noting) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := t.next.RoundTrip(r)
	n, ok := r.Context().Value(noteKey{}).(*answerNote)
	if err != nil || !ok {
		return answer, err
	}
	n.status, n.header = answer.StatusCode, answer.Header
	start, errRead := io.ReadAll(io.LimitReader(answer.Body, 200))
	n.words = string(start)
	rest := io.Reader(answer.Body)
	if errRead != nil {
		rest = failing{errRead}
	}
	answer.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(start), rest), answer.Body}
	return answer, nil
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }
