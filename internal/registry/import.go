package registry

import (
	"context"
	"errors"
	"fmt"
	"io"
	"reflect"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
)

const (
	batchRows     = 500  // rows written together: the bus takes no larger batch
	progressEvery = 1000 // rows between two calls of progress
	maxAttempts   = 20   // at a batch that others write into at the same time
)

// ExporterKey is the exporter's identity in streams.
func ExporterKey(id string) string { return trade.Key("exporter", id) }

// SubscriberKey is the subscriber's identity in streams.
func SubscriberKey(id string) string { return trade.Key("subscriber", id) }

// Import stores the good rows of items. It is idempotent: what is stored
// already with the same content is counted as unchanged, so that an import that
// was interrupted is simply repeated. Columns that the file does not have keep
// what is stored. progress, if not nil, is called about every thousand rows and
// at the end. With an error the summary tells what was done until then.
//
// Exporters are written before their products: a crash in between leaves a
// firm without products, which the repetition completes.
func Import(ctx context.Context, b *bus.Bus, items *Items, progress func(Progress)) (Summary, error) {
	im := &importer{b: b, items: items}
	for {
		i, err := items.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			err = errors.Join(fmt.Errorf("registry: after %d rows: %w", im.sum.Rows, err), im.flush(ctx))
			return im.sum, err
		}
		im.take(i)
		if len(im.batch) == batchRows {
			if err := im.flush(ctx); err != nil {
				return im.sum, err
			}
		}
		if progress != nil && im.sum.Rows%progressEvery == 0 {
			progress(im.sum.Progress)
		}
	}
	if err := im.flush(ctx); err != nil {
		return im.sum, err
	}
	im.sum.remark(items, items.sheet.Remarks()...)
	if progress != nil {
		progress(im.sum.Progress)
	}
	return im.sum, nil
}

type importer struct {
	b     *bus.Bus
	items *Items
	batch []Item
	sum   Summary
}

// take counts a row, or puts it into the batch.
func (im *importer) take(i Item) {
	im.sum.Rows++
	im.sum.remark(im.items, i.Remarks...)
	switch {
	case i.Err != nil:
		im.sum.refuse(im.items, *i.Err)
	case i.Repeats > 0:
		im.sum.Unchanged++
	default:
		im.batch = append(im.batch, i)
	}
}

// flush stores the batch and counts its rows. After an error the rows of the
// batch are not counted, though some may be stored.
func (im *importer) flush(ctx context.Context) error {
	if len(im.batch) == 0 {
		return nil
	}
	store := im.storeProducts
	if im.items.Kind() == Subscribers {
		store = im.storeSubscribers
	}
	changed, err := store(ctx)
	if err != nil {
		im.sum.Rows -= len(im.batch)
		first, last := im.batch[0].Line, im.batch[len(im.batch)-1].Line
		im.batch = nil
		return fmt.Errorf("registry: lines %d to %d not stored for sure; repeat the import: %w", first, last, err)
	}
	im.sum.Accepted += changed
	im.sum.Unchanged += len(im.batch) - changed
	im.batch = im.batch[:0]
	return nil
}

// storeProducts returns how many rows changed something: their product, or
// their exporter as the first row of it.
func (im *importer) storeProducts(ctx context.Context) (int, error) {
	firms, products := map[string]trade.Exporter{}, map[string]trade.Product{}
	var firmKeys, productKeys []string
	firstOf := map[string]int{} // row by exporter key
	for n, i := range im.batch {
		key := ExporterKey(i.Exporter.ID)
		if firm, seen := firms[key]; seen {
			firms[key] = mergeExporter(&firm, i.Exporter)
		} else {
			firms[key], firstOf[key] = i.Exporter, n
			firmKeys = append(firmKeys, key)
		}
		products[i.Product.Key()] = i.Product
		productKeys = append(productKeys, i.Product.Key())
	}
	changedFirms, err := settle(ctx, im.b.Exporters, firmKeys, func(key string, stored *trade.Exporter) trade.Exporter {
		return mergeExporter(stored, firms[key])
	})
	if err != nil {
		return 0, err
	}
	changed, err := settle(ctx, im.b.Products, productKeys, func(key string, stored *trade.Product) trade.Product {
		return MergeProduct(stored, products[key], im.items.sheet.Has)
	})
	if err != nil {
		return 0, err
	}
	for key := range changedFirms {
		changed[im.batch[firstOf[key]].Product.Key()] = true
	}
	return len(changed), nil
}

func (im *importer) storeSubscribers(ctx context.Context) (int, error) {
	if err := im.lookForExporters(ctx); err != nil {
		return 0, err
	}
	subscribers := map[string]trade.Subscriber{}
	var keys []string
	for _, i := range im.batch {
		key := SubscriberKey(i.Subscriber.ID)
		subscribers[key] = i.Subscriber
		keys = append(keys, key)
	}
	changed, err := settle(ctx, im.b.Subscribers, keys, func(key string, stored *trade.Subscriber) trade.Subscriber {
		return mergeSubscriber(stored, subscribers[key], im.items.sheet.Has)
	})
	return len(changed), err
}

// lookForExporters remarks on subscribers whose exporter is not registered:
// its products may come later.
func (im *importer) lookForExporters(ctx context.Context) error {
	var keys []string
	for _, i := range im.batch {
		if i.Subscriber.Exporter != "" {
			keys = append(keys, ExporterKey(i.Subscriber.Exporter))
		}
	}
	have, err := im.b.Exporters.GetMany(ctx, trade.SortedUnique(keys))
	if err != nil {
		return err
	}
	for _, i := range im.batch {
		id := i.Subscriber.Exporter
		if e, ok := have[ExporterKey(id)]; id == "" || ok && !e.Deleted {
			continue
		}
		t := twof("no such exporter is registered: nothing will be sent until it is", "该企业尚未登记：登记之前不会发送预警")
		im.sum.remark(im.items, Remark{Line: i.Line, Column: "exporter_id", Value: id, Text: t.en, TextZH: t.zh})
	}
	return nil
}

// settle brings a table to the wanted values and returns the keys that had to
// change. Every write expects what was read; who loses a race reads again.
func settle[T any](ctx context.Context, t *bus.Table[T], keys []string, want func(key string, stored *T) T) (map[string]bool, error) {
	for range maxAttempts {
		have, err := t.GetMany(ctx, keys)
		if err != nil {
			return nil, err
		}
		changed := map[string]bool{}
		var writes []bus.Write[T]
		for _, key := range keys {
			e, ok := have[key]
			var stored *T
			if ok && !e.Deleted {
				stored = &e.Value
			}
			value := want(key, stored)
			if stored != nil && reflect.DeepEqual(value, *stored) {
				continue
			}
			changed[key] = true
			writes = append(writes, bus.Write[T]{Key: key, Value: value, Last: e.Seq})
		}
		err = t.PutBatch(ctx, writes)
		if err == nil {
			return changed, nil
		}
		if !errors.Is(err, trade.ErrConflict) {
			return nil, err
		}
	}
	return nil, fmt.Errorf("gave up after %d attempts, somebody else keeps writing: %w", maxAttempts, trade.ErrConflict)
}
