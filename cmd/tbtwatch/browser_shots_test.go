package main

import (
	"os"
	"path/filepath"

	"github.com/chromedp/chromedp"
)

// shots writes pictures of pages, given by name and address, in both languages,
// wide and narrow, for people to look at. It does so only when TBTWATCH_SHOTS
// names a folder.
func (b *browser) shots(pages map[string]string) {
	folder := os.Getenv("TBTWATCH_SHOTS")
	if folder == "" {
		return
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		b.Fatal(err)
	}
	for _, screen := range []struct {
		name  string
		width int64
	}{{"wide", 1280}, {"narrow", 400}} {
		b.do("screen", chromedp.EmulateViewport(screen.width, 1900))
		for _, lang := range []string{"zh", "en"} {
			for name, path := range pages {
				b.open(withLang(path, lang))
				picture, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
				if err != nil {
					b.Fatal(err)
				}
				if err := os.WriteFile(filepath.Join(folder, name+"-"+lang+"-"+screen.name+".png"), picture, 0o600); err != nil {
					b.Fatal(err)
				}
			}
		}
	}
	b.do("screen", chromedp.EmulateViewport(1280, 900))
	b.open("/?lang=zh")
}
