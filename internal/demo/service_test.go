package demo

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// body fetches a document of the served world.
func body(t *testing.T, url string) string {
	t.Helper()
	answer, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	b, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestServeGoesOnAfterARestart(t *testing.T) {
	dir := t.TempDir()
	first, err := Serve(dir, noon)
	if err != nil {
		t.Fatal(err)
	}
	was := body(t, first.URL+"/page/pt/index.html")
	first.Close()
	second, err := Serve(dir, noon.Add(50*time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	if second.URL != first.URL || !second.World.Now().Equal(noon) || body(t, second.URL+"/page/pt/index.html") != was {
		t.Errorf("the world of %s at %s came back as %s at %s", first.URL, noon, second.URL, second.World.Now())
	}
	third, err := Serve(dir, noon) // the port is taken
	if err != nil {
		t.Fatal(err)
	}
	defer third.Close()
	if third.URL == second.URL {
		t.Error("two worlds share a port")
	}
}

func TestServeWithoutFolderAndWithABrokenOne(t *testing.T) {
	s, err := Serve("", noon)
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, stateFile), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Serve(dir, noon); err == nil {
		t.Error("half a state file is taken for whole")
	}
	if _, err := Serve(filepath.Join(dir, "none"), noon); err == nil {
		t.Error("a folder that is not there is no error")
	}
}
