package registry

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
)

// formula matches cells that a spreadsheet would run: after quotes and blanks
// a sign that begins a formula, full-width forms included (OWASP, CSV
// injection). A tab or carriage return at the beginning counts as well.
var formula = regexp.MustCompile(`^'*[\s\x{3000}\x{A0}]*[=+\-@＝＋－＠]|^'*[\t\r]`)

// Neutral makes a cell harmless in a spreadsheet by a single quote before it.
func Neutral(cell string) string {
	if formula.MatchString(cell) {
		return "'" + cell
	}
	return cell
}

// Restore takes off what Neutral put on.
func Restore(cell string) string {
	if rest, ok := strings.CutPrefix(cell, "'"); ok && formula.MatchString(rest) {
		return rest
	}
	return cell
}

// CSVWriter writes neutralised CSV (RFC 4180, UTF-8 with a mark so that Excel
// reads Chinese). Call Flush at the end.
type CSVWriter struct{ w *csv.Writer }

// NewCSVWriter begins a file with that header.
func NewCSVWriter(w io.Writer, header []string) (*CSVWriter, error) {
	if _, err := io.WriteString(w, "\uFEFF"); err != nil {
		return nil, fmt.Errorf("registry: writing CSV: %w", err)
	}
	c := &CSVWriter{csv.NewWriter(w)}
	c.w.UseCRLF = true
	return c, c.Write(header)
}

// Write adds a row.
func (c *CSVWriter) Write(cells []string) error {
	safe := make([]string, len(cells))
	for i, cell := range cells {
		safe[i] = Neutral(cell)
	}
	if err := c.w.Write(safe); err != nil {
		return fmt.Errorf("registry: writing CSV: %w", err)
	}
	return nil
}

// Flush writes out what is buffered.
func (c *CSVWriter) Flush() error {
	c.w.Flush()
	if err := c.w.Error(); err != nil {
		return fmt.Errorf("registry: writing CSV: %w", err)
	}
	return nil
}

// Export writes everything of a kind in the form that Import takes.
func Export(ctx context.Context, b *bus.Bus, k Kind, w io.Writer) error {
	if Columns(k) == nil {
		return fmt.Errorf("registry: %q is no kind of sheet", k)
	}
	out, err := NewCSVWriter(w, columnNames(k))
	if err != nil {
		return err
	}
	if k == Subscribers {
		_, err = b.Subscribers.Scan(ctx, func(e bus.Entry[trade.Subscriber]) error {
			if e.Deleted {
				return nil
			}
			return out.Write(subscriberCells(&e.Value))
		})
	} else {
		err = exportProducts(ctx, b, out)
	}
	if err != nil {
		return fmt.Errorf("registry: export of %s: %w", k, err)
	}
	return out.Flush()
}

func exportProducts(ctx context.Context, b *bus.Bus, out *CSVWriter) error {
	exporters := map[string]trade.Exporter{}
	if _, err := b.Exporters.Scan(ctx, func(e bus.Entry[trade.Exporter]) error {
		if !e.Deleted {
			exporters[e.Value.ID] = e.Value
		}
		return nil
	}); err != nil {
		return err
	}
	_, err := b.Products.Scan(ctx, func(e bus.Entry[trade.Product]) error {
		if e.Deleted {
			return nil
		}
		return out.Write(productCells(exporters[e.Value.Exporter], &e.Value))
	})
	return err
}

// productCells are a product's cells in the order of the columns.
func productCells(e trade.Exporter, p *trade.Product) []string {
	value := ""
	if p.ExportValue != 0 {
		value = strconv.FormatFloat(p.ExportValue, 'f', -1, 64)
	}
	return []string{
		p.Exporter, e.Name, e.District, p.ID, p.NameZH, p.NameEN, join(p.HS), join(p.ICS),
		join(p.Terms), join(p.Standards), join(p.Substances), join(p.Markets), value,
	}
}

// subscriberCells are a subscriber's cells in the order of the columns.
func subscriberCells(s *trade.Subscriber) []string {
	return []string{
		s.ID, string(s.Kind), s.Name, s.Exporter, s.District, s.Sector, join(s.Markets),
		s.Language, s.Channel, s.Address, s.Cadence, s.LowestLevel,
	}
}

func join(list []string) string { return strings.Join(list, ";") }

func columnNames(k Kind) []string {
	var out []string
	for _, c := range Columns(k) {
		out = append(out, c.Name)
	}
	return out
}
