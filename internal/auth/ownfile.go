package auth

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// loadOrCreate reads a file that nobody else may read, or makes it; of
// processes that start together one makes it and all read the same. what names
// its content in errors.
func loadOrCreate(file, what string, fresh func() string) (string, error) {
	text, err := readOwn(file, what)
	if !errors.Is(err, fs.ErrNotExist) {
		return text, err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o750); err != nil {
		return "", fmt.Errorf("auth: data folder: %w", err)
	}
	if err := writeOnce(file, fresh()); err != nil && !errors.Is(err, fs.ErrExist) { // else another process was quicker
		return "", fmt.Errorf("auth: writing the %s: %w", what, err)
	}
	return readOwn(file, what)
}

// readOwn refuses a file that others may read.
func readOwn(file, what string) (string, error) {
	info, err := os.Stat(file)
	if err != nil {
		return "", fmt.Errorf("auth: %s: %w", what, err)
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return "", fmt.Errorf("auth: %s may be read by others (mode %04o); run chmod 600 on it, or delete it to get a new %s", file, mode, what)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("auth: %s: %w", what, err)
	}
	return strings.TrimSpace(string(text)), nil
}

// writeOnce writes aside and links, so that nobody reads half a secret and of
// two processes one wins.
func writeOnce(file, text string) error {
	aside, err := os.CreateTemp(filepath.Dir(file), ".secret-*") // mode 0600
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(aside.Name()) }()
	_, errWrite := aside.WriteString(text + "\n")
	if err := errors.Join(errWrite, aside.Sync(), aside.Close()); err != nil {
		return err
	}
	return os.Link(aside.Name(), file)
}
