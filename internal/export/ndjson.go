package export

import (
	"bufio"
	"encoding/json"
	"io"

	"tbtwatch/internal/trade"
)

// lines writes each row as a JSON object with all that it has.
type lines[R any] struct {
	to  *bufio.Writer
	enc *json.Encoder
}

func newLines[R any](w io.Writer) *lines[R] {
	to := bufio.NewWriter(w)
	return &lines[R]{to, json.NewEncoder(to)}
}

func (l *lines[R]) head([]string) error { return nil }

func (l *lines[R]) row(r *R, _ func() []string) error { return l.enc.Encode(r) }

// incomplete is the last line where rows are missing.
type incomplete struct {
	Error   string `json:"error"`
	ErrorZH string `json:"error_zh"`
}

func (l *lines[R]) cut(why trade.Text) error { return l.enc.Encode(incomplete{why.EN, why.ZH}) }

func (l *lines[R]) close() error { return l.to.Flush() }
