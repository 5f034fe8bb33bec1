package index

import (
	"strconv"
)

// Every key that tbtwatch keeps in Redis. The keys of the whole index are
//
//	<prefix>:v2:{<prefix>}:current      string  "<generation> <shards>" that readers use, absent when there is none
//	<prefix>:v2:{<prefix>}:generations  string  counter from which generations are numbered
//	<prefix>:v2:{<prefix>}:started      set     "<generation> <shards>" ever begun and not yet removed
//
// and those of each shard of a generation, with a hash tag of their own, so
// that a Redis Cluster spreads the shards and one MULTI writes one of them:
//
//	<prefix>:v2:{<prefix>/<shard>}:g<n>:meta      hash    see the fields below
//	…:log       stream  id <seq>-0, "a" = sequence logged before, "d" = changes (record.go)
//	…:s<k>      string  index of segment k: columns, posting lists, bitsets (segment.go)
//	…:r<k>      string  records of segment k, compressed
//	…:ids       string  counter from which segments are numbered
//	…:segments  set     numbers of segments ever written and not yet removed
//	…:lease     string  who compacts the shard (lease.go)
//
// "v2" is the version of the layout: another layout uses other keys beside
// these. Nothing expires.
type keys struct{ prefix string }

const (
	layoutVersion = "v2"

	// The fields of meta.
	fieldSentinel = "sentinel" // the generation's number: the shard is whole
	fieldSeq      = "seq"      // registry sequence applied
	fieldLogged   = "logged"   // sequence of the last log entry
	fieldPending  = "pending"  // changes logged since the last compaction, about
	fieldManifest = "manifest" // segments and the sequence they cover (manifest.go)

	// The fields of a log entry.
	fieldAfter   = "a"
	fieldChanges = "d"
)

func newKeys(prefix string) keys { return keys{prefix} }

func (k keys) root(name string) string {
	return k.prefix + ":" + layoutVersion + ":{" + k.prefix + "}:" + name
}

func (k keys) current() string     { return k.root("current") }
func (k keys) generations() string { return k.root("generations") }
func (k keys) started() string     { return k.root("started") }

// shardKeys are the keys of one shard of a generation.
type shardKeys struct{ base string }

func (k keys) shard(gen string, n int) shardKeys {
	return shardKeys{k.prefix + ":" + layoutVersion + ":{" + k.prefix + "/" + strconv.Itoa(n) + "}:g" + gen + ":"}
}

func (k shardKeys) meta() string               { return k.base + "meta" }
func (k shardKeys) log() string                { return k.base + "log" }
func (k shardKeys) ids() string                { return k.base + "ids" }
func (k shardKeys) segments() string           { return k.base + "segments" }
func (k shardKeys) lease() string              { return k.base + "lease" }
func (k shardKeys) index(segment int64) string { return k.base + "s" + strconv.FormatInt(segment, 10) }
func (k shardKeys) records(segment int64) string {
	return k.base + "r" + strconv.FormatInt(segment, 10)
}

// shardOf is the shard of the product of that key.
func shardOf(key string, shards int) int {
	if shards <= 1 {
		return 0
	}
	return int(hashOf(key) >> 33 % uint64(shards))
}

// logID is the stream id of a log entry that ends at that registry sequence,
// so a reader's place in the log is its registry sequence.
func logID(seq uint64) string { return strconv.FormatUint(seq, 10) + "-0" }
