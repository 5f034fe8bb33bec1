package auth

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func TestTokenIsMadeOnceAndKept(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	token, err := LoadOrCreate(dir)
	if err != nil {
		t.Fatal(err)
	}
	if !tokenForm.MatchString(token) {
		t.Errorf("the token %q has not the form tbt_<id>_<secret>", token)
	}
	info, err := os.Stat(filepath.Join(dir, TokenFile))
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("the token's file has mode %04o, want 0600", info.Mode().Perm())
	}
	if again, err := LoadOrCreate(dir); err != nil || again != token {
		t.Errorf("the second start reads %q, %v", again, err)
	}
	left, _ := os.ReadDir(dir)
	if len(left) != 1 {
		t.Errorf("left in the folder: %v", left)
	}
}

func TestProcessesThatStartTogetherAgree(t *testing.T) {
	dir := t.TempDir()
	var wg sync.WaitGroup
	tokens := make([]string, 8)
	for i := range tokens {
		wg.Go(func() { tokens[i], _ = LoadOrCreate(dir) })
	}
	wg.Wait()
	for _, token := range tokens {
		if token == "" || token != tokens[0] {
			t.Fatalf("they read %q", tokens)
		}
	}
}

func TestBadTokenFilesAreRefused(t *testing.T) {
	for _, c := range []struct {
		name, text string
		mode       os.FileMode
		want       string
	}{
		{"readable by others", newToken(), 0o644, "chmod 600"},
		{"empty", "", 0o600, "holds no token"},
		{"cut off", newToken()[:30], 0o600, "holds no token"},
		{"something else", "hunter2", 0o600, "holds no token"},
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, TokenFile), []byte(c.text), c.mode); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(filepath.Join(dir, TokenFile), c.mode); err != nil {
			t.Fatal(err)
		}
		_, err := LoadOrCreate(dir)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want words about %q", c.name, err, c.want)
		}
		if err != nil && c.text != "" && strings.Contains(err.Error(), c.text) {
			t.Errorf("%s: the error shows the token", c.name)
		}
	}
}

func TestTokensAreCompared(t *testing.T) {
	token := newToken()
	s, err := keep(token)
	if err != nil {
		t.Fatal(err)
	}
	if !s.is(token) || s.is(token+"a") || s.is("") || s.is(newToken()) {
		t.Error("the comparison is wrong")
	}
	if _, err := keep("tbt_short"); err == nil {
		t.Error("something that is no token was kept")
	}
}
