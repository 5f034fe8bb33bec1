package notify

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"tbtwatch/internal/trade"
)

// robotService is what one chat service's robots do differently from another's.
type robotService struct {
	name  string
	hosts []string // where its robots are
	path  string   // of their addresses
	query string   // the parameter that names the robot; "" when the end of the path does
	// secret is what may stand behind '#' of an address; nil: nothing may.
	secret  *regexp.Regexp
	example trade.Text // of an address

	limits []rate
	room   int                       // bytes of a part, as measure counts them
	inert  func(s string) string     // makes a line of foreign text plain words in this dialect
	cost   func(l robotLine) int     // bytes that a line adds to a part
	size   func(p robotPart) int     // bytes of a part, as the service counts them
	body   func(p robotPart) payload // unsigned

	signQuery func(query url.Values, at time.Time, secret string)
	signBody  func(p payload, at time.Time, secret string)
	codes     map[int]robotCode
}

type payload map[string]any

// robotAddress is a robot's address taken apart; all of it is secret but the
// host.
type robotAddress struct{ host, robot, secret string }

var robotName = regexp.MustCompile(`^[A-Za-z0-9_-]{8,128}$`)

// address takes an address apart, or says what it should look like.
func (s *robotService) address(address string) (robotAddress, error) {
	wrong := func(en, zh string) (robotAddress, error) {
		return robotAddress{}, &trade.Refused{Reason: en + "; " + s.example.EN, ZH: zh + "；" + s.example.ZH}
	}
	u, err := checkEndpoint(address)
	if err != nil {
		return wrong("this is no web address", "这不是网址")
	}
	if u.Scheme != "https" || !slices.Contains(s.hosts, strings.ToLower(u.Host)) {
		return wrong("the host is not "+strings.Join(s.hosts, " or "), "主机不是 "+strings.Join(s.hosts, " 或 "))
	}
	to := robotAddress{host: strings.ToLower(u.Host), secret: u.Fragment}
	query, err := url.ParseQuery(u.RawQuery)
	switch path := u.EscapedPath(); {
	case err != nil:
	case s.query != "" && path == s.path && len(query) == 1 && len(query[s.query]) == 1:
		to.robot = query.Get(s.query)
	case s.query == "" && len(query) == 0:
		to.robot, _ = strings.CutPrefix(path, s.path)
	}
	if !robotName.MatchString(to.robot) {
		return wrong("it names no robot", "网址中没有机器人标识")
	}
	if to.secret != "" && (s.secret == nil || !s.secret.MatchString(to.secret)) {
		return wrong("what stands behind # is no signing secret", "# 之后不是加签密钥")
	}
	return to, nil
}

// conceal takes out of the service's words what must not be seen.
func (a robotAddress) conceal(s string) string {
	s = strings.ReplaceAll(s, a.robot, "…")
	if a.secret != "" {
		s = strings.ReplaceAll(s, a.secret, "…")
	}
	return line(s, 160)
}

// encode is the body of a request.
func (s *robotService) encode(p robotPart, at time.Time, secret string) ([]byte, error) {
	body := s.body(p)
	if s.signBody != nil && secret != "" {
		s.signBody(body, at, secret)
	}
	return compactJSON(body)
}

// compactJSON does not spend six bytes on each '<', '>' and '&'.
func compactJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimRight(b.Bytes(), "\n"), err
}

// jsonSize is how many bytes v takes in a body.
func jsonSize(v any) int {
	b, _ := compactJSON(v) // strings and maps of them only
	return len(b)
}

// errForm marks a message that the service does not take in this form: too
// long, or built otherwise than it wants. Shorter and as text it may pass.
var errForm = errors.New("not taken in this form")

// What happens after a code.
type robotStep int

const (
	stepAgain robotStep = iota // the usual retries: the service is ill, or an operator can mend it
	stepNever
	stepLater
	stepForm
)

// robotCode is what one of a service's codes means.
type robotCode struct {
	step   robotStep
	after  time.Duration // of stepLater
	advice string        // English and Chinese
}

// judge decides by the answer, whose status is 200 for most failures, too.
func (s *robotService) judge(who string, answer *http.Response, text []byte, to robotAddress, now time.Time) error {
	code, words, ok := robotSaid(text)
	known, listed := s.codes[code]
	if status := statusError(who, answer.StatusCode, answer.Header, now); status != nil && (!ok || !listed) {
		return status
	}
	if !ok { // taken, perhaps
		return Ambiguous(fmt.Errorf("%s: unreadable answer", who))
	}
	if code == 0 {
		return nil
	}
	err := fmt.Errorf("%s answered %d (%s)", who, code, to.conceal(words))
	if known.advice != "" {
		err = fmt.Errorf("%w: %s", err, known.advice)
	}
	switch known.step {
	case stepNever:
		return trade.Permanent(err)
	case stepLater:
		return trade.RetryAfter(err, known.after)
	case stepForm:
		return fmt.Errorf("%w: %w", err, errForm)
	}
	return err
}

// robotSaid reads the code and its words: errcode and errmsg, or code and msg,
// or what older robots of Feishu say.
func robotSaid(text []byte) (code int, words string, ok bool) {
	var a struct {
		ErrCode       *int   `json:"errcode"`
		ErrMsg        string `json:"errmsg"`
		Code          *int   `json:"code"`
		Msg           string `json:"msg"`
		StatusCode    *int   `json:"StatusCode"`
		StatusMessage string `json:"StatusMessage"`
	}
	if json.Unmarshal(text, &a) != nil {
		return 0, "", false
	}
	for _, c := range []*int{a.ErrCode, a.Code, a.StatusCode} {
		if c != nil {
			return *c, first(a.ErrMsg, a.Msg, a.StatusMessage), true
		}
	}
	return 0, "", false
}
