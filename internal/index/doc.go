// Package index answers "which products could this notice touch?". It is the
// only package that knows Redis.
//
// Two things live here. A Set is a process's own copy of the registered
// products with posting lists over their codes, terms, concepts, standards and
// substances; it can be thrown away at any time. A Store is the copy that all
// processes share, in Redis: a record of every product and a log of changes,
// written together, with the sequence of the registry stream up to which they
// are complete. A Set is loaded from a Store and follows its log.
//
// Nothing here is the truth. Whoever finds the Store dead, empty, stale or
// half built is told so by an error and fills the Set from the registry stream
// instead: slower, never wrong.
package index
