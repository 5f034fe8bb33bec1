package registry

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// maxLine is the longest line, in bytes, that is held in memory. What is longer
// is passed over as it streams by.
const maxLine = 1 << 20

// rawLine is a physical line as UTF-8, without its end. A line that cannot be
// used has bad set and no text.
type rawLine struct {
	n    int // the first line is 1
	text []byte
	bad  *Problem
}

// lineReader yields physical lines and lets the caller look ahead.
type lineReader struct {
	r     *bufio.Reader
	dec   *decoder
	n     int
	ahead []rawLine
	err   error // that ended reading; io.EOF at the end
}

func newLineReader(r *bufio.Reader) *lineReader {
	dec, r := newDecoder(r)
	return &lineReader{r: r, dec: dec}
}

// peek returns the line i after the one that next would return, false when
// there is none.
func (l *lineReader) peek(i int) (rawLine, bool) {
	for len(l.ahead) <= i {
		line, ok := l.read()
		if !ok {
			return rawLine{}, false
		}
		l.ahead = append(l.ahead, line)
	}
	return l.ahead[i], true
}

// next takes the next line. It returns io.EOF at the end.
func (l *lineReader) next() (rawLine, error) {
	line, ok := l.peek(0)
	if !ok {
		return rawLine{}, l.err
	}
	l.skip(1)
	return line, nil
}

// skip drops n lines that were peeked at.
func (l *lineReader) skip(n int) {
	l.ahead = l.ahead[n:]
	if len(l.ahead) == 0 {
		l.ahead = nil
	}
}

func (l *lineReader) read() (rawLine, bool) {
	if l.err != nil {
		return rawLine{}, false
	}
	var text []byte
	long := false
	for {
		part, err := l.r.ReadSlice('\n')
		long = long || len(text)+len(part) > maxLine
		if !long {
			text = append(text, part...)
		} else {
			text = nil
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		l.err = err
		if err != nil && (len(text) == 0 && !long || !errors.Is(err, io.EOF)) {
			return rawLine{}, false
		}
		break
	}
	l.n++
	return l.judge(bytes.TrimRight(text, "\r\n"), long), true
}

// judge decodes a line and says what makes it unusable.
func (l *lineReader) judge(text []byte, long bool) rawLine {
	out := rawLine{n: l.n}
	switch {
	case long:
		out.bad = problem("", "", twof("the line is longer than 1 MiB", "该行超过 1 MiB"),
			twof("write one row on each line; perhaps a line end is missing", "请每行只写一条记录，可能缺少换行"))
	case bytes.IndexByte(text, 0) >= 0:
		out.bad = problem("", "", twof("the line holds a zero byte (NUL)", "该行含有空字节（NUL）"),
			twof("save the file as CSV text again", "请重新另存为 CSV 文本"))
	default:
		out.text = l.dec.line(l.n, text)
		if out.text == nil && len(text) > 0 {
			out.bad = problem("", "", twof("the line is not valid %s, as the rest of the file is", "该行不是有效的 %s 编码，与文件其余部分不一致", l.dec.name()),
				twof("save the whole file as UTF-8", "请将整个文件另存为 UTF-8"))
		}
	}
	return out
}
