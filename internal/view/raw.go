package view

import (
	"bytes"
	"errors"
	"io"
	"net/http"
)

// ServeRaw answers with the raw capture of that SHA-256: bytes of strangers,
// so they are plain text in a sandbox or, when they are no text, a download.
func (v *View) ServeRaw(w http.ResponseWriter, r *http.Request, sha string) error {
	body, err := v.Bus.Raw.Get(r.Context(), sha)
	if err != nil {
		return err
	}
	defer func() { _ = body.Close() }()
	head := make([]byte, 4096)
	n, err := io.ReadFull(body, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return err
	}
	head = head[:n]
	h := w.Header()
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "private, max-age=86400, immutable")
	if bytes.IndexByte(head, 0) >= 0 {
		h.Set("Content-Type", "application/octet-stream")
		h.Set("Content-Disposition", `attachment; filename="`+sha+`.bin"`)
	} else {
		h.Set("Content-Type", "text/plain; charset=utf-8")
	}
	_, err = io.Copy(w, io.MultiReader(bytes.NewReader(head), body))
	return err
}

// IsSHA reports whether s is a SHA-256 in lower-case hexadecimal.
func IsSHA(s string) bool {
	if len(s) != 64 {
		return false
	}
	for _, c := range s {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}
