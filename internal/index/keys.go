package index

import (
	"hash/fnv"
	"strconv"
)

// Every key that tbtwatch keeps in Redis. A key is
//
//	<prefix>:v1:{<prefix>}:…
//
// "v1" is the version of the layout: another layout uses other keys beside
// these. The braces are the hash tag that puts all keys of an index on one
// slot of a Redis Cluster, so that one MULTI can write them.
//
//	…:current          string  the generation that readers use, absent when there is none
//	…:generations      string  counter from which generations are numbered
//	…:started          set     generations that were ever begun and not yet removed
//	…:g<n>:meta        hash    sentinel = n, seq = registry sequence applied
//	…:g<n>:b<bucket>   hash    product key → record (record.go)
//	…:g<n>:log         stream  id <seq>-0, "a" = sequence applied before, "d" = changes (record.go)
type keys struct{ base string }

const (
	layoutVersion = "v1"
	// buckets spreads the products over hashes of a size that is read in one
	// reply: 200,000 products make 200 a bucket.
	buckets = 1024

	fieldSentinel = "sentinel"
	fieldSeq      = "seq"
	fieldAfter    = "a"
	fieldChanges  = "d"
)

func newKeys(prefix string) keys {
	return keys{prefix + ":" + layoutVersion + ":{" + prefix + "}:"}
}

func (k keys) current() string     { return k.base + "current" }
func (k keys) generations() string { return k.base + "generations" }
func (k keys) started() string     { return k.base + "started" }

func (k keys) meta(gen string) string { return k.base + "g" + gen + ":meta" }
func (k keys) log(gen string) string  { return k.base + "g" + gen + ":log" }
func (k keys) bucket(gen string, n int) string {
	return k.base + "g" + gen + ":b" + strconv.Itoa(n)
}

// bucketOf is the bucket that holds the product of that key.
func bucketOf(key string) int {
	h := fnv.New32a()
	h.Write([]byte(key)) // never fails
	return int(h.Sum32() % buckets)
}

// logID is the stream id of a log entry that ends at that registry sequence,
// so a reader's place in the log is its registry sequence.
func logID(seq uint64) string { return strconv.FormatUint(seq, 10) + "-0" }
