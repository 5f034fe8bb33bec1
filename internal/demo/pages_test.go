package demo

import (
	"bytes"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
)

func TestChinesePageIsGB18030(t *testing.T) {
	rec := ask(t, New(noon), "GET", "/page/zh/index.html", "")
	text, err := simplifiedchinese.GB18030.NewDecoder().Bytes(rec.Body.Bytes())
	if err != nil || !bytes.Contains(text, []byte("摩托车头盔强制认证")) || bytes.Contains(rec.Body.Bytes(), []byte("摩托车")) {
		t.Errorf("%v; the list is not in GB18030: %.300s", err, text)
	}
	if !bytes.Contains(text, []byte("/page/zh/list_2.html")) {
		t.Error("the list has no second page")
	}
	if d := ask(t, New(noon), "GET", "/page/zh/note-270655.html", ""); d.Code != 200 {
		t.Errorf("the notice's page: %d", d.Code)
	}
}

func TestPortuguesePageLiesAboutItsEncoding(t *testing.T) {
	rec := ask(t, New(noon), "GET", "/page/pt/portaria-441.html", "")
	if rec.Header().Get("Content-Type") != "text/html; charset=utf-8" || !bytes.Contains(rec.Body.Bytes(), []byte("ader\xeancia")) {
		t.Errorf("%q, %.300q", rec.Header().Get("Content-Type"), rec.Body)
	}
}
