package view

import "sync"

// numbers gives names numbers, so that a record can say in four bytes, and
// exactly, whose it is.
type numbers struct {
	mu sync.RWMutex
	of map[string]uint32
}

func newNumbers() *numbers { return &numbers{of: map[string]uint32{}} }

// number is that of the name, which gets one if it has none.
func (n *numbers) number(name string) uint32 {
	if got := n.known(name); got > 0 {
		return got
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if _, ok := n.of[name]; !ok {
		n.of[name] = uint32(len(n.of) + 1) //nolint:gosec // firms are counted in thousands
	}
	return n.of[name]
}

// known is the number of the name, 0 where it has none.
func (n *numbers) known(name string) uint32 {
	n.mu.RLock()
	defer n.mu.RUnlock()
	return n.of[name]
}
