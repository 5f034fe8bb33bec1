package matcher

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"tbtwatch/internal/index"
	"tbtwatch/internal/trade"
)

// What the archive finds for a product are the notices whose search finds the
// product, while notices come, change and go.
func TestTheArchiveIsTheSearchTheOtherWayRound(t *testing.T) {
	for _, scheme := range []*index.Scheme{index.Full, index.Plain} {
		r := rand.New(rand.NewPCG(3, 4))
		a := NewArchive(scheme)
		stored := map[string]trade.Notice{}
		put := func(i int) {
			n := madeNotice(r, i)
			stored[n.ID] = n
			a.Put(n.ID, &n)
		}
		for i := range 1400 {
			put(i)
		}
		compare := func() {
			t.Helper()
			for i := range 12 {
				p := madeProduct(r, i)
				set := scheme.NewSet()
				set.Put(p, 1)
				var want []string
				for id, n := range stored {
					reading := a.read(&n)
					q := reading.Query()
					if len(set.Search(&q).Groups) > 0 {
						want = append(want, id)
					}
				}
				got := a.Find(&p)
				slices.Sort(want)
				slices.Sort(got)
				if !slices.Equal(got, want) {
					t.Fatalf("product %+v: found %d, searched %d", p, len(got), len(want))
				}
			}
		}
		compare()
		for i := range 300 { // edited
			put(i * 3)
		}
		compare()
		for i := range 1300 { // gone: the slots are numbered anew
			id := "G/TBT/N/USA/" + strconv.Itoa(i+1)
			delete(stored, id)
			a.Remove(id)
		}
		if a.Len() != len(stored) || len(a.held.names) > 1000 {
			t.Errorf("%d notices in %d slots, want %d", a.Len(), len(a.held.names), len(stored))
		}
		for i := range 200 {
			put(2000 + i)
		}
		compare()
	}
}
