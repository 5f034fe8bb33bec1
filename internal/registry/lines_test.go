package registry

import (
	"bufio"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

func readLines(t *testing.T, r io.Reader) (lines []string, end error) {
	t.Helper()
	l := newLineReader(bufio.NewReaderSize(r, sniffBytes))
	for {
		line, err := l.next()
		if err != nil {
			return lines, err
		}
		if line.n != len(lines)+1 {
			t.Errorf("line %d is numbered %d", len(lines)+1, line.n)
		}
		if line.bad != nil {
			lines = append(lines, "bad: "+line.bad.Why)
			continue
		}
		lines = append(lines, string(line.text))
	}
}

func TestLinesEndWhereTheyEnd(t *testing.T) {
	longest := strings.Repeat("x", maxLine-1)
	for _, tc := range []struct {
		name, text string
		want       []string
	}{
		{"nothing", "", nil},
		{"one without an end", "a", []string{"a"}},
		{"one with an end", "a\n", []string{"a"}},
		{"Windows", "a\r\nb\r\n", []string{"a", "b"}},
		{"an old Mac", "a\rb\r", []string{"a", "b"}},
		{"blank ones", "\n\na\n\n", []string{"", "", "a", ""}},
		{"the longest that is taken", longest + "\nb", []string{longest, "b"}},
		{"one byte longer", longest + "xx\nb", []string{"bad: the line is longer than 1 MiB", "b"}},
		{"zero byte", "a\x00\nb", []string{"bad: the line holds a zero byte (NUL)", "b"}},
	} {
		got, err := readLines(t, strings.NewReader(tc.text))
		if !errors.Is(err, io.EOF) || strings.Join(got, "|") != strings.Join(tc.want, "|") || len(got) != len(tc.want) {
			t.Errorf("%s: %d lines, want %d (%v)", tc.name, len(got), len(tc.want), err)
		}
	}
}

func TestLinesComeThroughASlowReader(t *testing.T) {
	text := strings.Repeat("摩托车,头盔\n", 300)
	got, err := readLines(t, iotest.OneByteReader(strings.NewReader(text)))
	if !errors.Is(err, io.EOF) || strings.Join(got, "\n")+"\n" != text {
		t.Errorf("%d lines, %v", len(got), err)
	}
}

func TestAReadErrorIsNotTheEnd(t *testing.T) {
	broken := errors.New("connection lost")
	good := small + strings.Repeat("E,P,车,871120\n", 10_000)
	s, err := Open(io.MultiReader(strings.NewReader(good), iotest.ErrReader(broken)), Products)
	if err != nil {
		t.Fatal(err)
	}
	items, rows := ParseProducts(s), 0
	for {
		if _, err = items.Next(); err != nil {
			break
		}
		rows++
	}
	if !errors.Is(err, broken) || rows != 10_000 {
		t.Errorf("after %d rows: %v", rows, err)
	}
	if _, err := Open(iotest.ErrReader(broken), Products); !errors.Is(err, broken) {
		t.Errorf("at the first byte: %v", err)
	}
}

func TestLookingAheadTakesNothing(t *testing.T) {
	l := newLineReader(bufio.NewReaderSize(strings.NewReader("a\nb\nc\n"), sniffBytes))
	if line, ok := l.peek(2); !ok || string(line.text) != "c" {
		t.Fatalf("%+v", line)
	}
	if _, ok := l.peek(3); ok {
		t.Error("a fourth line")
	}
	for _, want := range []string{"a", "b", "c"} {
		if line, err := l.next(); err != nil || string(line.text) != want {
			t.Errorf("%q %v, want %q", line.text, err, want)
		}
	}
}
