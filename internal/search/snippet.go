package search

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Piece is a part of a text, plain text as the source has it. Whoever shows it
// as HTML escapes it.
type Piece struct {
	Text string `json:"text"`
	Hit  bool   `json:"hit,omitempty" doc:"was asked for"`
}

const (
	snippetRunes = 160
	runesBefore  = 60 // of the first hit
	titleRunes   = 300
)

// span is a part of a text that was asked for, in bytes.
type span struct{ from, to int }

// hits are the parts of text that were asked for, in order, none overlapping.
func (a *asked) hits(an analyzer, text string) []span {
	var out []span
	for _, t := range an.tokens(text) {
		if a.terms[t.term] {
			out = append(out, span{t.from, t.to})
		}
	}
	if lower := strings.ToLower(text); len(lower) == len(text) {
		for _, w := range a.whole {
			for from := 0; ; {
				at := strings.Index(lower[from:], w)
				if at < 0 {
					break
				}
				out = append(out, span{from + at, from + at + len(w)})
				from += at + len(w)
			}
		}
	}
	slices.SortFunc(out, func(a, b span) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(b.to, a.to)) })
	var merged []span
	for _, s := range out {
		if n := len(merged); n > 0 && s.from <= merged[n-1].to {
			merged[n-1].to = max(merged[n-1].to, s.to)
			continue
		}
		merged = append(merged, s)
	}
	return merged
}

// pieces cuts text[from:to] into what was asked for and what was not.
func pieces(text string, hits []span, from, to int) []Piece {
	var out []Piece
	add := func(part string, hit bool) {
		if part != "" {
			out = append(out, Piece{part, hit})
		}
	}
	at := from
	for _, h := range hits {
		if h.to <= from || h.from >= to {
			continue
		}
		add(text[at:max(at, h.from)], false)
		add(text[max(h.from, from):min(h.to, to)], true)
		at = min(h.to, to)
	}
	add(text[at:to], false)
	return out
}

// title marks a title.
func (a *asked) title(an analyzer, text string) []Piece {
	text = flat(text)
	to := forward(text, 0, titleRunes)
	return closed(pieces(text, a.hits(an, text), 0, to), to < len(text))
}

// snippet is the part of the texts that shows best why the record was found:
// of the text in which most of what was asked stands. nil when none has any.
func (a *asked) snippet(an analyzer, texts []string) []Piece {
	var best string
	var bestHits []span
	most := 0
	for _, text := range texts {
		text = flat(text[:forward(text, 0, mostText/4)])
		hits := a.hits(an, text)
		distinct := map[string]bool{}
		for _, h := range hits {
			distinct[strings.ToLower(text[h.from:h.to])] = true
		}
		if len(distinct) > most {
			best, bestHits, most = text, hits, len(distinct)
		}
	}
	if most == 0 {
		return nil
	}
	from := backward(best, bestHits[0].from, runesBefore)
	to := forward(best, from, snippetRunes)
	out := closed(pieces(best, bestHits, from, to), to < len(best))
	if from > 0 {
		out = append([]Piece{{Text: "…"}}, out...)
	}
	return out
}

// closed marks that the text goes on.
func closed(p []Piece, more bool) []Piece {
	if more {
		p = append(p, Piece{Text: "…"})
	}
	return p
}

// flat puts a text on one line.
func flat(text string) string {
	return strings.Join(strings.Fields(strings.ToValidUTF8(text, "�")), " ")
}

// forward is the offset n characters after from.
func forward(text string, from, n int) int {
	for ; n > 0 && from < len(text); n-- {
		_, size := utf8.DecodeRuneInString(text[from:])
		from += size
	}
	return from
}

// backward is the offset n characters before from, not within a word.
func backward(text string, from, n int) int {
	to := from
	for ; n > 0 && from > 0; n-- {
		_, size := utf8.DecodeLastRuneInString(text[:from])
		from -= size
	}
	if blank := strings.IndexByte(text[from:to], ' '); from > 0 && blank >= 0 && blank < 20 {
		from += blank + 1
	}
	return from
}
