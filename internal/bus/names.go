package bus

import (
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// Every name that NATS sees stands in this file. Subjects begin with "tbt.";
// their last token is a key made by trade.Key or a source's name, so that it
// holds [A-Za-z0-9_-] only.
const (
	streamNotice     = "TBT_NOTICE"     // tbt.notice.<notice key>: one message a revision
	streamFamily     = "TBT_FAMILY"     // tbt.family.<family key>: the family after each paper
	streamCase       = "TBT_CASE"       // tbt.case.<family key>
	streamWarning    = "TBT_WARNING"    // tbt.warning.<family key>: one message a release
	streamExercise   = "TBT_EXERCISE"   // tbt.exercise.<family key>: drills, apart from what is real
	streamResponse   = "TBT_RESPONSE"   // tbt.response.<family key>.<response key>: one message an answer
	streamLedger     = "TBT_LEDGER"     // tbt.delivery.<delivery key>: one message a transition
	streamRegistry   = "TBT_REGISTRY"   // tbt.registry.{exporter,product,subscriber}.<key>
	streamQuarantine = "TBT_QUARANTINE" // tbt.quarantine.<key>
	streamRun        = "TBT_RUN"        // tbt.run.<source>
	streamState      = "TBT_STATE"      // tbt.state.{source,health,counter,alike,views,feed,checkpoint,planned}.<name>
	streamDeadLetter = "TBT_DEAD"       // tbt.dead.<key>
	streamAnswer     = "TBT_ANSWER"     // tbt.answer.<key>: what the API answered, for a day
	streamPeople     = "TBT_PEOPLE"     // tbt.people.{user,invitation,token,session}.<key>
	streamAudit      = "TBT_AUDIT"      // tbt.audit.log: one message an entry
	bucketRaw        = "tbt_raw"        // object store: captures by SHA-256

	subjectNotice     = "tbt.notice"
	subjectFamily     = "tbt.family"
	subjectCase       = "tbt.case"
	subjectWarning    = "tbt.warning"
	subjectExercise   = "tbt.exercise"
	subjectResponse   = "tbt.response"
	subjectLedger     = "tbt.delivery"
	subjectExporter   = "tbt.registry.exporter"
	subjectProduct    = "tbt.registry.product"
	subjectSubscriber = "tbt.registry.subscriber"
	subjectQuarantine = "tbt.quarantine"
	subjectRun        = "tbt.run"
	subjectSource     = "tbt.state.source"
	subjectLikeness   = "tbt.state.alike"
	subjectHealth     = "tbt.state.health"
	subjectCounter    = "tbt.state.counter"
	subjectViews      = "tbt.state.views"
	subjectFeed       = "tbt.state.feed"
	subjectCheckpoint = "tbt.state.checkpoint"
	subjectPlanned    = "tbt.state.planned"
	subjectDeadLetter = "tbt.dead"
	subjectAnswer     = "tbt.answer"
	subjectUser       = "tbt.people.user"
	subjectInvitation = "tbt.people.invitation"
	subjectToken      = "tbt.people.token"
	subjectSession    = "tbt.people.session"
	subjectAudit      = "tbt.audit"
)

// The durable consumers: one for each stage that must see every message.
const (
	ConsumerMatcher  = "matcher"  // on notices
	ConsumerTriage   = "triage"   // on families
	ConsumerPlanner  = "planner"  // on warnings
	ConsumerDrills   = "drills"   // on exercises
	ConsumerAnswers  = "answers"  // on responses
	ConsumerProducts = "products" // on products
)

// The headers of our messages.
const (
	headerType     = "Tbt-Type"     // payload type and version: "notice.v1"
	headerEncoding = "Tbt-Encoding" // one of the encodings; absent for plain JSON
	headerDeleted  = "Tbt-Deleted"  // "true" on the tombstone of a registry entry
)

// The encodings of a payload that is not plain JSON.
const (
	encodingZstd = "zstd"
	encodingBlob = "blob" // the payload is the SHA-256 of a blob that holds the zstd
	encodingTail = "tail" // before either or alone: a length, so much JSON, then bytes that belong to it
)

// streamSpec says what a stream keeps. Every stream is a file store under
// limits retention that refuses new messages when full: default JetStream
// would acknowledge the new one and drop the oldest. Only what is forgotten
// anyway may be dropped.
type streamSpec struct {
	name       string
	subjects   []string
	about      string
	share      float64       // of the store's limit; the sum stays below 1
	perSubject int64         // latest messages kept for each subject; 0 keeps all
	lasts      time.Duration // then a message is forgotten, and before that the oldest where the stream is full; 0 keeps it
}

var streams = []streamSpec{
	{streamNotice, []string{subjectNotice + ".*"}, "notices: every revision", 0.18, 0, 0},
	{streamFamily, []string{subjectFamily + ".*"}, "measure families with their matches", 0.14, 3, 0},
	{streamCase, []string{subjectCase + ".*"}, "the centre's cases", 0.06, 3, 0},
	{streamWarning, []string{subjectWarning + ".*"}, "released warnings", 0.07, 0, 0},
	{streamExercise, []string{subjectExercise + ".*"}, "warnings of exercises", 0.005, 0, 0},
	{streamResponse, []string{subjectResponse + ".*.*"}, "what recipients answered: every answer", 0.01, 0, 0},
	{streamLedger, []string{subjectLedger + ".*"}, "delivery ledger: every transition", 0.08, 0, 0},
	{streamRegistry, []string{"tbt.registry.*.*"}, "exporters, products, subscribers", 0.10, 1, 0},
	{streamQuarantine, []string{subjectQuarantine + ".*"}, "inputs that were not believed", 0.03, 1, 0},
	{streamRun, []string{subjectRun + ".*"}, "what every run of a source did", 0.01, 500, 0},
	{streamState, []string{"tbt.state.*.*"}, "state of sources, canary, likenesses of papers, checkpoints of the audit", 0.02, 1, 0},
	{streamDeadLetter, []string{subjectDeadLetter + ".*"}, "messages that no stage could handle", 0.02, 1, 0},
	{streamAnswer, []string{subjectAnswer + ".*"}, "answers to requests with an idempotency key", 0.0015, 1, AnswersLast},
	{streamPeople, []string{"tbt.people.*.*"}, "users, invitations, tokens, sessions", 0.003, 1, 0},
	{streamAudit, []string{subjectAudit + ".*"}, "the audit: every entry", 0.005, 0, 0},
}

// AnswersLast is how long an answer of the API is kept for its repetition.
const AnswersLast = 24 * time.Hour

const rawShare = 0.265 // of the store's limit, for the object store

// config is the stream's declaration. Purging and deleting are denied, except
// that a limit for each subject lets the server drop what was overwritten.
func (s streamSpec) config(maxStore int64, replicas int) jetstream.StreamConfig {
	per := s.perSubject
	if per == 0 {
		per = -1
	}
	discard := jetstream.DiscardNew
	if s.lasts > 0 {
		discard = jetstream.DiscardOld
	}
	return jetstream.StreamConfig{
		Name: s.name, Subjects: s.subjects, Description: s.about,
		Retention: jetstream.LimitsPolicy, Discard: discard, MaxAge: s.lasts,
		Storage: jetstream.FileStorage, Replicas: replicas,
		MaxBytes: int64(float64(maxStore) * s.share), MaxMsgsPerSubject: per,
		MaxMsgSize: maxMessage, Duplicates: 2 * time.Minute,
		DenyDelete: true, DenyPurge: true,
		AllowDirect: true, AllowAtomicPublish: true,
	}
}

const (
	maxMessage   = 1 << 20            // bytes, NATS's own default for a payload
	maxInline    = maxMessage - 8<<10 // bytes of a payload that stands in its message
	compressFrom = 512                // bytes of JSON from which a payload is compressed
	compressAll  = 256 << 10          // bytes from which it is whatever they are
	maxBatch     = 500                // messages in an atomic batch; the server takes 1,000
)
