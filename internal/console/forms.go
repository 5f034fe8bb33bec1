package console

import (
	"errors"
	"net/http"
	"strconv"

	"tbtwatch/internal/export"
	"tbtwatch/internal/trade"
)

// refusal is why something was refused, in the reader's language; false for
// any other error, and for none.
func refusal(err error, lang string) (string, bool) {
	var refused *trade.Refused
	if !errors.As(err, &refused) {
		return "", false
	}
	return refused.Text().In(lang), true
}

// typedSeq is the place of the record that a form was made from; 0 for a new
// one.
func typedSeq(r *http.Request) (uint64, error) {
	seq, err := strconv.ParseUint(r.PostFormValue("seq"), 10, 64)
	if err != nil {
		return 0, errForm
	}
	return seq, nil
}

// attach makes the answer a file.
func attach(w http.ResponseWriter, kind, name string) {
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", `attachment; filename="`+name+`"`)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
}

// csvFile answers with a table as CSV.
func csvFile(w http.ResponseWriter, name string, rows [][]string) error {
	attach(w, "text/csv; charset=utf-8", name)
	return export.WriteCSV(w, rows)
}
