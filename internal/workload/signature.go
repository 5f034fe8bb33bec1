package workload

import "fmt"

// Signature is an order-free hash of the products that a notice matches.
type Signature struct {
	N int
	H uint64
}

// Add adds a product.
func (s *Signature) Add(id uint32) {
	s.N++
	x := uint64(id) + 0x9e3779b97f4a7c15
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9
	x = (x ^ (x >> 27)) * 0x94d049bb133111eb
	s.H += x ^ (x >> 31)
}

// ReadSignatures reads a file of lines "notice number hash".
func ReadSignatures(path string) (map[uint32]Signature, error) {
	out := map[uint32]Signature{}
	err := eachLine(path, 1<<30, func(line []byte) error {
		var id uint32
		var s Signature
		if _, err := fmt.Sscanf(string(line), "%d %d %x", &id, &s.N, &s.H); err != nil {
			return fmt.Errorf("%s: %q: %w", path, line, err)
		}
		out[id] = s
		return nil
	})
	return out, err
}
