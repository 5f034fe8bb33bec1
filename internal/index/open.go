package index

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// Config says where the shared index lives.
type Config struct {
	// URL of the server. Empty: a Redis-protocol server inside this process on
	// a loopback port, gone with it. Otherwise one of
	//
	//	redis://user:password@host:6379/0       rediss:// for TLS, unix:///path
	//	redis+cluster://host:6379?addr=host2:6379
	//	redis+sentinel://host:26379/0?master_name=mymaster&username=u&password=p
	URL string
	// Prefix of all keys, for several indexes on one server; "tbtwatch" if empty.
	Prefix string
	// Shards is into how many parts an index is built, each with a hash tag of
	// its own; 16 on a cluster and 1 elsewhere if 0. Readers take the number
	// from the index.
	Shards int
	// Scheme says what of a product is indexed; Full if nil.
	Scheme *Scheme
}

// Client settings; all are set by us, as the library's defaults move.
const (
	clusterShards = 16
	dialTimeout   = 3 * time.Second
	readTimeout   = 5 * time.Second
	writeTimeout  = 5 * time.Second
	poolTimeout   = 6 * time.Second
	idleTime      = 5 * time.Minute
	retryMin      = 10 * time.Millisecond
	retryMax      = 300 * time.Millisecond
	maxRetries    = 2
	poolSize      = 8
	idleConns     = 1
)

// quiet keeps the client from writing to standard error: every failure comes
// back as an error, and whoever asked says it once.
type quiet struct{}

func (quiet) Printf(context.Context, string, ...any) {}

func init() { redis.SetLogger(quiet{}) }

// Store is the index in Redis. It is safe for concurrent use; Apply calls of
// one Store are to be made one after the other, in registry order.
type Store struct {
	rdb      redis.UniversalClient
	keys     keys
	scheme   *Scheme
	shards   int
	embedded *miniredis.Miniredis
	url      string // with its password; never printed
	seen     seen

	owner     string // of leases
	leases    watchedLeases
	leaseIdle time.Duration
	now       func() time.Time
}

// Open connects. The server need not be there yet: a dead one is noticed by
// the first call. An impossible URL is an error that names redis.url.
func Open(ctx context.Context, c Config) (*Store, error) {
	if c.Prefix == "" {
		c.Prefix = "tbtwatch"
	}
	if strings.ContainsAny(c.Prefix, "{} \n") {
		return nil, fmt.Errorf("redis.prefix %q: braces and blanks are not allowed", c.Prefix)
	}
	if c.Scheme == nil {
		c.Scheme = Full
	}
	if c.Shards <= 0 {
		c.Shards = 1
		if strings.Contains(c.URL, "+cluster:") {
			c.Shards = clusterShards
		}
	}
	s := &Store{keys: newKeys(c.Prefix), scheme: c.Scheme, shards: min(c.Shards, mostShards), owner: rand.Text(), leaseIdle: leaseIdle, now: time.Now}
	if c.URL == "" {
		password := rand.Text() // other users of this machine can reach the port
		s.embedded = miniredis.NewMiniRedis()
		s.embedded.RequireAuth(password)
		if err := s.embedded.StartAddr("127.0.0.1:0"); err != nil {
			return nil, fmt.Errorf("start the embedded index server: %w", err)
		}
		c.URL = "redis://:" + password + "@" + s.embedded.Addr()
	}
	rdb, err := connect(c.URL)
	if err != nil {
		s.closeEmbedded()
		return nil, fmt.Errorf("redis.url: %w", err)
	}
	s.rdb, s.url = rdb, c.URL
	return s, nil
}

// connect makes the client that the URL's scheme asks for.
func connect(raw string) (redis.UniversalClient, error) {
	u, err := url.Parse(raw)
	if err != nil {
		return nil, fmt.Errorf("not a URL: %w", hideSecret(err))
	}
	scheme, form, _ := strings.Cut(u.Scheme, "+")
	plain := scheme + strings.TrimPrefix(raw, u.Scheme)
	switch form {
	case "":
		o, err := redis.ParseURL(plain)
		if err != nil {
			return nil, hideSecret(err)
		}
		tuneSingle(o)
		return redis.NewClient(o), nil
	case "cluster":
		o, err := redis.ParseClusterURL(plain)
		if err != nil {
			return nil, hideSecret(err)
		}
		tuneCluster(o)
		return redis.NewClusterClient(o), nil
	case "sentinel":
		o, err := redis.ParseFailoverURL(plain)
		if err != nil {
			return nil, hideSecret(err)
		}
		if o.MasterName == "" {
			return nil, fmt.Errorf("redis+sentinel needs ?master_name=…, the name of the master as the sentinels know it")
		}
		tuneFailover(o)
		return redis.NewFailoverClient(o), nil
	}
	return nil, fmt.Errorf("scheme %q is not known; use redis, rediss, unix, redis+cluster or redis+sentinel", u.Scheme)
}

// hideSecret keeps a URL's password out of messages: net/url quotes the whole.
func hideSecret(err error) error {
	if e, ok := err.(*url.Error); ok { // returned unwrapped by net/url
		return e.Err
	}
	return err
}

func or[T int | time.Duration](set, usual T) T {
	if set == 0 {
		return usual
	}
	return set
}

var noMaintenance = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}

func tuneSingle(o *redis.Options) {
	o.DialTimeout, o.ReadTimeout = or(o.DialTimeout, dialTimeout), or(o.ReadTimeout, readTimeout)
	o.WriteTimeout, o.PoolTimeout = or(o.WriteTimeout, writeTimeout), or(o.PoolTimeout, poolTimeout)
	o.PoolSize, o.MinIdleConns, o.ConnMaxIdleTime = or(o.PoolSize, poolSize), or(o.MinIdleConns, idleConns), or(o.ConnMaxIdleTime, idleTime)
	o.MaxRetries, o.MinRetryBackoff, o.MaxRetryBackoff = or(o.MaxRetries, maxRetries), or(o.MinRetryBackoff, retryMin), or(o.MaxRetryBackoff, retryMax)
	o.DialerRetries, o.PipelinePoolSize = or(o.DialerRetries, 1), or(o.PipelinePoolSize, -1)
	o.ContextTimeoutEnabled = true
	o.MaintNotificationsConfig = noMaintenance
}

func tuneCluster(o *redis.ClusterOptions) {
	o.DialTimeout, o.ReadTimeout = or(o.DialTimeout, dialTimeout), or(o.ReadTimeout, readTimeout)
	o.WriteTimeout, o.PoolTimeout = or(o.WriteTimeout, writeTimeout), or(o.PoolTimeout, poolTimeout)
	o.PoolSize, o.MinIdleConns, o.ConnMaxIdleTime = or(o.PoolSize, poolSize), or(o.MinIdleConns, idleConns), or(o.ConnMaxIdleTime, idleTime)
	o.MaxRetries, o.MinRetryBackoff, o.MaxRetryBackoff = or(o.MaxRetries, maxRetries), or(o.MinRetryBackoff, retryMin), or(o.MaxRetryBackoff, retryMax)
	o.DialerRetries, o.PipelinePoolSize = or(o.DialerRetries, 1), or(o.PipelinePoolSize, -1)
	o.ContextTimeoutEnabled = true
	o.MaintNotificationsConfig = noMaintenance
}

func tuneFailover(o *redis.FailoverOptions) {
	o.DialTimeout, o.ReadTimeout = or(o.DialTimeout, dialTimeout), or(o.ReadTimeout, readTimeout)
	o.WriteTimeout, o.PoolTimeout = or(o.WriteTimeout, writeTimeout), or(o.PoolTimeout, poolTimeout)
	o.PoolSize, o.MinIdleConns, o.ConnMaxIdleTime = or(o.PoolSize, poolSize), or(o.MinIdleConns, idleConns), or(o.ConnMaxIdleTime, idleTime)
	o.MaxRetries, o.MinRetryBackoff, o.MaxRetryBackoff = or(o.MaxRetries, maxRetries), or(o.MinRetryBackoff, retryMin), or(o.MaxRetryBackoff, retryMax)
	o.DialerRetries, o.PipelinePoolSize = or(o.DialerRetries, 1), or(o.PipelinePoolSize, -1)
	o.ContextTimeoutEnabled = true
}

// Embedded reports whether the index lives in this process and has to be
// rebuilt at its start.
func (s *Store) Embedded() bool { return s.embedded != nil }

// NewSet returns an empty set of the scheme by which the index is made.
func (s *Store) NewSet() *Set { return s.scheme.NewSet() }

// Ping asks the server for a sign of life.
func (s *Store) Ping(ctx context.Context) error {
	if err := s.rdb.Ping(ctx).Err(); err != nil {
		return fmt.Errorf("ping the index: %w", err)
	}
	return nil
}

// Close ends the connections, and the embedded server if there is one.
func (s *Store) Close() error {
	err := s.rdb.Close()
	s.closeEmbedded()
	if err != nil {
		return fmt.Errorf("close the index: %w", err)
	}
	return nil
}

func (s *Store) closeEmbedded() {
	if s.embedded != nil {
		s.embedded.Close()
	}
}

// Memory is how many bytes the server says it uses, 0 where it does not say.
func (s *Store) Memory(ctx context.Context) int64 {
	info, err := s.rdb.Info(ctx, "memory").Result()
	if err != nil {
		return 0
	}
	for line := range strings.Lines(info) {
		if value, ok := strings.CutPrefix(line, "used_memory:"); ok {
			n, _ := strconv.ParseInt(strings.TrimSpace(value), 10, 64) // what is no number is not said
			return n
		}
	}
	return 0
}
