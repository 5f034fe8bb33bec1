package ingest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"strings"

	"tbtwatch/internal/trade"
)

// The forms that a request may expect, by the media types and endings that
// announce them.
var forms = []struct {
	name   string
	accept string // in the request's Accept header
	ends   string // of the URL's path
}{
	{"JSON", "json", ".json"},
	{"a spreadsheet (XLSX)", "spreadsheetml", ".xlsx"},
	{"a feed", "rss", ".rss"},
	{"a feed", "atom", ".atom"},
	{"XML", "xml", ".xml"},
}

// expected is the form that req asks for, or "" where it takes HTML or does
// not say.
func expected(req Request) string {
	accept := strings.ToLower(req.Header.Get("Accept"))
	if strings.Contains(accept, "html") {
		return ""
	}
	ending := ""
	if u, err := url.Parse(req.URL); err == nil {
		ending = strings.ToLower(path.Ext(u.Path))
	}
	for _, f := range forms {
		if strings.Contains(accept, f.accept) || ending == f.ends {
			return f.name
		}
	}
	return ""
}

// unbelieved is an answer that arrived and is not what was asked for: it goes
// to quarantine. body is nil where it was too large to be kept.
type unbelieved struct {
	error
	body   *spool
	header http.Header
}

// Unwrap gives the reason.
func (u *unbelieved) Unwrap() error { return u.error }

// disbelieve quarantines an answer that is not what was asked for, with its
// bytes where they could be kept. Too large a page of one row leaves the other
// rows as good as before; anything else ends the run.
func (t *tour) disbelieve(ctx context.Context, s stop, odd *unbelieved) error {
	defer odd.body.Close()
	from := origin{source: t.w.Name, where: s.URL, backfill: !t.state.Primed, at: t.started}
	if odd.body != nil && odd.body.size > 0 {
		var err error
		if from.raw, err = keep(ctx, t.r.bus, odd.body); err != nil {
			return errors.Join(odd, err)
		}
	}
	t.wholes++
	if err := t.ward.add(ctx, from.whole(s.Request, odd.header.Get("Content-Type"), odd.Error())); err != nil {
		return errors.Join(odd, err)
	}
	if trade.IsPermanent(odd) && s.depth > 0 {
		return nil
	}
	return fmt.Errorf("%s is in quarantine: %w", s.URL, odd)
}

// unexpected refuses an HTML page where the request asked for something else:
// an error or sign-in page that was sent with status 200. It is transient, as
// such pages come and go.
func unexpected(req Request, header http.Header, body *spool) error {
	if body.size == 0 {
		return fmt.Errorf("the document is empty")
	}
	form := expected(req)
	if form == "" || !looksHTML(body.Head(1024)) {
		return nil
	}
	return fmt.Errorf("an HTML page came with status 200 where %s was asked for%s (Content-Type %q): an error or sign-in page",
		form, titled(body.Head(8<<10)), header.Get("Content-Type"))
}

// looksHTML reports whether a document begins like a page.
func looksHTML(head []byte) bool {
	head = bytes.ToLower(bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n"))
	for bytes.HasPrefix(head, []byte("<!--")) {
		_, rest, ok := bytes.Cut(head, []byte("-->"))
		if !ok {
			return false
		}
		head = bytes.TrimLeft(rest, " \t\r\n")
	}
	for _, tag := range []string{"<!doctype html", "<html", "<head", "<body", "<title", "<script"} {
		if bytes.HasPrefix(head, []byte(tag)) {
			return true
		}
	}
	return false
}

// titled quotes a page's title, which usually says what is wrong.
func titled(head []byte) string {
	lower := bytes.ToLower(head)
	i := bytes.Index(lower, []byte("<title>"))
	j := bytes.Index(lower, []byte("</title>"))
	if len(lower) != len(head) || i < 0 || j < i {
		return ""
	}
	title := strings.Join(strings.Fields(strings.ToValidUTF8(string(head[i+7:j]), "�")), " ")
	return fmt.Sprintf(", titled %q", clip(title, 80))
}
