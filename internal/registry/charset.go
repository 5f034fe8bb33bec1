package registry

import (
	"bufio"
	"bytes"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

const sniffBytes = 64 << 10

// decoder turns lines into UTF-8. Which of UTF-8 and GB18030 a file is written
// in shows at its lines, not at its name: the first 64 KiB decide by majority,
// so that one damaged line does not turn a whole file into another encoding.
type decoder struct {
	gb       bool // lines are GB18030
	seenUTF8 bool // a line with non-ASCII text was valid UTF-8
	remarks  []Remark
}

// newDecoder looks at the beginning of r, removes a byte order mark, and
// returns the reader to go on with.
func newDecoder(r *bufio.Reader) (*decoder, *bufio.Reader) {
	sample, _ := r.Peek(sniffBytes)
	d := &decoder{}
	if wide := utf16Kind(sample); wide != nil {
		d.remark(0, "UTF-16")
		r = bufio.NewReaderSize(transform.NewReader(r, wide.NewDecoder()), sniffBytes)
		return d, oldMac(r)
	}
	if bytes.HasPrefix(sample, []byte("\xEF\xBB\xBF")) {
		_, _ = r.Discard(3) // three bytes were peeked
		d.seenUTF8 = true
		return d, oldMac(r)
	}
	valid, invalid := 0, 0
	lines := bytes.Split(sample, []byte("\n"))
	if len(sample) == sniffBytes && len(lines) > 1 {
		lines = lines[:len(lines)-1] // may be cut inside a character
	}
	for _, l := range lines {
		switch {
		case isASCII(l):
		case utf8.Valid(l):
			valid++
		case fromGB(l) != nil:
			invalid++
		}
	}
	d.seenUTF8 = valid > 0 && valid >= invalid
	if invalid > valid {
		d.gb = true
		d.remark(0, "GB18030")
	}
	return d, oldMac(r)
}

// line returns text as UTF-8, or nil when it is none in the file's encoding.
func (d *decoder) line(n int, text []byte) []byte {
	switch {
	case isASCII(text):
		return text
	case d.gb:
		return fromGB(text)
	case utf8.Valid(text):
		d.seenUTF8 = true
		return text
	case d.seenUTF8:
		return nil
	}
	// Only ASCII so far: this line is the first to show the encoding.
	out := fromGB(text)
	if out != nil {
		d.gb = true
		d.remark(n, "GB18030")
	}
	return out
}

func (d *decoder) name() string {
	if d.gb {
		return "GB18030"
	}
	return "UTF-8"
}

func (d *decoder) remark(line int, name string) {
	t := twof("the file is read as %s, not UTF-8", "文件按 %s 编码读取，而不是 UTF-8", name)
	d.remarks = append(d.remarks, Remark{Line: line, Text: t.en, TextZH: t.zh})
}

// utf16Kind recognises UTF-16 by its mark, or by the zero beside the first two
// letters of a heading; nil for anything else.
func utf16Kind(sample []byte) encoding.Encoding {
	if len(sample) < 4 {
		return nil
	}
	zeros := [4]bool{sample[0] == 0, sample[1] == 0, sample[2] == 0, sample[3] == 0}
	switch {
	case sample[0] == 0xFF && sample[1] == 0xFE, zeros == [4]bool{false, true, false, true}:
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	case sample[0] == 0xFE && sample[1] == 0xFF, zeros == [4]bool{true, false, true, false}:
		return unicode.UTF16(unicode.BigEndian, unicode.UseBOM)
	}
	return nil
}

// oldMac turns carriage returns into line feeds where a file has no others.
func oldMac(r *bufio.Reader) *bufio.Reader {
	sample, _ := r.Peek(sniffBytes)
	if bytes.IndexByte(sample, '\n') >= 0 || bytes.IndexByte(sample, '\r') < 0 {
		return r
	}
	return bufio.NewReaderSize(crReader{r}, sniffBytes)
}

type crReader struct{ r io.Reader }

func (c crReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	for i, b := range p[:n] {
		if b == '\r' {
			p[i] = '\n'
		}
	}
	return n, err
}

// fromGB decodes GB18030, or returns nil when text is none.
func fromGB(text []byte) []byte {
	out, err := simplifiedchinese.GB18030.NewDecoder().Bytes(text)
	if err != nil || bytes.Contains(out, []byte("\uFFFD")) {
		return nil
	}
	return out
}

func isASCII(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
