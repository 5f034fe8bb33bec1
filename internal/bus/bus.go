// Package bus is the only package that knows NATS. It holds the truth: typed
// tables over JetStream streams, durable consumers, dead letters and raw
// captures, in an embedded server or an external cluster.
package bus

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"tbtwatch/internal/config"
	"tbtwatch/internal/trade"
)

// Config says where the bus lives.
type Config struct {
	URL      string        `yaml:"url"`       // nats://… of an external cluster; empty runs the embedded server in Dir
	Creds    string        `yaml:"creds"`     // credentials file for the external cluster
	User     string        `yaml:"user"`      // user name for the external cluster
	Password config.Secret `yaml:"password"`  // its password, or file:PATH
	Replicas int           `yaml:"replicas"`  // of each stream; 1 embedded, 3 in a cluster
	MaxStore string        `yaml:"max_store"` // limit of all streams together, such as "16GiB"
	Dir      string        `yaml:"-"`         // folder of the embedded server

	// Unguarded switches the expected sequences off. It exists so that a test
	// can show that they are what prevents doubles; nothing sets it otherwise.
	Unguarded bool `yaml:"-"`
	// NoSync leaves syncing to the server's default. For measurements only.
	NoSync bool `yaml:"-"`
}

// Bus is everything that is stored, by its own name.
type Bus struct {
	Notices      *Table[trade.Notice]
	Families     *Table[trade.Family]
	Measures     *Table[trade.Measure] // the families again, to be read without their matches
	Likenesses   *Table[trade.Likeness]
	Cases        *Table[trade.Case]
	Warnings     *Table[trade.Warning]
	Exercises    *Table[trade.Warning]  // drills (演练): nothing else reads them
	Releases     *Table[trade.Release]  // the warnings without their audiences, to be read
	Responses    *Table[trade.Response] // keys: trade.ResponseKey
	Deliveries   *Table[trade.Delivery]
	Exporters    *Table[trade.Exporter]
	Products     *Table[trade.Product]
	Subscribers  *Table[trade.Subscriber]
	Quarantine   *Table[trade.Quarantine]
	Runs         *Table[Run]
	SourceStates *Table[SourceState]
	SavedViews   *Table[trade.SavedViews] // keys: trade.Key("views", person)
	Feeds        *Table[trade.FeedLink]   // keys: trade.Key("feed", exporter)
	DeadLetters  *Table[DeadLetter]
	Answers      *Table[Answer] // of the API; each is forgotten after AnswersLast
	Users        *Table[trade.User]
	Invitations  *Table[trade.Invitation]
	Tokens       *Table[trade.Token]
	Sessions     *Table[trade.Session]
	Audit        *Table[trade.Audit]      // one key: AuditLog
	Checkpoints  *Table[trade.Checkpoint] // keys: the number of entries
	Planned      *Table[string]           // when the deliveries of a release were all planned; keys: trade.PlanKey
	Raw          *Blobs

	health   *Table[string]
	counters *Table[counter]

	answerBytes int // of a read of many keys, about which the server cuts it; its own limit if 0
	nc          *nats.Conn
	js          jetstream.JetStream
	streams     map[string]jetstream.Stream
	readers     []reader // records are read over each in turn
	turn        atomic.Uint32
	log         *slog.Logger
	config      Config
	embedded    *embedded // nil with an external cluster
	own         bool      // it ends with the bus
}

// Open starts the embedded server, or connects to the cluster that c names,
// declares what is missing and checks what is there. It refuses a data folder
// that another process holds and streams whose records look cut off.
func Open(ctx context.Context, c Config, log *slog.Logger) (*Bus, error) {
	maxStore, err := c.maxStore()
	if err != nil {
		return nil, err
	}
	b := &Bus{log: log, config: c}
	if c.URL == "" {
		if b.embedded, err = startEmbedded(c, maxStore); err != nil {
			return nil, err
		}
		b.own = true
	}
	return b.begin(ctx, maxStore)
}

// reader is a connection over which records are read.
type reader struct {
	nc      *nats.Conn
	streams map[string]jetstream.Stream
}

// reader is the next in turn.
func (b *Bus) reader() *reader {
	return &b.readers[int(b.turn.Add(1))%len(b.readers)]
}

// Beside is the same bus over connections of its own, of which that many read
// records. The server answers the requests of a connection one after the other,
// and some take long where what they ask for lies on the disk only: pages wait
// neither for those of the stages nor each for all others. Whoever asks for it
// closes it, before b.
func (b *Bus) Beside(ctx context.Context, readers int) (*Bus, error) {
	maxStore, err := b.config.maxStore()
	if err != nil {
		return nil, err
	}
	beside, err := (&Bus{log: b.log, config: b.config, embedded: b.embedded}).begin(ctx, maxStore)
	for err == nil && len(beside.readers) < readers {
		err = beside.addReader(ctx)
	}
	if err != nil && beside != nil {
		beside.Close()
		return nil, err
	}
	return beside, err
}

// addReader connects once more.
func (b *Bus) addReader(ctx context.Context) error {
	nc, js, err := b.connect()
	if err != nil {
		return err
	}
	r := reader{nc, map[string]jetstream.Stream{}}
	b.readers = append(b.readers, r)
	for name := range b.streams {
		if r.streams[name], err = js.Stream(ctx, name); err != nil {
			return fmt.Errorf("bus: stream %s: %w", name, err)
		}
	}
	return nil
}

// begin connects and makes the tables. On error nothing is left open.
func (b *Bus) begin(ctx context.Context, maxStore int64) (*Bus, error) {
	var err error
	if b.nc, b.js, err = b.connect(); err == nil {
		err = b.declare(ctx, b.config, maxStore)
	}
	if err != nil {
		b.Close()
		return nil, err
	}
	b.readers = []reader{{b.nc, b.streams}}
	b.Notices = table[trade.Notice](b, streamNotice, subjectNotice, "notice.v1")
	b.Families = table[trade.Family](b, streamFamily, subjectFamily, "family.v1")
	b.Measures = table[trade.Measure](b, streamFamily, subjectFamily, "family.v1")
	b.Notices.copied, b.Measures.copied = true, true
	b.Likenesses = table[trade.Likeness](b, streamState, subjectLikeness, "likeness.v1")
	b.Cases = table[trade.Case](b, streamCase, subjectCase, "case.v1")
	b.Releases = table[trade.Release](b, streamWarning, subjectWarning, "warning.v1")
	b.Exercises = table[trade.Warning](b, streamExercise, subjectExercise, "warning.v1")
	b.Warnings = table[trade.Warning](b, streamWarning, subjectWarning, "warning.v1")
	b.Responses = table[trade.Response](b, streamResponse, subjectResponse, "response.v1")
	b.Responses.wild = ".*.*"
	b.Deliveries = table[trade.Delivery](b, streamLedger, subjectLedger, "delivery.v1")
	b.Exporters = table[trade.Exporter](b, streamRegistry, subjectExporter, "exporter.v1")
	b.Products = table[trade.Product](b, streamRegistry, subjectProduct, "product.v1")
	b.Subscribers = table[trade.Subscriber](b, streamRegistry, subjectSubscriber, "subscriber.v1")
	b.Quarantine = table[trade.Quarantine](b, streamQuarantine, subjectQuarantine, "quarantine.v1")
	b.Runs = table[Run](b, streamRun, subjectRun, "run.v1")
	b.SourceStates = table[SourceState](b, streamState, subjectSource, "source.v1")
	b.SavedViews = table[trade.SavedViews](b, streamState, subjectViews, "views.v1")
	b.Feeds = table[trade.FeedLink](b, streamState, subjectFeed, "feed.v1")
	b.DeadLetters = table[DeadLetter](b, streamDeadLetter, subjectDeadLetter, "dead.v1")
	b.Answers = table[Answer](b, streamAnswer, subjectAnswer, "answer.v1")
	b.Users = table[trade.User](b, streamPeople, subjectUser, "user.v1")
	b.Invitations = table[trade.Invitation](b, streamPeople, subjectInvitation, "invitation.v1")
	b.Tokens = table[trade.Token](b, streamPeople, subjectToken, "token.v1")
	b.Sessions = table[trade.Session](b, streamPeople, subjectSession, "session.v1")
	b.Audit = table[trade.Audit](b, streamAudit, subjectAudit, "audit.v1")
	b.Checkpoints = table[trade.Checkpoint](b, streamState, subjectCheckpoint, "checkpoint.v1")
	b.Planned = table[string](b, streamState, subjectPlanned, "planned.v1")
	b.health = table[string](b, streamState, subjectHealth, "health.v1")
	b.counters = table[counter](b, streamState, subjectCounter, "counter.v1")
	return b, nil
}

// connect finds the server and makes a JetStream context.
func (b *Bus) connect() (*nats.Conn, jetstream.JetStream, error) {
	c := b.config
	options := []nats.Option{
		nats.Name("tbtwatch"),
		nats.MaxReconnects(-1),
		nats.SyncQueueLen(syncQueue),
		nats.ReconnectBufSize(-1), // a publish while disconnected fails at once instead of being stored later
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			if err != nil {
				b.log.Warn("bus: connection lost, reconnecting", "err", err)
			}
		}),
	}
	if b.embedded != nil {
		options = append(options, nats.InProcessServer(b.embedded.server))
	}
	if c.Creds != "" {
		options = append(options, nats.UserCredentials(c.Creds))
	}
	if c.User != "" {
		options = append(options, nats.UserInfo(c.User, c.Password.Reveal()))
	}
	nc, err := nats.Connect(c.URL, options...)
	if err != nil {
		return nil, nil, fmt.Errorf("bus: connecting to %q: %w", c.URL, err)
	}
	if err := checkVersion(nc.ConnectedServerVersion()); err != nil {
		nc.Close()
		return nil, nil, err
	}
	js, err := jetstream.New(nc, jetstream.WithDefaultTimeout(10*time.Second))
	if err != nil {
		nc.Close()
		return nil, nil, err
	}
	return nc, js, nil
}

// checkVersion refuses servers without atomic batches and direct multi-gets
// as we use them.
func checkVersion(version string) error {
	var major, minor int
	if _, err := fmt.Sscanf(version, "%d.%d", &major, &minor); err != nil {
		return fmt.Errorf("bus: server names its version %q, which is not understood", version)
	}
	if major < 2 || major == 2 && minor < 15 {
		return fmt.Errorf("bus: the NATS server is %s; tbtwatch needs 2.15 or newer", version)
	}
	return nil
}

// declare creates what does not exist and leaves alone what does: a stream is
// never re-created over records that a fault hides.
func (b *Bus) declare(ctx context.Context, c Config, maxStore int64) error {
	replicas := max(1, c.Replicas)
	b.streams = map[string]jetstream.Stream{}
	for _, s := range streams {
		stream, err := b.js.Stream(ctx, s.name)
		if errors.Is(err, jetstream.ErrStreamNotFound) {
			stream, err = b.js.CreateStream(ctx, s.config(maxStore, replicas))
		}
		if err != nil {
			return fmt.Errorf("bus: stream %s: %w", s.name, err)
		}
		b.streams[s.name] = stream
	}
	store, err := b.js.ObjectStore(ctx, bucketRaw)
	if errors.Is(err, jetstream.ErrBucketNotFound) {
		store, err = b.js.CreateObjectStore(ctx, jetstream.ObjectStoreConfig{
			Bucket: bucketRaw, Description: "raw captures by SHA-256, zstd",
			MaxBytes: int64(float64(maxStore) * rawShare), Storage: jetstream.FileStorage, Replicas: replicas,
		})
	}
	if err != nil {
		return fmt.Errorf("bus: object store %s: %w", bucketRaw, err)
	}
	b.Raw = &Blobs{store: store}
	return nil
}

// Close ends the connection and, if Open started it, the embedded server.
func (b *Bus) Close() {
	for _, r := range b.readers {
		r.nc.Close()
	}
	if b.nc != nil {
		b.nc.Close()
	}
	if b.own {
		b.embedded.stop()
	}
}

// Check writes and reads a canary: account information answers even when a
// stream is frozen, a publish does not.
func (b *Bus) Check(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	if _, err := b.health.Append(ctx, "canary", "ok"); err != nil {
		return fmt.Errorf("bus: canary not stored (disk full, or no quorum?): %w", err)
	}
	return nil
}

// Fill reports how full each stream is, as a share of its limit.
func (b *Bus) Fill(ctx context.Context) (map[string]float64, error) {
	out := map[string]float64{}
	for _, s := range streams {
		info, err := b.streams[s.name].Info(ctx)
		if err != nil {
			return nil, fmt.Errorf("bus: stream %s: %w", s.name, err)
		}
		out[s.name] = float64(info.State.Bytes) / float64(max(1, info.Config.MaxBytes))
	}
	return out, nil
}

func (c Config) maxStore() (int64, error) {
	if c.MaxStore == "" {
		return 16 << 30, nil
	}
	var n float64
	var unit string
	if _, err := fmt.Sscanf(c.MaxStore, "%f%s", &n, &unit); err == nil {
		for i, u := range []string{"KiB", "MiB", "GiB", "TiB"} {
			if unit == u && n > 0 {
				return int64(n * float64(int64(1)<<(10*(i+1)))), nil
			}
		}
	}
	return 0, fmt.Errorf("nats.max_store: %q is no size; write it like 16GiB", c.MaxStore)
}

// counter is the state of a running number: the last one given, and to whom.
type counter struct {
	Last int    `json:"last"`
	For  string `json:"for"`
}

// NextNumber gives the next running number under name (1, 2, …). Asked again
// for the same thing before anybody else asked, it gives the same number.
func (b *Bus) NextNumber(ctx context.Context, name, forWhat string) (int, error) {
	for {
		e, err := b.counters.Get(ctx, name)
		if err != nil && !errors.Is(err, trade.ErrNotFound) {
			return 0, err
		}
		c := e.Value
		if c.For == forWhat {
			return c.Last, nil
		}
		c = counter{c.Last + 1, forWhat}
		if _, err := b.counters.Put(ctx, name, c, e.Seq); !errors.Is(err, trade.ErrConflict) {
			return c.Last, err
		}
	}
}
