package ingest

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// reading says how the bytes of a document become text.
type reading struct {
	Charset string // canonical name, "" for what is no text
	Why     string // what decided: "byte order mark", "header", "meta", "the bytes"
	Note    string // what the document claimed and did not keep, "" if it kept it
	enc     encoding.Encoding
}

const (
	charsetHead = 16 << 10 // bytes in which a document may declare its charset
	enoughUTF8  = 8        // multi-byte characters that no other charset yields by accident
)

var (
	metaCharset = regexp.MustCompile(`(?i)<meta[^>]{0,200}charset\s*=\s*["']?\s*([a-z0-9_:.+-]+)`)
	xmlCharset  = regexp.MustCompile(`^\s*<\?xml[^>]{0,200}encoding\s*=\s*["']([A-Za-z0-9_.:-]+)["']`)
)

// readingOf decides how to read body. A label that the bytes contradict is
// dropped: valid UTF-8 is UTF-8 whatever the header says, and what is not is
// not, either. What the source's configuration declares is believed; else the
// order is byte order mark, header, the document's own declaration, and at last
// GB18030 or Windows-1252, by how the high bytes lie.
func readingOf(declared string, header http.Header, body *spool) (reading, error) {
	head := body.Head(charsetHead)
	if noText(head) {
		return reading{}, nil
	}
	if e, name := charset.Lookup(declared); e != nil {
		return reading{Charset: name, Why: "declaration", enc: e}, nil
	}
	switch {
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		return reading{Charset: "utf-8", Why: "byte order mark"}, nil
	case bytes.HasPrefix(head, []byte("\xff\xfe")), bytes.HasPrefix(head, []byte("\xfe\xff")):
		return reading{Charset: "utf-16", Why: "byte order mark", enc: unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)}, nil
	}
	s, err := survey(body.Reader())
	if err != nil {
		return reading{}, err
	}
	said := claims(header, head)
	if s.valid && bytes.Count(head, []byte{0})*10 < max(1, len(head)) && (s.multi >= enoughUTF8 || s.multi == 0 || len(said) == 0 || said[0].name == "utf-8") {
		r := reading{Charset: "utf-8", Why: "the bytes"}
		switch {
		case len(said) == 0:
		case said[0].name != "utf-8" && s.multi > 0:
			r.Note = fmt.Sprintf("the %s said %s, the bytes are UTF-8", said[0].from, said[0].name)
		default:
			r.Why = said[0].from
		}
		return r, nil
	}
	note := ""
	for _, c := range said {
		if c.name == "utf-8" && !s.valid || strings.HasPrefix(c.name, "utf-16") && bytes.Count(head, []byte{0})*10 < len(head) {
			note = fmt.Sprintf("the %s said %s, the bytes are not", c.from, c.name)
			continue
		}
		return reading{Charset: c.name, Why: c.from, Note: note, enc: c.enc}, nil
	}
	if s.valid {
		return reading{Charset: "utf-8", Why: "the bytes", Note: note}, nil
	}
	if s.paired() && decodes(simplifiedchinese.GB18030, body) {
		return reading{Charset: "gb18030", Why: "the bytes", Note: note, enc: simplifiedchinese.GB18030}, nil
	}
	latin, _ := charset.Lookup("windows-1252")
	return reading{Charset: "windows-1252", Why: "the bytes", Note: note, enc: latin}, nil
}

// claim is a charset that somebody said the document has.
type claim struct {
	name, from string
	enc        encoding.Encoding
}

func claims(header http.Header, head []byte) []claim {
	var out []claim
	add := func(label, from string) {
		if e, name := charset.Lookup(label); e != nil {
			if name == "gbk" {
				e, name = simplifiedchinese.GB18030, "gb18030" // its superset; pages that say GBK or GB2312 use it
			}
			out = append(out, claim{name, from, e})
		}
	}
	if _, params, err := mime.ParseMediaType(header.Get("Content-Type")); err == nil && params["charset"] != "" {
		add(params["charset"], "header")
	}
	if m := xmlCharset.FindSubmatch(head); m != nil {
		add(string(m[1]), "XML declaration")
	} else if m := metaCharset.FindSubmatch(head); m != nil {
		add(string(m[1]), "meta element")
	}
	return out
}

// noText reports whether head begins a format that is no text: ZIP (XLSX),
// PDF, OLE, gzip, PNG.
func noText(head []byte) bool {
	for _, magic := range []string{"PK\x03\x04", "%PDF-", "\xd0\xcf\x11\xe0", "\x1f\x8b\x08", "\x89PNG"} {
		if bytes.HasPrefix(head, []byte(magic)) {
			return true
		}
	}
	return false
}

// bytesSurvey counts what tells charsets apart.
type bytesSurvey struct {
	valid   bool // all of it is UTF-8
	multi   int  // multi-byte UTF-8 characters, while valid
	high    int  // bytes of 0x80 and more
	touches int  // of them, those beside another high byte
}

// paired reports whether high bytes come in pairs, as in a text of two-byte
// characters, and not one by one, as accents do.
func (s bytesSurvey) paired() bool { return s.high > 0 && s.touches*10 >= s.high*8 }

func survey(r io.Reader) (bytesSurvey, error) {
	s := bytesSurvey{valid: true}
	in := bufio.NewReaderSize(r, 64<<10)
	run := 0
	for {
		c, size, err := in.ReadRune()
		if errors.Is(err, io.EOF) {
			s.closeRun(run)
			return s, nil
		}
		if err != nil {
			return s, err
		}
		switch {
		case c == utf8.RuneError && size == 1:
			s.valid = false
			run++
		case size > 1:
			s.multi++
			run += size
		default:
			s.closeRun(run)
			run = 0
		}
	}
}

func (s *bytesSurvey) closeRun(n int) {
	s.high += n
	if n > 1 {
		s.touches += n
	}
}

// decodes reports whether enc reads body with hardly a character replaced.
func decodes(enc encoding.Encoding, body *spool) bool {
	in := bufio.NewReaderSize(transform.NewReader(body.Reader(), enc.NewDecoder()), 64<<10)
	all, bad := 0, 0
	for {
		c, _, err := in.ReadRune()
		if err != nil {
			return errors.Is(err, io.EOF) && bad*100 <= all
		}
		all++
		if c == utf8.RuneError {
			bad++
		}
	}
}

// textReader gives the document as UTF-8 without a byte order mark, NUL bytes
// or direction overrides (which make a text read otherwise than it is stored),
// and counts what it had to replace or drop.
type textReader struct {
	in       *bufio.Reader
	Replaced int // characters that the bytes did not spell
	Dropped  int // NUL and direction overrides
	begun    bool
	decoded  bool // by us; U+FFFD then means a replaced character
	buf      bytes.Buffer
	err      error
}

func newTextReader(r reading, body *spool) *textReader {
	var in io.Reader = body.Reader()
	if r.enc != nil {
		in = transform.NewReader(in, r.enc.NewDecoder())
	}
	return &textReader{in: bufio.NewReaderSize(in, 64<<10), decoded: r.enc != nil}
}

func (t *textReader) Read(b []byte) (int, error) {
	for t.buf.Len() < len(b) && t.err == nil && t.buf.Len() < 64<<10 {
		t.err = t.fill()
	}
	if t.buf.Len() == 0 {
		return 0, t.err
	}
	return t.buf.Read(b)
}

// fill takes one character over.
func (t *textReader) fill() error {
	if !t.begun {
		t.begun = true
		t.declaration()
	}
	c, size, err := t.in.ReadRune()
	if err == nil {
		t.put(c, size)
	}
	return err
}

func (t *textReader) put(c rune, size int) {
	switch {
	case c == utf8.RuneError:
		if size == 1 || t.decoded {
			t.Replaced++
		}
		t.buf.WriteRune(utf8.RuneError)
	case c == 0 || bidiOverride(c):
		t.Dropped++
	default:
		t.buf.WriteRune(c)
	}
}

// declaration drops a byte order mark, and makes an XML declaration say UTF-8:
// a parser that believes another encoding would decode a second time.
func (t *textReader) declaration() {
	if bom, _ := t.in.Peek(3); bytes.Equal(bom, []byte("\xef\xbb\xbf")) {
		_, _ = t.in.Discard(3)
	}
	head, _ := t.in.Peek(1 << 10)
	m := xmlCharset.FindSubmatchIndex(head)
	if m == nil {
		return
	}
	for rest := head[:m[2]]; len(rest) > 0; {
		c, size := utf8.DecodeRune(rest)
		t.put(c, size)
		rest = rest[size:]
	}
	t.buf.WriteString("UTF-8")
	_, _ = t.in.Discard(m[3])
}

func bidiOverride(c rune) bool { return c >= 0x202A && c <= 0x202E || c >= 0x2066 && c <= 0x2069 }

// notes says in words what is remarkable about the reading of url.
func (r reading) notes(url string, t *textReader) []string {
	var out []string
	if r.Note != "" {
		out = append(out, fmt.Sprintf("%s: read as %s (%s): %s", url, r.Charset, r.Why, r.Note))
	}
	if t != nil && t.Replaced+t.Dropped > 0 {
		out = append(out, fmt.Sprintf("%s: read as %s: %d characters replaced, %d NUL or direction marks dropped", url, strings.ToUpper(r.Charset), t.Replaced, t.Dropped))
	}
	return out
}
