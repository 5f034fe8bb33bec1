package index

import "errors"

// The reasons why the Store cannot be relied upon. Any error of a Store means
// "use the registry stream"; these say what mends it.
var (
	// ErrEmpty: the Store holds no index: never built, or flushed. Rebuild it.
	ErrEmpty = errors.New("the index in Redis is empty")
	// ErrStale: the index was replaced, went back to an older state (a failover
	// to a replica that lagged), or its log no longer reaches back to the Set.
	// Load the Set again; a writer asks Applied where to go on.
	ErrStale = errors.New("the index in Redis is not the one that was read before")
	// ErrBehind: the index has not yet taken in the registry sequence wanted.
	// Wait for its writer, or take the changes from the registry stream.
	ErrBehind = errors.New("the index in Redis lags behind the registry")
	// ErrCorrupt: a key holds what this program did not write. Reset and rebuild.
	ErrCorrupt = errors.New("the index in Redis is damaged")
)
