package matcher

import (
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"tbtwatch/internal/trade"
)

func TestLines(t *testing.T) {
	long := strings.Repeat("x", 50)
	for name, c := range map[string]struct{ in, want string }{
		"ordinary":             {"a\nb\n", "1:a 2:b "},
		"no end on the last":   {"a\nb", "1:a 2:b "},
		"blank lines":          {"\n a \n\n\r\nb\r\n", "2:a 5:b "},
		"byte order mark":      {"\xef\xbb\xbfa\nb", "1:a 2:b "},
		"long line":            {"a\n" + long + "\nb\n", "1:a 2:refused 3:b "},
		"long last line":       {"a\n" + long, "1:a 2:refused "},
		"exactly the limit":    {"12345678901234567890\n" + "z\n", "1:12345678901234567890 2:z "},
		"one over":             {"123456789012345678901\n" + "z\n", "1:123456789012345678901 2:z "},
		"nothing":              {"", ""},
		"nothing but line end": {"\n", ""},
	} {
		var b strings.Builder
		err := Lines(strings.NewReader(c.in), 21, func(n int, line []byte, refused error) error {
			var r *trade.Refused
			if errors.As(refused, &r) {
				line = []byte("refused")
			}
			fmt.Fprintf(&b, "%d:%s ", n, line)
			return nil
		})
		if err != nil || b.String() != c.want {
			t.Errorf("%s: %q (%v), want %q", name, b.String(), err, c.want)
		}
	}
}

// endless is a line of n bytes without an end.
type endless struct{ n int64 }

func (e *endless) Read(p []byte) (int, error) {
	if e.n <= 0 {
		return 0, io.EOF
	}
	n := min(int64(len(p)), e.n)
	for i := range p[:n] {
		p[i] = 'x'
	}
	e.n -= n
	return int(n), nil
}

func TestLinesHoldNoGigabyte(t *testing.T) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	calls := 0
	err := Lines(io.MultiReader(&endless{1 << 30}, strings.NewReader("\nlast\n")), MaxLine, func(n int, line []byte, refused error) error {
		calls++
		if n == 1 && refused == nil || n == 2 && string(line) != "last" {
			t.Errorf("line %d: %d bytes, %v", n, len(line), refused)
		}
		return nil
	})
	runtime.ReadMemStats(&after)
	if got := after.TotalAlloc - before.TotalAlloc; err != nil || calls != 2 || got > 64<<20 {
		t.Errorf("a line of 1 GB: %v, %d lines, %d MiB allocated; want at most 64", err, calls, got>>20)
	}
}

func TestLinesEndsOnErrors(t *testing.T) {
	stop := errors.New("stop")
	if err := Lines(strings.NewReader("a\nb\n"), 10, func(int, []byte, error) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("the error of fn became %v", err)
	}
	broken := io.MultiReader(strings.NewReader("a\n"), iotestErr{stop})
	if err := Lines(broken, 10, func(int, []byte, error) error { return nil }); !errors.Is(err, stop) {
		t.Errorf("the error of the reader became %v", err)
	}
}

type iotestErr struct{ err error }

func (e iotestErr) Read([]byte) (int, error) { return 0, e.err }
