package console

import (
	"io"
	"net/url"
	"strings"
	"testing"
)

// The page, the file and what is quoted are of one draft, in the language that
// was asked for, whatever the page's.
func TestADraftCommentIsTheSameOnPageAndInFile(t *testing.T) {
	r := newRig(t, true, nil)
	key, _ := r.seed()
	page := "/cases/" + key + "/opinion"
	r.submit("/cases/"+key+"/survey", url.Values{"exporter": {"E1"}, "difficulty": {"time"}, "words": {"时间太紧"}}, 200)
	doc := r.page(page, 200)
	if text := doc.Find("article").Text(); strings.Contains(text, "甲头盔厂") || strings.Contains(text, "时间太紧") || !strings.Contains(text, "G/TBT/N/BRA/9001") {
		t.Errorf("the draft: %s", text)
	}
	choice := doc.Find(`input[name=quote]`).AttrOr("value", "")
	if choice == "" {
		t.Fatal("no comment can be chosen")
	}
	for _, lang := range []string{"zh", "en"} {
		query := "?text=" + lang + "&quote=" + choice
		doc := r.page(page+query, 200)
		resp, err := r.browser.Get(r.url + page + ".docx" + query)
		if err != nil {
			t.Fatal(err)
		}
		file, _ := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if resp.StatusCode != 200 || !strings.Contains(resp.Header.Get("Content-Disposition"), `"comment-G-TBT-N-BRA-9001-`+lang+`.docx"`) {
			t.Fatalf("%s: %d %v", lang, resp.StatusCode, resp.Header)
		}
		d, err := r.view.Opinion(t.Context(), key, []string{choice})
		if err != nil {
			t.Fatal(err)
		}
		flat := strings.NewReplacer("\n", "", " | ", "", " ", "")
		inFile, onPage := flat.Replace(wordText(t, file)), flat.Replace(doc.Find("article").Text())
		for i, p := range d.Opinion.Parts {
			want := flat.Replace(p.Plain(lang))
			if !strings.Contains(inFile, flat.Replace(nth(i+1, lang)+p.Heading.In(lang))+want) {
				t.Errorf("%s: the file lacks part %s: %s\nin %s", lang, p.Key, want, inFile)
			}
			if !strings.Contains(onPage, want) {
				t.Errorf("%s: the page lacks part %s: %s\nin %s", lang, p.Key, want, onPage)
			}
		}
		if !strings.Contains(onPage, "甲头盔厂") || !strings.Contains(onPage, "时间太紧") {
			t.Errorf("%s: what was chosen is not quoted: %s", lang, onPage)
		}
	}
	r.page(page+"?text=fr", 422)
	r.page("/cases/nosuch/opinion", 404)
}
