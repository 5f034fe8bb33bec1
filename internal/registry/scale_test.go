package registry

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"testing"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
)

// rows generates a products file with known numbers of good, repeated and bad
// rows, without holding it.
type rows struct {
	n, total int
	rest     []byte
}

// Of every ten rows one repeats its predecessor and three are broken, each in
// another way.
func (g *rows) row(i int) string {
	good := func(i int) string {
		return fmt.Sprintf("E%d,企业 %d,示例区,P%d,摩托车,Motorcycle,871120;871130,43.140,moto,,,US;EU,%d\n", i/10, i/10, i, 1000+i)
	}
	switch i % 10 {
	case 3:
		return good(i - 1)
	case 5:
		return fmt.Sprintf("E%d,,,P%d,\"摩托车,,871120,,,,,US,\n", i/10, i)
	case 7:
		return fmt.Sprintf("E%d,,,P%d,摩托车,,8711x,,,,,US,\n", i/10, i)
	case 9:
		return fmt.Sprintf("E%d,P%d\n", i/10, i)
	}
	return good(i)
}

func (g *rows) Read(p []byte) (int, error) {
	if g.n == 0 && g.rest == nil {
		g.rest = []byte(productHeader)
	}
	for len(g.rest) < len(p) && g.n < g.total {
		g.rest = append(g.rest, g.row(g.n)...)
		g.n++
	}
	if len(g.rest) == 0 {
		return 0, io.EOF
	}
	n := copy(p, g.rest)
	g.rest = g.rest[:copy(g.rest, g.rest[n:])]
	return n, nil
}

func TestBadRowsOfALargeFileAreCounted(t *testing.T) {
	const total = 50_000
	s, err := Open(&rows{total: total}, Products)
	if err != nil {
		t.Fatal(err)
	}
	good, repeated, bad, why := 0, 0, 0, map[string]int{}
	for items := ParseProducts(s); ; {
		i, err := items.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case i.Err != nil:
			bad++
			why[i.Err.Why]++
		case i.Repeats > 0:
			repeated++
		default:
			good++
		}
	}
	if good != total*6/10 || repeated != total/10 || bad != total*3/10 || len(why) != 3 {
		t.Errorf("good %d, repeated %d, bad %d: %v", good, repeated, bad, why)
	}
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	if m.HeapAlloc > 64<<20 {
		t.Errorf("%d MiB are held after %d rows", m.HeapAlloc>>20, total)
	}
}

// An import that is cut off in the middle and repeated ends where one that ran
// through ends.
func TestAnInterruptedImportIsSimplyRepeated(t *testing.T) {
	b := openBus(t)
	const total = 4000
	open := func() *Items {
		s, err := Open(&rows{total: total}, Products)
		if err != nil {
			t.Fatal(err)
		}
		return ParseProducts(s)
	}
	ctx, cancel := context.WithCancel(t.Context())
	sum, err := Import(ctx, b, open(), func(p Progress) {
		if p.Rows >= 2000 {
			cancel()
		}
	})
	if err == nil || sum.Rows >= total || sum.Rows != sum.Accepted+sum.Unchanged+sum.Refused {
		t.Fatalf("the first run was not cut off: %+v, %v", sum.Progress, err)
	}
	again, err := Import(t.Context(), b, open(), nil)
	if err != nil || again.Rows != total || again.Refused != total*3/10 || again.Unchanged < sum.Accepted {
		t.Errorf("second run: %+v, %v", again.Progress, err)
	}
	stored := 0
	if _, err := b.Products.Scan(t.Context(), func(bus.Entry[trade.Product]) error { stored++; return nil }); err != nil || stored != total*6/10 {
		t.Errorf("%d products are stored, %v", stored, err)
	}
	if third, err := Import(t.Context(), b, open(), nil); err != nil || third.Accepted != 0 {
		t.Errorf("third run: %+v, %v", third.Progress, err)
	}
}

func TestGoodRowsBeforeADamageAreStored(t *testing.T) {
	b := openBus(t)
	broken := errors.New("connection lost")
	s, err := Open(io.MultiReader(bytes.NewReader([]byte(manyProducts(0, 5000))), failing{broken}), Products)
	if err != nil {
		t.Fatal(err)
	}
	sum, err := Import(t.Context(), b, ParseProducts(s), nil)
	if !errors.Is(err, broken) || sum.Progress != (Progress{5000, 5000, 0, 0}) {
		t.Errorf("%+v, %v", sum.Progress, err)
	}
}

type failing struct{ error }

func (f failing) Read([]byte) (int, error) { return 0, f.error }
