package console

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"tbtwatch/internal/docx"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
	"tbtwatch/internal/view"
)

// opinionBody is the draft of a comment in one of its languages.
type opinionBody struct {
	view.OpinionDetail
	Key   string
	Text  string // language of the draft, whatever the page's is
	Files []opinionFile
}

// opinionFile is the draft in a language: on this page, and as a file.
type opinionFile struct{ Text, Page, File string }

// Line is a text in the draft's language.
func (b *opinionBody) Line(t trade.Text) string { return t.In(b.Text) }

// Nth is the number before a heading of the draft.
func (b *opinionBody) Nth(i int) string { return nth(i, b.Text) }

// opinionText is the language that an address asks for, if the draft has it.
func opinionText(r *http.Request, o triage.Opinion) (string, error) {
	text := r.URL.Query().Get("text")
	if text == "" && slices.Contains(o.Texts, langOf(r)) {
		text = langOf(r)
	}
	if text == "" {
		text = "zh"
	}
	if !slices.Contains(o.Texts, text) {
		return "", trade.Refusef("this member's rule does not ask for a comment in %q; 按该成员的规则，不需要该语种的评议意见（%[1]s）", text)
	}
	return text, nil
}

// quotes are the comments that the address names, a bounded number.
func quotes(r *http.Request) []string {
	all := r.URL.Query()["quote"]
	return all[:min(len(all), triage.MostQuotes)]
}

func (s *site) opinion(w http.ResponseWriter, r *http.Request) error {
	key := r.PathValue("key")
	d, err := s.View.Opinion(r.Context(), key, quotes(r))
	if err != nil {
		return err
	}
	text, err := opinionText(r, d.Opinion)
	if err != nil {
		return err
	}
	b := &opinionBody{OpinionDetail: d, Key: key, Text: text}
	for _, t := range d.Opinion.Texts {
		q := url.Values{"text": {t}, "quote": quotes(r)}.Encode()
		b.Files = append(b.Files, opinionFile{t, "/cases/" + key + "/opinion?" + q, "/cases/" + key + "/opinion.docx?" + q})
	}
	return s.render(w, r, http.StatusOK, "opinion", "opinion.title", "cases", b)
}

func (s *site) opinionFile(w http.ResponseWriter, r *http.Request) error {
	d, err := s.View.Opinion(r.Context(), r.PathValue("key"), quotes(r))
	if err != nil {
		return err
	}
	text, err := opinionText(r, d.Opinion)
	if err != nil {
		return err
	}
	name := strings.Trim(notInName.ReplaceAllString(d.Opinion.Family, "-"), "-")
	return document(w, "comment-"+name+"-"+text, opinionDocument(d.Opinion, text))
}

// opinionDocument is the draft as a document in one language.
func opinionDocument(o triage.Opinion, lang string) docx.Document {
	name := o.Name.In(lang)
	d := docx.Document{
		Title: name, Creator: o.Centre.In(lang), Lang: map[bool]string{true: "en", false: "zh-CN"}[lang == "en"], Footer: name,
		Blocks: []docx.Block{{Style: "Subtitle", Text: o.Centre.In(lang)}, {Style: "Title", Text: name}, {Style: "Subtitle", Text: o.Member.In(lang)}},
	}
	d.Blocks = append(d.Blocks, documentParts(o.Parts, lang)...)
	return d
}
