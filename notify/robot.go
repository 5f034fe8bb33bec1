package notify

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"go.yaml.in/yaml/v3"

	"tbtwatch/internal/config"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
)

// robotPatience is how long a send waits in place for its robot's next turn.
// Whoever has to wait longer gives the worker back and comes again.
const robotPatience = 10 * time.Second

// robotOptions is the part of the configuration of each chat service.
type robotOptions struct {
	APIURL  string          `yaml:"api_url"` // where the robots are reached instead of the host in their address: a gateway, a private deployment
	Timeout config.Duration `yaml:"timeout"` // of one request
}

// robot is a channel to the group robots of one chat service.
type robot struct {
	service *robotService
	api     string // instead of the address's host; "" for that
	timeout time.Duration
	client  *http.Client
	render  *renderer
	env     Env
	begun   unfinished
	pause   func(ctx context.Context, d time.Duration) error

	mu    sync.Mutex
	paces map[string]*pace // by robot
}

func registerRobot(s *robotService, about string) *robotService {
	register(ChannelKind{
		Name: s.name, About: about,
		New:          func(options *yaml.Node, env Env) (Channel, error) { return newRobot(s, options, env) },
		CheckAddress: func(address string) error { _, err := s.address(address); return err },
	})
	return s
}

func newRobot(s *robotService, options *yaml.Node, env Env) (*robot, error) {
	env = env.filled()
	o := robotOptions{Timeout: config.Duration(httpTimeout)}
	if err := config.Decode(options, &o); err != nil {
		return nil, err
	}
	if d := time.Duration(o.Timeout); d <= 0 || d > httpTimeout {
		return nil, fmt.Errorf("timeout must lie between 1s and %v, not %v", httpTimeout, d)
	}
	if u, err := url.Parse(o.APIURL); o.APIURL != "" && (err != nil || u.Host == "") {
		return nil, fmt.Errorf("api_url: %q is no web address", o.APIURL)
	}
	return &robot{
		service: s, api: strings.TrimSuffix(o.APIURL, "/"), timeout: time.Duration(o.Timeout),
		client: outbound(env, time.Duration(o.Timeout), answerLimit), render: newRenderer(env), env: env, pause: pause, paces: map[string]*pace{},
	}, nil
}

// Send posts the warning's parts one after the other. An attempt that got
// through some of them is Ambiguous to the ledger, because "to be tried again"
// would have another process begin anew; this process remembers what is
// missing and sends only that.
func (r *robot) Send(ctx context.Context, m Message) (string, error) {
	to, err := r.service.address(m.To.Address)
	if err != nil {
		return "", trade.Permanent(err)
	}
	if err := expired(ctx); err != nil {
		return "", err
	}
	j := r.begun.take(m)
	if j == nil {
		parts := robotParts(r.service, m.Key, r.render.content(m))
		j = &job{all: len(parts), rest: parts}
	}
	if err := r.deliver(ctx, to, m, j); err != nil {
		return "", r.outcome(m, j, err)
	}
	return fmt.Sprintf("ok, parts: %d", j.all), nil
}

// Probe knows of a message that this process began, and whose next part did
// not arrive, that the rest is still to be sent. The services themselves tell
// nothing.
func (r *robot) Probe(_ context.Context, m Message) (arrived, known bool, err error) {
	key, address := m.Key, m.To.Address
	return false, r.begun.knows(key, address), nil
}

// outcome decides what the ledger is told of an attempt that failed.
func (r *robot) outcome(m Message, j *job, err error) error {
	done := j.all - len(j.rest)
	if done == 0 {
		return err
	}
	err = &partly{done, j.all, err}
	if trade.IsPermanent(err) {
		return err
	}
	j.doubtful = IsAmbiguous(err)
	r.begun.keep(m, j, r.env.Now())
	return Ambiguous(err)
}

// partly says how far a message came.
type partly struct {
	done, all int
	err       error
}

func (p *partly) Error() string {
	return triage.Reason("%s of %s parts had arrived: %s", p.done, p.all, p.err).EN
}

func (p *partly) Unwrap() error { return p.err }

// deliver posts what is left of the job, taking it off as it arrives.
func (r *robot) deliver(ctx context.Context, to robotAddress, m Message, j *job) error {
	p := r.pace(to.robot)
	if wait := p.book(m.Key, len(j.rest), r.env.Now()); wait > r.patience(ctx) {
		return r.later(wait)
	}
	if err := p.enter(ctx); err != nil {
		return err
	}
	defer p.exit()
	err := r.postAll(ctx, p, to, m, j)
	if !isNotYet(err) {
		p.leave(m.Key)
	}
	return err
}

// postAll posts while it is this delivery's turn.
func (r *robot) postAll(ctx context.Context, p *pace, to robotAddress, m Message, j *job) error {
	for len(j.rest) > 0 {
		wait := p.wait(len(j.rest), r.env.Now())
		if wait > r.patience(ctx) {
			p.leave(m.Key)
			return r.later(max(wait, p.book(m.Key, len(j.rest), r.env.Now())))
		}
		if err := r.pause(ctx, wait); err != nil {
			return err
		}
		err := r.post(ctx, to, j.rest[0])
		p.posted(m.Key, r.env.Now())
		if d, ok := trade.RetryDelay(err); ok {
			p.close(r.env.Now().Add(d))
		}
		if errors.Is(err, errForm) && j.rest[0].Plain == "" {
			r.env.Log.Warn("a robot did not take the message as designed; it goes out short, as text", "channel", r.service.name, "delivery", m.Key, "error", err)
			short := robotPart{Plain: robotShort(m.Key, r.render.content(m), r.service.inert)}
			j.all, j.rest = j.all-len(j.rest)+1, []robotPart{short}
			continue
		}
		if errors.Is(err, errForm) {
			return trade.Permanent(fmt.Errorf("%w, nor as short text", err))
		}
		if err != nil {
			return err
		}
		j.rest = j.rest[1:]
	}
	return nil
}

// post makes one request.
func (r *robot) post(ctx context.Context, to robotAddress, part robotPart) error {
	now := r.env.Now()
	target, host := r.target(to, now)
	who := r.service.name + " " + host
	body, err := r.service.encode(part, now, to.secret)
	if err != nil {
		return trade.Permanent(fmt.Errorf("%s: %w", who, err))
	}
	ctx, sent := written(ctx)
	req, err := leasedPost(ctx, target, body)
	if err != nil { // repeats the address, which is a secret
		return trade.Permanent(fmt.Errorf("%s: the address cannot be used", who)) //nolint:errorlint // on purpose
	}
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	answer, err := r.client.Do(req)
	if err != nil {
		return unanswered(who, err, sent.Load())
	}
	defer answer.Body.Close()
	said, _ := io.ReadAll(answer.Body) // cut short, it is no JSON
	return r.service.judge(who, answer, said, to, now)
}

// target is the address that goes on the wire, signed, and its host.
func (r *robot) target(to robotAddress, now time.Time) (address, host string) {
	base := first(r.api, "https://"+to.host)
	if u, err := url.Parse(base); err == nil {
		host = u.Host
	}
	query := url.Values{}
	if r.service.query == "" {
		return base + r.service.path + to.robot, host
	}
	query.Set(r.service.query, to.robot)
	if r.service.signQuery != nil && to.secret != "" {
		r.service.signQuery(query, now, to.secret)
	}
	return base + r.service.path + "?" + query.Encode(), host
}

func (r *robot) pace(name string) *pace {
	r.mu.Lock()
	defer r.mu.Unlock()
	p := r.paces[name]
	if p == nil {
		p = newPace(r.service.limits)
		r.paces[name] = p
	}
	return p
}

// patience is how long may be waited so that a request still fits the lease.
func (r *robot) patience(ctx context.Context) time.Duration {
	at, ok := ctx.Deadline()
	if !ok {
		return robotPatience
	}
	return max(0, min(robotPatience, time.Until(at)-r.timeout))
}

func (r *robot) later(wait time.Duration) error {
	return notYet(fmt.Errorf("%s: the robot takes no more for now, its next turn is in %v", r.service.name, wait.Round(time.Second)), wait)
}

func pause(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return expired(ctx)
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return expired(ctx)
	}
}
