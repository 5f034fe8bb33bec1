package registry

// quoteState is where a scan of a record stands.
type quoteState int

const (
	closed    quoteState = iota // outside quotes: the record may end here
	inQuotes                    // a quoted field is open: the record goes on in the next line
	malformed                   // a closing quote is followed by text
)

// quoteScan follows the quotes of a record over its lines.
type quoteScan struct {
	comma  byte
	trim   bool // blanks before an opening quote do not count
	state  quoteState
	opened int // where in the first line the open quote stands
	fed    bool
}

// feed scans one more line of the record.
func (q *quoteScan) feed(line []byte) {
	i := 0
	if q.state == inQuotes && q.fed {
		i = q.close(line, 0)
	} else {
		i = q.start(line, 0)
	}
	for q.state == closed && i < len(line) {
		i = q.start(line, i)
	}
	q.fed = true
}

// start scans one field from i and returns where the next begins.
func (q *quoteScan) start(line []byte, i int) int {
	for q.trim && i < len(line) && (line[i] == ' ' || line[i] == '\t') {
		i++
	}
	if i < len(line) && line[i] == '"' {
		q.state = inQuotes
		if !q.fed {
			q.opened = i
		}
		return q.close(line, i+1)
	}
	for ; i < len(line) && line[i] != q.comma; i++ {
		// A quote inside an unquoted field is left to encoding/csv.
	}
	return i + 1
}

// close looks from i for the quote that closes the field and returns where the
// next field begins.
func (q *quoteScan) close(line []byte, i int) int {
	for ; i < len(line); i++ {
		if line[i] != '"' {
			continue
		}
		if i+1 < len(line) && line[i+1] == '"' {
			i++
			continue
		}
		if i+1 < len(line) && line[i+1] != q.comma {
			q.state = malformed
			return len(line)
		}
		q.state = closed
		return i + 2
	}
	return len(line)
}

// field is the text from the quote that was opened last, for messages.
func (q *quoteScan) field(line []byte) string {
	if q.opened >= len(line) {
		return ""
	}
	return string(line[q.opened:])
}
