package notify

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"tbtwatch/internal/trade"
)

// folderMailer keeps each mail as a file named by its Message-ID, so that a
// mail sent twice is one file. It is how the demo delivers, and how an
// installation without a mail server can hand mails on.
type folderMailer struct{ dir string }

func (f *folderMailer) path(id string) string { return filepath.Join(f.dir, id+".eml") }

// deliver writes aside, syncs and renames: a reader of the folder never sees
// half a mail, and a crash leaves the whole file or none.
func (f *folderMailer) deliver(_ context.Context, mail composed) (string, error) {
	if err := os.MkdirAll(f.dir, 0o750); err != nil {
		return "", fmt.Errorf("email folder: %w", err)
	}
	aside, err := os.CreateTemp(f.dir, ".writing-*")
	if err != nil {
		return "", fmt.Errorf("email folder: %w", err)
	}
	defer os.Remove(aside.Name())
	_, errWrite := aside.Write(mail.bytes)
	if err := errors.Join(errWrite, aside.Sync(), aside.Close()); err != nil {
		return "", fmt.Errorf("email folder: %s: %w", mail.id, err)
	}
	if err := os.Rename(aside.Name(), f.path(mail.id)); err != nil {
		return "", fmt.Errorf("email folder: %w", err)
	}
	if err := syncDir(f.dir); err != nil {
		return "", fmt.Errorf("email folder: %s: %w", mail.id, err)
	}
	return filepath.Base(f.path(mail.id)), nil
}

func (f *folderMailer) probe(id string) (arrived, known bool, err error) {
	_, err = os.Stat(f.path(id))
	if errors.Is(err, fs.ErrNotExist) {
		return false, true, nil
	}
	return err == nil, err == nil, err
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// Kept opens the mail of a delivery in the folder; a mail that went through a
// mail server is not kept.
func (e *email) Kept(key string) (io.ReadCloser, error) {
	f, ok := e.mailer.(*folderMailer)
	if !ok {
		return nil, fmt.Errorf("email: delivery %s went through a mail server: %w", key, trade.ErrNotFound)
	}
	mail, err := os.Open(f.path(e.form.messageID(key)))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("email: delivery %s: %w", key, trade.ErrNotFound)
	}
	return mail, err
}
