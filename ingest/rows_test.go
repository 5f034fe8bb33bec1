package ingest

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"tbtwatch/internal/trade"
)

// A spool gives back what it took, in memory or in a file, and forgets what
// comes after a mark wherever that lies.
func TestRowSpool(t *testing.T) {
	text := strings.Repeat("words ", 20_000) // 120 kB: some forty rows fill the memory
	for _, c := range []struct{ before, after int }{{0, 3}, {3, 3}, {3, 100}, {100, 3}, {100, 100}, {0, 100}} {
		t.Run(fmt.Sprint(c), func(t *testing.T) {
			s := &rowSpool{}
			add := func(from, n int) {
				for i := range n {
					if err := s.add(row{Notice: &trade.Notice{ID: fmt.Sprint(from + i), Title: text}}); err != nil {
						t.Fatal(err)
					}
				}
			}
			add(0, c.before)
			m := s.mark()
			add(1000, c.after)
			if err := s.rollback(m); err != nil {
				t.Fatal(err)
			}
			add(c.before, 2)
			for range 2 { // it can be read again
				i := 0
				err := s.each(func(r row) error {
					if r.Notice.ID != fmt.Sprint(i) || r.Notice.Title != text {
						t.Errorf("row %d is %s", i, r.Notice.ID)
					}
					i++
					return nil
				})
				if err != nil || i != c.before+2 || s.rows != i {
					t.Errorf("%d rows, counted %d, %v", i, s.rows, err)
				}
			}
			name := ""
			if s.file != nil {
				name = s.file.Name()
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
			if _, err := os.Stat(name); name != "" && !os.IsNotExist(err) {
				t.Errorf("%s is left behind", name)
			}
		})
	}
}
