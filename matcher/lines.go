package matcher

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"

	"tbtwatch/internal/trade"
)

// MaxLine is the longest line of notices that is read, in bytes.
const MaxLine = 4 << 20

// Lines calls fn for every line of r that is not blank, with its number,
// counted from 1. A line of more than max bytes is passed over without being
// held in memory: fn gets no bytes and a trade.Refused that says so. The bytes
// are valid until fn returns. An error of fn, or of reading, ends the run.
func Lines(r io.Reader, max int, fn func(number int, line []byte, refused error) error) error {
	in := bufio.NewReaderSize(r, 64<<10)
	var line []byte
	for number := 1; ; number++ {
		line = line[:0]
		length := 0
		var err error
		for {
			var part []byte
			part, err = in.ReadSlice('\n')
			if length += len(part); length <= max+1 { // the line's end is no part of it
				line = append(line, part...)
			}
			if !errors.Is(err, bufio.ErrBufferFull) {
				break
			}
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return fmt.Errorf("line %d: %w", number, err)
		}
		if number == 1 {
			line = bytes.TrimPrefix(line, []byte("\xef\xbb\xbf"))
		}
		ferr := error(nil)
		if text := bytes.TrimSpace(line); length > max+1 {
			ferr = fn(number, nil, trade.Refusef("longer than %d bytes; a notice takes one line", max))
		} else if len(text) > 0 {
			ferr = fn(number, text, nil)
		}
		if ferr != nil || err != nil { // io.EOF: the last line
			return ferr
		}
	}
}
