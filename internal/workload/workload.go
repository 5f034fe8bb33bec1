package workload

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"tbtwatch/internal/trade"
)

// Product is a product of the workload.
type Product struct {
	ID       uint32   `json:"id"`
	Exporter uint32   `json:"exp"`
	HS       []string `json:"hs"`
	ICS      string   `json:"ics,omitempty"`
	Terms    []string `json:"terms"`
	Markets  []string `json:"markets"`
}

// Notice is a notice of the workload. Markets are countries, blocs expanded.
type Notice struct {
	ID      uint32   `json:"id"`
	Lang    string   `json:"lang"`
	Issuer  string   `json:"issuer"`
	Markets []string `json:"markets"`
	HS      []string `json:"hs,omitempty"`
	ICS     []string `json:"ics,omitempty"`
	Text    string   `json:"text"`
}

// Registered is the product as the registry has it.
func (p *Product) Registered() trade.Product {
	out := trade.Product{ID: strconv.Itoa(int(p.ID)), Exporter: "E" + strconv.Itoa(int(p.Exporter)), HS: p.HS, Terms: p.Terms, Markets: p.Markets, ExportValue: float64(p.ID%1000) * 1000}
	if p.ICS != "" {
		out.ICS = []string{p.ICS}
	}
	return out
}

// Paper is the notice as it would be published.
func (n *Notice) Paper() trade.Notice {
	return trade.Notice{Source: "bench", ID: "N" + strconv.Itoa(int(n.ID)), Kind: trade.KindNew, Lang: n.Lang, Markets: n.Markets, HS: n.HS, ICS: n.ICS, Title: n.Text}
}

// Source gives the products and notices: of a folder, or made as they are asked for.
type Source struct{ Dir string }

// Products calls fn with the first n products in turn. What fn gets is its own.
func (s Source) Products(n int, fn func(*Product) error) error {
	if s.Dir != "" {
		return eachLine(filepath.Join(s.Dir, "products.jsonl"), n, func(line []byte) error {
			p := &Product{}
			if err := json.Unmarshal(line, p); err != nil {
				return fmt.Errorf("products.jsonl: %w", err)
			}
			return fn(p)
		})
	}
	g := newGenerator(seedProducts)
	for i := range n {
		p := g.product(uint32(i) + 1)
		if err := fn(&p); err != nil {
			return err
		}
	}
	return nil
}

// Notices returns the first n notices.
func (s Source) Notices(n int) ([]Notice, error) {
	out := make([]Notice, 0, n)
	if s.Dir != "" {
		err := eachLine(filepath.Join(s.Dir, "notices.jsonl"), n, func(line []byte) error {
			out = append(out, Notice{})
			return json.Unmarshal(line, &out[len(out)-1])
		})
		return out, err
	}
	g := newGenerator(seedNotices)
	for i := range n {
		out = append(out, g.notice(uint32(i)+1))
	}
	return out, nil
}

func eachLine(path string, most int, fn func([]byte) error) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	lines := bufio.NewScanner(f)
	lines.Buffer(make([]byte, 1<<20), 1<<22)
	for n := 0; n < most && lines.Scan(); n++ {
		if err := fn(lines.Bytes()); err != nil {
			return err
		}
	}
	return lines.Err()
}
