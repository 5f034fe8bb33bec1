package portal

import (
	"context"
	"sync"
	"time"

	"tbtwatch/internal/nomenclature"
	"tbtwatch/internal/trade"
)

// mailWaits bounds how long a message waits until its release is read here; it
// is tried again later.
const mailWaits = 5 * time.Second

// SumsFor is what a message about the release at that place of the stream may
// tell its recipient: what its page told when the release went out.
func (p *Portal) SumsFor(ctx context.Context, to trade.Subscriber, w *trade.Warning, seq uint64) (trade.Sums, error) {
	waiting, stop := context.WithTimeout(ctx, mailWaits)
	defer stop()
	if err := p.book.await(waiting, seq); err != nil {
		return trade.Sums{}, err
	}
	touching, err := p.touching(ctx, groupBehind(to), p.recent.worth)
	if err != nil {
		return trade.Sums{}, err
	}
	of, _ := touching.sums(seq)
	if told, ok := of[trade.FamilyKey(w.Family)]; ok {
		return told, nil
	}
	return trade.Sums{Few: true}, nil
}

// worth is what sums reckon with of a product; nothing where it is not
// registered any more.
type worth struct {
	sector string
	usd    float64 // exports a year, all markets
}

type worthOf func(ctx context.Context, keys []string) (map[string]worth, error)

// worth reads it from the registry.
func (p *Portal) worth(ctx context.Context, keys []string) (map[string]worth, error) {
	products, err := p.o.View.Directory.Products(ctx, keys)
	if err != nil {
		return nil, err
	}
	out := make(map[string]worth, len(products))
	for key, product := range products {
		out[key] = worth{nomenclature.SectorOf(product.HS), product.ExportValue}
	}
	return out, nil
}

// rereadAfter is how old what is read for messages may be: a release goes to
// many groups at once, and each would read the products of a whole city.
const rereadAfter = time.Minute

// recently keeps what was read. Its readers wait for each other: they mostly
// want the same.
type recently struct {
	read worthOf
	now  func() time.Time
	mu   sync.Mutex
	at   time.Time
	of   map[string]worth
}

func (r *recently) worth(ctx context.Context, keys []string) (map[string]worth, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if now := r.now(); r.of == nil || now.Sub(r.at) >= rereadAfter {
		r.at, r.of = now, map[string]worth{}
	}
	out := make(map[string]worth, len(keys))
	var missing []string
	for _, key := range keys {
		if w, known := r.of[key]; known {
			out[key] = w
		} else {
			missing = append(missing, key)
		}
	}
	read, err := r.read(ctx, missing)
	if err != nil {
		return nil, err
	}
	for _, key := range missing {
		r.of[key], out[key] = read[key], read[key]
	}
	return out, nil
}
