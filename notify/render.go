package notify

import (
	"embed"
	"fmt"
	htmltemplate "html/template"
	"io"
	"log/slog"
	"strings"
	texttemplate "text/template"

	"tbtwatch/internal/trade"
)

//go:embed templates/*.tmpl
var templateFiles embed.FS

// renderer turns messages into text. A template that fails costs its beauty,
// never the warning.
type renderer struct {
	text *texttemplate.Template
	html *htmltemplate.Template
	env  Env
}

func newRenderer(env Env) *renderer {
	return &renderer{
		text: texttemplate.Must(texttemplate.ParseFS(templateFiles, "templates/mail.txt.tmpl")),
		html: htmltemplate.Must(htmltemplate.ParseFS(templateFiles, "templates/mail.html.tmpl")),
		env:  env.filled(),
	}
}

// content is Compose, and at worst the headline, the number and the link.
func (r *renderer) content(m Message) (c Content) {
	defer func() {
		if p := recover(); p != nil {
			r.alarm(m, "content", fmt.Errorf("panic: %v", p))
			c = bareContent(m)
		}
	}()
	return Compose(m, r.env)
}

// plain is the message as text; it always gives one.
func (r *renderer) plain(m Message, c Content) string {
	text, err := execute(r.text, c)
	if err != nil {
		r.alarm(m, "text", err)
		return plainFallback(c)
	}
	return strings.TrimSpace(text) + "\n"
}

// rich is the message as an HTML page, or "" when that fails: the text part
// then stands alone.
func (r *renderer) rich(m Message, c Content) string {
	page, err := execute(r.html, c)
	if err != nil {
		r.alarm(m, "HTML", err)
		return ""
	}
	return page
}

func (r *renderer) alarm(m Message, part string, err error) {
	r.env.Log.Error("a message could not be rendered as designed and goes out in its plainest form",
		slog.String("part", part), slog.String("delivery", m.Key), slog.String("family", m.View.Warning.Family),
		slog.String("subscriber", m.To.ID), slog.Any("error", err))
}

func execute(t interface{ Execute(io.Writer, any) error }, c Content) (out string, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	var b strings.Builder
	if err := t.Execute(&b, c); err != nil {
		return "", err
	}
	return b.String(), nil
}

// bareContent needs nothing that could have failed.
func bareContent(m Message) Content {
	w := m.View.Warning
	lang := langOf(m.To)
	if m.Digest != nil {
		return bareDigest(m, lang)
	}
	c := Content{
		Lang: lang, L: labels(lang), Level: Level{ID: w.Level, Name: trade.Text{ZH: line(w.Level, 20), EN: line(w.Level, 20)}},
		Headline: line(first(w.Headline.In(lang), w.Title, w.Family), 300), Bulletin: bulletin(w, lang), Link: safeLink(w.Link),
	}
	c.Subject = subject(c, w)
	c.stand(standing(&w))
	for _, p := range m.View.Products[:min(len(m.View.Products), maxListed)] {
		c.Products = append(c.Products, ProductLine{Name: line(first(p.Name.In(lang), p.ID), 120), ID: line(p.ID, 60), HS: line(strings.Join(p.HS, ", "), 120)})
	}
	for _, d := range w.Dates {
		c.Dates = append(c.Dates, DateLine{What: line(d.What, 60), When: line(d.From+" – "+d.To, 40), AsWritten: line(d.Text, 200)})
	}
	return c
}

// plainFallback writes what matters without any template.
func plainFallback(c Content) string {
	var b strings.Builder
	put := func(label string, lines ...string) {
		for i, l := range lines {
			if l == "" {
				continue
			}
			if i == 0 && label != "" {
				b.WriteString("\n" + label + "\n")
			}
			b.WriteString(l + "\n")
		}
	}
	put("", c.Subject, c.Headline, c.Machine, c.Summary)
	put(c.L.Changed, c.Changed...)
	put(c.L.You, c.You...)
	var products, dates []string
	for _, p := range c.Products {
		products = append(append(products, p.Name+" "+p.HS, p.Markets), p.Why...)
	}
	for _, d := range c.Dates {
		dates = append(dates, d.What+" "+d.When+" "+d.AsWritten)
	}
	put(c.L.Products, products...)
	put(c.L.Firms, c.Firms...)
	put(c.L.Markets, c.Markets)
	put(c.L.Dates, dates...)
	put(c.L.Actions, c.Actions...)
	put(c.L.Link, c.Link)
	put(c.L.Original, c.Original, c.Text)
	return b.String()
}
