package registry

import (
	"errors"
	"io"

	"tbtwatch/internal/trade"
)

// Loaded is a products file in memory, for commands that need no server.
type Loaded struct {
	Exporters []trade.Exporter // in order of appearance
	Products  []trade.Product
	Summary   Summary // Accepted counts the products
}

// LoadProducts reads a whole products file. Bad rows are in the summary; the
// error is for a file that cannot be read.
func LoadProducts(path string) (*Loaded, error) {
	sheet, err := OpenFile(path, Products)
	if err != nil {
		return nil, err
	}
	out, err := loadProducts(ParseProducts(sheet))
	return out, errors.Join(err, sheet.Close())
}

func loadProducts(items *Items) (*Loaded, error) {
	out := &Loaded{}
	place := map[string]int{}
	for {
		i, err := items.Next()
		if errors.Is(err, io.EOF) {
			out.Summary.remark(items, items.sheet.Remarks()...)
			return out, nil
		}
		if err != nil {
			return out, err
		}
		out.Summary.Rows++
		out.Summary.remark(items, i.Remarks...)
		switch {
		case i.Err != nil:
			out.Summary.refuse(items, *i.Err)
			continue
		case i.Repeats > 0:
			out.Summary.Unchanged++
			continue
		}
		out.Summary.Accepted++
		out.Products = append(out.Products, i.Product)
		n, seen := place[i.Exporter.ID]
		if !seen {
			place[i.Exporter.ID] = len(out.Exporters)
			out.Exporters = append(out.Exporters, i.Exporter)
			continue
		}
		out.Exporters[n] = mergeExporter(&out.Exporters[n], i.Exporter)
	}
}
